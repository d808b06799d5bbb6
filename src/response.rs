//! An answer with what is known about how it came.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{AsHeaderName, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::error::{Error, Scrubber};

/// The body of an answer, with its [`Meta`]; derefs to the body.
///
/// ```
/// # fn show(reply: arouter::Response<arouter::chat::ChatResponse>) {
/// println!("{} by {}", reply.text(), reply.model);
/// println!("request {:?}, {} attempts", reply.meta().request_id(), reply.meta().attempts());
/// let owned = reply.into_inner();
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Response<T> {
    body: T,
    meta: Meta,
}

impl<T> Response<T> {
    pub(crate) fn new(body: T, meta: Meta) -> Self {
        Self { body, meta }
    }

    /// The same answer with another body made of its own.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { body: change(self.body), meta: self.meta }
    }

    /// Status, ids, limits and timing of the answer.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The body alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.body
    }

    /// The body and its metadata, apart.
    #[must_use]
    pub fn into_parts(self) -> (T, Meta) {
        (self.body, self.meta)
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.body
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.body
    }
}

/// What is known about how an answer came. Cheap to clone.
#[derive(Clone)]
pub struct Meta(Arc<Facts>);

#[derive(Clone)]
struct Facts {
    status: StatusCode,
    headers: HeaderMap,
    received: SystemTime,
    request_id: Option<String>,
    attempts: u32,
    elapsed: Duration,
    time_to_first_event: Option<Duration>,
    /// Of the attempts before this one: their ids, and whether one of them may have been acted on.
    earlier_ids: Vec<String>,
    earlier_unknown: bool,
}

impl Meta {
    /// Of an answer whose head has just come.
    pub(crate) fn of_head(status: StatusCode, headers: HeaderMap, scrubber: &Scrubber) -> Self {
        let mut request_id = request_id(&headers);
        request_id.iter_mut().for_each(|id| scrubber.text(id));
        Self(Arc::new(Facts {
            status,
            headers: detached(headers),
            received: SystemTime::now(),
            request_id,
            attempts: 1,
            elapsed: Duration::ZERO,
            time_to_first_event: None,
            earlier_ids: Vec::new(),
            earlier_unknown: false,
        }))
    }

    /// Of a call whose last answer is an error, and which has succeeded all the same.
    pub(crate) fn of_error(error: &Error) -> Self {
        let status = error.status().unwrap_or_default();
        let mut meta = Self::of_head(status, HeaderMap::new(), &Scrubber::default());
        let (last, earlier) = error.request_ids().split_last().map_or((None, Vec::new()), |(last, earlier)| (Some(last), earlier.to_vec()));
        Arc::make_mut(&mut meta.0).request_id = last.cloned();
        meta.finished(error.attempts(), error.elapsed(), false, earlier, error.outcome_unknown());
        meta
    }

    pub(crate) fn finished(&mut self, attempts: u32, elapsed: Duration, is_stream: bool, earlier_ids: Vec<String>, earlier_unknown: bool) {
        let facts = Arc::make_mut(&mut self.0);
        facts.attempts = attempts;
        facts.elapsed = elapsed;
        facts.time_to_first_event = is_stream.then_some(elapsed);
        facts.earlier_ids = earlier_ids;
        facts.earlier_unknown = earlier_unknown;
    }

    /// The content type without its parameters.
    pub(crate) fn content_type(&self) -> Option<&str> {
        let value = self.0.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        Some(value.split(';').next().unwrap_or(value).trim()).filter(|essence| !essence.is_empty())
    }

    pub(crate) fn earlier_ids(&self) -> &[String] {
        &self.0.earlier_ids
    }

    pub(crate) fn earlier_unknown(&self) -> bool {
        self.0.earlier_unknown
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Response headers, all of them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// Id under which the gateway knows the request.
    ///
    /// The first of `x-request-id`, `request-id`, `x-generation-id` and `cf-ray` that is there.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How many times the request was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Time from the call to its result, retries and waits included; for a stream, to its first item.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// For a stream, the time from the call to its first item; `None` for a whole answer.
    #[must_use]
    pub fn time_to_first_event(&self) -> Option<Duration> {
        self.0.time_to_first_event
    }

    /// Rate limits that the answer's headers tell, in any of the three dialects.
    #[must_use]
    pub fn rate_limits(&self) -> RateLimits {
        RateLimits::read(&self.0.headers, self.0.received)
    }
}

/// The headers with values of their own. As they come, they are slices of the buffer that the connection reads into, of up to 408 KiB,
/// which they would keep from being used again for as long as the answer or its stream is held.
fn detached(mut headers: HeaderMap) -> HeaderMap {
    // With a byte to spare the buffer is shared from the start; to become so with its first slice would cost more than all slices.
    let mut values = Vec::with_capacity(headers.values().map(HeaderValue::len).sum::<usize>() + 1);
    headers.values().for_each(|value| values.extend_from_slice(value.as_bytes()));
    let (values, mut at) = (Bytes::from(values), 0);
    for value in headers.values_mut() {
        let end = at + value.len();
        if let Ok(mut own) = HeaderValue::from_maybe_shared(values.slice(at..end)) {
            own.set_sensitive(value.is_sensitive());
            *value = own;
        }
        at = end;
    }
    headers
}

/// Leaves the headers out: some gateways echo requests in them.
impl fmt::Debug for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meta")
            .field("status", &self.status())
            .field("request_id", &self.request_id())
            .field("attempts", &self.attempts())
            .field("elapsed", &self.elapsed())
            .field("time_to_first_event", &self.time_to_first_event())
            .finish_non_exhaustive()
    }
}

/// What is left of the key's limits; `None` where the answer didn't say.
///
/// Read from `x-ratelimit-*` (the gateway's own), `x-ratelimit-*-requests` and `-tokens` (OpenAI's), and
/// `anthropic-ratelimit-*` (Anthropic's).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimits {
    /// Requests.
    pub requests: Option<RateLimit>,
    /// Tokens, in and out together.
    pub tokens: Option<RateLimit>,
    /// Input tokens, where they are counted apart.
    pub input_tokens: Option<RateLimit>,
    /// Output tokens, where they are counted apart.
    pub output_tokens: Option<RateLimit>,
}

/// One limit over a window of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Most that the window allows.
    pub limit: Option<u64>,
    /// What is left of it.
    pub remaining: Option<u64>,
    /// When it is full again.
    pub reset: Option<SystemTime>,
}

impl RateLimits {
    fn read(headers: &HeaderMap, received: SystemTime) -> Self {
        let read = |names: &[[&str; 3]]| {
            names.iter().find_map(|[limit, remaining, reset]| {
                let found = RateLimit {
                    limit: number(headers, limit),
                    remaining: number(headers, remaining),
                    reset: text(headers, *reset).and_then(|reset| reset_time(reset, received)),
                };
                (found != RateLimit::default()).then_some(found)
            })
        };
        Self {
            requests: read(&[
                ["x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"],
                ["anthropic-ratelimit-requests-limit", "anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"],
                ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"],
            ]),
            tokens: read(&[
                ["x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
                ["anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"],
            ]),
            input_tokens: read(&[[
                "anthropic-ratelimit-input-tokens-limit",
                "anthropic-ratelimit-input-tokens-remaining",
                "anthropic-ratelimit-input-tokens-reset",
            ]]),
            output_tokens: read(&[[
                "anthropic-ratelimit-output-tokens-limit",
                "anthropic-ratelimit-output-tokens-remaining",
                "anthropic-ratelimit-output-tokens-reset",
            ]]),
        }
    }
}

/// Id under which the gateway knows a request, from the head of its answer.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    REQUEST_IDS.iter().find_map(|name| text(headers, name)).map(str::to_owned)
}

const REQUEST_IDS: [HeaderName; 4] = [
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("request-id"),
    HeaderName::from_static("x-generation-id"),
    HeaderName::from_static("cf-ray"),
];

fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim).filter(|text| !text.is_empty())
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

/// A Unix time in seconds or milliseconds, an RFC 3339 time, or a span from now such as `30`, `6ms` or `1m2.5s`.
fn reset_time(reset: &str, received: SystemTime) -> Option<SystemTime> {
    if let Ok(number) = reset.parse::<f64>() {
        let seconds = if number > MILLISECONDS_ABOVE { number / 1000.0 } else { number };
        let from = if number < SECONDS_FROM_NOW_BELOW { received } else { SystemTime::UNIX_EPOCH };
        return from.checked_add(Duration::try_from_secs_f64(seconds).ok()?);
    }
    if let Ok(time) = humantime::parse_rfc3339_weak(reset.trim_end_matches('Z')) {
        return Some(time);
    }
    received.checked_add(span(reset)?)
}

/// Go's spelling of a duration, which OpenAI uses: `1h2m3.5s`, `17ms`.
fn span(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut seconds = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, after) = rest.split_at(digits);
        let unit = after.find(|character: char| character.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let scale = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * scale;
        rest = after;
    }
    Duration::try_from_secs_f64(seconds).ok()
}

/// Unix times above this are milliseconds: as seconds it would be the year 5138.
const MILLISECONDS_ABOVE: f64 = 1e11;

/// Numbers below this are seconds from now: as a Unix time it would be in 2001.
const SECONDS_FROM_NOW_BELOW: f64 = 1e9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resets_are_read_in_every_dialect() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let cases = [
            ("6ms", Some(1_000_000.006)),
            ("1m2.5s", Some(1_000_062.5)),
            ("1h0m1s", Some(1_003_601.0)),
            ("1775226820", Some(1_775_226_820.0)),
            ("1775226820123", Some(1_775_226_820.123)),
            ("2026-04-03T14:32:00Z", Some(1_775_226_720.0)),
            ("30", Some(1_000_030.0)),
            ("soon", None),
            ("-5", None),
            ("1e300", None),
            ("", None),
        ];
        for (reset, seconds) in cases {
            let read = reset_time(reset, now).map(|time| time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64());
            assert_eq!(read.map(|read| (read * 1e3).round()), seconds.map(|seconds| (seconds * 1e3_f64).round()), "{reset}");
        }
    }
}
