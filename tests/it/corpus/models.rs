//! Catalogues, of OpenAI, OpenRouter and those of others alike.

use arouter::Client;
use arouter::testing::Gateway;
use serde_json::{Value, json};

use super::compare::assert_lossless;
use super::exchange::Exchange;
use super::untyped::untyped;

pub(super) async fn check(protocol: &str, exchange: &Exchange, gateway: &Gateway, client: &Client, found: &mut Vec<String>) {
    let (name, recorded, models) = (&exchange.name, exchange.json(), client.models());
    let failed = |error: arouter::Error| -> Value { panic!("{name}: {error}") };
    let reread = if exchange.url_path.ends_with("/endpoints") {
        gateway.script("/api/v1/models/a/b/endpoints", [exchange.reply()]);
        let endpoints = models.endpoints("a/b").await.map_or_else(failed, |endpoints| {
            note(protocol, name, &*endpoints, found);
            serde_json::to_value(&*endpoints).unwrap()
        });
        json!({"data": endpoints})
    } else if exchange.url_path.ends_with("/models/count") {
        // A call that the gateway's documentation doesn't have: any path will do.
        gateway.script("/api/v1/models/count", [exchange.reply()]);
        let count = client.request(arouter::Method::GET, ["api", "v1", "models", "count"]).send().await;
        count.map_or_else(failed, |count| (*count).clone())
    } else if recorded.get("data").is_some() {
        gateway.script("/v1/models", [exchange.reply()]);
        models.list().await.map_or_else(failed, |list| {
            note(protocol, name, &*list, found);
            serde_json::to_value(&*list).unwrap()
        })
    } else {
        gateway.script("/v1/models/m", [exchange.reply()]);
        models.get("m").await.map_or_else(failed, |model| {
            note(protocol, name, &*model, found);
            serde_json::to_value(&*model).unwrap()
        })
    };
    assert_lossless(&recorded, &reread, name);
}

/// The wire formats list the fields of two catalogues; the others have each their own.
fn note(protocol: &str, name: &str, value: &impl std::fmt::Debug, found: &mut Vec<String>) {
    if protocol != "compat" {
        found.extend(untyped(value).into_iter().map(|field| format!("{name}: {field}")));
    }
}
