//! What is asked of keys: to be made, changed and listed.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::key::LimitReset;
use crate::error::{Error, Result};
use crate::extra::Extra;
use crate::setters::setters;
use crate::timestamp::Timestamp;
use crate::transport::request::Request;

/// A request for a new key: [`new`](Self::new) takes what the service requires, and each option has a setter.
///
/// Options that are unset are not sent. The key can do no more than the management key that makes it.
///
/// ```
/// use arouter::keys::{CreateKeyRequest, LimitReset};
///
/// let request = CreateKeyRequest::new("backend-service")
///     .allowed_providers(["openai", "anthropic"])
///     .limit(150.0)
///     .limit_reset(LimitReset::Monthly);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreateKeyRequest {
    /// Its name. It need not be unique, but one that is tells later whether a key was made.
    pub name: String,
    /// What it may spend, in US dollars; unlimited without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// When the limit starts anew; without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_reset: Option<LimitReset>,
    /// Whether what the account's own keys at providers spend counts towards the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_byok_in_limit: Option<bool>,
    /// From when on it is refused; without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Providers that it may use, in lower case; all of them without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_providers: Option<Vec<String>>,
    /// Models that it may use; all of them without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_models: Option<Vec<String>>,
    /// Whose it is to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator_user_id: Option<String>,
    /// The workspace that it is to belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl CreateKeyRequest {
    /// A key with this name, without limits.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            limit: None,
            limit_reset: None,
            include_byok_in_limit: None,
            expires_at: None,
            allowed_providers: None,
            allowed_models: None,
            creator_user_id: None,
            workspace_id: None,
            extra: Extra::new(),
        }
    }

    /// Sets a field that this version doesn't know, in place of a known one with the same name.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
        self.extra.insert(name, value);
        self
    }

    #[inline]
    pub(super) fn checked(&self) -> Result<&Self> {
        check_limit(self.limit).map(|()| self)
    }
}

setters! {
    CreateKeyRequest:
    limit: f64,
    limit_reset: LimitReset,
    include_byok_in_limit: bool,
    => into
    expires_at: Timestamp,
    creator_user_id: String,
    workspace_id: String,
    => each
    allowed_providers: String,
    allowed_models: String,
}

/// Changes to a key: what is unset stays as it is.
///
/// ```
/// use arouter::keys::UpdateKeyRequest;
///
/// let off = UpdateKeyRequest::new().disabled(true);
/// let unlimited = UpdateKeyRequest::new().clear_limit();
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UpdateKeyRequest {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is refused; takes effect at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// What it may spend, in US dollars; cleared, there is no limit.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    pub limit: Change<f64>,
    /// When the limit starts anew; cleared, never.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    pub limit_reset: Change<LimitReset>,
    /// Whether what the account's own keys at providers spend counts towards the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_byok_in_limit: Option<bool>,
    /// From when on it is refused; cleared, never. Not in ARouter's documentation, which lets only new keys expire.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    pub expires_at: Change<Timestamp>,
    /// Providers that it may use. Whether an empty list allows all of them is not documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_providers: Option<Vec<String>>,
    /// Models that it may use. Whether an empty list allows all of them is not documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_models: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl UpdateKeyRequest {
    /// No changes.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`limit`](Self#structfield.limit), in US dollars.
    #[must_use]
    #[inline]
    pub fn limit(mut self, limit: f64) -> Self {
        self.limit = Change::Set(limit);
        self
    }

    /// Takes the limit away.
    #[must_use]
    #[inline]
    pub fn clear_limit(mut self) -> Self {
        self.limit = Change::Clear;
        self
    }

    /// Sets [`limit_reset`](Self#structfield.limit_reset).
    #[must_use]
    #[inline]
    pub fn limit_reset(mut self, limit_reset: LimitReset) -> Self {
        self.limit_reset = Change::Set(limit_reset);
        self
    }

    /// Lets the limit hold for ever.
    #[must_use]
    #[inline]
    pub fn clear_limit_reset(mut self) -> Self {
        self.limit_reset = Change::Clear;
        self
    }

    /// Sets [`expires_at`](Self#structfield.expires_at).
    #[must_use]
    pub fn expires_at(mut self, expires_at: impl Into<Timestamp>) -> Self {
        self.expires_at = Change::Set(expires_at.into());
        self
    }

    /// Lets the key never expire.
    #[must_use]
    #[inline]
    pub fn clear_expires_at(mut self) -> Self {
        self.expires_at = Change::Clear;
        self
    }

    /// Sets a field that this version doesn't know, in place of a known one with the same name.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
        self.extra.insert(name, value);
        self
    }

    #[inline]
    pub(super) fn checked(&self) -> Result<&Self> {
        let limit = match self.limit {
            Change::Set(limit) => Some(limit),
            Change::Keep | Change::Clear => None,
        };
        check_limit(limit).map(|()| self)
    }
}

setters! {
    UpdateKeyRequest:
    disabled: bool,
    include_byok_in_limit: bool,
    => into
    name: String,
    => each
    allowed_providers: String,
    allowed_models: String,
}

/// JSON writes what is no number as `null`, and `null` takes the limit away.
#[inline]
fn check_limit(limit: Option<f64>) -> Result<()> {
    match limit {
        Some(limit) if !limit.is_finite() => Err(Error::config("the limit is not a number; leave it out, or clear it, for no limit")),
        _ => Ok(()),
    }
}

/// What to do with a field that may be without a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change<T> {
    /// Leave it as it is: it is not sent.
    #[default]
    Keep,
    /// Take its value away: `null` is sent.
    Clear,
    /// Set it to a value.
    Set(T),
}

impl<T> Change<T> {
    /// Whether it stays as it is.
    #[must_use]
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<T: Serialize> Serialize for Change<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => serializer.serialize_none(),
            Self::Set(value) => serializer.serialize_some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

/// Which keys to list.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ListKeysQuery {
    /// Keys on a page, at most.
    pub page_size: Option<u64>,
    /// Where the page begins, from [`KeyList::next_page_token`](super::KeyList::next_page_token).
    pub page_token: Option<String>,
    /// How many keys to leave out first.
    pub offset: Option<u64>,
    /// Whether to list disabled keys too.
    pub include_disabled: Option<bool>,
    /// Only those of a workspace.
    pub workspace_id: Option<String>,
}

impl ListKeysQuery {
    /// The first page, of a size that the gateway chooses.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub(super) fn add_to(&self, request: Request) -> Request {
        let Self { page_size, page_token, offset, include_disabled, workspace_id } = self;
        let fields = [
            ("page_size", page_size.map(|size| size.to_string())),
            ("page_token", page_token.clone()),
            ("offset", offset.map(|offset| offset.to_string())),
            ("include_disabled", include_disabled.map(|include| include.to_string())),
            ("workspace_id", workspace_id.clone()),
        ];
        let set = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
        set.fold(request, |request, (name, value)| request.query(name, value))
    }
}

setters! {
    ListKeysQuery:
    page_size: u64,
    offset: u64,
    include_disabled: bool,
    => into
    page_token: String,
    workspace_id: String,
}
