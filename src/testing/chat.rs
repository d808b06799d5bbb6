//! How the embedded gateway answers a chat.

use std::time::Duration;

use serde_json::{Value, json};

use super::Reply;
use super::answer::{Answer, Question, pieces, words};

/// Answers a request for `/v1/chat/completions`.
pub(super) fn complete(request: &Value, interval: Duration) -> Reply {
    let Some(messages) = request["messages"].as_array().filter(|messages| !messages.is_empty()) else {
        return Reply::error(400, "invalid_request_error", "messages is required");
    };
    let Some(model) = request["model"].as_str().or_else(|| request["models"][0].as_str()) else {
        return Reply::error(400, "invalid_request_error", "model is required");
    };
    let question = question(messages, &request["tools"]);
    let answer = question.answer();
    let usage = usage(&question, &answer);
    let id = format!("gen-1775226820-{:08x}", answer.text.len());
    if request["stream"] != json!(true) {
        let choice = json!({"index": 0, "message": message(&answer), "finish_reason": finish_reason(&answer)});
        return Reply::ok(
            &json!({"id": id, "object": "chat.completion", "created": 1_775_226_820, "model": model, "choices": [choice], "usage": usage}),
        );
    }
    let with_usage = request["stream_options"]["include_usage"] == json!(true);
    let chunk =
        |choices: Value| json!({"id": id, "object": "chat.completion.chunk", "created": 1_775_226_820, "model": model, "choices": choices});
    let mut chunks: Vec<Value> =
        deltas(&answer).into_iter().map(|delta| chunk(json!([{"index": 0, "delta": delta, "finish_reason": null}]))).collect();
    chunks.push(chunk(json!([{"index": 0, "delta": {}, "finish_reason": finish_reason(&answer)}])));
    if with_usage {
        let mut last = chunk(json!([]));
        last["usage"] = usage;
        chunks.push(last);
    }
    Reply::events(chunks.iter().map(Value::to_string)).interval(interval)
}

fn question(messages: &[Value], tools: &Value) -> Question {
    let last = messages.last().unwrap_or(&Value::Null);
    let tool = |tool: &Value| Some((tool["function"]["name"].as_str()?.to_owned(), tool["function"]["parameters"].clone()));
    Question {
        said: text_of(last),
        is_from_tool: last["role"] == json!("tool"),
        tools: tools.as_array().into_iter().flatten().filter_map(tool).collect(),
        thinks: false,
        words: messages.iter().map(|message| words(&text_of(message))).sum(),
    }
}

fn finish_reason(answer: &Answer) -> &'static str {
    if answer.call.is_some() { "tool_calls" } else { "stop" }
}

fn message(answer: &Answer) -> Value {
    match &answer.call {
        None => json!({"role": "assistant", "content": answer.text}),
        Some(call) => json!({"role": "assistant", "content": null, "tool_calls": [
            {"id": CALL_ID, "type": "function", "function": {"name": call.name, "arguments": call.arguments.to_string()}},
        ]}),
    }
}

/// One word a piece; a call comes with its name first, then its arguments in two halves.
fn deltas(answer: &Answer) -> Vec<Value> {
    let mut deltas = vec![json!({"role": "assistant", "content": ""})];
    match &answer.call {
        None => deltas.extend(pieces(&answer.text).map(|word| json!({"content": word}))),
        Some(called) => {
            let call = |call: Value| json!({"tool_calls": [call]});
            deltas.push(call(json!({"index": 0, "id": CALL_ID, "type": "function", "function": {"name": called.name, "arguments": ""}})));
            deltas.extend(called.halves().map(|piece| call(json!({"index": 0, "function": {"arguments": piece}}))));
        }
    }
    deltas
}

const CALL_ID: &str = "call_1";

/// A message's text, its text parts joined.
fn text_of(message: &Value) -> String {
    match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

/// Every token costs a millionth of a dollar.
fn usage(question: &Question, answer: &Answer) -> Value {
    let (prompt, completion) = (question.words, answer.tokens());
    let total = prompt + completion;
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": total,
        "cost": f64::from(u32::try_from(total).unwrap_or(u32::MAX)) / 1e6,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    })
}
