//! What holds for any request and any answer, tried on many of each.

use std::cell::Cell;
use std::fmt::Debug;

use arouter::chat::{ChatAccumulator, ChatResponse};
use arouter::embeddings::EmbeddingsRequest;
use arouter::gemini::{BatchEmbedContentsRequest, CountTokensRequest, EmbedContentRequest, GeminiAccumulator, GenerateContentResponse};
use arouter::keys::{CreateKeyRequest, UpdateKeyRequest};
use arouter::messages::{BatchRequest, MessagesAccumulator, MessagesResponse};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::{chat, embeddings, gemini, messages};

fn cases(number: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(number) }
}

#[test]
fn a_request_that_was_written_is_read_as_the_same() {
    holds_for_requests_like(&chat::every_option());
    holds_for_requests_like(&messages::every_option());
    holds_for_requests_like(&gemini::request::every_option());
    holds_for_requests_like::<EmbeddingsRequest>(&embeddings::every_option());
    holds_for_requests_like(&CountTokensRequest::from(gemini::request::every_option()));
    holds_for_requests_like(&BatchRequest::new("id-1", messages::every_option()));
    let embed = json!({"content": {"parts": [{"text": "a"}]}, "taskType": "RETRIEVAL_DOCUMENT", "outputDimensionality": 768, "autoTruncate": true,
        "documentOcr": false, "audioTrackExtraction": true, "title": "t", "mimeType": "text/plain", "model": "models/m", "nextWeek": 1});
    holds_for_requests_like::<BatchEmbedContentsRequest>(&read(json!({"requests": [embed], "model": "m", "nextWeek": 1})));
    holds_for_requests_like::<EmbedContentRequest>(&read(embed));
    let key = json!({"name": "a", "limit": 1.5, "limit_reset": "monthly", "include_byok_in_limit": true, "expires_at": "2027-01-01T00:00:00Z",
        "allowed_providers": ["openai"], "allowed_models": ["m"], "creator_user_id": "u", "workspace_id": "w", "disabled": true, "next_week": 1});
    holds_for_requests_like::<CreateKeyRequest>(&read(key.clone()));
    holds_for_requests_like::<UpdateKeyRequest>(&read(key));
}

/// For any request like this one, with other values and without some of its fields.
fn holds_for_requests_like<T: Serialize + DeserializeOwned + PartialEq + Debug>(request: &T) {
    let (tried, read) = (Cell::new(0), Cell::new(0));
    let like_it = like(serde_json::to_value(request).unwrap());
    let holds = |json: Value| {
        tried.set(tried.get() + 1);
        // What lacks a field that it can't do without is no request.
        if let Ok(request) = serde_json::from_value::<T>(json) {
            read.set(read.get() + 1);
            let written = serde_json::to_string(&request).unwrap();
            let again: T = serde_json::from_str(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
            prop_assert_eq!(serde_json::to_string(&again).unwrap(), written);
            prop_assert_eq!(again, request);
        }
        Ok(())
    };
    TestRunner::new(cases(300)).run(&like_it, holds).unwrap();
    let name = std::any::type_name::<T>();
    assert!(read.get() * 4 > tried.get(), "of {} {name}, only {} were read", tried.get(), read.get());
}

/// JSON of the same shape: other text and numbers, lists cut short, and now and then a field left out.
fn like(value: Value) -> BoxedStrategy<Value> {
    match value {
        Value::String(text) => prop_oneof![3 => Just(text), 1 => "\\PC{0,8}"].prop_map(Value::from).boxed(),
        Value::Number(number) if number.is_u64() => prop_oneof![Just(json!(number)), (0..100_u64).prop_map(Value::from)].boxed(),
        Value::Number(number) if number.is_f64() => {
            prop_oneof![Just(json!(number)), (-80_000..80_000_i32).prop_map(|eighths| json!(f64::from(eighths) / 8.0))].boxed()
        }
        Value::Bool(_) => any::<bool>().prop_map(Value::from).boxed(),
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().map(like).collect();
            (0..=items.len(), items).prop_map(|(length, items)| items.into_iter().take(length).collect()).boxed()
        }
        Value::Object(fields) => {
            let fields: Vec<_> = fields.into_iter().map(|(name, field)| (Just(name), prop::option::weighted(0.98, like(field)))).collect();
            let kept = |fields: Vec<(String, Option<Value>)>| {
                fields.into_iter().filter_map(|(name, field)| Some((name, field?))).collect::<Map<_, _>>()
            };
            fields.prop_map(kept).prop_map(Value::from).boxed()
        }
        other => Just(other).boxed(),
    }
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn chunks_of_a_chat_add_up_to_its_answer(answer in answer()) {
        let calls = |calls: &[Call]| -> Vec<Value> {
            calls.iter().map(|call| json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}})).collect()
        };
        let mut message = json!({"role": "assistant", "content": answer.text.concat()});
        if !answer.calls.is_empty() {
            message["tool_calls"] = calls(&answer.calls).into();
            // As servers write a turn that is calls alone.
            if answer.text.concat().is_empty() {
                message["content"] = Value::Null;
            }
        }
        let usage = json!({"prompt_tokens": 5, "completion_tokens": answer.tokens, "total_tokens": 5 + answer.tokens});
        let whole: ChatResponse = read(json!({"id": "c", "object": "chat.completion", "created": 1, "model": "m", "usage": usage,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}));

        let mut accumulator = ChatAccumulator::new();
        let mut push = |choices: Value, usage: Value| {
            let chunk = json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, "usage": usage});
            accumulator.push(read(chunk))
        };
        push(json!([{"index": 0, "delta": {"role": "assistant", "content": ""}}]), Value::Null)?;
        for text in &answer.text {
            push(json!([{"index": 0, "delta": {"content": text}}]), Value::Null)?;
        }
        for (index, call) in answer.calls.iter().enumerate() {
            push(json!([{"index": 0, "delta": {"tool_calls": [{"index": index, "id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}]}}]), Value::Null)?;
            for piece in call.pieces() {
                push(json!([{"index": 0, "delta": {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}}]), Value::Null)?;
            }
        }
        push(json!([{"index": 0, "delta": {}, "finish_reason": "stop"}]), Value::Null)?;
        push(json!([]), usage)?;
        prop_assert_eq!(accumulator.into_response(), whole);
    }

    #[test]
    fn events_of_a_message_add_up_to_it(answer in answer()) {
        let mut content = vec![json!({"type": "text", "text": answer.text.concat()})];
        let input = |call: &Call| serde_json::from_str::<Value>(&call.arguments).unwrap();
        content.extend(answer.calls.iter().map(|call| json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input(call)})));
        let message = |content: Value, reason: Value, tokens: u64| json!({"id": "m", "type": "message", "role": "assistant", "model": "m",
            "content": content, "stop_reason": reason, "stop_sequence": null, "usage": {"input_tokens": 5, "output_tokens": tokens}});
        let whole: MessagesResponse = read(message(content.into(), json!("end_turn"), answer.tokens));

        let mut accumulator = MessagesAccumulator::new();
        let mut push = |event: Value| accumulator.push(read(event));
        push(json!({"type": "message_start", "message": message(json!([]), Value::Null, 1)}))?;
        push(json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}))?;
        for text in &answer.text {
            push(json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}))?;
        }
        push(json!({"type": "content_block_stop", "index": 0}))?;
        for (index, call) in (1..).zip(&answer.calls) {
            push(json!({"type": "content_block_start", "index": index, "content_block": {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}}))?;
            for piece in call.pieces() {
                push(json!({"type": "content_block_delta", "index": index, "delta": {"type": "input_json_delta", "partial_json": piece}}))?;
            }
            push(json!({"type": "content_block_stop", "index": index}))?;
        }
        push(json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null}, "usage": {"output_tokens": answer.tokens}}))?;
        push(json!({"type": "message_stop"}))?;
        prop_assert_eq!(accumulator.into_response(), whole);
    }

    #[test]
    fn pieces_of_a_generation_add_up_to_it(answer in answer()) {
        let input = |call: &Call| serde_json::from_str::<Value>(&call.arguments).unwrap();
        let calls: Vec<Value> = answer.calls.iter().map(|call| json!({"functionCall": {"name": call.name, "args": input(call)}})).collect();
        let text = answer.text.concat();
        let mut parts: Vec<Value> = if text.is_empty() { Vec::new() } else { vec![json!({"text": text})] };
        parts.extend(calls.iter().cloned());
        let piece = |parts: Value, reason: Value| json!({"candidates": [{"index": 0, "content": {"role": "model", "parts": parts}, "finishReason": reason}], "modelVersion": "m"});
        let whole: GenerateContentResponse = read(piece(parts.into(), json!("STOP")));

        let mut accumulator = GeminiAccumulator::new();
        for text in answer.text.iter().filter(|text| !text.is_empty()) {
            accumulator.push(read(piece(json!([{"text": text}]), Value::Null)))?;
        }
        for call in calls {
            accumulator.push(read(piece(json!([call]), Value::Null)))?;
        }
        accumulator.push(read(piece(json!([]), json!("STOP"))))?;
        prop_assert_eq!(accumulator.into_response(), whole);
    }
}

/// An answer of a model, in the pieces in which it comes.
#[derive(Debug, Clone)]
struct Answer {
    text: Vec<String>,
    calls: Vec<Call>,
    tokens: u64,
}

#[derive(Debug, Clone)]
struct Call {
    id: String,
    name: String,
    /// JSON of an object.
    arguments: String,
    /// Where it is cut, in characters.
    cut: usize,
}

impl Call {
    fn pieces(&self) -> [String; 2] {
        [self.arguments.chars().take(self.cut).collect(), self.arguments.chars().skip(self.cut).collect()]
    }
}

fn answer() -> impl Strategy<Value = Answer> {
    let call = ("[a-z]{1,8}", "[a-z_]{1,8}", prop::collection::btree_map("\\PC{0,4}", "\\PC{0,8}", 0..4), 0..40_usize)
        .prop_map(|(id, name, arguments, cut)| Call { id, name, arguments: serde_json::to_string(&arguments).unwrap(), cut });
    (prop::collection::vec("\\PC{0,8}", 0..8), prop::collection::vec(call, 0..3), 1..1_000_u64).prop_map(|(text, calls, tokens)| Answer {
        text,
        calls,
        tokens,
    })
}

fn read<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).unwrap()
}
