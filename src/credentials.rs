//! Keys: a type that can't be printed, and where a call gets its key from.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use crate::error::{BoxError, Error, Result};

/// A key of the gateway: `lr_live_…` for inference, `lr_mgmt_…` for key management.
///
/// `Debug` prints `[REDACTED]`; clones share the memory, which is wiped with the last of them. The headers that carry it, which a client
/// makes once and each request shares, are marked sensitive, but not wiped; nor is a URL with the key in its query, where that was asked
/// for.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(Arc<Zeroizing<String>>);

impl ApiKey {
    /// Takes a key of 1 to 1,024 visible ASCII characters.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the key is empty, too long, or holds a space, a line end or anything else that can't go into a header.
    /// The error doesn't show the key.
    pub fn new(key: impl Into<String>) -> Result<Self> {
        let key = Zeroizing::new(key.into());
        if key.is_empty() {
            return Err(Error::config("the API key is empty"));
        }
        if key.len() > Self::MAX_BYTES {
            return Err(Error::config(format!("the API key is longer than {} bytes", Self::MAX_BYTES)));
        }
        if let Some(at) = key.bytes().position(|byte| !(0x21..=0x7e).contains(&byte)) {
            return Err(Error::config(format!(
                "the API key holds a character that can't be sent (byte {} of {}): a space, a line end, or not ASCII",
                at + 1,
                key.len()
            )));
        }
        Ok(Self(Arc::new(key)))
    }

    /// A key as the gateway gave it: whatever it is, it is not lost. One that can't be sent is refused where it is used.
    pub(crate) fn received(key: String) -> Self {
        Self(Arc::new(Zeroizing::new(key)))
    }

    /// The key itself.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    const MAX_BYTES: usize = 1024;
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([REDACTED])")
    }
}

/// A secret that isn't a key of the gateway: a token of a server that a model may call.
///
/// `Debug` prints `[REDACTED]`; the memory is wiped on drop. In a request it is written as it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(Zeroizing::new(secret))
    }
}

impl From<&str> for Secret {
    fn from(secret: &str) -> Self {
        Self::from(secret.to_owned())
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        secret.expose_secret().to_owned()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([REDACTED])")
    }
}

/// A key with the headers that carry it, made once.
pub(crate) struct Credential {
    pub(crate) key: ApiKey,
    bearer: HeaderValue,
    bare: HeaderValue,
}

impl Credential {
    pub(crate) fn new(key: ApiKey) -> Result<Self> {
        let bearer = secret_header(&Zeroizing::new(format!("Bearer {}", key.expose_secret())))?;
        let bare = secret_header(key.expose_secret())?;
        Ok(Self { key, bearer, bare })
    }

    /// Whether the key is of the wrong kind for a request, and which would be right.
    pub(crate) fn wrong_kind_for(&self, auth: Auth) -> Option<&'static str> {
        let key = self.key.expose_secret();
        match auth {
            Auth::Api if key.starts_with("lr_mgmt_") => {
                Some("this is a management key (lr_mgmt_…), and inference needs an API key (lr_live_…)")
            }
            Auth::Management if key.starts_with("lr_live_") => {
                Some("this is an API key (lr_live_…), and key management needs a management key (lr_mgmt_…)")
            }
            _ => None,
        }
    }

    /// Puts the key where the request takes it.
    pub(crate) fn authorize(&self, place: KeyPlace, url: &mut Url, headers: &mut HeaderMap) {
        match place {
            KeyPlace::Bearer => _ = headers.insert(AUTHORIZATION, self.bearer.clone()),
            KeyPlace::XApiKey => _ = headers.insert(X_API_KEY, self.bare.clone()),
            KeyPlace::Query => _ = url.query_pairs_mut().append_pair("key", self.key.expose_secret()),
        }
    }
}

fn secret_header(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text).map_err(|_| Error::config("the API key can't be sent in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

type Provide = dyn Fn() -> Pin<Box<dyn Future<Output = Result<ApiKey, BoxError>> + Send>> + Send + Sync;

/// Where the API key comes from: a value that can be swapped under running calls, or a provider that is asked for each attempt.
#[derive(Clone)]
pub(crate) struct KeySource {
    /// The key in force; of a provider, the one that it gave last.
    live: Arc<RwLock<Option<Arc<Credential>>>>,
    provide: Option<Arc<Provide>>,
}

impl KeySource {
    pub(crate) fn live(key: Option<ApiKey>) -> Result<Self> {
        let credential = key.map(Credential::new).transpose()?.map(Arc::new);
        Ok(Self { live: Arc::new(RwLock::new(credential)), provide: None })
    }

    pub(crate) fn provider<F, Fut>(provide: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<ApiKey, BoxError>> + Send + 'static,
    {
        Self { live: Arc::default(), provide: Some(Arc::new(move || Box::pin(provide()))) }
    }

    /// The key to use for the next attempt; `None` if there is none.
    pub(crate) async fn current(&self) -> Result<Option<Arc<Credential>>> {
        let known = self.known();
        let Some(provide) = &self.provide else { return Ok(known) };
        let key = provide().await.map_err(|error| Error::config_from("the key provider gave no key", error))?;
        if known.as_ref().is_some_and(|known| known.key == key) {
            return Ok(known);
        }
        self.set(key).map(Some)
    }

    /// Puts another key in force, and gives the one before.
    pub(crate) fn swap(&self, key: ApiKey) -> Result<Option<Arc<Credential>>> {
        if self.has_provider() {
            return Err(Error::config("this client asks a provider for its key; change what the provider gives"));
        }
        let before = self.known();
        self.set(key).map(|_| before)
    }

    /// Puts a key back in force in place of the one that was swapped in, if that still is.
    pub(crate) fn restore(&self, swapped: &ApiKey, before: Option<Arc<Credential>>) {
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        if live.as_ref().is_some_and(|live| live.key == *swapped) {
            *live = before;
        }
    }

    pub(crate) fn has_provider(&self) -> bool {
        self.provide.is_some()
    }

    fn known(&self) -> Option<Arc<Credential>> {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, key: ApiKey) -> Result<Arc<Credential>> {
        let credential = Arc::new(Credential::new(key)?);
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = Some(credential.clone());
        Ok(credential)
    }
}

/// The two keys of a client.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) api: KeySource,
    pub(crate) management: Option<Arc<Credential>>,
    /// Where the key goes on Gemini's paths.
    pub(crate) gemini_place: KeyPlace,
}

/// Which key a request takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Auth {
    /// The API key.
    Api,
    /// The management key; the API key where there is none.
    Management,
}

/// Where in a request the key goes; the gateway looks in all three.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum KeyPlace {
    /// `Authorization: Bearer …`.
    #[default]
    Bearer,
    /// `X-Api-Key: …`, as Anthropic's own clients send it.
    XApiKey,
    /// `?key=…`, as Gemini's own clients send it.
    Query,
}

impl Credentials {
    /// Whether a key must be asked for.
    pub(crate) fn waits_for(&self, auth: Auth) -> bool {
        self.api.has_provider() && !(auth == Auth::Management && self.management.is_some())
    }

    pub(crate) async fn for_auth(&self, auth: Auth) -> Result<Arc<Credential>> {
        if auth == Auth::Management
            && let Some(management) = &self.management
        {
            return Ok(management.clone());
        }
        self.api.current().await?.ok_or_else(|| match auth {
            Auth::Api => Error::config("this call needs an API key (lr_live_…), and the client has only a management key"),
            Auth::Management => Error::config("this call needs a management key (lr_mgmt_…), and the client has none"),
        })
    }

    /// Every key at hand while this one is used: none of them may show up in what comes of a server's echo.
    pub(crate) fn known(&self, used: &Credential) -> Vec<ApiKey> {
        let mut keys = vec![used.key.clone()];
        for credential in self.api.known().iter().chain(&self.management) {
            if !keys.contains(&credential.key) {
                keys.push(credential.key.clone());
            }
        }
        keys
    }
}

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_carries_a_secret_does_not_show_it() {
        let credential = Credential::new(ApiKey::new("lr_live_SENTINEL").unwrap()).unwrap();
        let mut url = Url::parse("https://localhost/").unwrap();
        for (place, name) in [(KeyPlace::Bearer, AUTHORIZATION), (KeyPlace::XApiKey, X_API_KEY)] {
            let mut headers = HeaderMap::new();
            credential.authorize(place, &mut url, &mut headers);
            // The HTTP library's logs, and HTTP/2's table of headers, go by this.
            assert!(headers[&name].is_sensitive() && !format!("{headers:?}").contains("SENTINEL"), "{headers:?}");
        }
        assert_eq!(url.as_str(), "https://localhost/");
        assert_eq!(format!("{:?}", Secret::from("SENTINEL")), "Secret([REDACTED])");
    }
}
