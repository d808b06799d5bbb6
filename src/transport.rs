//! The one road to the wire.
//!
//! A call comes in as a [`Request`], and goes through
//!
//! 1. [`fetch`](Transport::fetch) (whole answers) or [`open`](Transport::open) (streams), which differ only in how they
//!    [`Receive`] an accepted answer;
//! 2. `send`, the loop over attempts: deadline, [`RetryPolicy`], budget, waits, and what the final error carries;
//! 3. `attempt`: `exchange`, the only place that sends (key, headers, execution, head of the answer); `refusal`, by that head; then the
//!    `Receive` of step 1, still inside the attempt, so that an answer that turns out to be an error is retried like an error status.
//!
//! Nothing here knows a vendor: end marks, pings and event names are in each area's [`Protocol`](stream::Protocol).

pub(crate) mod request;
pub(crate) mod retry;
pub(crate) mod sse;
pub(crate) mod stream;

mod body;
mod clock;
mod failure;
#[cfg(test)]
mod properties;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::TryFutureExt as _;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, LOCATION, TRANSFER_ENCODING,
};
use http::response::Parts;
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument, Span, debug, debug_span};

use crate::credentials::{ApiKey, Credential, Credentials};
use crate::error::{ApiError, Error, Result, Scrubber, TimeoutPhase};
use crate::json;
use crate::response::{Meta, Response};
use request::{Base, Pace, Request};
use retry::{Budget, Decision, Failure, RetryPolicy};
use stream::{EventStream, Protocol};

/// Carries requests to the gateway and brings the answers back. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Transport(Arc<Settings>);

/// What all calls of a client share. A derived client has its own copy, with the same connections, budget and keys.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Arc<Base>,
    pub(crate) credentials: Credentials,
    /// Sent with every request, unless the request has its own value.
    pub(crate) headers: HeaderMap,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: Arc<Budget>,
    pub(crate) limits: Limits,
}

/// Limits of time and size; see the setters of `ClientBuilder`.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) timeout: Duration,
    pub(crate) management_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) header_timeout: Duration,
    pub(crate) management_header_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) event_timeout: Duration,
    pub(crate) max_event_bytes: usize,
    pub(crate) max_response_bytes: usize,
    pub(crate) max_error_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(600),
            management_timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(5),
            header_timeout: Duration::from_secs(600),
            management_header_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(300),
            event_timeout: Duration::from_secs(600),
            max_event_bytes: 64 << 20,
            max_response_bytes: 128 << 20,
            max_error_bytes: 1 << 20,
        }
    }
}

/// An answer whose head has come, and its body to come.
pub(crate) struct Answer {
    pub(crate) meta: Meta,
    /// Whether HTTP itself tells where the body ends.
    pub(crate) is_framed: bool,
    pub(crate) body: reqwest::Body,
    pub(crate) deadline: Deadline,
    pub(crate) scrubber: Scrubber,
}

/// When a call must be over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    at: Instant,
    limit: Duration,
}

impl Deadline {
    fn of(started: Instant, limit: Duration) -> Self {
        Self { at: started.checked_add(limit).unwrap_or(started + FOREVER), limit }
    }

    /// Runs a step for as long as there is time; what it has done until then is kept by whoever it borrowed it from.
    pub(crate) fn bound<F: Future>(self, step: F) -> impl Future<Output = Result<F::Output>> {
        // No `async fn`, which would have room for the step twice: as it is given, and as it runs.
        tokio::time::timeout_at(self.at, step).map_err(move |_| Error::timeout(TimeoutPhase::Total, self.limit))
    }

    /// Runs a step that has a limit of its own as well: the sooner of the two counts.
    fn bound_by<F: Future>(self, limit: Duration, phase: TimeoutPhase, step: F) -> impl Future<Output = Result<F::Output>> {
        let own = Instant::now().checked_add(limit).filter(|own| *own <= self.at);
        let (at, phase, limit) = own.map_or((self.at, TimeoutPhase::Total, self.limit), |own| (own, phase, limit));
        tokio::time::timeout_at(at, step).map_err(move |_| Error::timeout(phase, limit))
    }
}

impl Answer {
    fn of_head(head: Parts, body: reqwest::Body, deadline: Deadline, scrubber: Scrubber) -> Self {
        // HTTP/2 alone is no frame: a peer may reset a stream without an error, and the HTTP library takes that for its end.
        let is_framed = head.headers.contains_key(CONTENT_LENGTH) || head.headers.contains_key(TRANSFER_ENCODING);
        Self { meta: Meta::of_head(head.status, head.headers, &scrubber), is_framed, body, deadline, scrubber }
    }

    /// Start of a body that came with an error status or isn't what was asked for.
    pub(crate) async fn read_error(&mut self, limit: usize) -> Bytes {
        // In a box, so that a call that goes well has no room for it.
        Box::pin(body::read_error(std::mem::take(&mut self.body), limit, self.deadline)).await
    }
}

/// How an accepted answer is taken in, as part of its attempt.
pub(crate) trait Receive: Send + Sync {
    type Output: Send;

    /// What the request asks for.
    const ACCEPT: HeaderValue;

    const IS_STREAM: bool;

    fn receive(&self, answer: &mut Answer, limits: &Limits) -> impl Future<Output = Result<Self::Output>> + Send;
}

impl Transport {
    pub(crate) fn new(settings: Settings) -> Self {
        Self(Arc::new(settings))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0
    }

    /// A transport with other settings over the same connections.
    pub(crate) fn derived(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::clone(&self.0);
        change(&mut settings);
        Self::new(settings)
    }

    /// Sends a request and decodes the whole answer into a type of this crate.
    pub(crate) fn fetch<T: DeserializeOwned>(self, request: Result<Request>) -> impl Future<Output = Result<Response<T>>> + Send {
        self.fetch_by(request, json::decode_answer)
    }

    /// As [`fetch`](Self::fetch), by a decoder of its own: what that refuses is an error that keeps the answer.
    pub(crate) async fn fetch_by<T>(self, request: Result<Request>, decode: impl FnOnce(&[u8]) -> Result<T> + Send) -> Result<Response<T>> {
        let request = request?;
        let (whole, meta) = self.send(&request, &body::Whole { result: request.result }).await?;
        let decoded = decode(whole.json());
        let body = decoded.map_err(|error| whole.not_decoded(error, meta.content_type()).in_call(request.class, &meta))?;
        Ok(Response::new(body, meta))
    }

    /// Sends a request and gives the whole answer as it came.
    pub(crate) async fn fetch_bytes(self, request: Result<Request>) -> Result<Response<Bytes>> {
        let request = request?;
        let (whole, meta) = self.send(&request, &body::Whole { result: None }).await?;
        Ok(Response::new(whole.into_own(), meta))
    }

    /// Sends a request and reads its answer as a stream, up to and including the first item.
    pub(crate) async fn open<P: Protocol>(self, request: Result<Request>, protocol: P) -> Result<EventStream<P>> {
        let request = request?;
        let (mut stream, meta) = self.send(&request, &stream::Open(protocol)).await?;
        stream.opened(meta, request.class);
        Ok(stream)
    }

    /// The loop over attempts.
    async fn send<R: Receive>(&self, request: &Request, receive: &R) -> Result<(R::Output, Meta)> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::no_runtime());
        }
        let span = debug_span!(
            "arouter.call",
            method = %request.method,
            path = %request.template,
            status = Empty,
            attempts = Empty,
            request_id = Empty
        );
        // In a box, which goes once the answer has begun: the task that then reads a stream would be 1.6 KB larger for as long as it does.
        Box::pin(async { Call::new(self, request, span.clone()).run(receive).await }.instrument(span.clone())).await
    }
}

/// One call: the state of the loop over its attempts.
struct Call<'c> {
    transport: &'c Transport,
    request: &'c Request,
    /// Not `Span::current()`: that is the program's own where this one is filtered out.
    span: Span,
    started: Instant,
    deadline: Deadline,
    attempts: u32,
    request_ids: Vec<String>,
    outcome_unknown: bool,
    was_ambiguous: bool,
    /// Budget that the retries of this call took.
    spent: u32,
    /// The key that was refused with 401, until it is known whether another has taken its place.
    refused: Option<ApiKey>,
    /// The key that took its place.
    replacement: Option<Arc<Credential>>,
    was_replaced: bool,
}

impl<'c> Call<'c> {
    fn new(transport: &'c Transport, request: &'c Request, span: Span) -> Self {
        let started = Instant::now();
        let limits = &transport.settings().limits;
        let limit = match request.pace {
            Pace::Generation => limits.timeout,
            Pace::Management => limits.management_timeout,
        };
        Self {
            transport,
            request,
            span,
            started,
            deadline: Deadline::of(started, limit),
            attempts: 0,
            request_ids: Vec::new(),
            outcome_unknown: false,
            was_ambiguous: false,
            spent: 0,
            refused: None,
            replacement: None,
            was_replaced: false,
        }
    }

    async fn run<R: Receive>(&mut self, receive: &R) -> Result<(R::Output, Meta)> {
        let mut last = None;
        loop {
            let credential = match self.credential().await {
                Ok(credential) => credential,
                // What the attempt before had failed with is the better answer, and the request may have been acted on.
                Err(error) => return Err(self.finish(last.unwrap_or(error), false)),
            };
            let began = Instant::now();
            self.attempts += 1;
            let span = debug_span!("arouter.attempt", attempt = self.attempts, status = Empty, request_id = Empty);
            let mut error = match self.attempt(&credential, receive, &span).instrument(span.clone()).await {
                Ok((output, mut meta)) => {
                    self.transport.0.budget.reward(self.spent);
                    self.finish_meta(&mut meta, R::IS_STREAM);
                    self.trace_end(Some(meta.status()), meta.request_id());
                    return Ok((output, meta));
                }
                Err(error) => error,
            };
            // The span of an attempt ends with it; what comes next may be a long wait.
            drop(span);
            self.note(&mut error, &credential);
            match self.next_step(&error, began.elapsed()).await {
                Ok(delay) => {
                    debug!(delay_ms = delay.as_millis(), "retrying");
                    tokio::time::sleep(delay).await;
                    last = Some(error);
                }
                Err(suppressed) => {
                    self.trace_end(error.status(), error.request_id());
                    return Err(self.finish(error, suppressed));
                }
            }
        }
    }

    /// The key for the next attempt.
    async fn credential(&mut self) -> Result<Arc<Credential>> {
        if let Some(replacement) = self.replacement.take() {
            return Ok(replacement);
        }
        let credentials = &self.transport.settings().credentials;
        let asked = credentials.for_auth(self.request.auth);
        if credentials.waits_for(self.request.auth) { self.deadline.bound(asked).await? } else { asked.await }
    }

    /// One attempt: an exchange, and what comes of its answer.
    async fn attempt<R: Receive>(&self, credential: &Credential, receive: &R, span: &Span) -> Result<(R::Output, Meta)> {
        let limits = &self.transport.settings().limits;
        let mut answer = self.exchange(credential, R::ACCEPT).await?;
        let meta = answer.meta.clone();
        trace_head(span, meta.status(), meta.request_id());
        let received = match self.refusal(&mut answer).await {
            Some(error) => Err(error),
            None => receive.receive(&mut answer, limits).await,
        };
        match received {
            Ok(output) => Ok((output, meta)),
            Err(mut error) => {
                let context = error.context_mut();
                context.set_head(&meta);
                context.cut_body(limits.max_error_bytes);
                Err(error)
            }
        }
    }

    /// Sends the request and waits for the head of its answer: the only call into the HTTP library that sends.
    async fn exchange(&self, credential: &Credential, accept: HeaderValue) -> Result<Answer> {
        let settings = self.transport.settings();
        let scrubber = Scrubber::new(settings.credentials.known(credential));
        let limit = match self.request.pace {
            Pace::Generation => settings.limits.header_timeout,
            Pace::Management => settings.limits.management_header_timeout,
        };
        let sent = settings.http.execute(self.http_request(credential, accept));
        let response = self.deadline.bound_by(limit, TimeoutPhase::Headers, sent).await?;
        let response = response.map_err(|error| failure::of_head(error, settings.base.as_url(), &settings.limits))?;
        let (head, body) = http::Response::from(response).into_parts();
        Ok(Answer::of_head(head, body, self.deadline, scrubber))
    }

    /// The error of an answer whose head alone rules it out.
    async fn refusal(&self, answer: &mut Answer) -> Option<Error> {
        let status = answer.meta.status();
        if status.is_redirection() {
            return Some(Error::redirect(self.redirect_origin(answer)));
        }
        let limit = self.transport.settings().limits.max_error_bytes;
        if !status.is_success() {
            let body = answer.read_error(limit).await;
            return Some(ApiError::parse(status, answer.meta.content_type(), body, &answer.scrubber).into());
        }
        let encoding = answer.meta.headers().get(CONTENT_ENCODING).filter(|encoding| *encoding != "identity")?;
        let mut got =
            format!("{} in the encoding {}", answer.meta.content_type().unwrap_or("untyped"), String::from_utf8_lossy(encoding.as_bytes()));
        answer.scrubber.text(&mut got);
        let body = answer.read_error(limit).await;
        Some(Error::content_type(got).with_body(answer.scrubber.bytes(body)))
    }

    fn http_request(&self, credential: &Credential, accept: HeaderValue) -> reqwest::Request {
        let settings = self.transport.settings();
        let mut http = reqwest::Request::new(self.request.method.clone(), self.request.url(&settings.base));
        // All of them, also `host` and `content-length`, which the library would add: `host` would be written anew for each request, and a
        // map that grows costs as much again as one that has its room from the start. Together 3 % of a call's instructions.
        let mut headers = HeaderMap::with_capacity(settings.headers.len() + self.request.headers.len() + ADDED_HEADERS);
        if let Some(host) = &settings.base.host {
            headers.insert(HOST, host.clone());
        }
        for (name, value) in &settings.headers {
            headers.insert(name, value.clone());
        }
        if self.request.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let length = self.request.body.as_ref().map_or(0, Bytes::len);
        // Of a method that is expected to have a body, its absence is told as well: some servers want to know.
        if length > 0 || matches!(self.request.method, Method::POST | Method::PUT | Method::PATCH) {
            headers.insert(CONTENT_LENGTH, length.into());
        }
        for (name, value) in &self.request.headers {
            headers.insert(name, value.clone());
        }
        credential.authorize(self.request.key_place, http.url_mut(), &mut headers);
        headers.entry(ACCEPT).or_insert(accept);
        headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("identity"));
        *http.headers_mut() = headers;
        *http.body_mut() = self.request.body.clone().map(Into::into);
        http
    }

    /// Takes down what this attempt's error means for the next attempt and for the final error.
    fn note(&mut self, error: &mut Error, credential: &Credential) {
        if let Error::Api(api) = error {
            if api.is_auth() {
                self.refused = Some(credential.key.clone());
            }
            if matches!(api.status().as_u16(), 401 | 403) {
                api.context_mut().hint = credential.wrong_kind_for(self.request.auth).map(Into::into);
            }
        }
        self.request_ids.extend(error.request_ids().iter().cloned());
        self.outcome_unknown |= retry::leaves_outcome_unknown(self.request.class, error);
    }

    /// How long to wait before the next attempt; or that there is none, and whether for want of budget.
    async fn next_step(&mut self, error: &Error, in_attempt: Duration) -> std::result::Result<Duration, bool> {
        if self.key_has_changed().await {
            return Ok(Duration::ZERO);
        }
        let settings = self.transport.settings();
        let failure = Failure {
            error,
            attempts: self.attempts,
            in_attempt,
            was_ambiguous: self.was_ambiguous,
            remaining: Some(self.deadline.at.saturating_duration_since(Instant::now())),
        };
        self.was_ambiguous |= matches!(error, Error::Transport { .. });
        match settings.retry.decide(self.request.class, &failure, fastrand::f64()) {
            Decision::Stop => Err(false),
            Decision::Retry { cost, .. } if !settings.budget.take(cost) => Err(true),
            Decision::Retry { delay, cost } => {
                self.spent += cost;
                Ok(delay)
            }
        }
    }

    /// Whether a key that was just refused has been replaced meanwhile; acted on once in a call.
    async fn key_has_changed(&mut self) -> bool {
        let Some(refused) = self.refused.take() else { return false };
        if self.was_replaced {
            return false;
        }
        let asked = self.transport.settings().credentials.for_auth(self.request.auth);
        let current = self.deadline.bound(asked).await.and_then(|current| current);
        self.replacement = current.ok().filter(|current| current.key != refused);
        self.was_replaced = self.replacement.is_some();
        self.was_replaced
    }

    fn finish_meta(&mut self, meta: &mut Meta, is_stream: bool) {
        let earlier = std::mem::take(&mut self.request_ids);
        meta.finished(self.attempts, self.started.elapsed(), is_stream, earlier, self.outcome_unknown);
    }

    fn finish(&mut self, mut error: Error, suppressed: bool) -> Error {
        let context = error.context_mut();
        context.class = Some(self.request.class);
        context.request_ids = std::mem::take(&mut self.request_ids);
        context.attempts = self.attempts;
        context.elapsed = self.started.elapsed();
        context.outcome_unknown = self.outcome_unknown;
        context.retry_suppressed = suppressed;
        error
    }

    fn redirect_origin(&self, answer: &Answer) -> Option<String> {
        let mut location = answer.meta.headers().get(LOCATION)?.to_str().ok()?.to_owned();
        // A key in the place of a host; what is left is no URL.
        answer.scrubber.text(&mut location);
        let target = self.request.url(&self.transport.settings().base).join(&location).ok()?;
        let is_told = target.host_str().is_none_or(|host| !answer.scrubber.is_in_host(host));
        is_told.then(|| target.origin().ascii_serialization())
    }

    fn trace_end(&self, status: Option<StatusCode>, request_id: Option<&str>) {
        self.span.record("attempts", self.attempts);
        if let Some(status) = status {
            trace_head(&self.span, status, request_id);
        }
    }
}

/// As good as no limit, and what the timer still takes.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// `host`, key, `accept`, `accept-encoding`, `content-type` and `content-length`.
const ADDED_HEADERS: usize = 6;

fn trace_head(span: &Span, status: StatusCode, request_id: Option<&str>) {
    span.record("status", status.as_u16());
    if let Some(id) = request_id {
        span.record("request_id", id);
    }
}
