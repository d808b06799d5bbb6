//! Keys as the gateway describes them: everything but the secret.

use std::fmt;

use serde::de::IntoDeserializer as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::extra::Extra;
use crate::json;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::timestamp::Timestamp;

/// A key, without its secret.
///
/// Amounts are US dollars; a day, a week and a month begin at midnight UTC, on Monday, and on the 1st.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Key {
    /// Its id in paths. Not a secret.
    pub hash: String,
    /// Its name, which need not be unique.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub name: String,
    /// How it is shown; with some gateways, the secret with most of it masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it may be used for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_type: Option<KeyType>,
    /// Whether it is refused at present.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub disabled: bool,
    /// What it may spend, in all or in each period of [`limit_reset`](Self::limit_reset). Without it, there is no limit.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// The same under another name, as one page of the documentation has it; see [`effective_limit`](Self::effective_limit).
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub limit_usd: Option<f64>,
    /// The same under a third name.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub spending_limit: Option<f64>,
    /// What is left of the limit.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub limit_remaining: Option<f64>,
    /// When the limit starts anew; without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_reset: Option<LimitReset>,
    /// Whether what the account's own keys at providers spend counts towards the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_byok_in_limit: Option<bool>,
    /// Providers that it may use; all of them without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_providers: Option<Vec<String>>,
    /// Models that it may use; all of them without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_models: Option<Vec<String>>,
    /// What it has spent.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub usage: KeyUsage,
    /// What it has spent today.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub usage_daily: Option<f64>,
    /// What it has spent this week.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub usage_weekly: Option<f64>,
    /// What it has spent this month.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub usage_monthly: Option<f64>,
    /// What it has spent through the account's own keys at providers.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub byok_usage: Option<f64>,
    /// The same, today.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub byok_usage_daily: Option<f64>,
    /// The same, this week.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub byok_usage_weekly: Option<f64>,
    /// The same, this month.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub byok_usage_monthly: Option<f64>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// When it was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// From when on it is refused; without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// How fast it may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<KeyRateLimit>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator_user_id: Option<String>,
    /// The workspace that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Key {
    /// What it may spend, in US dollars, whichever of the three names it came under.
    #[must_use]
    #[inline]
    pub fn effective_limit(&self) -> Option<f64> {
        self.limit.or(self.limit_usd).or(self.spending_limit)
    }
}

open_enum! {
    /// What a key may be used for.
    pub enum KeyType {
        /// Inference.
        Regular = "regular",
        /// Management of keys.
        Management = "management",
    }
}

open_enum! {
    /// When a spending limit starts anew.
    pub enum LimitReset {
        /// At midnight UTC.
        Daily = "daily",
        /// On Monday at midnight UTC.
        Weekly = "weekly",
        /// On the 1st at midnight UTC.
        Monthly = "monthly",
    }
}

impl LimitReset {
    /// Whether it means that the limit never starts anew: some answers say `never` or an empty word where most say nothing.
    #[must_use]
    #[inline]
    pub fn is_never(&self) -> bool {
        matches!(self.as_str(), "" | "never" | "none")
    }
}

/// What a key has spent: an amount, or one with the tokens behind it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum KeyUsage {
    /// US dollars.
    Cost(f64),
    /// US dollars and tokens.
    Detailed(KeyUsageDetails),
}

impl KeyUsage {
    /// The amount, in US dollars.
    #[must_use]
    #[inline]
    pub fn cost_usd(&self) -> f64 {
        match self {
            Self::Cost(cost) => *cost,
            Self::Detailed(details) => details.cost.unwrap_or_default(),
        }
    }
}

impl Default for KeyUsage {
    #[inline]
    fn default() -> Self {
        Self::Cost(0.0)
    }
}

impl<'de> Deserialize<'de> for KeyUsage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let value = Value::deserialize(deserializer)?;
        if value.is_object() {
            return json::read(&value).map(Self::Detailed).map_err(D::Error::custom);
        }
        let cost = lenient::float::deserialize(value.into_deserializer()).map_err(D::Error::custom)?;
        Ok(Self::Cost(cost.unwrap_or_default()))
    }
}

/// What a key has spent, in US dollars and tokens.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeyUsageDetails {
    /// US dollars.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Tokens read.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u64>,
    /// Tokens written.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How fast a key may be used. The gateway calls the first three fields deprecated: what holds is in
/// [`Meta::rate_limits`](crate::Meta::rate_limits).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeyRateLimit {
    /// Requests in an interval; `-1` if there is no limit.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub requests: Option<f64>,
    /// The interval, such as `10s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    /// What the gateway has to say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Requests in a minute.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The key that a call is made with, as `GET /api/v1/key` describes it. Amounts are US dollars.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CurrentKey {
    /// How it is shown.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub label: String,
    /// What it may spend, in all or in each period of [`limit_reset`](Self::limit_reset). Without it, there is no limit.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// What is left of the limit.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub limit_remaining: Option<f64>,
    /// When the limit starts anew; without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_reset: Option<LimitReset>,
    /// Whether what the account's own keys at providers spend counts towards the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_byok_in_limit: Option<bool>,
    /// What it has spent.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub usage: KeyUsage,
    /// What it has spent today.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub usage_daily: Option<f64>,
    /// What it has spent this week.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub usage_weekly: Option<f64>,
    /// What it has spent this month.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub usage_monthly: Option<f64>,
    /// What it has spent through the account's own keys at providers.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub byok_usage: Option<f64>,
    /// The same, today.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub byok_usage_daily: Option<f64>,
    /// The same, this week.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub byok_usage_weekly: Option<f64>,
    /// The same, this month.
    #[serde(default, with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub byok_usage_monthly: Option<f64>,
    /// Whether the account has never bought credits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_free_tier: Option<bool>,
    /// Whether it manages keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_management_key: Option<bool>,
    /// The same, by its older name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_provisioning_key: Option<bool>,
    /// From when on it is refused; without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// How fast it may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<KeyRateLimit>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator_user_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A page of keys.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KeyList {
    /// The keys.
    pub data: Vec<Key>,
    /// Where the next page begins, if the gateway says; it need not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Of an answer that says nothing at all, the list was left out because it is empty.
impl<'de> Deserialize<'de> for KeyList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Page {
            #[serde(default, alias = "keys", deserialize_with = "present")]
            data: Option<Vec<Key>>,
            next_page_token: Option<String>,
            #[serde(flatten)]
            extra: Extra,
        }
        fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Key>>, D::Error> {
            lenient::null_as_default(deserializer).map(Some)
        }
        let Page { data, next_page_token, extra } = Page::deserialize(deserializer)?;
        if data.is_none() && !extra.is_empty() {
            return Err(serde::de::Error::missing_field("data"));
        }
        Ok(Self { data: data.unwrap_or_default(), next_page_token, extra })
    }
}

/// What became of a key that was to be deleted.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KeyDeletion {
    /// Whether it is deleted: true unless the gateway says otherwise.
    pub deleted: bool,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl KeyDeletion {
    #[inline]
    pub(super) fn done() -> Self {
        Self { deleted: true, extra: Extra::new() }
    }
}

/// From `{"data": {"deleted": true}}`, `{"deleted": true}`, `{"success": true}`, any other JSON, or nothing.
impl<'de> Deserialize<'de> for KeyDeletion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(lenient::Unwrapped(Value::Object(mut said))) = Option::<lenient::Unwrapped<Value>>::deserialize(deserializer)? else {
            return Ok(Self::done());
        };
        let is_no = |value: &Value| *value == false || *value == "false" || *value == 0;
        let is_denied = ["deleted", "success"].iter().any(|name| said.get(*name).is_some_and(is_no));
        said.remove("deleted");
        Ok(Self { deleted: !is_denied, extra: said.into_iter().collect() })
    }
}

impl fmt::Display for Key {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.hash)
    }
}
