//! The embedded gateway's catalogue.

use serde_json::{Value, json};

use super::{RecordedRequest, Reply};

/// Answers a request below `/v1/models`, `/api/v1/models` or `/api/v1/providers`; `None` if it is for something else.
pub(super) fn look_up(request: &RecordedRequest) -> Option<Reply> {
    let path = request.path.as_str();
    if path == "/api/v1/providers" {
        let provider = |name: &str| json!({"id": name, "name": name, "model_count": 1, "is_byok_supported": true});
        let providers = ["OpenAI", "Anthropic", "Google"].map(provider);
        return Some(Reply::ok(&json!({"data": providers})));
    }
    if path == "/v1/models" {
        return Some(Reply::ok(&json!({"object": "list", "data": listed(request.query.as_deref().unwrap_or_default())})));
    }
    if let Some(id) = path.strip_prefix("/api/v1/models/").and_then(|rest| rest.strip_suffix("/endpoints")) {
        let endpoint = |model: Value| {
            json!({"data": [{"provider_id": model["owned_by"], "provider_name": model["owned_by"], "model": id, "context_length": 128_000,
                "max_completion_tokens": 16_384, "pricing": {"prompt": 1e-6, "completion": 1e-6}, "quantization": "bf16", "is_zdr": false,
                "supported_parameters": model["supported_parameters"]}]})
        };
        return Some(find(id).map_or_else(not_found, |model| Reply::ok(&endpoint(model))));
    }
    let id = path.strip_prefix("/v1/models/")?;
    Some(find(id).map_or_else(not_found, |model| Reply::ok(&model)))
}

fn not_found() -> Reply {
    Reply::error(404, "not_found_error", "no such model")
}

fn find(id: &str) -> Option<Value> {
    MODELS.iter().map(described).find(|model| model["id"] == json!(id))
}

/// The models that a query asks for.
fn listed(query: &str) -> Vec<Value> {
    let words = |name: &str| {
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        pairs
            .filter(|(known, _)| known == name)
            .flat_map(|(_, words)| words.split(',').map(str::to_owned).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let (modalities, parameters) = (words("output_modalities"), words("supported_parameters"));
    let has = |list: &Value, word: &str| list.as_array().is_some_and(|list| list.contains(&json!(word)));
    let is_asked = |model: &Value| {
        let written = &model["architecture"]["output_modalities"];
        let is_kind = match modalities.as_slice() {
            [] => has(written, "text"),
            asked => asked.iter().any(|word| word == "all" || has(written, word)),
        };
        is_kind && parameters.iter().all(|word| has(&model["supported_parameters"], word))
    };
    MODELS.iter().map(described).filter(is_asked).collect()
}

fn described(&(id, name, owner, writes): &(&str, &str, &str, &str)) -> Value {
    let parameters: &[&str] = if writes == "text" { &["tools", "tool_choice", "max_tokens", "temperature"] } else { &["dimensions"] };
    json!({
        "id": id, "object": "model", "owned_by": owner, "canonical_slug": id, "name": name, "created": 1_748_000_000,
        "description": "A model of the embedded gateway.", "context_length": 128_000,
        "architecture": {"input_modalities": ["text"], "output_modalities": [writes], "tokenizer": "Other", "instruct_type": null},
        "pricing": {"prompt": "0.000001", "completion": "0.000001", "request": "0", "image": "0"},
        "top_provider": {"context_length": 128_000, "max_completion_tokens": 16_384, "is_moderated": false},
        "per_request_limits": null, "supported_parameters": parameters, "default_parameters": null, "expiration_date": null,
    })
}

/// Id, name, owner, and what it writes.
const MODELS: [(&str, &str, &str, &str); 4] = [
    ("openai/gpt-5.4", "GPT-5.4", "OpenAI", "text"),
    ("anthropic/claude-sonnet-4.6", "Claude Sonnet 4.6", "Anthropic", "text"),
    ("google/gemini-2.5-flash", "Gemini 2.5 Flash", "Google", "text"),
    ("openai/text-embedding-3-small", "Text Embedding 3 Small", "OpenAI", "embeddings"),
];
