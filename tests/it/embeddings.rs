//! Embeddings: what is written to the wire, and vectors in any order and encoding.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use arouter::chat::ProviderPreferences;
use arouter::embeddings::{BatchOptions, EmbeddingsInput, EmbeddingsRequest, EncodingFormat, Vector};
use arouter::testing::{RecordedRequest, Reply};
use arouter::{Error, RetryPolicy};
use serde_json::{Value, json};

use crate::support::gateway;

const EMBEDDINGS: &str = "/v1/embeddings";

/// A request with every option.
pub(crate) fn every_option() -> EmbeddingsRequest {
    EmbeddingsRequest::new("openai/text-embedding-3-small", ["a", "b"])
        .encoding_format(EncodingFormat::Base64)
        .dimensions(512)
        .input_type("search_query")
        .user("user-42")
        .provider(ProviderPreferences::new().only(["openai"]))
        .extra("next_week", 1)
}

#[test]
fn every_option_is_written_as_the_api_spells_it() {
    let request = every_option();
    let expected = json!({"model": "openai/text-embedding-3-small", "input": ["a", "b"], "encoding_format": "base64", "dimensions": 512,
        "input_type": "search_query", "user": "user-42", "provider": {"only": ["openai"]}, "next_week": 1});
    assert_eq!(serde_json::to_value(&request).unwrap(), expected);
    assert_eq!(serde_json::from_value::<EmbeddingsRequest>(expected).unwrap(), request);

    let inputs: [(EmbeddingsInput, Value); 6] = [
        ("a".into(), json!("a")),
        (String::from("a").into(), json!("a")),
        (vec!["a".to_owned()].into(), json!(["a"])),
        (vec![1, 2].into(), json!([1, 2])),
        (vec![vec![1], vec![2, 3]].into(), json!([[1], [2, 3]])),
        (EmbeddingsInput::Other(json!([{"type": "image_url"}])), json!([{"type": "image_url"}])),
    ];
    for (input, expected) in inputs {
        assert_eq!(serde_json::to_value(&input).unwrap(), expected);
        assert_eq!(serde_json::from_value::<EmbeddingsInput>(expected).unwrap(), input);
    }
}

#[tokio::test]
async fn numbers_and_base64_are_the_same_vectors() {
    let gateway = gateway().await;
    let embeddings = gateway.client().embeddings();
    let request = EmbeddingsRequest::new("m", ["The quick brown fox", "A lazy dog"]).dimensions(1000);
    let numbers = embeddings.create(&request).await.unwrap();
    let base64 = embeddings.create(&request.clone().encoding_format(EncodingFormat::Base64).extra("dimensions", 1000)).await.unwrap();
    assert_eq!(numbers.vectors(), base64.vectors());
    assert_eq!(numbers.vectors().iter().map(|vector| vector.len()).collect::<Vec<_>>(), [1000, 1000]);
    assert!(matches!(base64.data[0].embedding, Vector::Base64(_)) && matches!(numbers.data[0].embedding, Vector::Floats(_)));
    let bodies: Vec<Value> = gateway.requests().iter().map(RecordedRequest::json).collect();
    assert!(bodies[0].get("encoding_format").is_none() && bodies[1]["encoding_format"] == "base64");
}

#[tokio::test]
async fn vectors_are_in_the_order_of_the_input() {
    let gateway = gateway().await;
    let embeddings = gateway.client().embeddings();
    let rows = [
        ("shuffled", json!([{"index": 2, "embedding": [3.0]}, {"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [2]}])),
        ("without an index", json!([{"embedding": [1]}, {"embedding": [2.0]}, {"embedding": [3e0]}])),
        ("all null", json!([{"index": null, "embedding": [1]}, {"index": null, "embedding": [2]}, {"index": null, "embedding": [3]}])),
        ("without a zero", json!([{"index": 2, "embedding": [3]}, {"index": "1", "embedding": [2]}, {"embedding": [1]}])),
    ];
    for (name, data) in rows {
        let reply = Reply::ok(&json!({"data": data}));
        gateway.script(EMBEDDINGS, [reply.clone(), reply]);
        let all = embeddings.create_all(&EmbeddingsRequest::new("m", ["a", "b", "c"]), &BatchOptions::new()).await.unwrap();
        assert_eq!(all.vectors, [[1.0], [2.0], [3.0]], "{name}, in batches");
        let reply = embeddings.create(&EmbeddingsRequest::new("m", "a")).await.unwrap();
        assert_eq!(reply.vectors(), [[1.0], [2.0], [3.0]], "{name}");
    }
}

/// Some servers have other encodings, such as 8-bit integers, in base64 as well.
#[tokio::test]
async fn text_that_was_not_asked_for_is_kept_and_never_taken_for_numbers() {
    let gateway = gateway().await;
    let embeddings = gateway.client().embeddings();
    let body = json!({"object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": "1/8A807U"}]});
    let requests = [
        EmbeddingsRequest::new("m", "a"),
        EmbeddingsRequest::new("m", "a").encoding_format(EncodingFormat::Float),
        EmbeddingsRequest::new("m", "a").encoding_format(EncodingFormat::from("base64_int8")),
    ];
    for request in requests {
        gateway.script(EMBEDDINGS, [Reply::ok(&body)]);
        let reply = embeddings.create(&request).await.unwrap();
        assert_eq!(reply.data[0].embedding, Vector::Encoded("1/8A807U".into()));
        assert!(reply.vectors()[0].is_empty());
        assert_eq!(serde_json::to_value(&*reply).unwrap(), body);
    }
    for text in ["1/8A807U", "not base64"] {
        let reply = Reply::ok(&json!({"data": [{"embedding": text}]}));
        gateway.script(EMBEDDINGS, [reply]);
        let error = embeddings.create(&EmbeddingsRequest::new("m", "a").encoding_format(EncodingFormat::Base64)).await.unwrap_err();
        assert!(matches!(error, Error::Decode { .. }) && error.raw_body().is_some_and(|body| !body.is_empty()), "{text}: {error:?}");
    }
}

#[tokio::test]
async fn an_answer_without_vectors_is_an_error() {
    let gateway = gateway().await;
    let embeddings = gateway.client().embeddings();
    gateway.script(EMBEDDINGS, [Reply::ok(&json!({"ok": true})), Reply::ok(&json!({"error": {"message": "no", "code": 400}}))]);
    assert!(matches!(embeddings.create(&EmbeddingsRequest::new("m", "a")).await, Err(Error::Decode { .. })));
    assert!(matches!(embeddings.create(&EmbeddingsRequest::new("m", "a")).await, Err(Error::Api(_))));
    assert!(matches!(embeddings.create(&EmbeddingsRequest::new("m", Vec::<String>::new())).await, Err(Error::Api(_))));
}

#[tokio::test]
async fn any_number_of_inputs_is_cut_into_batches() {
    let gateway = gateway().await;
    let embeddings = gateway.client().embeddings();
    let texts: Vec<String> = (0..1000).map(|number| format!("text {number}")).collect();
    let request = EmbeddingsRequest::new("m", texts.clone()).user("u").dimensions(4);
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = told.clone();
    let options = BatchOptions::new().max_inputs(64).concurrency(3).on_progress(move |progress| telling.lock().unwrap().push(progress));
    let all = embeddings.create_all(&request, &options).await.unwrap();
    assert_eq!((all.vectors.len(), all.prompt_tokens, gateway.requests().len()), (1000, 2000, 16));
    for at in [0, 63, 64, 999] {
        let one = embeddings.create(&EmbeddingsRequest::new("m", texts[at].as_str()).dimensions(4)).await.unwrap();
        assert_eq!(all.vectors[at], one.vectors()[0], "{at}");
    }
    let told = told.lock().unwrap().clone();
    assert_eq!((told.len(), told.last().unwrap().done, told[0].total), (16, 1000, 1000));
    assert!(gateway.requests()[..16].iter().all(|request| request.json()["user"] == "u"));

    let empty = embeddings.create_all(&EmbeddingsRequest::new("m", Vec::<String>::new()), &BatchOptions::new()).await.unwrap();
    assert!(empty.vectors.is_empty());
}

#[tokio::test]
async fn inputs_of_every_kind_are_cut_into_batches() {
    let gateway = gateway().await;
    let embeddings = gateway.client().embeddings();
    let rows: [(EmbeddingsInput, &[Value]); 8] = [
        ("a".into(), &[json!("a")]),
        (["a", "b", "c"].into(), &[json!(["a", "b"]), json!(["c"])]),
        (vec![1, 2, 3].into(), &[json!([1, 2, 3])]),
        (vec![vec![1], vec![2, 3], vec![4]].into(), &[json!([[1], [2, 3]]), json!([[4]])]),
        (EmbeddingsInput::Other(json!([{"url": "a"}, {"url": "b"}, "c"])), &[json!([{"url": "a"}, {"url": "b"}]), json!(["c"])]),
        (EmbeddingsInput::Other(json!([1, 2, 3])), &[json!([1, 2, 3])]),
        (EmbeddingsInput::Other(json!("a")), &[json!("a")]),
        (EmbeddingsInput::Other(json!([])), &[]),
    ];
    for (input, expected) in rows {
        let seen = gateway.requests().len();
        let request = EmbeddingsRequest::new("m", input).dimensions(2);
        let all = embeddings.create_all(&request, &BatchOptions::new().max_inputs(2).concurrency(1)).await.unwrap();
        let sent: Vec<Value> = gateway.requests()[seen..].iter().map(|request| request.json()["input"].clone()).collect();
        assert_eq!(sent, expected);
        let whole = embeddings.create(&request).await.map(|answer| answer.into_inner().into_vectors()).unwrap_or_default();
        assert_eq!(all.vectors, whole, "{expected:?}");
    }
}

#[tokio::test]
async fn a_batch_that_fails_is_named_and_the_others_are_kept() {
    let gateway = gateway().await;
    let embeddings = gateway.client().embeddings();
    let texts: Vec<String> = (0..10).map(|number| format!("text {number}")).collect();
    let request = EmbeddingsRequest::new("m", texts);
    let options = BatchOptions::new().max_inputs(2).concurrency(1);
    let vectors = Reply::ok(&json!({"data": [{"index": 1, "embedding": [1.0]}, {"index": 0, "embedding": [0.0]}]}));
    gateway.script(EMBEDDINGS, [vectors.clone(), vectors.clone(), Reply::status(400)]);
    let failed = embeddings.create_all(&request, &options).await.unwrap_err();
    assert_eq!((failed.inputs.clone(), failed.to_string().as_str()), (4..6, "inputs 4 to 5 of 10 failed"));
    assert_eq!(failed.error.status().map(|status| status.as_u16()), Some(400));
    let kept = [Some(vec![0.0]), Some(vec![1.0]), Some(vec![0.0]), Some(vec![1.0]), None, None, None, None, None, None];
    assert_eq!(failed.vectors, kept);
    assert_eq!(gateway.requests().len(), 3, "no batch is begun after one has failed");

    // Batches under way when one fails are waited for.
    gateway.script(EMBEDDINGS, [Reply::status(400), vectors.clone().delay(Duration::from_millis(50)), vectors.clone()]);
    let failed = embeddings.create_all(&request, &options.clone().concurrency(3)).await.unwrap_err();
    assert_eq!((failed.vectors.iter().flatten().count(), failed.others.len()), (4, 0));

    // So are those that fail as well; and what the others cost is told.
    let billed = Reply::ok(&json!({"data": [{"index": 1, "embedding": [1.0]}, {"index": 0, "embedding": [0.0]}],
        "usage": {"prompt_tokens": 5, "total_tokens": 5, "cost": 0.25}}));
    gateway.script(EMBEDDINGS, [Reply::status(400), Reply::status(422).delay(Duration::from_millis(50)), billed]);
    let failed = embeddings.create_all(&request, &options.clone().concurrency(3)).await.unwrap_err();
    let [(inputs, error)] = failed.others.as_slice() else { panic!("{:?}", failed.others) };
    let statuses = [&failed.error, error].map(|error| error.status().unwrap().as_u16());
    assert_eq!((statuses, failed.inputs.len(), inputs.len()), ([400, 422], 2, 2), "the first to fail comes first");
    assert_ne!(&failed.inputs, inputs);
    assert!([&failed.inputs, inputs].into_iter().all(|inputs| failed.vectors[inputs.clone()] == [None, None]));
    assert_eq!((failed.prompt_tokens, failed.cost_usd), (5, 0.25));
}

#[tokio::test]
async fn an_odd_count_costs_no_vector() {
    let gateway = gateway().await;
    let answer = json!({"data": [{"index": 0, "embedding": [1.0]}], "usage": {"prompt_tokens": -1, "total_tokens": 2}});
    gateway.script(EMBEDDINGS, [Reply::ok(&answer)]);
    let answer = gateway.client().embeddings().create(&EmbeddingsRequest::new("m", "a")).await.unwrap();
    let usage = answer.usage.as_ref().unwrap();
    assert_eq!((usage.prompt_tokens, usage.extra.get("unread")), (0, Some(&json!({"prompt_tokens": -1}))));
    assert_eq!(answer.into_inner().into_vectors(), [[1.0]]);
}

/// It is paid for.
#[tokio::test]
async fn an_answer_that_does_not_fit_its_batch_is_an_error_that_keeps_it() {
    let gateway = gateway().await;
    let retry = RetryPolicy::default().base_delay(Duration::from_millis(1));
    let embeddings = gateway.client_builder().retry(retry).build().unwrap().embeddings();
    let request = EmbeddingsRequest::new("m", ["a", "b", "c", "d", "e"]);
    let options = BatchOptions::new().max_inputs(2).concurrency(1);
    let rows = [
        ("no vector", json!([]), "0 vectors came for 2 inputs"),
        ("too few", json!([{"embedding": [1.0]}]), "1 vectors came for 2 inputs"),
        ("too many", json!([{"embedding": [1.0]}, {"embedding": [2.0]}, {"embedding": [3.0]}]), "3 vectors came for 2 inputs"),
        ("one too many, and empty", json!([{"embedding": [1.0]}, {"embedding": [2.0]}, {"embedding": []}]), "came for 2 inputs"),
        ("an empty one", json!([{"embedding": [1.0]}, {"embedding": []}]), "1 vectors came for 2 inputs"),
        ("an index twice", json!([{"index": 1, "embedding": [1.0]}, {"index": 1, "embedding": [2.0]}]), "the indices"),
        ("zero twice", json!([{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [2.0]}]), "the indices"),
        ("an index too far", json!([{"index": 0, "embedding": [1.0]}, {"index": 2, "embedding": [2.0]}]), "the indices"),
        ("indices of the whole", json!([{"index": 2, "embedding": [1.0]}, {"index": 3, "embedding": [2.0]}]), "the indices"),
        ("an index for one alone", json!([{"embedding": [1.0]}, {"index": 0, "embedding": [2.0]}]), "the indices"),
        ("text", json!([{"embedding": "AAAA"}, {"embedding": "AAAA"}]), "0 vectors came for 2 inputs"),
    ];
    for (name, data, reason) in rows {
        let answer = json!({"data": data, "usage": {"prompt_tokens": 2, "total_tokens": 2}});
        gateway.script(EMBEDDINGS, [Reply::status(503).header("retry-after", "0"), Reply::ok(&answer).header("x-request-id", "req_paid")]);
        let failed = embeddings.create_all(&request, &options).await.unwrap_err();
        let error = &failed.error;
        assert!(matches!(error, Error::Decode { .. }) && error.to_string().contains(reason), "{name}: {error:?}");
        assert_eq!(error.raw_body(), Some(answer.to_string().as_bytes()), "{name}");
        assert_eq!((error.request_id(), error.attempts(), error.is_retryable()), (Some("req_paid"), 2, false), "{name}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200), "{name}");
        assert_eq!((failed.inputs.clone(), failed.vectors), (0..2, vec![None; 5]), "{name}");
    }
}
