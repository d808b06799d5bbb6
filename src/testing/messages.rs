//! How the embedded gateway answers in Anthropic's protocol.

use std::time::Duration;

use serde_json::{Value, json};

use super::answer::{Answer, Question, pieces, words};
use super::{RecordedRequest, Reply};

/// Answers a request for `/v1/messages`.
pub(super) fn create(request: &RecordedRequest, interval: Duration) -> Reply {
    let body = request.json();
    if let Err(refusal) = check(request, &body) {
        return *refusal;
    }
    if body["max_tokens"].as_u64().is_none_or(|tokens| tokens == 0) {
        return Reply::error(400, "invalid_request_error", "max_tokens: Field required");
    }
    let question = question(&body);
    let answer = question.answer();
    let mut message = json!({
        "id": format!("msg_{:08x}", answer.text.len()), "type": "message", "role": "assistant", "model": body["model"],
        "content": content(&answer), "stop_reason": stop_reason(&answer), "stop_sequence": null,
        "usage": usage(&question, answer.tokens(), answer.thinking_tokens()),
    });
    if body["stream"] != json!(true) {
        return Reply::ok(&message);
    }
    message["content"] = json!([]);
    message["stop_reason"] = Value::Null;
    message["usage"] = usage(&question, 1, 0);
    let mut events = vec![json!({"type": "message_start", "message": message}), json!({"type": "ping"})];
    for (index, (block, deltas)) in blocks(&answer).into_iter().enumerate() {
        events.push(json!({"type": "content_block_start", "index": index, "content_block": block}));
        events.extend(deltas.into_iter().map(|delta| json!({"type": "content_block_delta", "index": index, "delta": delta})));
        events.push(json!({"type": "content_block_stop", "index": index}));
    }
    let usage = usage(&question, answer.tokens(), answer.thinking_tokens());
    let delta = json!({"stop_reason": stop_reason(&answer), "stop_sequence": null});
    events.push(json!({"type": "message_delta", "delta": delta, "usage": usage}));
    events.push(json!({"type": "message_stop"}));
    Reply::named_events(events.iter().map(|event| (event["type"].as_str().unwrap_or_default(), event.to_string()))).interval(interval)
}

/// Answers a request for `/v1/messages/count_tokens`.
pub(super) fn count_tokens(request: &RecordedRequest) -> Reply {
    let body = request.json();
    match check(request, &body) {
        Ok(()) => Reply::ok(&json!({"input_tokens": question(&body).words})),
        Err(refusal) => *refusal,
    }
}

fn check(request: &RecordedRequest, body: &Value) -> Result<(), Box<Reply>> {
    let refuse = |message| Err(Box::new(Reply::error(400, "invalid_request_error", message)));
    if !request.headers.contains_key("anthropic-version") {
        return refuse("anthropic-version: header is required");
    }
    if body["model"].as_str().is_none_or(str::is_empty) {
        return refuse("model: Field required");
    }
    if body["messages"].as_array().is_none_or(Vec::is_empty) {
        return refuse("messages: Field required");
    }
    Ok(())
}

fn question(body: &Value) -> Question {
    let messages = body["messages"].as_array().map_or(&[][..], Vec::as_slice);
    let last = messages.last().map_or(&Value::Null, |message| &message["content"]);
    let results: Vec<&Value> = last.as_array().into_iter().flatten().filter(|block| block["type"] == json!("tool_result")).collect();
    let tool = |tool: &Value| Some((tool["name"].as_str()?.to_owned(), tool["input_schema"].clone()));
    Question {
        said: if results.is_empty() { text_of(last) } else { results.iter().map(|result| text_of(&result["content"])).collect() },
        is_from_tool: !results.is_empty(),
        tools: body["tools"].as_array().into_iter().flatten().filter_map(tool).collect(),
        thinks: matches!(body["thinking"]["type"].as_str(), Some("enabled" | "adaptive")),
        words: messages.iter().map(|message| &message["content"]).chain([&body["system"]]).map(|content| words(&text_of(content))).sum(),
    }
}

fn stop_reason(answer: &Answer) -> &'static str {
    if answer.call.is_some() { "tool_use" } else { "end_turn" }
}

fn content(answer: &Answer) -> Value {
    let thinking = answer.thinking.as_ref().map(|thinking| json!({"type": "thinking", "thinking": thinking, "signature": SIGNATURE}));
    let said = match &answer.call {
        None => json!({"type": "text", "text": answer.text}),
        Some(call) => json!({"type": "tool_use", "id": CALL_ID, "name": call.name, "input": call.arguments}),
    };
    thinking.into_iter().chain([said]).collect()
}

/// Each block as it begins, and its deltas: one word each, a signature, the arguments of a call in two halves.
fn blocks(answer: &Answer) -> Vec<(Value, Vec<Value>)> {
    let mut blocks = Vec::new();
    if let Some(thinking) = &answer.thinking {
        let mut deltas: Vec<_> = pieces(thinking).map(|word| json!({"type": "thinking_delta", "thinking": word})).collect();
        deltas.push(json!({"type": "signature_delta", "signature": SIGNATURE}));
        blocks.push((json!({"type": "thinking", "thinking": "", "signature": ""}), deltas));
    }
    blocks.push(match &answer.call {
        None => {
            let deltas = pieces(&answer.text).map(|word| json!({"type": "text_delta", "text": word}));
            (json!({"type": "text", "text": ""}), deltas.collect())
        }
        Some(call) => {
            let deltas = call.halves().map(|half| json!({"type": "input_json_delta", "partial_json": half}));
            (json!({"type": "tool_use", "id": CALL_ID, "name": call.name, "input": {}}), deltas.to_vec())
        }
    });
    blocks
}

const CALL_ID: &str = "toolu_1";
const SIGNATURE: &str = "c2lnbmVkIGJ5IHRoZSBlbWJlZGRlZCBnYXRld2F5";

/// The text of a message's or a result's content, its text blocks joined.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => blocks.iter().filter_map(|block| block["text"].as_str()).collect(),
        _ => String::new(),
    }
}

fn usage(question: &Question, output: usize, thinking: usize) -> Value {
    json!({
        "input_tokens": question.words,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": output,
        "output_tokens_details": {"thinking_tokens": thinking},
        "service_tier": "standard",
    })
}
