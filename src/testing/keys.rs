//! The embedded gateway's keys: made, changed, listed and deleted in memory.

use std::time::SystemTime;

use http::Method;
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use super::{RecordedRequest, Reply};
use crate::timestamp::Timestamp;

pub(super) const API_KEY: &str = "lr_live_embedded_gateway";
pub(super) const MANAGEMENT_KEY: &str = "lr_mgmt_embedded_gateway";

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Api,
    Management,
}

/// The keys that there are, oldest first. The gateway's own API key is one of them.
pub(super) struct KeyStore {
    keys: Vec<Stored>,
    made: u64,
}

struct Stored {
    secret: String,
    /// What calls show of it.
    described: Map<String, Value>,
}

impl Default for KeyStore {
    fn default() -> Self {
        let mut store = Self { keys: Vec::new(), made: 0 };
        store.add(API_KEY.to_owned(), &json!({"name": "embedded-gateway"}));
        store
    }
}

impl KeyStore {
    /// What a secret may be used for, if it is one that is in force.
    pub(super) fn kind(&self, secret: &str) -> Option<Kind> {
        if secret == MANAGEMENT_KEY {
            return Some(Kind::Management);
        }
        self.keys.iter().any(|key| key.secret == secret && key.is_in_force()).then_some(Kind::Api)
    }

    /// Answers `GET /api/v1/key`.
    pub(super) fn current(&self, secret: &str) -> Reply {
        let described = self.keys.iter().find(|key| key.secret == secret).map(|key| &key.described);
        let field = |name: &str| described.and_then(|key| key.get(name)).cloned().unwrap_or_default();
        Reply::ok(&json!({"data": {
            "label": field("name"), "limit": field("limit"), "limit_remaining": field("limit_remaining"),
            "limit_reset": field("limit_reset"), "usage": 0, "usage_daily": 0, "usage_weekly": 0, "usage_monthly": 0,
            "is_free_tier": false, "is_management_key": false, "expires_at": field("expires_at"),
        }}))
    }

    /// Answers a request below `/api/v1/keys`; `None` if it is for something else.
    pub(super) fn manage(&mut self, request: &RecordedRequest) -> Option<Reply> {
        let rest = request.path.strip_prefix("/api/v1/keys")?;
        if rest.is_empty() {
            return match request.method {
                Method::GET => Some(self.list(request.query.as_deref().unwrap_or_default())),
                Method::POST => Some(self.create(&request.json())),
                _ => None,
            };
        }
        let hash = rest.strip_prefix('/')?;
        let Some(at) = self.keys.iter().position(|key| key.described["hash"] == hash) else {
            return Some(Reply::error(404, "not_found_error", "no such key"));
        };
        match request.method {
            Method::GET => Some(Reply::ok(&json!({"data": self.keys[at].described}))),
            Method::PATCH => Some(self.keys[at].change(&request.json())),
            Method::DELETE => {
                self.keys.remove(at);
                Some(Reply::ok(&json!({"data": {"deleted": true}})))
            }
            _ => None,
        }
    }

    fn create(&mut self, request: &Value) -> Reply {
        if request["name"].as_str().is_none_or(str::is_empty) {
            return Reply::error(400, "invalid_request_error", "a key needs a name");
        }
        let secret = format!("lr_live_{:016x}{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..), fastrand::u64(..));
        let described = self.add(secret.clone(), request);
        Reply::status(201).json(&json!({"data": described, "key": secret}))
    }

    fn add(&mut self, secret: String, request: &Value) -> &Map<String, Value> {
        self.made += 1;
        let mut described = Map::from_iter([
            ("hash".to_owned(), format!("{:08x}{:08x}", self.made, fastrand::u32(..)).into()),
            ("key_type".to_owned(), "regular".into()),
            ("disabled".to_owned(), false.into()),
            ("usage".to_owned(), 0.into()),
            ("created_at".to_owned(), Timestamp::from(SystemTime::now()).to_string().into()),
            ("updated_at".to_owned(), Value::Null),
        ]);
        for name in ["name", "limit", "limit_reset", "expires_at", "allowed_providers", "allowed_models"] {
            described.insert(name.to_owned(), request[name].clone());
        }
        described.insert("limit_remaining".to_owned(), request["limit"].clone());
        self.keys.push(Stored { secret, described });
        &self.keys[self.keys.len() - 1].described
    }

    /// By `page_size` and `offset`, as the service does it: without a token for the next page.
    fn list(&self, query: &str) -> Reply {
        let value = |name: &str| url::form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value);
        let number = |name: &str| value(name).and_then(|number| number.parse().ok());
        let with_disabled = value("include_disabled").is_some_and(|word| word == "true");
        let listed = self.keys.iter().map(|key| &key.described).filter(|key| with_disabled || key["disabled"] == false);
        let page: Vec<_> = listed.skip(number("offset").unwrap_or(0)).take(number("page_size").unwrap_or(PAGE)).collect();
        Reply::ok(&json!({"data": page}))
    }
}

impl Stored {
    fn is_in_force(&self) -> bool {
        let expires_at = Timestamp::deserialize(&self.described["expires_at"]).ok();
        let is_expired = expires_at.and_then(|time| time.to_system_time()).is_some_and(|time| time <= SystemTime::now());
        self.described["disabled"] == false && !is_expired
    }

    fn change(&mut self, request: &Value) -> Reply {
        for (name, value) in request.as_object().into_iter().flatten() {
            if self.described.contains_key(name) && name != "hash" {
                self.described.insert(name.clone(), value.clone());
            }
        }
        if let Some(limit) = request.get("limit") {
            self.described.insert("limit_remaining".to_owned(), limit.clone());
        }
        self.described.insert("updated_at".to_owned(), Timestamp::from(SystemTime::now()).to_string().into());
        Reply::ok(&json!({"data": self.described}))
    }
}

const PAGE: usize = 100;
