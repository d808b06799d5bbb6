//! The client: one per key, cheap to clone, and the door to every area.

mod builder;

use std::fmt;
use std::time::Duration;

use http::Method;

pub use builder::ClientBuilder;

use crate::chat::Chat;
use crate::credentials::{ApiKey, KeySource};
use crate::embeddings::Embeddings;
use crate::error::Result;
use crate::gemini::Gemini;
use crate::keys::Keys;
use crate::messages::Messages;
use crate::models::Models;
use crate::raw::RawRequest;
use crate::transport::Transport;
use crate::transport::request::caller_header;
use crate::transport::retry::RetryPolicy;

/// A client of the gateway.
///
/// Make one for each key and share it: clones and derived clients use the same connections, retry budget and key, and cost next
/// to nothing, while building one reads the system's certificate store (some 4 ms). It is `Send + Sync`, owns no task, and calls
/// need a Tokio runtime with I/O and time enabled: in one without them, Tokio panics. Build it after a `fork`, not before.
///
/// Proxies are taken from the environment (`HTTPS_PROXY`, `NO_PROXY`, …) as is the custom; everything else comes from the
/// builder, or from the three variables that [`from_env`](Self::from_env) names.
///
/// ```no_run
/// # async fn run() -> arouter::Result<()> {
/// use arouter::{Client, chat::{ChatRequest, Message}};
///
/// let client = Client::from_env()?;
/// let reply = client.chat().create(&ChatRequest::new("openai/gpt-5.4", [Message::user("Hello!")])).await?;
/// println!("{}", reply.text());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    transport: Transport,
}

impl Client {
    /// Makes a client with this API key and the defaults of [`ClientBuilder`].
    ///
    /// # Errors
    ///
    /// [`Error::Config`](crate::Error::Config) if the key can't be sent, or TLS can't be set up.
    pub fn new(api_key: impl Into<String>) -> Result<Self> {
        Self::builder().api_key(api_key).build()
    }

    /// Makes a client from `AROUTER_API_KEY`, `AROUTER_MANAGEMENT_KEY` (one of them is enough) and `AROUTER_BASE_URL` (optional).
    ///
    /// # Errors
    ///
    /// [`Error::Config`](crate::Error::Config) if neither key is set, if a value can't be used, or TLS can't be set up.
    pub fn from_env() -> Result<Self> {
        ClientBuilder::from_env().build()
    }

    /// Starts a client with settings of its own.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(crate) fn of_transport(transport: Transport) -> Self {
        Self { transport }
    }
}

/// The areas of the API.
//
// To add an area: its file, a `pub mod` in `lib.rs`, and its accessor here.
impl Client {
    /// OpenAI-compatible chat completions: `POST /v1/chat/completions`.
    #[must_use]
    pub fn chat(&self) -> Chat {
        Chat::new(self.transport.clone())
    }

    /// Embeddings: `POST /v1/embeddings`.
    #[must_use]
    pub fn embeddings(&self) -> Embeddings {
        Embeddings::new(self.transport.clone())
    }

    /// Anthropic's messages: `POST /v1/messages`.
    #[must_use]
    pub fn messages(&self) -> Messages {
        Messages::new(self.transport.clone())
    }

    /// Gemini's own protocol: `POST /v1beta/models/{model}:generateContent` and its siblings.
    #[must_use]
    pub fn gemini(&self) -> Gemini {
        Gemini::new(self.transport.clone())
    }

    /// The catalogue of models: `GET /v1/models`.
    #[must_use]
    pub fn models(&self) -> Models {
        Models::new(self.transport.clone())
    }

    /// Keys of the account, with the management key: `POST /api/v1/keys` and its siblings.
    #[must_use]
    pub fn keys(&self) -> Keys {
        Keys::new(self.transport.clone())
    }

    /// Any path of the gateway, with all of the client's policies: what this crate doesn't type yet, and the provider proxy.
    ///
    /// Segments are encoded one by one. See [`RawRequest`].
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client) -> arouter::Result<()> {
    /// use arouter::Method;
    ///
    /// let body = serde_json::json!({"input": "Is this fine?"});
    /// let value: serde_json::Value = client.request(Method::POST, ["openai", "v1", "moderations"]).json(&body).send().await?.into_inner();
    /// # Ok(())
    /// # }
    /// ```
    pub fn request<S: AsRef<str>>(&self, method: Method, segments: impl IntoIterator<Item = S>) -> RawRequest {
        RawRequest::new(self.transport.clone(), method, segments)
    }
}

/// Derived clients: other settings over the same connections. Cheap enough to make one for a single call.
impl Client {
    /// With another limit for a whole call, attempts and waits included; for streams, up to the first item.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.derived(|settings| {
            settings.limits.timeout = timeout;
            settings.limits.management_timeout = timeout;
        })
    }

    /// With a header on every request, in place of one with the same name.
    ///
    /// # Errors
    ///
    /// [`Error::Config`](crate::Error::Config) if name or value can't be sent, or if the header is the client's own
    /// (`authorization`, `x-api-key`, `x-goog-api-key`, `host`, `content-length`, `transfer-encoding`).
    pub fn with_header(&self, name: impl AsRef<str>, value: impl AsRef<str>) -> Result<Self> {
        let (name, value) = caller_header(name.as_ref(), value.as_ref())?;
        Ok(self.derived(|settings| _ = settings.headers.insert(name, value)))
    }

    /// With another retry policy.
    #[must_use]
    pub fn with_retry(&self, retry: RetryPolicy) -> Self {
        self.derived(|settings| settings.retry = retry)
    }

    /// With an API key of its own, which later [`set_api_key`](Self::set_api_key) calls on this client don't reach.
    ///
    /// # Errors
    ///
    /// [`Error::Config`](crate::Error::Config) if the key can't be sent.
    pub fn with_api_key(&self, api_key: impl Into<String>) -> Result<Self> {
        let source = KeySource::live(Some(ApiKey::new(api_key)?))?;
        Ok(self.derived(|settings| settings.credentials.api = source))
    }

    /// Swaps the API key of this client, its clones and its derived clients, but for those made by
    /// [`with_api_key`](Self::with_api_key).
    ///
    /// Requests and streams under way keep the key they were sent with; each later attempt takes the new one.
    ///
    /// # Errors
    ///
    /// [`Error::Config`](crate::Error::Config) if the key can't be sent, or if the client has a
    /// [key provider](ClientBuilder::key_provider). The key in use stays.
    pub fn set_api_key(&self, api_key: impl Into<String>) -> Result<()> {
        self.transport.settings().credentials.api.swap(ApiKey::new(api_key)?).map(drop)
    }

    fn derived(&self, change: impl FnOnce(&mut crate::transport::Settings)) -> Self {
        Self::of_transport(self.transport.derived(change))
    }
}

/// Shows where the client sends, and no key.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.transport.settings().base.as_url().as_str()).finish_non_exhaustive()
    }
}
