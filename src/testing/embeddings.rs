//! How the embedded gateway makes vectors.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Reply;
use super::answer::{vector, words};

/// Answers a request for `/v1/embeddings`.
pub(super) fn create(request: &Value) -> Reply {
    let Some(model) = request["model"].as_str() else {
        return Reply::error(400, "invalid_request_error", "model is required");
    };
    let texts: Vec<String> = match &request["input"] {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) if items.iter().all(Value::is_number) && !items.is_empty() => vec![request["input"].to_string()],
        Value::Array(items) => items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect(),
        _ => Vec::new(),
    };
    if texts.is_empty() {
        return Reply::error(400, "invalid_request_error", "input is required");
    }
    let size = request["dimensions"].as_u64().and_then(|size| usize::try_from(size).ok()).unwrap_or(8);
    let written = |text: &String| {
        let numbers = vector(text, size);
        match request["encoding_format"] == json!("base64") {
            true => STANDARD.encode(numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>()).into(),
            false => json!(numbers),
        }
    };
    let data: Vec<Value> =
        texts.iter().enumerate().map(|(index, text)| json!({"object": "embedding", "index": index, "embedding": written(text)})).collect();
    let tokens: usize = texts.iter().map(|text| words(text)).sum();
    Reply::ok(&json!({"object": "list", "model": model, "data": data, "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}))
}
