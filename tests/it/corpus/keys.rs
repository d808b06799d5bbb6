//! Keys, as OpenRouter's published examples have them.

use arouter::keys::{CreateKeyRequest, ListKeysQuery, UpdateKeyRequest};
use arouter::testing::Gateway;
use arouter::{Client, Method};
use serde_json::{Value, json};

use super::compare::assert_lossless;
use super::exchange::Exchange;
use super::untyped::untyped;

pub(super) async fn check(exchange: &Exchange, gateway: &Gateway, client: &Client, found: &mut Vec<String>) {
    let (name, recorded, keys) = (&exchange.name, exchange.json(), client.keys());
    let path = exchange.url_path.split('?').next().unwrap_or_default();
    let failed = |error: arouter::Error| -> Value { panic!("{name}: {error}") };
    let mut note = |value: &dyn std::fmt::Debug| found.extend(untyped(&value).into_iter().map(|field| format!("{name}: {field}")));
    let reread = match (exchange.method.as_str(), path.trim_start_matches("/api/v1")) {
        ("POST", "/keys") => {
            gateway.script("/api/v1/keys", [exchange.reply()]);
            keys.create(&CreateKeyRequest::new("a")).await.map_or_else(failed, |created| {
                note(&*created);
                let mut answer = json!({"key": created.key.expose_secret(), "data": created.data});
                created.extra.iter().for_each(|(name, field)| answer[name] = field.clone());
                answer
            })
        }
        ("GET", "/keys") => {
            gateway.script("/api/v1/keys", [exchange.reply()]);
            keys.list(&ListKeysQuery::new()).await.map_or_else(failed, |list| {
                note(&*list);
                serde_json::to_value(&*list).unwrap()
            })
        }
        ("GET", "/key") => {
            gateway.script("/api/v1/key", [exchange.reply()]);
            keys.current().await.map_or_else(failed, |key| {
                note(&*key);
                json!({"data": *key})
            })
        }
        ("DELETE", path) if path.starts_with("/keys/") => {
            gateway.script("/api/v1/keys/h", [exchange.reply()]);
            let deletion = keys.delete("h").await;
            deletion.map_or_else(failed, |deletion| {
                note(&*deletion);
                if recorded.get("data").is_some() { json!({"data": *deletion}) } else { json!(*deletion) }
            })
        }
        (method @ ("GET" | "PATCH"), path) if path.starts_with("/keys/") => {
            gateway.script("/api/v1/keys/h", [exchange.reply()]);
            let key = if method == "GET" { keys.get("h").await } else { keys.update("h", &UpdateKeyRequest::new()).await };
            key.map_or_else(failed, |key| {
                note(&*key);
                json!({"data": *key})
            })
        }
        // Credits, generations, activity and logins are areas of their own, which are not typed: any path will do.
        _ => {
            gateway.script("/api/v1/other", [exchange.reply()]);
            let other = client.request(Method::GET, ["api", "v1", "other"]).send().await;
            other.map_or_else(failed, |other| (*other).clone())
        }
    };
    assert_lossless(&recorded, &reread, name);
}
