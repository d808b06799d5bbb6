//! Embeddings, of OpenAI and of those who write them alike.

use arouter::embeddings::{EmbeddingsRequest, EncodingFormat, Vector};
use arouter::testing::Gateway;
use arouter::{Client, Error};
use serde_json::Value;

use super::compare::assert_lossless;
use super::exchange::Exchange;
use super::untyped::untyped;

/// Whether the exchange is of another API: Ollama's older path takes a `prompt` and gives one bare vector.
pub(super) fn is_of_another_api(exchange: &Exchange) -> bool {
    exchange.name.starts_with("openllmetry-ollama-test-embeddings-test-ollama-embeddings-legacy")
}

/// Fields that occur and that the wire formats don't list.
const UNLISTED: [&str; 6] = [
    "CostParts.currency",
    "CostParts.input_cost",
    "Usage.prompt_audio_seconds",
    "Usage.prompt_token_details",
    "Usage.request_count",
    "Usage.service_tier",
];

pub(super) async fn check(exchange: &Exchange, gateway: &Gateway, client: &Client, found: &mut Vec<String>) {
    let name = &exchange.name;
    let request: EmbeddingsRequest = match exchange.request.clone() {
        Some(request) if request.get("input").is_some() => serde_json::from_value(request).unwrap(),
        _ => EmbeddingsRequest::new("m", "a"),
    };
    gateway.script("/v1/embeddings", [exchange.reply()]);
    let answer = client.embeddings().create(&request).await;
    if is_of_another_api(exchange) {
        assert!(matches!(answer, Err(Error::Decode { .. })), "{name}: {answer:?}");
        return;
    }
    let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut recorded = exchange.json();
    for embedding in recorded["data"].as_array_mut().unwrap() {
        as_written_by_floats(&mut embedding["embedding"]);
    }
    assert_lossless(&recorded, &serde_json::to_value(&*answer).unwrap(), name);
    for embedding in &answer.data {
        let is_text = matches!(embedding.embedding, Vector::Encoded(_));
        assert_eq!(embedding.embedding.as_slice().is_empty(), is_text, "{name}");
        assert!(!is_text || request.encoding_format != Some(EncodingFormat::Base64), "{name}");
    }
    found.extend(untyped(&*answer).into_iter().filter(|field| !UNLISTED.contains(&field.as_str())).map(|field| format!("{name}: {field}")));
}

/// The request as it is read and written again, and what of it has no type.
pub(super) fn rewritten(request: &Value) -> serde_json::Result<(Value, Vec<String>)> {
    let request: EmbeddingsRequest = serde_json::from_value(request.clone())?;
    Ok((serde_json::to_value(&request)?, untyped(&request)))
}

/// Numbers as 32-bit floats have them: that is what a vector is made of.
fn as_written_by_floats(vector: &mut Value) {
    #[expect(clippy::cast_possible_truncation, reason = "the point of it")]
    for number in vector.as_array_mut().into_iter().flatten() {
        *number = f64::from(number.as_f64().unwrap() as f32).into();
    }
}
