//! Any status, content type and body of a failed call: its key is nowhere, and its error is one line.
//!
//! The first two bytes choose the status and the key, the first line is the content type, the rest the body. In the body, the bytes 1 to
//! 5 stand for the key: as it is, as JSON, as JSON with nothing but escapes, as JSON in JSON, and as a query.
#![no_main]

use arouter::internals::failed_call;
use arouter::{ApiKey, HeaderMap, RetryClass, StatusCode};
use arouter_fuzz::assert_printable;
use libfuzzer_sys::fuzz_target;

const KEYS: [&str; 3] = ["lr_live_k7Qz", "lr_live_a/b\"c\\d~*<k>7Qz", "k7Qz"];

fuzz_target!(|input: &[u8]| {
    let [status, key, rest @ ..] = input else { return };
    let key = KEYS[usize::from(*key) % KEYS.len()];
    let status = [200, 400, 401, 403, 404, 408, 429, 500, 503, 524, 529, 599].get(usize::from(*status) % 12);
    let status = status.and_then(|status| StatusCode::from_u16(*status).ok()).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let mut headers = HeaderMap::new();
    if let Ok(value) = http::HeaderValue::from_bytes(&rest[..end]) {
        headers.insert("content-type", value);
    }
    let body = with_key(&rest[end..], key);
    headers.extend(http::HeaderValue::from_bytes(&body).map(|value| (http::HeaderName::from_static("x-request-id"), value)));
    let api_key = ApiKey::new(key).expect("the key can be sent");

    let error = failed_call(RetryClass::Generation, status, headers, &body, &api_key);
    assert_printable(&error);
    let api = error.api().expect("a report");
    assert!(!api.message().is_empty() && api.message().chars().count() <= 512);
    let shown = format!("{error} {error:?} {error:#?} {:?} {:?} {:?}", api.message(), api.code(), api.param());
    // Debug output escapes what it quotes.
    let quoted = format!("{key:?}");
    for form in [key, quoted.trim_matches('"')] {
        assert!(!shown.contains(form), "{shown}");
    }
    for text in [Some(api.message()), api.kind(), api.code(), api.param(), api.provider(), api.request_id(), error.request_id()] {
        assert!(!text.is_some_and(|text| text.contains(key)), "{text:?}");
    }
    assert!(!api.metadata().is_some_and(|metadata| holds(metadata, key)), "{:?}", api.metadata());
    assert!(!error.raw_body().is_some_and(|body| body.windows(key.len()).any(|window| window == key.as_bytes())));
    _ = (error.is_retryable(), error.is_rate_limit(), error.is_context_overflow(), api.status_hint(), api.effective_status());
});

fn holds(value: &serde_json::Value, key: &str) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains(key),
        serde_json::Value::Array(items) => items.iter().any(|item| holds(item, key)),
        serde_json::Value::Object(fields) => fields.iter().any(|(name, field)| name.contains(key) || holds(field, key)),
        _ => false,
    }
}

fn with_key(body: &[u8], key: &str) -> Vec<u8> {
    let json = key.replace('\\', "\\\\").replace('"', "\\\"");
    let escapes: String = key.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let twice = json.replace('\\', "\\\\").replace('"', "\\\"");
    let query: String = key.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let mut out = Vec::new();
    for byte in body {
        match byte {
            1 => out.extend_from_slice(key.as_bytes()),
            2 => out.extend_from_slice(json.as_bytes()),
            3 => out.extend_from_slice(escapes.as_bytes()),
            4 => out.extend_from_slice(twice.as_bytes()),
            5 => out.extend_from_slice(query.as_bytes()),
            byte => out.push(*byte),
        }
    }
    out
}
