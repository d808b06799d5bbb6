//! Settings of a client, checked when it is built.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use http::header::{HeaderValue, USER_AGENT};
use url::{Host, Url};
use zeroize::Zeroizing;

use super::Client;
use crate::credentials::{ApiKey, Credential, Credentials, KeyPlace, KeySource};
use crate::error::{BoxError, Error, Result};
use crate::transport::request::{Base, RESERVED_HEADERS, caller_header};
use crate::transport::retry::{Budget, RetryPolicy};
use crate::transport::{Limits, Settings, Transport};

type Configure = Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>;

/// Settings of a [`Client`]; mistakes are reported by [`build`](Self::build).
///
/// ```
/// use std::time::Duration;
/// use arouter::{Client, RetryPolicy};
///
/// let client = Client::builder()
///     .api_key("lr_live_0123456789")
///     .timeout(Duration::from_secs(120))
///     .retry(RetryPolicy::default().max_attempts(5))
///     .app("My App", "https://my.app")
///     .header("x-team", "search")
///     .build()?;
/// # Ok::<(), arouter::Error>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    api_key: Option<String>,
    management_key: Option<String>,
    provider: Option<KeySource>,
    gemini_place: KeyPlace,
    base_url: String,
    allow_insecure_http: bool,
    headers: Vec<(String, String)>,
    limits: Limits,
    retry: RetryPolicy,
    retry_budget: u32,
    use_proxy: bool,
    use_http2: bool,
    configure: Option<Configure>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            api_key: None,
            management_key: None,
            provider: None,
            gemini_place: KeyPlace::Bearer,
            base_url: DEFAULT_BASE_URL.to_owned(),
            allow_insecure_http: false,
            headers: Vec::new(),
            limits: Limits::default(),
            retry: RetryPolicy::default(),
            retry_budget: DEFAULT_RETRY_BUDGET,
            use_proxy: true,
            use_http2: false,
            configure: None,
        }
    }
}

impl ClientBuilder {
    /// Starts from `AROUTER_API_KEY`, `AROUTER_MANAGEMENT_KEY` and `AROUTER_BASE_URL`; what is unset or blank is left out.
    pub fn from_env() -> Self {
        let variable = |name: &str| std::env::var(name).ok().map(|value| value.trim_ascii().to_owned()).filter(|value| !value.is_empty());
        let mut builder =
            Self { api_key: variable("AROUTER_API_KEY"), management_key: variable("AROUTER_MANAGEMENT_KEY"), ..Self::default() };
        if let Some(base_url) = variable("AROUTER_BASE_URL") {
            builder.base_url = base_url;
        }
        builder
    }

    /// Sets the API key (`lr_live_…`), which inference takes.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Sets the management key (`lr_mgmt_…`), which key management takes; without it, that takes the API key.
    pub fn management_key(mut self, key: impl Into<String>) -> Self {
        self.management_key = Some(key.into());
        self
    }

    /// Sets where the API key comes from: asked before each attempt, and again after a 401.
    ///
    /// For keys that rotate elsewhere. What is slow to ask should be cached by the provider. Takes the place of
    /// [`api_key`](Self::api_key).
    ///
    /// ```
    /// # async fn read_from_vault() -> Result<String, std::io::Error> { Ok("lr_live_1".into()) }
    /// use arouter::{ApiKey, Client};
    ///
    /// let client = Client::builder().key_provider(|| async { Ok(ApiKey::new(read_from_vault().await?)?) }).build()?;
    /// # Ok::<(), arouter::Error>(())
    /// ```
    pub fn key_provider<F, Fut>(mut self, provider: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<ApiKey, BoxError>> + Send + 'static,
    {
        self.provider = Some(KeySource::provider(provider));
        self
    }

    /// Sets whether calls of [`gemini`](Client::gemini) carry the key in their query (`?key=…`), as Google's own clients do. Off by
    /// default: they carry it as a bearer token, which the gateway takes just as well.
    ///
    /// A key in a URL reaches the logs of every proxy on the way. This client keeps it out of its own errors, logs and debug output.
    pub fn gemini_key_in_query(mut self, in_query: bool) -> Self {
        self.gemini_place = if in_query { KeyPlace::Query } else { KeyPlace::Bearer };
        self
    }

    /// Sets the root of the gateway. `https://api.arouter.ai` by default.
    ///
    /// A path prefix is kept; a trailing `/` or `/v1` is taken off. Plain `http` is accepted for loopback hosts only, unless
    /// [`allow_insecure_http`](Self::allow_insecure_http) is set.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Sets whether `http` is accepted for any host. Off by default: the key would travel in the clear.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// Sends a header with every request, in place of one with the same name.
    ///
    /// [`build`](Self::build) refuses those that carry keys or frame the message: `authorization`, `x-api-key`, `x-goog-api-key`, `host`,
    /// `content-length`, `transfer-encoding`.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Names the program that calls, for the dashboard: `X-Title` and `HTTP-Referer`.
    pub fn app(self, title: impl Into<String>, url: impl Into<String>) -> Self {
        self.header("x-title", title).header("http-referer", url)
    }

    /// Limits a whole generation, attempts and waits included; of a stream, the time up to its first item. 600 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = timeout;
        self
    }

    /// Limits a whole call that no model works on, attempts and waits included. 60 s by default.
    pub fn management_timeout(mut self, timeout: Duration) -> Self {
        self.limits.management_timeout = timeout;
        self
    }

    /// Limits the making of a connection, TLS included. 5 s by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect_timeout = timeout;
        self
    }

    /// Limits the wait for the head of a generation's answer, in each attempt. 600 s by default, which is all the time that the call has:
    /// [`timeout`](Self::timeout) ends it, and a timeout of the whole call is never tried again.
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.limits.header_timeout = timeout;
        self
    }

    /// Limits the wait for the head of any other answer, in each attempt. 30 s by default.
    pub fn management_header_timeout(mut self, timeout: Duration) -> Self {
        self.limits.management_header_timeout = timeout;
        self
    }

    /// Limits the silence between two pieces of a stream; keep-alive comments count as pieces. 300 s by default.
    ///
    /// Time runs only while the program waits for the stream, and is counted in sixteenths of the limit.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits.idle_timeout = timeout;
        self
    }

    /// Limits the time between two whole events of a stream, whatever trickles meanwhile. 600 s by default.
    pub fn event_timeout(mut self, timeout: Duration) -> Self {
        self.limits.event_timeout = timeout;
        self
    }

    /// Limits the size of one event of a stream. 64 MiB by default.
    pub fn max_event_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_event_bytes = bytes;
        self
    }

    /// Limits the size of a whole answer. 128 MiB by default.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_response_bytes = bytes;
        self
    }

    /// Limits what an error keeps of the body that it came with. 1 MiB by default; no error body is read for more than 5 s.
    pub fn max_error_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_error_bytes = bytes;
        self
    }

    /// Sets how failed attempts are made again.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Makes one attempt at each call.
    pub fn no_retry(self) -> Self {
        self.retry(RetryPolicy::none())
    }

    /// Sets the tokens that retries of all calls together draw on. 500 by default; 0 leaves only retries at times that the gateway
    /// set.
    ///
    /// A retry takes 5, or 10 after a timeout, or none if the gateway set its time, later than the client's own; a success gives back
    /// what its retries took, and a success at the first try gives 1. When everything fails, the bucket runs dry and calls fail at once
    /// instead of three times each: 1,000 calls are 1,100 requests, and not 3,000. A gateway that always names a later time gets the 3,000:
    /// it asked for them.
    pub fn retry_budget(mut self, tokens: u32) -> Self {
        self.retry_budget = tokens;
        self
    }

    /// Goes past the proxies that the environment names.
    pub fn no_proxy(mut self) -> Self {
        self.use_proxy = false;
        self
    }

    /// Sets whether HTTP/2 is offered. Off by default: one connection for all streams makes them wait for each other.
    ///
    /// With it, a stream's window is 256 KiB and the connection's 64 MiB, so that unread streams don't starve the others.
    #[cfg(feature = "http2")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http2")))]
    pub fn http2(mut self, offer: bool) -> Self {
        self.use_http2 = offer;
        self
    }

    /// Changes settings of the HTTP library that have no setter here: a certificate authority, a resolver, a local address.
    ///
    /// What the client's promises rest on is set after it: no redirects, no retries but the client's own, no referer, no decompression,
    /// no verbose logs. [`build`](Self::build) refuses the library's `timeout` and `read_timeout`, whose end would look like a broken
    /// connection: the limits of time are set here. It also refuses default headers that [`header`](Self::header) would; any other goes
    /// with requests that have none of its name.
    pub fn http_client(mut self, configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static) -> Self {
        self.configure = Some(Box::new(configure));
        self
    }

    /// Checks the settings and makes the client. Sends nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no key, or a key, the base URL, a header, TLS or what [`http_client`](Self::http_client) set can't be
    /// used.
    pub fn build(self) -> Result<Client> {
        let api = match (self.provider, self.api_key) {
            (Some(provider), _) => provider,
            (None, Some(key)) => KeySource::live(Some(ApiKey::new(key)?))?,
            (None, None) if self.management_key.is_some() => KeySource::live(None)?,
            (None, None) => {
                return Err(Error::config(
                    "no key: set one with `api_key`, or in AROUTER_API_KEY (lr_live_…) or AROUTER_MANAGEMENT_KEY (lr_mgmt_…)",
                ));
            }
        };
        let management = match self.management_key {
            Some(key) => Some(Arc::new(Credential::new(ApiKey::new(key)?)?)),
            None => None,
        };
        let base = base_url(&self.base_url, self.allow_insecure_http)?;
        check_tls(&base)?;

        let mut headers = HeaderMap::with_capacity(self.headers.len() + 1);
        headers.insert(USER_AGENT, HeaderValue::from_static(concat!("arouter-rust/", env!("CARGO_PKG_VERSION"))));
        for (name, value) in &self.headers {
            let (name, value) = caller_header(name, value)?;
            headers.insert(name, value);
        }

        let mut http = reqwest::Client::builder().connect_timeout(self.limits.connect_timeout).pool_idle_timeout(POOL_IDLE);
        http = http.pool_max_idle_per_host(POOL_IDLE_CONNECTIONS);
        if !self.use_proxy {
            http = http.no_proxy();
        }
        let is_configured = self.configure.is_some();
        if let Some(configure) = self.configure {
            http = configure(http);
        }
        let http = guarded(http, self.use_http2)
            .build()
            .map_err(|error| Error::config_from("the HTTP client can't be set up", error.without_url()))?;
        if is_configured {
            check_configured(&http)?;
        }

        Ok(Client::of_transport(Transport::new(Settings {
            http,
            base: Arc::new(Base::new(base, self.use_http2)),
            credentials: Credentials { api, management, gemini_place: self.gemini_place },
            headers,
            retry: self.retry,
            budget: Arc::new(Budget::new(self.retry_budget)),
            limits: self.limits,
        })))
    }
}

/// What the client's promises rest on; also against features that another crate has switched on.
fn guarded(http: reqwest::ClientBuilder, use_http2: bool) -> reqwest::ClientBuilder {
    let http = http
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connection_verbose(false);
    // With two TLS libraries in the tree, the HTTP library would silently take the platform's.
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
    let http = http.tls_backend_rustls();
    #[cfg(feature = "http2")]
    if use_http2 {
        return http
            .http2_initial_stream_window_size(HTTP2_STREAM_WINDOW)
            .http2_initial_connection_window_size(HTTP2_CONNECTION_WINDOW)
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_timeout(Duration::from_secs(10));
    }
    _ = use_http2;
    http.http1_only()
}

/// Refuses default headers that the library would send beside the client's own (a second key, another length), and its limits of time.
///
/// It tells of them nowhere but in its debug output, which may show the headers' values as well.
fn check_configured(http: &reqwest::Client) -> Result<()> {
    let shown = Zeroizing::new(format!("{http:?}"));
    let parts = shown.split_once("default_headers: ").and_then(|(before, after)| Some((before, shown_map(after)?, after)));
    let Some((before, headers, after)) = parts else {
        return Err(Error::config("the default headers of the HTTP client can't be looked at"));
    };
    if let Some(name) = RESERVED_HEADERS.iter().find(|name| headers.contains(&format!("\"{name}\": "))) {
        return Err(Error::config(format!("the header {name} is the client's own, and can't be among default headers")));
    }
    let is_limited = |shown: &str| ["TotalTimeout: ", " timeout: ", " read_timeout: "].iter().any(|limit| shown.contains(limit));
    if is_limited(before) || is_limited(&after[headers.len()..]) {
        return Err(Error::config(
            "the HTTP client has a limit of time of its own: set `timeout`, `header_timeout` or `idle_timeout` of this builder",
        ));
    }
    Ok(())
}

/// The map at the start of a debug output: up to the brace that ends it, those in quotes left out.
fn shown_map(shown: &str) -> Option<&str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let end = shown.find(|other: char| {
        is_quoted ^= other == '"' && !is_escaped;
        is_escaped = other == '\\' && !is_escaped;
        other == '}' && !is_quoted
    })?;
    shown.starts_with('{').then(|| &shown[..end])
}

fn base_url(text: &str, allow_insecure: bool) -> Result<Url> {
    let mut url = Url::parse(text.trim_ascii()).map_err(|error| Error::config_from("the base URL is not a URL", error))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::config("the base URL holds a user name or password; keys go through `api_key`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::config("the base URL has a query or a fragment"));
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_insecure || is_loopback(&url) => {}
        "http" => {
            return Err(Error::config(
                "the base URL is http, which would send the key in the clear: use https, or `allow_insecure_http(true)`",
            ));
        }
        other => return Err(Error::config(format!("the base URL's scheme is {other}, not https"))),
    }
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/v1").unwrap_or(path).trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Finds what would else look like a connection error at the first call, or panic inside the HTTP library.
fn check_tls(base: &Url) -> Result<()> {
    if cfg!(not(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))) && base.scheme() == "https" {
        return Err(Error::config("https needs one of this crate's features `rustls`, `rustls-no-provider` and `native-tls`"));
    }
    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(Error::config(
            "the feature `rustls-no-provider` needs a crypto provider: install one with rustls's `CryptoProvider::install_default` before building a client",
        ));
    }
    Ok(())
}

/// Shows no key: those that were given are named only.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("has_api_key", &self.api_key.is_some())
            .field("has_management_key", &self.management_key.is_some())
            .field("has_key_provider", &self.provider.is_some())
            .field("limits", &self.limits)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

const DEFAULT_BASE_URL: &str = "https://api.arouter.ai";

/// Shorter than what proxies and load balancers on the way allow (60 s and more), so that it is us who close an idle connection.
const POOL_IDLE: Duration = Duration::from_secs(50);

const POOL_IDLE_CONNECTIONS: usize = 256;

const DEFAULT_RETRY_BUDGET: u32 = 500;

#[cfg(feature = "http2")]
const HTTP2_STREAM_WINDOW: u32 = 256 * 1024;
#[cfg(feature = "http2")]
const HTTP2_CONNECTION_WINDOW: u32 = 64 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    /// As their setters' docs say.
    #[test]
    fn limits_are_by_default_what_is_promised() {
        let Limits {
            timeout,
            management_timeout,
            connect_timeout,
            header_timeout,
            management_header_timeout,
            idle_timeout,
            event_timeout,
            max_event_bytes,
            max_response_bytes,
            max_error_bytes,
        } = Limits::default();
        let seconds = |limit: Duration| format!("{} s", limit.as_secs_f64());
        let mebibytes = |limit: usize| format!("{} MiB", limit as f64 / f64::from(1 << 20));
        for (setter, limit) in [
            ("timeout", seconds(timeout)),
            ("management_timeout", seconds(management_timeout)),
            ("connect_timeout", seconds(connect_timeout)),
            ("header_timeout", seconds(header_timeout)),
            ("management_header_timeout", seconds(management_header_timeout)),
            ("idle_timeout", seconds(idle_timeout)),
            ("event_timeout", seconds(event_timeout)),
            ("max_event_bytes", mebibytes(max_event_bytes)),
            ("max_response_bytes", mebibytes(max_response_bytes)),
            ("max_error_bytes", mebibytes(max_error_bytes)),
        ] {
            let (before, _) = include_str!("builder.rs").split_once(&format!("pub fn {setter}(mut self")).unwrap();
            let docs = before.rsplit("\n\n").next().unwrap();
            assert!(docs.contains(&format!(" {limit} by default")), "{setter} is {limit}: {docs}");
        }
    }

    #[test]
    fn base_urls_are_normalised() {
        for (text, expected) in [
            ("https://api.arouter.ai", "https://api.arouter.ai/"),
            ("https://api.arouter.ai/", "https://api.arouter.ai/"),
            ("https://api.arouter.ai/v1", "https://api.arouter.ai/"),
            ("https://api.arouter.ai/v1/", "https://api.arouter.ai/"),
            ("https://api.arouter.ai/v1//", "https://api.arouter.ai/"),
            ("https://api.arouter.ai/v1beta", "https://api.arouter.ai/v1beta"),
            ("https://api.arouter.ai/v1/v1", "https://api.arouter.ai/v1"),
            ("https://api.arouter.ai/my-v1", "https://api.arouter.ai/my-v1"),
            ("https://api.arouter.ai:443/v1", "https://api.arouter.ai/"),
            (" https://host/gateway/v1 ", "https://host/gateway"),
            ("\n\thttps://host\r\n", "https://host/"),
            ("https://host/gateway//", "https://host/gateway"),
            ("https://host/team one/../gateway", "https://host/gateway"),
            ("HTTPS://API.ARouter.AI/V1", "https://api.arouter.ai/V1"),
            ("https://gateway.b\u{fc}cher.example", "https://gateway.xn--bcher-kva.example/"),
            ("https://\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}.example:8443/v1", "https://xn--e1afmkfd.example:8443/"),
            ("http://localhost:8080/v1", "http://localhost:8080/"),
            ("http://LocalHost", "http://localhost/"),
            ("http://gateway.localhost/x/", "http://gateway.localhost/x"),
            ("http://[::1]:8080", "http://[::1]:8080/"),
            ("http://[0:0::1]/v1", "http://[::1]/"),
            ("http://127.9.9.9", "http://127.9.9.9/"),
            // Other spellings of 127.0.0.1.
            ("http://127.1/", "http://127.0.0.1/"),
            ("http://0x7f000001", "http://127.0.0.1/"),
            ("https://[2001:db8::1]/gateway", "https://[2001:db8::1]/gateway"),
        ] {
            assert_eq!(base_url(text, false).unwrap().as_str(), expected, "{text:?}");
        }
    }

    #[test]
    fn base_urls_that_would_leak_or_mislead_are_refused() {
        for text in [
            "",
            "   ",
            "api.arouter.ai",
            "//api.arouter.ai",
            "/v1",
            "https://",
            "https://host:99999",
            "https://host:secret",
            "https://ho st",
            "https://[::1",
            "https://[::secret]",
            "https://a%00b",
            "http://api.arouter.ai",
            "http://localhost.evil.example",
            "http://evil-localhost",
            "http://127.0.0.1.evil.example",
            "http://127.0.0.1@evil.example",
            "http://[::2]",
            "http://[::ffff:10.0.0.1]",
            "http://0.0.0.0",
            "http://10.0.0.1",
            "ftp://host",
            "ws://localhost",
            "file:///secret",
            "https://user:secret@host",
            "https://secret@host",
            "https://:secret@host",
            "https://host?key=secret",
            "https://host/v1?",
            "https://host#x",
            "https://host/#",
            "data:text/plain,x",
            "javascript:secret",
        ] {
            let error = base_url(text, false).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(matches!(error, Error::Config { .. }) && !shown.contains("secret"), "{text}: {shown}");
        }
        assert!(base_url("http://gateway.internal", true).is_ok());
        // The host alone is what was allowed.
        for text in ["http://secret@gateway.internal", "http://gateway.internal?x", "ftp://gateway.internal"] {
            assert!(base_url(text, true).is_err(), "{text}");
        }
    }
}
