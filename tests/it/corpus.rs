//! Recorded traffic of real services, under the folder that `AROUTER_CORPUS` names.
//!
//! Each exchange is served again by the embedded gateway, read through the client, encoded again and compared: nothing may be
//! lost, and nothing that the wire formats list may be left untyped.

mod chat;
mod compare;
mod embeddings;
mod exchange;
mod gemini;
mod keys;
mod messages;
mod models;
mod untyped;

use arouter::testing::Gateway;
use arouter::{Client, Error, RetryPolicy};
use serde_json::Value;

use crate::support::{gateway, print_line};
use compare::assert_lossless;
use exchange::{Corpus, Exchange};

/// What is read, of each protocol.
const PROTOCOLS: [(&str, &[&str]); 5] = [
    ("openai", &["chat", "embeddings", "models", "errors"]),
    ("openrouter", &["chat", "embeddings", "models", "messages", "keys", "errors"]),
    ("compat", &["chat", "embeddings", "models", "messages", "errors"]),
    ("anthropic", &["messages", "tokens", "models", "errors"]),
    ("gemini", &["generate", "tokens", "embeddings", "models", "errors"]),
];

#[tokio::test]
async fn every_exchange_is_read_whole() {
    let Some(corpus) = Corpus::find() else { return };
    let gateway = gateway().await;
    let client = gateway.client_builder().retry(RetryPolicy::none()).build().unwrap();
    let mut untyped = Vec::new();
    for (protocol, kinds) in PROTOCOLS {
        let mut count = 0;
        let mut counts = Vec::new();
        for kind in kinds {
            let exchanges = corpus.exchanges(protocol, kind);
            for exchange in &exchanges {
                check(protocol, kind, exchange, &gateway, &client, &mut untyped).await;
            }
            count += exchanges.len();
            counts.push(format!("{kind} {}", exchanges.len()));
        }
        print_line(&format!("corpus {protocol}: {count} of {count} ({})", counts.join(", ")));
    }
    assert_eq!(untyped, Vec::<String>::new());
    print_line(&format!("corpus untyped: {}", untyped.len()));
}

async fn check(protocol: &str, kind: &str, exchange: &Exchange, gateway: &Gateway, client: &Client, untyped: &mut Vec<String>) {
    match (protocol, kind) {
        ("gemini", "errors") => check_error(exchange, &gemini::error(exchange, gateway, client).await),
        ("gemini", kind) => gemini::check(kind, exchange, gateway, client, untyped).await,
        (_, "embeddings") => embeddings::check(exchange, gateway, client, untyped).await,
        (_, "chat") => chat::check(exchange, gateway, client, untyped).await,
        (_, "messages") => messages::check(exchange, gateway, client, untyped).await,
        ("anthropic", "tokens") => messages::check_tokens(exchange, gateway, client).await,
        ("anthropic", "models") => messages::check_models(exchange, gateway, client, untyped).await,
        ("anthropic", "errors") => check_error(exchange, &messages::error(exchange, gateway, client).await),
        (_, "keys") => keys::check(exchange, gateway, client, untyped).await,
        (_, "models") => models::check(protocol, exchange, gateway, client, untyped).await,
        (_, "errors") => check_error(exchange, &chat::error(exchange, gateway, client).await),
        _ => panic!("nothing reads {protocol}/{kind}"),
    }
}

#[test]
fn requests_are_read_and_written_alike() {
    let Some(corpus) = Corpus::find() else { return };
    requests(&corpus, "chat requests", &["openai/chat", "openrouter/chat", "compat/chat"], chat::rewritten);
    requests(&corpus, "embeddings requests", &["openai/embeddings", "openrouter/embeddings", "compat/embeddings"], embeddings::rewritten);
    requests(&corpus, "messages requests", &["anthropic/messages", "anthropic/tokens", "compat/messages"], messages::rewritten);
}

/// Reads a request and writes it again; gives that, and what of it has no type.
type Rewrite = fn(&Value) -> serde_json::Result<(Value, Vec<String>)>;

fn requests(corpus: &Corpus, name: &str, kinds: &[&str], rewrite: Rewrite) {
    let mut count = 0;
    for kind in kinds {
        let (protocol, kind) = kind.split_once('/').unwrap();
        for exchange in corpus.exchanges(protocol, kind) {
            if embeddings::is_of_another_api(&exchange) {
                continue;
            }
            let Some(mut recorded) = exchange.request else { continue };
            let (rewritten, untyped) = rewrite(&recorded).unwrap_or_else(|error| panic!("{}: {error}", exchange.name));
            assert_eq!(untyped, Vec::<String>::new(), "{}", exchange.name);
            // The method of the call says whether to stream.
            recorded.as_object_mut().unwrap().remove("stream");
            assert_lossless(&recorded, &rewritten, &exchange.name);
            count += 1;
        }
    }
    print_line(&format!("corpus {name}: {count} of {count}"));
}

fn check_error(exchange: &Exchange, error: &Error) {
    let name = &exchange.name;
    let api = error.api().unwrap_or_else(|| panic!("{name}: {error:?}"));
    assert_eq!(u64::from(api.status().as_u16()), exchange.status, "{name}");
    assert_eq!(error.raw_body(), Some(&exchange.body[..]), "{name}");
    assert!(!api.message().is_empty(), "{name}");
    let Ok(recorded) = serde_json::from_slice::<Value>(&exchange.body) else { return };
    // Google reports the failure of a stream in an array.
    let recorded = recorded.get(0).unwrap_or(&recorded);
    let reported = if recorded["error"].is_object() { &recorded["error"] } else { recorded };
    let texts = ["message", "detail", "error", "msg"].map(|field| reported[field].as_str());
    if let Some(message) = texts.into_iter().flatten().next() {
        assert_eq!(api.message(), message.chars().take(512).collect::<String>(), "{name}");
    } else {
        assert!(!api.message().starts_with("HTTP "), "{name}: {recorded} gave {}", api.message());
    }
    let code = match &reported["code"] {
        Value::String(code) => Some(code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    };
    assert_eq!(api.code(), code.as_deref(), "{name}");
    if exchange.status == 200 {
        assert!(api.status_hint().is_some_and(|hint| hint.as_u16() >= 400), "{name}: {api:?}");
    }
}
