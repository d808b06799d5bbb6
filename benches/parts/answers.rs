//! Whole answers: embeddings both ways, and errors.

use std::hint::black_box;

use arouter::internals::{decode_embeddings, failed_call};
use arouter::{ApiKey, HeaderMap, RetryClass, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

use crate::table::Work;

pub(crate) const VECTORS: usize = 512;
pub(crate) const DIMENSIONS: usize = 1536;

pub(crate) fn base64() -> Work {
    decoded(true)
}

pub(crate) fn numbers() -> Work {
    decoded(false)
}

fn decoded(is_base64: bool) -> Work {
    let body = answer(is_base64);
    Box::new(move || check(&decode_embeddings(black_box(&body), is_base64).expect("an answer").into_vectors()))
}

/// Reads the text in place, and makes numbers of it.
pub(crate) fn base64_floor() -> Work {
    let body = answer(true);
    Box::new(move || {
        let body = str::from_utf8(black_box(&body)).expect("UTF-8");
        let answer: Answer<&str> = serde_json::from_str(body).expect("an answer");
        let numbers = |bytes: Vec<u8>| bytes.as_chunks().0.iter().copied().map(f32::from_le_bytes).collect();
        let vector = |item: &Item<&str>| STANDARD.decode(item.embedding).map(numbers).expect("base64");
        check(&answer.data.iter().map(vector).collect::<Vec<_>>());
    })
}

pub(crate) fn numbers_floor() -> Work {
    let body = answer(false);
    Box::new(move || {
        let body = str::from_utf8(black_box(&body)).expect("UTF-8");
        let answer: Answer<Vec<f32>> = serde_json::from_str(body).expect("an answer");
        check(&answer.data.into_iter().map(|item| item.embedding).collect::<Vec<_>>());
    })
}

fn check(vectors: &[Vec<f32>]) {
    assert_eq!(black_box(vectors).iter().map(Vec::len).sum::<usize>(), VECTORS * DIMENSIONS);
}

#[derive(Deserialize)]
struct Answer<T> {
    data: Vec<Item<T>>,
}

#[derive(Deserialize)]
struct Item<T> {
    embedding: T,
}

/// An answer with numbers as models give them: between -0.1 and 0.1, with all digits of a 32-bit float. All its vectors are the same.
fn answer(is_base64: bool) -> Vec<u8> {
    let mut state = 1_u32;
    let mut number = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 * 0.2 - 0.1
    };
    let numbers: Vec<f32> = (0..DIMENSIONS).map(|_| number()).collect();
    let bytes = || numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    // To the text straight: as a JSON value, a 32-bit float has the digits of a 64-bit one.
    let embedding = if is_base64 { json!(STANDARD.encode(bytes())).to_string() } else { format!("{numbers:?}").replace(' ', "") };
    let data = (0..VECTORS).map(|index| format!(r#"{{"object":"embedding","index":{index},"embedding":{embedding}}}"#));
    let data = data.collect::<Vec<_>>().join(",");
    format!(r#"{{"object":"list","data":[{data}],"model":"example-embedding-3","usage":{{"prompt_tokens":9,"total_tokens":9}}}}"#).into()
}

/// An error in OpenAI's shape with what OpenRouter adds, and all that a caller learns of it.
pub(crate) fn error() -> Work {
    let raw = json!({"error": {"message": "The model is overloaded. ".repeat(3), "type": "overloaded_error", "code": "overloaded"}});
    let metadata = json!({"provider_name": "Example", "raw": raw.to_string(), "error_type": "provider_overloaded", "retry_after": 5});
    let body = json!({"error": {"message": "Provider returned error", "type": "server_error", "param": null, "code": 503,
        "metadata": metadata}, "user_id": "user_2aExampleOfAUserOfTheGateway", "request_id": "req_01ExampleOfARequest"});
    let body = body.to_string();
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/json".parse().expect("a value"));
    headers.insert("x-request-id", "req_01ExampleOfARequest".parse().expect("a value"));
    let key = ApiKey::new("lr_live_0123456789abcdefghij").expect("a key");
    Box::new(move || {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let error = failed_call(RetryClass::Generation, status, headers.clone(), black_box(body.as_bytes()), &key);
        drop(black_box(error));
    })
}
