//! Embeddings: what is written to the wire, and vectors in any order and encoding.

use arouter::Error;
use arouter::chat::ProviderPreferences;
use arouter::embeddings::{EmbeddingsInput, EmbeddingsRequest, EncodingFormat, Vector};
use arouter::testing::{RecordedRequest, Reply};
use serde_json::{Value, json};

use crate::support::gateway;

const EMBEDDINGS: &str = "/v1/embeddings";

#[test]
fn every_option_is_written_as_the_api_spells_it() {
    let request = EmbeddingsRequest::new("openai/text-embedding-3-small", ["a", "b"])
        .encoding_format(EncodingFormat::Base64)
        .dimensions(512)
        .input_type("search_query")
        .user("user-42")
        .provider(ProviderPreferences::new().only(["openai"]))
        .extra("next_week", 1);
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
    ];
    for (name, data) in rows {
        gateway.script(EMBEDDINGS, [Reply::ok(&json!({"data": data}))]);
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
