//! One error type for every call, sorted by how far the call had come.

mod api;
mod context;
mod phase;

pub use api::ApiError;
pub use context::Context;
pub(crate) use context::Scrubber;
pub use phase::{ConnectKind, Oversize, TimeoutPhase, TransportPhase};

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use crate::response::Meta;
use crate::transport::retry::{self, RetryClass};

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Any error as a cause; what [`Error`] keeps behind `source()`.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a call failed, by the phase that it had reached.
///
/// Match on the variant for what happened and on the predicates ([`is_rate_limit`](Self::is_rate_limit), …) for what to do.
/// Each variant says whether the gateway may have acted on the request and whether the client had retried it; the exact rules
/// are [`RetryPolicy`](crate::RetryPolicy)'s.
///
/// `Display` is one line about this layer, without URL, key or body; the cause is behind `source()`, and what the gateway had
/// answered is in [`raw_body`](Self::raw_body).
///
/// ```
/// # fn react(error: arouter::Error) {
/// use arouter::Error;
///
/// match &error {
///     Error::Api(api) if api.is_insufficient_credits() => println!("top up: {}", api.message()),
///     Error::Truncated { .. } => println!("the answer was cut off"),
///     _ if error.is_retryable() => println!("later: {error}"),
///     _ => println!("{error}"),
/// }
/// # }
/// ```
//
// To add a variant: write it here with its doc, add it to `context`, `context_mut` and `Error::source`'s attribute, and the
// compiler then asks for it in `transport/retry.rs`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing was sent: a setting, a key, a header, a path or a request body can't be used. Not retried.
    #[error("{message}{context}")]
    #[non_exhaustive]
    Config {
        /// What is wrong and what would be right.
        message: String,
        /// What found it, if another error did.
        source: Option<BoxError>,
        /// What is known about the call.
        context: Box<Context>,
    },

    /// Nothing was sent, or the gateway says that it read nothing of it. Retried, but for a TLS failure.
    #[error("no answer from {host}: {kind}{context}")]
    #[non_exhaustive]
    Connect {
        /// Which step of connecting failed.
        kind: ConnectKind,
        /// Host of the base URL, with its port if it isn't the usual one. What failed may be a proxy before it.
        host: String,
        /// The connector's own error.
        source: BoxError,
        /// What is known about the call.
        context: Box<Context>,
    },

    /// No answer, or no more of it, came in time.
    ///
    /// Whether the gateway acted on the request depends on the phase; see [`TimeoutPhase`] and
    /// [`outcome_unknown`](Self::outcome_unknown).
    #[error("no {phase} within {}{context}", Seconds(*.limit))]
    #[non_exhaustive]
    Timeout {
        /// What was waited for.
        phase: TimeoutPhase,
        /// The limit that passed.
        limit: Duration,
        /// What is known about the call.
        context: Box<Context>,
    },

    /// The connection broke, or spoke something else than HTTP; the request may have been acted on.
    ///
    /// Before the head of the answer, safe and idempotent calls are retried, and a generation once if the connection died within
    /// [`ambiguous_window`](crate::RetryPolicy::ambiguous_window). After it, only safe and idempotent calls are.
    #[error("{}{context}", transport_message(*.phase, *.protocol))]
    #[non_exhaustive]
    Transport {
        /// How far the answer had come.
        phase: TransportPhase,
        /// Whether the peer broke the rules of HTTP (then a retry is pointless and isn't made).
        protocol: bool,
        /// The HTTP library's own error.
        source: BoxError,
        /// What is known about the call.
        context: Box<Context>,
    },

    /// The gateway refused the call or reported a failure, by its status, in a 200 or inside a stream.
    #[error(transparent)]
    Api(Box<ApiError>),

    /// The answer came whole, but isn't what it should be. Not retried: the gateway has acted.
    ///
    /// [`raw_body`](Self::raw_body) has what came.
    #[error("could not decode the answer: {reason}{context}")]
    #[non_exhaustive]
    Decode {
        /// What was found where, without quoting the answer.
        reason: String,
        /// Whether the answer may have been cut: it had neither a length nor chunks to tell its end.
        may_be_truncated: bool,
        /// What is known about the call.
        context: Box<Context>,
    },

    /// A stream ended before its end mark. What had come by then was delivered.
    #[error("the stream ended before its end mark{context}")]
    #[non_exhaustive]
    Truncated {
        /// What is known about the call; [`raw_body`](Self::raw_body) has up to 16 KiB of text outside any event, if there was some.
        context: Box<Context>,
    },

    /// The gateway answered with a redirect. None is followed: it would carry keys to another host. Not retried.
    #[error("the gateway redirects{}{context}", to_origin(.location.as_deref()))]
    #[non_exhaustive]
    Redirect {
        /// Origin of the target, without path and query.
        location: Option<String>,
        /// What is known about the call.
        context: Box<Context>,
    },

    /// A success status came with a body of another kind than the call's. Not retried.
    ///
    /// [`raw_body`](Self::raw_body) has what came: it may be a paid answer.
    #[error("the answer is {}{context}", printable(.got, 120))]
    #[non_exhaustive]
    UnexpectedContentType {
        /// The answer's content type, and its content encoding if there was one.
        got: String,
        /// What is known about the call.
        context: Box<Context>,
    },

    /// The answer passed a size limit and was given up. Not retried.
    #[error("the {what} is larger than {limit} bytes{context}")]
    #[non_exhaustive]
    TooLarge {
        /// What was too large.
        what: Oversize,
        /// The limit, in bytes.
        limit: usize,
        /// What is known about the call.
        context: Box<Context>,
    },

    /// Nothing was sent: the call was polled outside a Tokio runtime.
    #[error("no Tokio runtime: poll the call inside one")]
    #[non_exhaustive]
    NoRuntime {
        /// What is known about the call.
        context: Box<Context>,
    },
}

impl Error {
    /// HTTP status of the last attempt's answer, if there was one.
    ///
    /// For an error inside a stream that is 200; see [`ApiError::status_hint`].
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.context().status
    }

    /// Id under which the gateway knows the last attempt.
    ///
    /// Read from `x-request-id`, `request-id`, `x-generation-id`, `cf-ray`, or the body.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.context().request_ids.last().map(String::as_str)
    }

    /// Request ids of all attempts that were answered, oldest first.
    #[must_use]
    pub fn request_ids(&self) -> &[String] {
        &self.context().request_ids
    }

    /// How long the gateway asked to wait, if it did.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.context().retry_after
    }

    /// How many times the request was sent; 0 if it never was.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.context().attempts
    }

    /// Time from the call to this error, waits included.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.context().elapsed
    }

    /// Whether the gateway may have acted on the request: billed a generation, created a key.
    ///
    /// True if any attempt left that open, even if the last one did not.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        self.context().outcome_unknown
    }

    /// Whether a retry was due and the [budget](crate::ClientBuilder::retry_budget) had nothing left for it.
    #[must_use]
    pub fn retry_suppressed(&self) -> bool {
        self.context().retry_suppressed
    }

    /// What the gateway had answered, up to 1 MiB, with the client's own keys blotted out.
    ///
    /// For an error inside a stream, the event that carried it; of a stream that was cut, what had come of its last event.
    #[must_use]
    pub fn raw_body(&self) -> Option<&[u8]> {
        self.context().raw_body.as_deref()
    }

    /// What to do about it, where the client knows: `Display` says it too.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.context().hint.as_deref()
    }

    /// Whether the same call might succeed if it were made again.
    ///
    /// By the table in [`RetryPolicy`](crate::RetryPolicy)'s docs with its default settings, for the class of this call. Where
    /// [`outcome_unknown`](Self::outcome_unknown) is true, only an idempotent call is. What a stream had delivered before it failed may be
    /// billed all the same.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        retry::is_retryable(self)
    }

    /// Whether the gateway asked to slow down (429 that isn't a spent quota).
    #[must_use]
    pub fn is_rate_limit(&self) -> bool {
        self.api().is_some_and(ApiError::is_rate_limit)
    }

    /// Whether the key is missing, wrong or expired (401).
    #[must_use]
    pub fn is_auth(&self) -> bool {
        self.api().is_some_and(ApiError::is_auth)
    }

    /// Whether the key may not do this (403 that isn't a spent quota).
    #[must_use]
    pub fn is_permission(&self) -> bool {
        self.api().is_some_and(ApiError::is_permission)
    }

    /// Whether the account has no credits left (402).
    #[must_use]
    pub fn is_insufficient_credits(&self) -> bool {
        self.api().is_some_and(ApiError::is_insufficient_credits)
    }

    /// Whether a budget or quota is used up, at whatever status.
    #[must_use]
    pub fn is_quota_exceeded(&self) -> bool {
        self.api().is_some_and(ApiError::is_quota_exceeded)
    }

    /// Whether the path, model, key or generation doesn't exist (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.api().is_some_and(ApiError::is_not_found)
    }

    /// Whether the prompt doesn't fit the model's context.
    #[must_use]
    pub fn is_context_overflow(&self) -> bool {
        self.api().is_some_and(ApiError::is_context_overflow)
    }

    /// Whether time ran out, here or (408, 504, 524) at the gateway.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout { .. }) || self.api().is_some_and(ApiError::is_timeout)
    }

    /// Whether the gateway has read nothing of the request: no connection could be made, or it refused the request unread.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self, Self::Connect { .. } | Self::Timeout { phase: TimeoutPhase::Connect, .. })
    }

    /// Whether a stream ended before its end mark.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        matches!(self, Self::Truncated { .. })
    }

    /// The gateway's own report, if this is one.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(api) => Some(api),
            _ => None,
        }
    }

    pub(crate) fn context(&self) -> &Context {
        match self {
            Self::Config { context, .. }
            | Self::Connect { context, .. }
            | Self::Timeout { context, .. }
            | Self::Transport { context, .. }
            | Self::Decode { context, .. }
            | Self::Truncated { context }
            | Self::Redirect { context, .. }
            | Self::UnexpectedContentType { context, .. }
            | Self::TooLarge { context, .. }
            | Self::NoRuntime { context } => context,
            Self::Api(api) => api.context(),
        }
    }

    pub(crate) fn context_mut(&mut self) -> &mut Context {
        match self {
            Self::Config { context, .. }
            | Self::Connect { context, .. }
            | Self::Timeout { context, .. }
            | Self::Transport { context, .. }
            | Self::Decode { context, .. }
            | Self::Truncated { context }
            | Self::Redirect { context, .. }
            | Self::UnexpectedContentType { context, .. }
            | Self::TooLarge { context, .. }
            | Self::NoRuntime { context } => context,
            Self::Api(api) => api.context_mut(),
        }
    }

    /// The error of a call that was answered with success before it failed.
    pub(crate) fn in_call(mut self, class: RetryClass, meta: &Meta) -> Self {
        let is_unknown = retry::leaves_outcome_unknown(class, &self);
        let context = self.context_mut();
        context.class = Some(class);
        context.set_head(meta);
        context.request_ids.splice(..0, meta.earlier_ids().iter().cloned());
        context.attempts = meta.attempts();
        context.elapsed = meta.elapsed();
        context.outcome_unknown = is_unknown || meta.earlier_unknown();
        self
    }

    pub(crate) fn with_body(mut self, body: Bytes) -> Self {
        self.context_mut().raw_body = Some(body);
        self
    }
}

// The constructors that the rest of the crate uses, one for each kind.
impl Error {
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::Config { message: message.into(), source: None, context: Box::default() }
    }

    pub(crate) fn config_from(message: impl Into<String>, source: impl Into<BoxError>) -> Self {
        Self::Config { message: message.into(), source: Some(source.into()), context: Box::default() }
    }

    pub(crate) fn connect(kind: ConnectKind, host: String, source: impl Into<BoxError>) -> Self {
        Self::Connect { kind, host, source: source.into(), context: Box::default() }
    }

    pub(crate) fn timeout(phase: TimeoutPhase, limit: Duration) -> Self {
        Self::Timeout { phase, limit, context: Box::default() }
    }

    pub(crate) fn transport(phase: TransportPhase, protocol: bool, source: impl Into<BoxError>) -> Self {
        Self::Transport { phase, protocol, source: source.into(), context: Box::default() }
    }

    pub(crate) fn decode(reason: impl Into<String>) -> Self {
        Self::Decode { reason: reason.into(), may_be_truncated: false, context: Box::default() }
    }

    pub(crate) fn truncated() -> Self {
        Self::Truncated { context: Box::default() }
    }

    pub(crate) fn redirect(location: Option<String>) -> Self {
        Self::Redirect { location, context: Box::default() }
    }

    pub(crate) fn content_type(got: impl Into<String>) -> Self {
        Self::UnexpectedContentType { got: got.into(), context: Box::default() }
    }

    pub(crate) fn too_large(what: Oversize, limit: usize) -> Self {
        Self::TooLarge { what, limit, context: Box::default() }
    }

    pub(crate) fn no_runtime() -> Self {
        Self::NoRuntime { context: Box::default() }
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::Api(Box::new(error))
    }
}

/// Escapes what could move a terminal's cursor, and cuts at `max` characters.
pub(crate) fn printable(text: &str, max: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(max));
    let mut room = max;
    for character in text.chars() {
        let escape = character.is_control().then(|| character.escape_default());
        let Some(rest) = room.checked_sub(escape.as_ref().map_or(1, ExactSizeIterator::len)) else {
            shown.push('…');
            break;
        };
        room = rest;
        match escape {
            Some(escape) => shown.extend(escape),
            None => shown.push(character),
        }
    }
    shown
}

fn transport_message(phase: TransportPhase, protocol: bool) -> &'static str {
    match (phase, protocol) {
        (_, true) => "the answer is not valid HTTP",
        (TransportPhase::Headers, false) => "the connection broke before the answer",
        (TransportPhase::Body, false) => "the connection broke inside the answer",
    }
}

fn to_origin(location: Option<&str>) -> String {
    location.map_or_else(String::new, |origin| format!(" to {}", printable(origin, 120)))
}

/// A duration as people say it: `35 ms`, `2.1 s`, `600 s`.
struct Seconds(Duration);

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.0.as_secs_f64();
        if seconds < 1.0 {
            return write!(f, "{} ms", self.0.as_millis());
        }
        let digits = usize::from(seconds < 60.0 && seconds.fract() != 0.0);
        write!(f, "{seconds:.digits$} s")
    }
}
