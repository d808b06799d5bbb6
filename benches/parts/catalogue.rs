//! A catalogue of models.
#![allow(dead_code, reason = "the fields of the floor are read by serde, and that is the point")]

use std::hint::black_box;

use arouter::internals::decode_models;
use serde::Deserialize;
use serde_json::json;

use crate::table::Work;

pub(crate) const MODELS: usize = 400;

pub(crate) fn models() -> Work {
    let body = list();
    Box::new(move || {
        let list = decode_models(black_box(body.as_bytes())).expect("a list");
        assert_eq!(black_box(list).data.len(), MODELS);
    })
}

pub(crate) fn floor() -> Work {
    let body = list();
    Box::new(move || {
        let body = str::from_utf8(black_box(body.as_bytes())).expect("UTF-8");
        let list: List = serde_json::from_str(body).expect("a list");
        assert_eq!(black_box(list).data.len(), MODELS);
    })
}

/// A list as OpenRouter writes it; of each model, one field is unknown to the crate.
fn list() -> String {
    let model = |number: usize| {
        let id = format!("example/model-{number}");
        json!({
            "id": id, "canonical_slug": format!("{id}-20260101"), "hugging_face_id": format!("example/Model-{number}-Instruct"),
            "name": format!("Example: Model {number}"), "created": 1_767_225_600 + number,
            "description": "A model for long documents, code and tools, which weighs what it knows before it says so. ".repeat(4),
            "context_length": 262_144,
            "architecture": {"modality": "text+image->text", "input_modalities": ["text", "image", "file"],
                "output_modalities": ["text"], "tokenizer": "Example", "instruct_type": null},
            "pricing": {"prompt": "0.00000125", "completion": "0.00001", "request": "0", "image": "0.00125", "web_search": "0.01",
                "internal_reasoning": "0", "input_cache_read": "0.000000125", "input_cache_write": "0.0000015"},
            "top_provider": {"context_length": 262_144, "max_completion_tokens": 65_536, "is_moderated": false},
            "per_request_limits": null,
            "supported_parameters": ["frequency_penalty", "include_reasoning", "max_tokens", "presence_penalty", "reasoning",
                "response_format", "seed", "stop", "structured_outputs", "temperature", "tool_choice", "tools", "top_p"],
            "default_parameters": {"temperature": 0.7, "top_p": 0.95, "frequency_penalty": null},
            "supported_voices": null, "knowledge_cutoff": "2025-06-30", "expiration_date": null,
            "reasoning": {"mandatory": false, "default_enabled": true, "supported_efforts": ["low", "medium", "high"],
                "default_effort": "medium", "supports_max_tokens": true},
            "benchmarks": {"artificial_analysis": {"intelligence_index": 51.3, "coding_index": 40.2, "agentic_index": 44.1}},
            "links": {"details": format!("/api/v1/models/{id}/endpoints")},
            "rollout": {"stage": "general", "share": number},
        })
    };
    json!({"data": (0..MODELS).map(model).collect::<Vec<_>>()}).to_string()
}

/// Owned types with the fields that the list has: what reading it costs at least, if unknown fields may be lost.
#[derive(Deserialize)]
struct List {
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
    canonical_slug: Option<String>,
    hugging_face_id: Option<String>,
    name: Option<String>,
    created: Option<u64>,
    description: Option<String>,
    context_length: Option<u64>,
    architecture: Option<Architecture>,
    pricing: Option<Pricing>,
    top_provider: Option<TopProvider>,
    per_request_limits: Option<Limits>,
    supported_parameters: Option<Vec<String>>,
    default_parameters: Option<Parameters>,
    supported_voices: Option<Vec<String>>,
    knowledge_cutoff: Option<String>,
    expiration_date: Option<String>,
    reasoning: Option<Reasoning>,
    benchmarks: Option<Benchmarks>,
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Architecture {
    modality: Option<String>,
    input_modalities: Option<Vec<String>>,
    output_modalities: Option<Vec<String>>,
    tokenizer: Option<String>,
    instruct_type: Option<String>,
}

#[derive(Deserialize)]
struct Pricing {
    prompt: Option<String>,
    completion: Option<String>,
    request: Option<String>,
    image: Option<String>,
    web_search: Option<String>,
    internal_reasoning: Option<String>,
    input_cache_read: Option<String>,
    input_cache_write: Option<String>,
}

#[derive(Deserialize)]
struct TopProvider {
    context_length: Option<u64>,
    max_completion_tokens: Option<u64>,
    is_moderated: Option<bool>,
}

#[derive(Deserialize)]
struct Limits {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct Parameters {
    temperature: Option<f64>,
    top_p: Option<f64>,
    frequency_penalty: Option<f64>,
}

#[derive(Deserialize)]
struct Reasoning {
    mandatory: Option<bool>,
    default_enabled: Option<bool>,
    supported_efforts: Option<Vec<String>>,
    default_effort: Option<String>,
    supports_max_tokens: Option<bool>,
}

#[derive(Deserialize)]
struct Benchmarks {
    artificial_analysis: Option<Indices>,
}

#[derive(Deserialize)]
struct Indices {
    intelligence_index: Option<f64>,
    coding_index: Option<f64>,
    agentic_index: Option<f64>,
}

#[derive(Deserialize)]
struct Links {
    details: Option<String>,
}
