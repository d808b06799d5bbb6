//! How the embedded gateway answers a chat: it quotes the last message, word by word.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::Reply;

/// Answers a request for `/v1/chat/completions`.
pub(super) fn complete(request: &Value, interval: Duration) -> Reply {
    let Some(messages) = request["messages"].as_array().filter(|messages| !messages.is_empty()) else {
        return Reply::error(400, "invalid_request_error", "messages is required");
    };
    let Some(model) = request["model"].as_str().or_else(|| request["models"][0].as_str()) else {
        return Reply::error(400, "invalid_request_error", "model is required");
    };
    let answer = Answer::to(messages, request["tools"].as_array().map_or(&[], Vec::as_slice));
    let usage = usage(messages, &answer);
    let id = format!("gen-1775226820-{:08x}", answer.text.len());
    if request["stream"] != json!(true) {
        let choice = json!({"index": 0, "message": answer.message(), "finish_reason": answer.finish_reason()});
        return Reply::ok(
            &json!({"id": id, "object": "chat.completion", "created": 1_775_226_820, "model": model, "choices": [choice], "usage": usage}),
        );
    }
    let with_usage = request["stream_options"]["include_usage"] == json!(true);
    let chunk =
        |choices: Value| json!({"id": id, "object": "chat.completion.chunk", "created": 1_775_226_820, "model": model, "choices": choices});
    let mut chunks: Vec<Value> =
        answer.deltas().into_iter().map(|delta| chunk(json!([{"index": 0, "delta": delta, "finish_reason": null}]))).collect();
    chunks.push(chunk(json!([{"index": 0, "delta": {}, "finish_reason": answer.finish_reason()}])));
    if with_usage {
        let mut last = chunk(json!([]));
        last["usage"] = usage;
        chunks.push(last);
    }
    Reply::events(chunks.iter().map(Value::to_string)).interval(interval)
}

/// What the gateway says: text, or a call of a tool.
struct Answer {
    text: String,
    call: Option<(String, Value)>,
}

impl Answer {
    /// Quotes the last message; calls a tool if its name is in what the person says; reports what a tool has answered.
    fn to(messages: &[Value], tools: &[Value]) -> Self {
        let last = messages.last().unwrap_or(&Value::Null);
        let said = text_of(last);
        if last["role"] == json!("tool") {
            return Self { text: format!("The tool says: {said}"), call: None };
        }
        let asked = |tool: &&Value| {
            let name = tool["function"]["name"].as_str().unwrap_or_default();
            !name.is_empty() && (said.contains(name) || said.to_lowercase().contains(&name.replace('_', " ")))
        };
        match tools.iter().find(asked) {
            Some(tool) => {
                let function = &tool["function"];
                let name = function["name"].as_str().unwrap_or_default().to_owned();
                Self { text: String::new(), call: Some((name, arguments(&function["parameters"], &said))) }
            }
            None => Self { text: format!("You said: \"{said}\""), call: None },
        }
    }

    fn finish_reason(&self) -> &'static str {
        if self.call.is_some() { "tool_calls" } else { "stop" }
    }

    fn message(&self) -> Value {
        match &self.call {
            None => json!({"role": "assistant", "content": self.text}),
            Some((name, arguments)) => json!({"role": "assistant", "content": null, "tool_calls": [
                {"id": CALL_ID, "type": "function", "function": {"name": name, "arguments": arguments.to_string()}},
            ]}),
        }
    }

    /// One word a piece; a call comes with its name first, then its arguments in two halves.
    fn deltas(&self) -> Vec<Value> {
        let mut deltas = vec![json!({"role": "assistant", "content": ""})];
        match &self.call {
            None => deltas.extend(self.text.split_inclusive(' ').map(|word| json!({"content": word}))),
            Some((name, arguments)) => {
                let arguments = arguments.to_string();
                let half = (arguments.len() / 2..=arguments.len()).find(|at| arguments.is_char_boundary(*at)).unwrap_or_default();
                let (first, second) = arguments.split_at(half);
                let call = |call: Value| json!({"tool_calls": [call]});
                deltas.push(call(json!({"index": 0, "id": CALL_ID, "type": "function", "function": {"name": name, "arguments": ""}})));
                deltas.extend([first, second].map(|piece| call(json!({"index": 0, "function": {"arguments": piece}}))));
            }
        }
        deltas
    }
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

/// Arguments that fit a schema: its first allowed word, the last word that was said, 1, `true`.
fn arguments(schema: &Value, said: &str) -> Value {
    let last_word = said.split_whitespace().next_back().unwrap_or_default().trim_matches(|character: char| !character.is_alphanumeric());
    let value = |property: &Value| match (property["enum"].get(0), property["type"].as_str()) {
        (Some(first), _) => first.clone(),
        (None, Some("number" | "integer")) => json!(1),
        (None, Some("boolean")) => json!(true),
        (None, Some("array")) => json!([]),
        (None, Some("object")) => json!({}),
        _ => json!(last_word),
    };
    let properties = schema["properties"].as_object();
    let arguments: Map<String, Value> = properties.into_iter().flatten().map(|(name, property)| (name.clone(), value(property))).collect();
    Value::Object(arguments)
}

/// Every word is a token, and every token costs a millionth of a dollar.
fn usage(messages: &[Value], answer: &Answer) -> Value {
    let words = |text: &str| text.split_whitespace().count();
    let prompt: usize = messages.iter().map(|message| words(&text_of(message))).sum();
    let completion = match &answer.call {
        None => words(&answer.text),
        Some((_, arguments)) => 1 + arguments.as_object().map_or(0, Map::len),
    };
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
