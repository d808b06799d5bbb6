//! Gemini's own protocol, as Google's two services speak it.

use std::fmt::Debug;

use arouter::gemini::{
    BatchEmbedContentsRequest, Candidate, CountTokensRequest, EmbedContentRequest, GenerateContentRequest, GenerateContentResponse,
    ListModelsQuery,
};
use arouter::testing::{Gateway, Reply};
use arouter::{Client, Error, Response, Result};
use futures::StreamExt as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::compare::assert_lossless;
use super::exchange::{Corpus, Exchange, recorded_events};
use super::untyped::untyped;
use crate::gemini::{MODEL, camel_case, path, prompt, renamed};
use crate::support::print_line;

/// Fields that no definition of the protocol has, and why they occur.
const NOT_THE_PROTOCOLS: [(&str, &str); 2] = [
    ("Content.missing-parts", "planted by the makers of the test data"),
    ("UsageMetadata.pydantic_ai_gateway", "a gateway's own field for its price"),
];

pub(super) async fn check(kind: &str, exchange: &Exchange, gateway: &Gateway, client: &Client, found: &mut Vec<String>) {
    let gemini = client.gemini();
    let name = &exchange.name;
    let recorded: Value = serde_json::from_slice(&exchange.body).unwrap_or_default();
    let reply = exchange.reply();
    match kind {
        // The older form of a stream is an array.
        "generate" if exchange.mode == "sse" || recorded.is_array() => check_stream(exchange, gateway, client, found).await,
        "generate" => {
            gateway.script(path("generateContent"), [reply]);
            let response = gemini.generate_content(MODEL, &prompt()).await;
            let response = check_whole(response, &recorded, name, found);
            check_turn(&response, &recorded, name);
        }
        "tokens" => {
            gateway.script(path("countTokens"), [reply]);
            check_whole(gemini.count_tokens(MODEL, &CountTokensRequest::from(&prompt())).await, &recorded, name, found);
        }
        "embeddings" if recorded.get("embeddings").is_some() => {
            gateway.script(path("batchEmbedContents"), [reply]);
            let request = BatchEmbedContentsRequest::new([EmbedContentRequest::new("Hello!")]);
            check_whole(gemini.batch_embed_contents(MODEL, &request).await, &recorded, name, found);
        }
        "embeddings" => {
            gateway.script(path("embedContent"), [reply]);
            check_whole(gemini.embed_content(MODEL, &EmbedContentRequest::new("Hello!")).await, &recorded, name, found);
        }
        "models" => {
            gateway.script("/v1beta/models", [reply]);
            check_whole(gemini.list_models(&ListModelsQuery::new()).await, &recorded, name, found);
        }
        _ => panic!("nothing reads gemini/{kind}"),
    }
}

pub(super) async fn error(exchange: &Exchange, gateway: &Gateway, client: &Client) -> Error {
    gateway.script(path("generateContent"), [exchange.reply()]);
    client.gemini().generate_content(MODEL, &prompt()).await.unwrap_err()
}

#[test]
fn requests_are_read_and_written_alike() {
    let Some(corpus) = Corpus::find() else { return };
    let mut found = Vec::new();
    for kind in ["generate", "tokens", "embeddings"] {
        let mut count = 0;
        for exchange in corpus.exchanges("gemini", kind) {
            let Some(recorded) = exchange.request else { continue };
            let name = &exchange.name;
            match kind {
                "generate" => check_request::<GenerateContentRequest>(&recorded, name, &mut found),
                "tokens" => check_request::<CountTokensRequest>(&recorded, name, &mut found),
                _ if recorded.get("requests").is_some() => check_request::<BatchEmbedContentsRequest>(&recorded, name, &mut found),
                _ => check_request::<EmbedContentRequest>(&recorded, name, &mut found),
            }
            count += 1;
        }
        print_line(&format!("corpus gemini {kind} requests: {count} of {count}"));
    }
    assert_eq!(found, Vec::<String>::new());
}

fn check_request<T: DeserializeOwned + Serialize + Debug>(recorded: &Value, name: &str, found: &mut Vec<String>) {
    let request: T = serde_json::from_value(recorded.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let written = serde_json::to_value(&request).unwrap();
    assert_lossless(&in_one_spelling(recorded), &in_one_spelling(&written), name);
    look_for_untyped(&request, name, found);
}

/// Names of fields in camel case, and lists of one in their brackets.
fn in_one_spelling(value: &Value) -> Value {
    in_brackets(renamed(value, &camel_case))
}

fn in_brackets(value: Value) -> Value {
    const LISTS: [&str; 6] = ["contents", "parts", "tools", "functionDeclarations", "safetySettings", "stopSequences"];
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| {
                let is_bare = LISTS.contains(&name.as_str()) && (value.is_object() || value.is_string());
                let value = in_brackets(value);
                (name, if is_bare { Value::Array(vec![value]) } else { value })
            });
            fields.collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(in_brackets).collect(),
        value => value,
    }
}

fn check_whole<T: Serialize + Debug>(response: Result<Response<T>>, recorded: &Value, name: &str, found: &mut Vec<String>) -> T {
    let response = response.unwrap_or_else(|error| panic!("{name}: {error}")).into_inner();
    assert_lossless(&vectors_as_f32(recorded), &vectors_as_f32(&serde_json::to_value(&response).unwrap()), name);
    look_for_untyped(&response, name, found);
    response
}

/// Vectors are read as `f32`, which is all the precision that they have.
fn vectors_as_f32(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let value = match value {
                    #[expect(clippy::cast_possible_truncation, reason = "it is what is compared")]
                    Value::Array(numbers) if name == "values" => {
                        numbers.iter().map(|number| number.as_f64().map_or(number.clone(), |number| Value::from(number as f32))).collect()
                    }
                    value => vectors_as_f32(value),
                };
                (name.clone(), value)
            });
            fields.collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(vectors_as_f32).collect(),
        value => value.clone(),
    }
}

fn look_for_untyped(value: &impl Debug, name: &str, found: &mut Vec<String>) {
    let unknown = untyped(value).into_iter().filter(|field| !NOT_THE_PROTOCOLS.iter().any(|(known, _)| known == field));
    found.extend(unknown.map(|field| format!("{name}: {field}")));
}

/// The turn goes back as it came.
fn check_turn(response: &GenerateContentResponse, recorded: &Value, name: &str) {
    let Some(content) = recorded["candidates"][0].get("content").and_then(Value::as_object) else { return };
    let mut content = content.clone();
    content.entry("role").or_insert("model".into());
    assert_lossless(&content.into(), &serde_json::to_value(response.content()).unwrap(), name);
}

async fn check_stream(exchange: &Exchange, gateway: &Gateway, client: &Client, found: &mut Vec<String>) {
    let name = &exchange.name;
    let script = || {
        let reply = match exchange.mode.as_str() {
            "sse" => exchange.reply(),
            _ => exchange.reply().header("content-type", "application/json"),
        };
        gateway.script(path("streamGenerateContent"), [reply] as [Reply; 1]);
    };
    let recorded = match exchange.mode.as_str() {
        "sse" => recorded_events(&exchange.body),
        _ => serde_json::from_slice(&exchange.body).unwrap(),
    };
    script();
    let (pieces, ended) = read_stream(client).await;
    if exchange.has_stream_error {
        let reported = recorded.iter().find_map(|event| event.get("error")).unwrap();
        let error = ended.unwrap_err();
        assert_eq!(Some(error.api().unwrap().message()), reported["message"].as_str(), "{name}");
    } else {
        assert_eq!(pieces.len(), recorded.len(), "{name}: {ended:?}");
        match ended {
            Ok(()) => assert!(is_whole(&recorded), "{name}: a cut stream passes for whole"),
            Err(error) => assert!(error.is_truncated() && !is_whole(&recorded), "{name}: {error:?}"),
        }
    }
    for (piece, recorded) in pieces.iter().zip(&recorded) {
        assert_lossless(recorded, &serde_json::to_value(piece).unwrap(), name);
        look_for_untyped(piece, name, found);
    }

    script();
    if let Ok(stream) = client.gemini().stream_generate_content(MODEL, &prompt()).await {
        let whole = stream.into_outcome().await.0;
        check_sum(&recorded[..pieces.len()], &whole, name);
    } else {
        assert!(pieces.is_empty(), "{name}");
    }
}

async fn read_stream(client: &Client) -> (Vec<GenerateContentResponse>, Result<()>) {
    let mut stream = match client.gemini().stream_generate_content(MODEL, &prompt()).await {
        Ok(stream) => stream,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let mut pieces = Vec::new();
    while let Some(item) = stream.next().await {
        match item {
            Ok(piece) => pieces.push(piece),
            Err(error) => return (pieces, Err(error)),
        }
    }
    (pieces, Ok(()))
}

/// Whether each answer that began told why it ended, or the prompt was blocked.
fn is_whole(recorded: &[Value]) -> bool {
    let indices = indices(recorded);
    let all_ended = indices.iter().all(|index| of_index(recorded, *index).iter().any(|candidate| is_reason(&candidate["finishReason"])));
    (!indices.is_empty() && all_ended) || recorded.iter().any(|event| is_reason(&event["promptFeedback"]["blockReason"]))
}

fn is_reason(reason: &Value) -> bool {
    match reason {
        Value::String(word) => !word.is_empty() && !word.ends_with("_UNSPECIFIED"),
        Value::Number(number) => number.as_i64() != Some(0),
        _ => false,
    }
}

fn indices(recorded: &[Value]) -> Vec<i64> {
    let candidates = recorded.iter().flat_map(|event| event["candidates"].as_array().into_iter().flatten());
    let mut indices: Vec<i64> = candidates.map(index).collect();
    indices.sort_unstable();
    indices.dedup();
    indices
}

fn index(candidate: &Value) -> i64 {
    candidate["index"].as_i64().unwrap_or(0)
}

/// What was recorded of one answer.
fn of_index(recorded: &[Value], wanted: i64) -> Vec<&Value> {
    let candidates = recorded.iter().flat_map(|event| event["candidates"].as_array().into_iter().flatten());
    candidates.filter(|candidate| index(candidate) == wanted).collect()
}

/// What the pieces add up to, against sums made from the recorded JSON alone.
fn check_sum(recorded: &[Value], whole: &GenerateContentResponse, name: &str) {
    assert_eq!(whole.candidates.iter().map(|candidate| candidate.index).collect::<Vec<_>>(), indices(recorded), "{name}");
    for candidate in &whole.candidates {
        check_candidate(&of_index(recorded, candidate.index), candidate, name);
    }
    let first = |field: &str| recorded.iter().find_map(|event| event[field].as_str());
    assert_eq!((whole.response_id.as_deref(), whole.model_version.as_deref()), (first("responseId"), first("modelVersion")), "{name}");
    let mut usage = Map::new();
    for told in recorded.iter().filter_map(|event| event["usageMetadata"].as_object()) {
        usage
            .extend(told.clone().into_iter().filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())));
    }
    assert_lossless(&usage.into(), &serde_json::to_value(whole.usage_metadata.clone().unwrap_or_default()).unwrap(), name);
}

fn check_candidate(recorded: &[&Value], candidate: &Candidate, name: &str) {
    let content = candidate.content.clone().unwrap_or_default();
    let parts = || recorded.iter().flat_map(|candidate| candidate["content"]["parts"].as_array().into_iter().flatten());
    let text =
        |thought: bool| parts().filter(|part| (part["thought"] == true) == thought).filter_map(|part| part["text"].as_str()).collect();
    assert_eq!((content.text(), content.thoughts()), (text(false), text(true)), "{name}");

    let reason = recorded.iter().rev().map(|candidate| &candidate["finishReason"]).find(|reason| is_reason(reason)).cloned();
    assert_eq!(candidate.finish_reason.as_ref().map(|reason| serde_json::to_value(reason).unwrap()), reason, "{name}");

    // What isn't plain text stays as it came, signatures and order included; pieces of calls are joined.
    let is_whole_part = |part: &&Value| {
        let is_plain = part.as_object().unwrap().keys().all(|key| key == "text" || key == "thought");
        !is_plain && part.get("functionCall").is_none()
    };
    let kept: Vec<Value> = content.parts.iter().map(|part| serde_json::to_value(part).unwrap()).collect();
    let kept: Vec<&Value> = kept.iter().filter(is_whole_part).collect();
    let expected: Vec<&Value> = parts().filter(is_whole_part).collect();
    assert_eq!(kept.len(), expected.len(), "{name}");
    kept.iter().zip(expected).for_each(|(kept, expected)| assert_lossless(expected, kept, name));

    let calls = content.function_calls();
    let begun: Vec<&Value> = parts().map(|part| &part["functionCall"]).filter(|call| call["name"].is_string()).collect();
    assert_eq!(
        calls.iter().map(|call| call.name()).collect::<Vec<_>>(),
        begun.iter().map(|call| call["name"].as_str().unwrap()).collect::<Vec<_>>()
    );
    let mut pieces: Vec<(usize, &Value)> = Vec::new();
    for call in parts().filter_map(|part| part.get("functionCall")) {
        let at = pieces.last().map_or(0, |(at, _)| *at) + usize::from(call["name"].is_string());
        pieces.push((at, call));
    }
    for (at, call) in calls.iter().enumerate() {
        let args = Value::Object(call.args.clone().unwrap_or_default());
        let own = pieces.iter().filter(|(of, _)| *of == at + 1).map(|(_, piece)| *piece);
        check_args(&own.collect::<Vec<_>>(), &args, name);
        assert!(call.partial_args.is_none(), "{name}: {call:?}");
    }
    let signatures = |part: &Value| part["thoughtSignature"].as_str().map(str::to_owned);
    let kept: Vec<_> = content.parts.iter().filter_map(|part| part.thought_signature.clone()).collect();
    assert_eq!(kept, parts().filter_map(signatures).collect::<Vec<_>>(), "{name}");
    let citations: usize = recorded
        .iter()
        .flat_map(|candidate| ["citations", "citationSources"].map(|field| &candidate["citationMetadata"][field]))
        .map(length)
        .sum();
    assert_eq!(candidate.citation_metadata.as_ref().map_or(0, |citations| citations.iter().count()), citations, "{name}");
}

fn length(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}

/// Whole arguments as they came, and of those in pieces, each value at its path.
fn check_args(pieces: &[&Value], args: &Value, name: &str) {
    let partial: Vec<&Value> = pieces.iter().flat_map(|piece| piece["partialArgs"].as_array().into_iter().flatten()).collect();
    for whole in pieces.iter().filter_map(|piece| piece.get("args")) {
        if partial.is_empty() {
            assert_lossless(whole, args, name);
        }
    }
    for piece in &partial {
        let path = &piece["jsonPath"];
        let pointer = path.as_str().unwrap().trim_start_matches('$').replace(['.', '['], "/").replace(']', "");
        let value = args.pointer(&pointer).unwrap_or_else(|| panic!("{name}: nothing at {path} of {args}"));
        let text: String =
            partial.iter().filter(|other| other["jsonPath"] == *path).filter_map(|other| other["stringValue"].as_str()).collect();
        match value {
            Value::String(joined) => assert_eq!(*joined, text, "{name}"),
            Value::Number(number) => assert_eq!(number.as_f64(), piece["numberValue"].as_f64(), "{name}"),
            Value::Bool(truth) => assert_eq!(Some(*truth), piece["boolValue"].as_bool(), "{name}"),
            Value::Null => assert!(piece.get("stringValue").is_none() && piece.get("numberValue").is_none(), "{name}"),
            value => panic!("{name}: {path} became {value}"),
        }
    }
}
