//! Gemini's own protocol: its calls, over real sockets.

mod accumulate;
mod names;
pub(crate) mod request;

use arouter::gemini::{
    BatchEmbedContentsRequest, Content, CountTokensRequest, EmbedContentRequest, FinishReason, GenerateContentRequest,
    GenerateContentResponse, HarmCategory, ListModelsQuery, Part, TaskType, Tool,
};
use arouter::testing::{Gateway, Reply};
use arouter::{Error, RetryPolicy};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Map, Value, json};

use crate::support::gateway;

pub(crate) const MODEL: &str = "gemini-2.5-flash";

/// The path of a call of the model.
pub(crate) fn path(method: &str) -> String {
    format!("/v1beta/models/{MODEL}:{method}")
}

pub(crate) fn prompt() -> GenerateContentRequest {
    GenerateContentRequest::new([Content::user("Hello!")])
}

/// A piece of an answer with this text, as Google writes it.
pub(crate) fn piece(text: &str) -> Value {
    json!({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}], "modelVersion": MODEL, "responseId": "r1"})
}

/// The piece that ends the answer.
pub(crate) fn last_piece() -> Value {
    json!({"candidates": [{"content": {"role": "model", "parts": [{"text": ""}]}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 2, "candidatesTokenCount": 4, "totalTokenCount": 6}, "modelVersion": MODEL, "responseId": "r1"})
}

pub(crate) fn events(pieces: &[Value]) -> Reply {
    Reply::event_stream(pieces.iter().map(|piece| format!("data: {piece}\r\n\r\n")).collect::<String>())
}

/// With other names of fields, but for JSON that is the caller's own.
pub(crate) fn renamed(value: &Value, rename: &dyn Fn(&str) -> String) -> Value {
    const OWN: [&str; 13] = [
        "args",
        "response",
        "parameters",
        "parametersJsonSchema",
        "responseSchema",
        "responseJsonSchema",
        "schema",
        "labels",
        "headers",
        "partMetadata",
        "customConfigs",
        "example",
        "default",
    ];
    match value {
        Value::Object(fields) => {
            let is_own = |name: &str| OWN.contains(&camel_case(name).as_str());
            let rename_in = |name: &str, value: &Value| if is_own(name) { value.clone() } else { renamed(value, rename) };
            fields.iter().map(|(name, value)| (rename(name), rename_in(name, value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(|item| renamed(item, rename)).collect(),
        value => value.clone(),
    }
}

pub(crate) fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        name + &initial.to_uppercase() + rest
    })
}

fn snake_case(name: &str) -> String {
    name.chars().flat_map(|letter| letter.is_uppercase().then_some('_').into_iter().chain(letter.to_lowercase())).collect()
}

#[tokio::test]
async fn an_answer_is_whole_or_in_pieces_and_both_are_alike() {
    let gateway = gateway().await;
    let gemini = gateway.client().gemini();
    let pieces = [piece("Hel"), piece("lo"), last_piece()];
    let mut whole = last_piece();
    whole["candidates"][0]["content"]["parts"][0]["text"] = "Hello".into();
    gateway.script(path("generateContent"), [Reply::ok(&whole)]);
    let array = Reply::ok(&pieces);
    gateway.script(
        path("streamGenerateContent"),
        [events(&pieces), array, events(&pieces), Reply::events(pieces.iter().map(Value::to_string))],
    );

    let whole = gemini.generate_content(MODEL, &prompt()).await.unwrap();
    assert_eq!((whole.text().as_str(), whole.finish_reason()), ("Hello", Some(&FinishReason::Stop)));
    for form in ["events", "an array"] {
        let streamed = gemini.stream_generate_content(MODEL, &prompt()).await.unwrap().into_response().await.unwrap();
        assert_eq!(streamed, *whole, "{form}");
    }
    let stream = gemini.stream_generate_content(MODEL, &prompt()).await.unwrap();
    assert!(stream.meta().time_to_first_event().is_some());
    assert_eq!(stream.into_text().try_collect::<Vec<_>>().await.unwrap(), ["Hel", "lo"]);
    let with_mark = gemini.stream_generate_content(MODEL, &prompt()).await.unwrap().count().await;
    assert_eq!(with_mark, 3, "a gateway's own end mark is no piece");

    let requests = gateway.requests();
    assert_eq!(requests[0].json(), json!({"contents": [{"role": "user", "parts": [{"text": "Hello!"}]}]}));
    assert_eq!((requests[0].query.as_deref(), requests[1].query.as_deref()), (None, Some("alt=sse")));
    assert_eq!(requests[1].json(), requests[0].json());
}

#[tokio::test]
async fn an_element_of_an_array_comes_before_the_array_ends() {
    let gateway = gateway().await;
    let body = format!("[{},\r\n", piece("first"));
    let length = body.len();
    gateway.script(path("streamGenerateContent"), [Reply::ok(&()).body(body).stall_after(length)]);
    let mut stream = gateway.client().gemini().stream_generate_content(MODEL, &prompt()).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().text(), "first");
}

#[tokio::test]
async fn a_stream_is_whole_if_each_answer_says_why_it_ended() {
    let blocked = json!({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}});
    let candidate = |index: i64, reason: Value| json!({"candidates": [{"index": index, "content": {"parts": [{"text": "a"}]}, "finishReason": reason}]});
    let rows = [
        ("ended", json!([piece("a"), last_piece()]), true),
        ("ended twice", json!([last_piece(), last_piece()]), true),
        ("ended by number", json!([candidate(0, json!(2))]), true),
        ("blocked", json!([blocked]), true),
        ("cut", json!([piece("a")]), false),
        ("not blocked", json!([piece("a"), {"promptFeedback": {"blockReason": ""}}]), false),
        ("one of two cut", json!([candidate(0, json!("STOP")), candidate(1, Value::Null)]), false),
        ("not told", json!([candidate(0, json!("FINISH_REASON_UNSPECIFIED"))]), false),
        ("not told, by number", json!([candidate(0, json!(0))]), false),
        ("no answer began", json!([{"usageMetadata": {"promptTokenCount": 3}}]), false),
        ("more answers than can be counted", json!([candidate(127, json!("STOP"))]), false),
    ];
    let gateway = gateway().await;
    let gemini = gateway.client().gemini();
    for (what, pieces, is_whole) in rows {
        let pieces = pieces.as_array().unwrap();
        let forms =
            [events(pieces), Reply::ok(pieces), Reply::events(pieces.iter().map(Value::to_string)), Reply::ok(pieces).close_delimited()];
        for form in forms {
            gateway.script(path("streamGenerateContent"), [form]);
            let (_, ended) = gemini.stream_generate_content(MODEL, &prompt()).await.unwrap().into_outcome().await;
            match ended {
                Ok(()) => assert!(is_whole, "{what}: whole"),
                Err(error) => assert!(!is_whole && error.is_truncated(), "{what}: {error:?}"),
            }
        }
    }
}

#[tokio::test]
async fn an_error_in_a_stream_is_an_error() {
    let gateway = gateway().await;
    let gemini = gateway.client_builder().retry(RetryPolicy::none()).build().unwrap().gemini();
    let report = json!({"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}});
    for form in [events(std::slice::from_ref(&report)), Reply::ok(&json!([report])), Reply::ok(&report)] {
        gateway.script(path("streamGenerateContent"), [form]);
        let error = gemini.stream_generate_content(MODEL, &prompt()).await.unwrap_err();
        assert_eq!((error.api().unwrap().kind(), error.is_retryable()), (Some("UNAVAILABLE"), true), "{error:?}");
    }
    gateway.script(path("streamGenerateContent"), [events(&[piece("Hel"), report.clone()])]);
    let (partial, ended) = gemini.stream_generate_content(MODEL, &prompt()).await.unwrap().into_outcome().await;
    assert_eq!((partial.text().as_str(), ended.unwrap_err().api().unwrap().message()), ("Hel", "The model is overloaded."));
    gateway.script(path("streamGenerateContent"), [Reply::ok(&json!({"message": "no such model", "status": 404}))]);
    let error = gemini.stream_generate_content(MODEL, &prompt()).await.unwrap_err();
    assert_eq!((error.api().unwrap().message(), error.is_not_found()), ("no such model", true));
    // An event of that name is a report, even if it is no JSON.
    gateway.script(path("streamGenerateContent"), [Reply::event_stream("event: error\ndata: gone\n\n")]);
    let error = gemini.stream_generate_content(MODEL, &prompt()).await.unwrap_err();
    assert_eq!(error.api().unwrap().message(), "gone");
    gateway.script(path("generateContent"), [Reply::ok(&report)]);
    assert!(matches!(gemini.generate_content(MODEL, &prompt()).await, Err(Error::Api(_))));
}

#[tokio::test]
async fn a_success_without_an_answer_is_an_error_and_a_blocked_prompt_is_none() {
    let gateway = gateway().await;
    let gemini = gateway.client().gemini();
    gateway.script(path("generateContent"), [Reply::ok(&json!({"ok": true}))]);
    let error = gemini.generate_content(MODEL, &prompt()).await.unwrap_err();
    assert!(matches!(error, Error::Decode { .. }) && error.raw_body() == Some(&br#"{"ok":true}"#[..]), "{error:?}");

    gateway.script(path("generateContent"), [Reply::ok(&json!({"promptFeedback": {"blockReason": "SAFETY"}}))]);
    let reply = gemini.generate_content(MODEL, &prompt()).await.unwrap();
    assert!(reply.text().is_empty() && reply.prompt_feedback.as_ref().unwrap().is_blocked());
}

#[tokio::test]
async fn the_key_is_a_bearer_token_unless_the_query_is_asked_for() {
    let gateway = gateway().await;
    for (in_query, query, has_header) in [(false, "alt=sse", true), (true, "alt=sse&key=", false)] {
        gateway.script(path("streamGenerateContent"), [events(&[last_piece()])]);
        gateway.script("/v1beta/models", [Reply::ok(&json!({"models": []}))]);
        let gemini = gateway.client_builder().gemini_key_in_query(in_query).build().unwrap().gemini();
        gemini.stream_generate_content(MODEL, &prompt()).await.unwrap();
        gemini.list_models(&ListModelsQuery::new()).await.unwrap();
        for request in &gateway.requests()[gateway.requests().len() - 2..] {
            assert_eq!(request.headers.contains_key("authorization"), has_header);
            assert_eq!(request.query.as_deref().unwrap_or_default().contains(&format!("key={}", gateway.api_key())), in_query);
        }
        let streamed = &gateway.requests()[gateway.requests().len() - 2];
        assert!(streamed.query.as_deref().unwrap().starts_with(query), "{:?}", streamed.query);
    }
}

#[tokio::test]
async fn a_model_is_named_with_and_without_its_prefix() {
    let gateway = gateway().await;
    let gemini = gateway.client().gemini();
    let rows = [
        ("gemini-2.5-flash", "/v1beta/models/gemini-2.5-flash:generateContent"),
        ("models/gemini-2.5-flash", "/v1beta/models/gemini-2.5-flash:generateContent"),
        ("google/gemini-2.5-flash", "/v1beta/models/google/gemini-2.5-flash:generateContent"),
        ("a b?c#d", "/v1beta/models/a%20b%3Fc%23d:generateContent"),
        ("gemini:free", "/v1beta/models/gemini:free:generateContent"),
    ];
    for (model, path) in rows {
        gateway.script(path, [Reply::ok(&last_piece())]);
        gemini.generate_content(model, &prompt()).await.unwrap_or_else(|error| panic!("{model}: {error}"));
    }
    let sent = gateway.requests().len();
    for model in ["", "models/", "a//b", "a/", "/a", "../keys", "a/./b"] {
        let error = gemini.generate_content(model, &prompt()).await.unwrap_err();
        assert!(matches!(error, Error::Config { .. }), "{model}: {error}");
    }
    assert_eq!(gateway.requests().len(), sent, "nothing was sent");
}

#[tokio::test]
async fn extra_fields_win() {
    let gateway = gateway().await;
    gateway.script(path("generateContent"), [Reply::ok(&last_piece())]);
    let request = prompt().cached_content("a").extra("cachedContent", "b").extra("next", json!([1]));
    gateway.client().gemini().generate_content(MODEL, &request).await.unwrap();
    let body = String::from_utf8(gateway.requests()[0].body.to_vec()).unwrap();
    assert_eq!(body.matches("cachedContent").count(), 1);
    assert_eq!((&gateway.requests()[0].json()["cachedContent"], &gateway.requests()[0].json()["next"]), (&json!("b"), &json!([1])));
}

#[tokio::test]
async fn a_function_is_called_and_answered() {
    #[derive(serde::Deserialize)]
    struct Place {
        city: String,
        days: u32,
    }
    let gateway = gateway().await;
    let gemini = gateway.client().gemini();
    let turn = json!({"role": "model", "parts": [
        {"text": "Let me see.", "thought": true},
        {"functionCall": {"id": "c1", "name": "get_weather", "args": {"city": "Paris", "days": 2.0}}, "thoughtSignature": "c2lnbmVk", "colour": 1}]});
    gateway.script(
        path("generateContent"),
        [Reply::ok(&json!({"candidates": [{"content": turn, "finishReason": "STOP"}]})), Reply::ok(&last_piece())],
    );

    let reply = gemini.generate_content(MODEL, &prompt()).await.unwrap();
    let calls = reply.function_calls();
    let place: Place = calls[0].args_as().unwrap();
    assert_eq!((calls.len(), calls[0].name(), place.city.as_str(), place.days), (1, "get_weather", "Paris", 2));
    assert!(calls[0].args_as::<Vec<u8>>().is_err());
    assert_eq!((reply.text().as_str(), reply.thoughts().as_str()), ("", "Let me see."));

    let answer = calls[0].response(json!({"celsius": 22}));
    let next = GenerateContentRequest::new([Content::user("Hello!"), reply.content(), Content::user(answer)]);
    gemini.generate_content(MODEL, &next).await.unwrap();
    let sent = gateway.requests()[1].json();
    let mut expected = turn;
    expected["parts"][1]["functionCall"]["args"]["days"] = 2.0.into();
    assert_eq!(sent["contents"][1], expected, "signatures and unknown fields go back as they came");
    assert_eq!(
        sent["contents"][2],
        json!({"role": "user", "parts": [{"functionResponse": {"id": "c1", "name": "get_weather", "response": {"celsius": 22}}}]})
    );
}

#[tokio::test]
async fn what_servers_leave_out_or_write_as_numbers_is_read() {
    let gateway = gateway().await;
    let gemini = gateway.client().gemini();
    let blocked = json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "candidates": null});
    let numbers = json!({"candidates": [{"finishReason": 1, "avgLogprobs": "NaN", "safetyRatings": [{"category": 7, "probability": 1}],
        "content": {"parts": [{"text": "a"}, {"text": null, "thought": null}]}}], "usageMetadata": {"promptTokenCount": "3", "thoughtsTokenCount": null}});
    let bodies = [blocked, numbers.clone(), json!({"candidates": [{}]}), json!({"candidates": [{"content": {}}]})];
    gateway.script(path("generateContent"), bodies.iter().map(Reply::ok));
    let blocked = gemini.generate_content(MODEL, &prompt()).await.unwrap();
    assert!(blocked.prompt_feedback.as_ref().unwrap().is_blocked() && blocked.text().is_empty() && blocked.content().parts.is_empty());

    let answer: GenerateContentResponse = gemini.generate_content(MODEL, &prompt()).await.unwrap().into_inner();
    assert_eq!((answer.text().as_str(), answer.finish_reason()), ("a", Some(&FinishReason::Number(1))));
    assert_eq!(answer.candidates[0].safety_ratings[0].category, Some(HarmCategory::Number(7)));
    assert_eq!(answer.usage_metadata.as_ref().unwrap().prompt_token_count, Some(3));
    let written = serde_json::to_value(&answer).unwrap();
    assert_eq!((&written["candidates"][0]["finishReason"], &written["candidates"][0]["avgLogprobs"]), (&json!(1), &json!("NaN")));
    for _ in 0..2 {
        assert_eq!(gemini.generate_content(MODEL, &prompt()).await.unwrap().content(), Content::model(Vec::<Part>::new()));
    }
}

#[tokio::test]
async fn tokens_are_counted_of_turns_and_of_whole_requests() {
    let gateway = gateway().await;
    let gemini = gateway.client().gemini();
    let body = json!({"totalTokens": 11, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 11}]});
    gateway.always(path("countTokens"), Reply::ok(&body));
    let whole = prompt().system_instruction("Be brief.").tools([Tool::google_search()]);
    let counted = gemini.count_tokens(MODEL, &CountTokensRequest::new([Content::user("Hello!")])).await.unwrap();
    assert_eq!((counted.total_tokens, counted.prompt_tokens_details[0].token_count), (11, Some(11)));
    gemini.count_tokens(&format!("models/{MODEL}"), &CountTokensRequest::from(&whole)).await.unwrap();
    gemini.count_tokens(MODEL, &CountTokensRequest::from(whole.model("models/other"))).await.unwrap();

    let bodies: Vec<Value> = gateway.requests().iter().map(|request| request.json()).collect();
    assert_eq!(bodies[0], json!({"contents": [{"role": "user", "parts": [{"text": "Hello!"}]}]}));
    assert_eq!(
        bodies[1],
        json!({"generateContentRequest": {"model": "models/gemini-2.5-flash", "contents": [{"role": "user", "parts": [{"text": "Hello!"}]}],
            "systemInstruction": {"parts": [{"text": "Be brief."}]}, "tools": [{"googleSearch": {}}]}})
    );
    assert_eq!(bodies[2]["generateContentRequest"]["model"], "models/other");
}

#[tokio::test]
async fn vectors_are_made_one_by_one_and_in_batches() {
    let gateway = gateway().await;
    let gemini = gateway.client().gemini();
    gateway.script(path("embedContent"), [Reply::ok(&json!({"embedding": {"values": [0.25, -1.0]}})), Reply::ok(&json!({"other": 1}))]);
    gateway.script(
        path("batchEmbedContents"),
        [Reply::ok(&json!({"embeddings": [{"values": [0.5]}, {"values": [1]}],
        "usageMetadata": {"promptTokenCount": 4, "promptTokenDetails": [{"modality": "TEXT", "tokenCount": 4}]}}))],
    );
    let one = EmbedContentRequest::new("a").task_type(TaskType::RetrievalDocument).title("t").output_dimensionality(2);
    assert_eq!(gemini.embed_content(MODEL, &one).await.unwrap().embedding.values, [0.25, -1.0]);
    assert!(matches!(gemini.embed_content(MODEL, &one).await, Err(Error::Decode { .. })), "a body without a vector is no answer");
    let batch = BatchEmbedContentsRequest::new([one.clone(), one.model("models/other")]);
    let vectors = gemini.batch_embed_contents(MODEL, &batch).await.unwrap().into_inner();
    assert_eq!(vectors.embeddings.iter().map(|vector| vector.values[0]).collect::<Vec<_>>(), [0.5, 1.0]);
    assert_eq!(vectors.usage_metadata.unwrap().prompt_token_details[0].token_count, Some(4));

    let content = json!({"content": {"parts": [{"text": "a"}]}, "taskType": "RETRIEVAL_DOCUMENT", "title": "t", "outputDimensionality": 2});
    let requests = gateway.requests();
    assert_eq!(requests[0].json(), content);
    let with_model = |model: &str| {
        let mut content = content.clone();
        content["model"] = model.into();
        content
    };
    assert_eq!(requests[2].json(), json!({"requests": [with_model("models/gemini-2.5-flash"), with_model("models/other")]}));
}

#[tokio::test]
async fn models_are_listed_page_by_page() {
    let gateway = gateway().await;
    let gemini = gateway.client().gemini();
    let page = |names: &[&str], token: Value| {
        Reply::ok(&json!({"models": names.iter().map(|name| json!({"name": name})).collect::<Value>(), "nextPageToken": token}))
    };
    gateway.script("GET /v1beta/models", [page(&["models/a"], "t/1".into())]);
    let first = gemini.list_models(&ListModelsQuery::new().page_size(1).page_token("t 0")).await.unwrap();
    assert_eq!((first.models[0].id(), first.next_page_token.as_deref()), ("a", Some("t/1")));
    assert_eq!(gateway.requests()[0].query.as_deref(), Some("pageSize=1&pageToken=t+0"));

    let names = |gateway: &Gateway, pages: Vec<Reply>| {
        gateway.script("/v1beta/models", pages);
        let gemini = gateway.client().gemini();
        async move {
            let mut models = gemini.list_all_models();
            let mut names = Vec::new();
            while let Some(model) = models.next().await {
                match model {
                    Ok(model) => names.push(model.id().to_owned()),
                    Err(error) => {
                        assert!(models.next().await.is_none(), "a stream goes on after its error");
                        return (names, Some(error));
                    }
                }
            }
            assert!(models.next().await.is_none());
            (names, None)
        }
    };
    let pages = vec![page(&["models/a", "models/b"], "t1".into()), page(&[], "t2".into()), page(&["c"], "".into())];
    let (all, error) = names(&gateway, pages).await;
    assert!(error.is_none() && all == ["a", "b", "c"], "{all:?} {error:?}");
    assert_eq!(gateway.requests()[2].query.as_deref(), Some("pageSize=1000&pageToken=t1"));

    let (some, error) = names(&gateway, vec![page(&["a"], "t1".into()), page(&["b"], "t1".into())]).await;
    assert!(matches!(error, Some(Error::Decode { .. })) && some == ["a"], "{some:?} {error:?}");
    let (some, error) = names(&gateway, vec![page(&["a"], "t1".into()), Reply::status(404)]).await;
    assert!(error.unwrap().is_not_found() && some == ["a"]);
}
