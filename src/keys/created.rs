//! A key that was just made, with its secret.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::key::Key;
use crate::credentials::ApiKey;
use crate::error::Scrubber;
use crate::extra::Extra;
use crate::json;

/// A key that was just made. Its secret is shown here, and never again.
///
/// `Debug` shows everything but the secret; the type can't be serialised.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CreatedKey {
    /// The secret.
    pub key: ApiKey,
    /// What the key is. Where the gateway's answer can't be read, the parts that can; [`hash`](Key::hash) is empty if it isn't one of them.
    pub data: Key,
    /// Fields that this version doesn't know.
    pub extra: Extra,
}

/// From `{"key": …, "data": {…}}`, or from a flat object; wherever the secret is, it is found, since there is no second chance.
impl<'de> Deserialize<'de> for CreatedKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut answer = Value::deserialize(deserializer)?;
        let key = take_key(&mut answer).map(ApiKey::received).ok_or_else(|| D::Error::custom("the answer holds no key"))?;
        // Copies of it.
        Scrubber::new([key.clone()]).value(&mut answer);
        let mut around = match answer {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let (data, extra) = match around.remove("data") {
            Some(Value::Object(data)) => (data, around),
            Some(other) => (around, Map::from_iter([("data".to_owned(), other)])),
            None => (around, Map::new()),
        };
        Ok(Self { key, data: described(data), extra: extra.into_iter().collect() })
    }
}

/// Whether a secret is where it belongs: then a key was made, whatever else the answer says of errors.
#[inline]
pub(super) fn holds_key(answer: &Value) -> bool {
    is_key(answer.get("key")) || is_key(answer.get("data").and_then(|data| data.get("key")))
}

/// The first text under the name `key`, outermost first.
#[inline]
fn take_key(answer: &mut Value) -> Option<String> {
    if let Value::Object(fields) = answer
        && is_key(fields.get("key"))
        && let Some(Value::String(key)) = fields.remove("key")
    {
        return Some(key);
    }
    match answer {
        Value::Object(fields) => fields.iter_mut().filter(|(name, _)| *name != ERROR).find_map(|(_, field)| take_key(field)),
        Value::Array(items) => items.iter_mut().find_map(take_key),
        _ => None,
    }
}

/// What is below it may name the field that it is about.
const ERROR: &str = "error";

#[inline]
fn is_key(value: Option<&Value>) -> bool {
    value.and_then(Value::as_str).is_some_and(|key| !key.trim().is_empty())
}

/// What the key is, or as much of it as can be read.
#[inline]
fn described(fields: Map<String, Value>) -> Key {
    json::read(&Value::Object(fields.clone())).unwrap_or_else(|_| {
        let mut extra: Extra = fields.into_iter().collect();
        let mut text = |name: &str| match extra.get(name)?.as_str().map(str::to_owned) {
            Some(text) => extra.remove(name).and(Some(text)),
            None => None,
        };
        let (hash, name) = (text("hash").unwrap_or_default(), text("name").unwrap_or_default());
        Key { hash, name, extra, ..Key::default() }
    })
}
