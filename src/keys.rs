//! Keys: `POST /api/v1/keys` and its siblings, with a management key; and their rotation.

mod created;
mod key;
mod request;
mod rotation;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use http::Method;

pub use created::CreatedKey;
pub use key::{CurrentKey, Key, KeyDeletion, KeyList, KeyRateLimit, KeyType, KeyUsage, KeyUsageDetails, LimitReset};
pub use request::{Change, CreateKeyRequest, ListKeysQuery, UpdateKeyRequest};
pub use rotation::{Rotated, Rotation, RotationError, RotationEvent, RotationPlan, RotationStep, Twin};

use crate::credentials::Auth;
use crate::error::{Error, Result, printable};
use crate::lenient::Unwrapped;
use crate::pages::Pages;
use crate::response::{Meta, Response};
use crate::transport::Transport;
use crate::transport::request::{Pace, Request};
use crate::transport::retry::RetryClass;

const PATH: [&str; 3] = ["api", "v1", "keys"];
const TEMPLATE: &str = "/api/v1/keys";
const HASH_TEMPLATE: &str = "/api/v1/keys/{hash}";

/// Keys of the account, made by [`Client::keys`](crate::Client::keys).
///
/// All calls but [`current`](Self::current) need the [management key](crate::ClientBuilder::management_key) (`lr_mgmt_…`), and fall back
/// to the API key where there is none. They have the time limits of management. See
/// [ARouter: key management](https://docs.arouter.ai/en/guides/key-management).
#[derive(Clone)]
pub struct Keys {
    transport: Transport,
}

impl Keys {
    #[inline]
    pub(crate) fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// Makes a key: `POST /api/v1/keys`. Its secret is in the answer, and can't be had again.
    ///
    /// Never sent twice when it may have been acted on ([`Create`](RetryClass::Create)): only a refused connection and a 429 are tried
    /// again. Whatever the shape of a success, its secret is handed over.
    ///
    /// # Errors
    ///
    /// - [`Error::Api`] if the gateway refuses; with a key of the wrong kind, it says so;
    /// - [`Error::Timeout`], [`Error::Transport`] if no answer came. If [`outcome_unknown`](Error::outcome_unknown) is true, the key may
    ///   exist, with a secret that nobody knows: look for its name in [`list_all`](Self::list_all) (with disabled keys), and delete what
    ///   is new, before you create again. A name that no other key has makes that certain. [`Error::hint`] says the same;
    /// - [`Error::Decode`], [`Error::UnexpectedContentType`], [`Error::TooLarge`] if the answer is a success without a secret in it:
    ///   the key exists, and [`raw_body`](Error::raw_body) has what came, which may be the secret;
    /// - [`Error::Config`] if the request can't be sent, for a limit that is no number among other things.
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client) -> arouter::Result<()> {
    /// use arouter::keys::{CreateKeyRequest, LimitReset};
    ///
    /// let request = CreateKeyRequest::new("backend-service").limit(150.0).limit_reset(LimitReset::Monthly);
    /// let created = client.keys().create(&request).await?;
    /// println!("{} was made", created.data.hash);
    /// # fn store(secret: &str) {}
    /// store(created.key.expose_secret());
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn create(&self, request: &CreateKeyRequest) -> impl Future<Output = Result<Response<CreatedKey>>> + Send + use<> {
        let name = request.name.clone();
        let call = call(Method::POST, &PATH, TEMPLATE, RetryClass::Create).and_then(|call| {
            let body = request.checked()?;
            call.result_if(created::holds_key).object(body, &body.extra)
        });
        let created = self.transport.clone().fetch::<CreatedKey>(call);
        async move {
            let mut created = created.await.map_err(|error| with_hint(error, &name))?;
            if created.data.name.is_empty() {
                created.data.name = name;
            }
            Ok(created)
        }
    }

    /// Lists keys, a page of them: `GET /api/v1/keys`. Sent again after any transient failure.
    ///
    /// # Errors
    ///
    /// [`Error::Api`] if the gateway refuses, and others as the connection goes: see [`Error`].
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client) -> arouter::Result<()> {
    /// use arouter::keys::ListKeysQuery;
    ///
    /// for key in &client.keys().list(&ListKeysQuery::new().page_size(20)).await?.data {
    ///     println!("{} has spent ${:.2}", key.name, key.usage.cost_usd());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn list(&self, query: &ListKeysQuery) -> impl Future<Output = Result<Response<KeyList>>> + Send + use<> {
        let call = call(Method::GET, &PATH, TEMPLATE, RetryClass::Safe).map(|call| query.add_to(call).result_field("data"));
        self.transport.clone().fetch(call)
    }

    /// Gives all keys that are not disabled, page by page as the stream is polled.
    ///
    /// As [`list_all_with`](Self::list_all_with) does it.
    #[must_use]
    #[inline]
    pub fn list_all(&self) -> Pages<Key> {
        self.list_all_with(&ListKeysQuery::new())
    }

    /// Gives all keys that a query asks for, from where it begins, page by page as the stream is polled.
    ///
    /// Goes by the gateway's page tokens where it gives them, and else counts the keys that came; a page without a key that hasn't come
    /// before is the end. No key is given twice. Keys that are made or deleted meanwhile can shift others past a reader that counts:
    /// collect the list before you delete from it. A gateway that gives one empty page after another ends the stream with
    /// [`Error::Decode`].
    #[must_use]
    #[inline]
    pub fn list_all_with(&self, query: &ListKeysQuery) -> Pages<Key> {
        let (keys, query) = (self.clone(), query.clone());
        let reader = Arc::new(Mutex::new(PageReader::default()));
        Pages::new(move |position| {
            let mut query = query.clone();
            let offset = position.as_deref().and_then(|position| position.strip_prefix("offset ")?.parse().ok());
            match (offset, position) {
                (Some(offset), _) => query.offset = Some(offset),
                (None, Some(token)) => (query.page_token, query.offset) = (token.strip_prefix("token ").map(str::to_owned), None),
                (None, None) => {}
            }
            let (page, reader) = (keys.list(&query), reader.clone());
            async move {
                let page = page.await?.into_inner();
                reader.lock().unwrap_or_else(PoisonError::into_inner).take(page, &query)
            }
        })
    }

    /// Looks a key up by its hash: `GET /api/v1/keys/{hash}`. Sent again after any transient failure.
    ///
    /// ARouter's documentation doesn't have this call. Where [`is_not_found`](Error::is_not_found) answers it, [`list_all`](Self::list_all)
    /// tells whether the key exists.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    #[inline]
    pub fn get(&self, hash: &str) -> impl Future<Output = Result<Response<Key>>> + Send + use<> {
        self.fetch_key(key_call(Method::GET, hash, RetryClass::Safe))
    }

    /// Changes a key: `PATCH /api/v1/keys/{hash}`. A disabled key is refused at once; it can be enabled again.
    ///
    /// Sent again after any transient failure but 409: its values are absolute, so a second time changes nothing more.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list), and [`Error::Config`] for a limit that is no number.
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client, hash: String) -> arouter::Result<()> {
    /// use arouter::keys::UpdateKeyRequest;
    ///
    /// client.keys().update(&hash, &UpdateKeyRequest::new().disabled(true)).await?;
    /// client.keys().update(&hash, &UpdateKeyRequest::new().clear_limit()).await?; // sends null
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn update(&self, hash: &str, request: &UpdateKeyRequest) -> impl Future<Output = Result<Response<Key>>> + Send + use<> {
        let call = key_call(Method::PATCH, hash, RetryClass::Idempotent).and_then(|call| {
            let body = request.checked()?;
            call.object(body, &body.extra)
        });
        self.fetch_key(call)
    }

    /// Deletes a key for good: `DELETE /api/v1/keys/{hash}`.
    ///
    /// Sent again after any transient failure but 409; if a later attempt finds no such key after one whose outcome is unknown (no answer,
    /// or half of one, 504, 524), that one has deleted it.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list); [`is_not_found`](Error::is_not_found) tells that there was no such key, or, with more than one
    /// [attempt](Error::attempts), that one which the gateway called failed may have deleted it.
    #[inline]
    pub fn delete(&self, hash: &str) -> impl Future<Output = Result<Response<KeyDeletion>>> + Send + use<> {
        let call = key_call(Method::DELETE, hash, RetryClass::Idempotent).map(|call| call.result_field("data"));
        let deletion = self.transport.clone().fetch(call);
        async move {
            match deletion.await {
                Err(error) if error.is_not_found() && error.outcome_unknown() => {
                    Ok(Response::new(KeyDeletion::done(), Meta::of_error(&error)))
                }
                deleted => deleted,
            }
        }
    }

    /// Describes the API key that the client uses: `GET /api/v1/key`; where that isn't found, `GET /v1/key`.
    ///
    /// Takes the API key, not the management key. Sent again after any transient failure.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list); [`is_auth`](Error::is_auth) tells that the key is refused.
    #[inline]
    pub fn current(&self) -> impl Future<Output = Result<Response<CurrentKey>>> + Send + use<> {
        let transport = self.transport.clone();
        let look = move |path: &'static [&'static str], template| {
            let call = call(Method::GET, path, template, RetryClass::Safe).map(|call| call.auth(Auth::Api).result_field("data"));
            transport.clone().fetch::<Unwrapped<CurrentKey>>(call)
        };
        async move {
            let current = match look(&["api", "v1", "key"], "/api/v1/key").await {
                Err(error) if error.is_not_found() => look(&["v1", "key"], "/v1/key").await,
                current => current,
            };
            current.map(|current| current.map(|Unwrapped(current)| current))
        }
    }

    /// Replaces a key by a twin while it is in use, step by step: see [`Rotation`].
    #[inline]
    pub fn rotate(&self, hash: &str) -> Rotation {
        Rotation::new(self.clone(), hash)
    }

    #[inline]
    fn fetch_key(&self, call: Result<Request>) -> impl Future<Output = Result<Response<Key>>> + Send + use<> {
        let key = self.transport.clone().fetch::<Unwrapped<Key>>(call.map(|call| call.result_field("data")));
        async move { key.await.map(|key| key.map(|Unwrapped(key)| key)) }
    }
}

impl std::fmt::Debug for Keys {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

/// What pages have brought so far.
#[derive(Default)]
struct PageReader {
    seen: HashSet<String>,
    empty_pages: u32,
}

impl PageReader {
    /// The new keys of a page, and where the next one begins.
    #[inline]
    fn take(&mut self, page: KeyList, query: &ListKeysQuery) -> Result<(Vec<Key>, Option<String>)> {
        let KeyList { data: mut keys, next_page_token, .. } = page;
        let came = keys.len();
        keys.retain(|key| self.seen.insert(key.hash.clone()));
        self.empty_pages = if came == 0 { self.empty_pages + 1 } else { 0 };
        if self.empty_pages > MOST_EMPTY_PAGES {
            return Err(Error::decode("the list of keys has one empty page after another"));
        }
        let next = match next_page_token.filter(|token| !token.is_empty()) {
            _ if came > 0 && keys.is_empty() => None,
            Some(token) => Some(format!("token {token}")),
            None if query.page_token.is_some() || keys.is_empty() => None,
            None => Some(format!("offset {}", query.offset.unwrap_or_default().saturating_add(came as u64))),
        };
        Ok((keys, next))
    }
}

const MOST_EMPTY_PAGES: u32 = 16;

#[inline]
fn call(method: Method, path: &[&str], template: &'static str, class: RetryClass) -> Result<Request> {
    Request::new(method, path, template).map(|call| call.class(class).pace(Pace::Management).auth(Auth::Management))
}

#[inline]
fn key_call(method: Method, hash: &str, class: RetryClass) -> Result<Request> {
    call(method, &[&PATH[..], &[hash]].concat(), HASH_TEMPLATE, class)
}

/// Says what is left to do about a creation that failed.
#[inline]
fn with_hint(mut error: Error, name: &str) -> Error {
    let name = printable(name, 80);
    let hint = if error.outcome_unknown() {
        format!("a key named \"{name}\" may exist all the same: list the keys, and delete the one that is new")
    } else if has_made_one(&error) {
        format!("the key \"{name}\" was created: its secret is in the raw body, or the key has to be deleted")
    } else {
        return error;
    };
    error.context_mut().hint = Some(hint.into());
    error
}

/// Whether a failed creation has made a key for certain: its answer is a success, and can't be read.
#[inline]
fn has_made_one(error: &Error) -> bool {
    error.api().is_none() && error.status().is_some_and(|status| status.is_success())
}
