//! Whether and when a failed attempt is made again: a pure decision.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use http::HeaderMap;

use crate::error::{ApiError, Error, TimeoutPhase, TransportPhase};

/// What a second effect of a request would mean; decides after which failures it may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClass {
    /// No effect (`GET`): sent again after any transient failure.
    Safe,
    /// The same end state however often it runs (`PUT`, `DELETE`): sent again after any transient failure, but not after 409.
    Idempotent,
    /// No state, but it costs money (chat, messages, embeddings): sent again only if the gateway said that it failed, or if the
    /// connection died early with nothing received.
    Generation,
    /// A second effect is a second object (`POST` of a key, any raw `POST`): sent again only if it was certainly not acted on.
    Create,
}

/// How often and how patiently failed attempts are made again.
///
/// What is retried, by [`RetryClass`]:
///
/// | outcome of an attempt | safe | idempotent | generation | create |
/// |---|---|---|---|---|
/// | never sent: DNS, TCP, connect timeout, proxy, refused by HTTP/2 | yes | yes | yes | yes |
/// | TLS failure, bad HTTP, redirect, undecodable, too large | no | no | no | no |
/// | connection died before the head of the answer | yes | yes | once, within [`ambiguous_window`](Self::ambiguous_window) | no |
/// | no head in time | yes | yes | no, or [`retry_timeouts`](Self::retry_timeouts) | no |
/// | connection died inside the body | yes | yes | no | no |
/// | spent quota, 402, 403 | no | no | no | no |
/// | header `x-should-retry: false` | no | no | no | no |
/// | header `x-should-retry: true` | yes | yes | yes | only with 429 |
/// | 429 | yes | yes | yes | yes |
/// | 408, 425, 500, 502, 503, 520–523, 529, 530 | yes | yes | yes | no |
/// | 409 | yes | no | yes | no |
/// | 504, 524 | yes | yes | no, or [`retry_timeouts`](Self::retry_timeouts) | no |
/// | any other status | no | no | no | no |
///
/// A 200 whose body is an error, and an error that a stream begins with, count as the status they name; of raw calls, only an error in
/// place of a stream. A stream that has delivered an item is never retried. A 401 is tried once more if the key has changed meanwhile.
///
/// Between attempts the client waits 0.5 s, doubling up to 8 s, of which a random half is taken off; if the gateway names a time
/// (`retry-after-ms`, or `retry-after` in seconds or as a date), at least that long. The [retry
/// budget](crate::ClientBuilder::retry_budget) limits retries over all calls of a client, but for those whose time the gateway set.
#[derive(Debug, Clone, PartialEq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
    ambiguous_window: Duration,
    retry_timeouts: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(60),
            ambiguous_window: Duration::from_secs(2),
            retry_timeouts: false,
        }
    }
}

impl RetryPolicy {
    /// One attempt, no retry.
    #[must_use]
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets how often a request is sent at most, the first time included. 3 by default; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the first wait, which doubles with each retry. 0.5 s by default.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the longest wait of the client's own choosing. 8 s by default.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets how long a wait may be that the gateway asks for; a longer one ends the call with its error. 60 s by default.
    #[must_use]
    pub fn max_retry_after(mut self, wait: Duration) -> Self {
        self.max_retry_after = wait;
        self
    }

    /// Sets how early a connection must have died, with nothing received, for a generation to be sent once more. 2 s by default.
    ///
    /// In that time a model has hardly begun; it covers the race with a server that closes an idle connection. Zero turns this retry
    /// off, [`Duration::MAX`] allows it however late the connection died.
    #[must_use]
    pub fn ambiguous_window(mut self, window: Duration) -> Self {
        self.ambiguous_window = window;
        self
    }

    /// Sets whether a generation is sent again after a timeout, here or (504, 524) at the gateway. Off by default: the first one
    /// may still be running, and is billed.
    ///
    /// A timeout here is one of [`header_timeout`](crate::ClientBuilder::header_timeout), which by default is as long as the whole call
    /// may take: only a shorter one leaves time for another attempt.
    #[must_use]
    pub fn retry_timeouts(mut self, retry: bool) -> Self {
        self.retry_timeouts = retry;
        self
    }

    /// What to do after a failed attempt. `random` is uniform in `[0, 1)`.
    pub(crate) fn decide(&self, class: RetryClass, failure: &Failure<'_>, random: f64) -> Decision {
        if failure.attempts >= self.max_attempts {
            return Decision::Stop;
        }
        match self.verdict(class, failure.error) {
            Verdict::Stop => return Decision::Stop,
            Verdict::RetryEarly if failure.in_attempt >= self.ambiguous_window || failure.was_ambiguous => return Decision::Stop,
            Verdict::RetryEarly | Verdict::Retry => {}
        }
        let asked = failure.error.retry_after();
        if asked.is_some_and(|asked| asked > self.max_retry_after) {
            return Decision::Stop;
        }
        let (delay, is_the_servers) = self.delay(failure.attempts.saturating_sub(1), asked, random);
        if failure.remaining.is_some_and(|remaining| delay >= remaining) {
            return Decision::Stop;
        }
        let cost = match failure.error {
            // It is its own brake.
            _ if is_the_servers => 0,
            Error::Timeout { .. } => Budget::TIMEOUT_COST,
            _ => Budget::RETRY_COST,
        };
        Decision::Retry { delay, cost }
    }

    /// Equal jitter over a doubling wait, and never before the server's own time; and whether that is what counts: a server that
    /// says 0 for ever has set no time.
    fn delay(&self, retries: u32, asked: Option<Duration>, random: f64) -> (Duration, bool) {
        let doubled = self.base_delay.saturating_mul(2_u32.saturating_pow(retries.min(20)));
        let own = scaled(doubled.min(self.max_delay), 0.5 + 0.5 * random);
        match asked {
            Some(asked) if asked > own => (asked.saturating_add(scaled((asked / 4).min(Duration::from_secs(1)), random)), true),
            _ => (own, false),
        }
    }

    fn verdict(&self, class: RetryClass, error: &Error) -> Verdict {
        use RetryClass::{Create, Generation, Idempotent, Safe};
        let repeatable = matches!(class, Safe | Idempotent);
        match error {
            Error::Connect { kind: crate::error::ConnectKind::Tls, .. } => Verdict::Stop,
            Error::Connect { .. } | Error::Timeout { phase: TimeoutPhase::Connect, .. } => Verdict::Retry,
            Error::Timeout { phase: TimeoutPhase::Headers, .. } => {
                Verdict::when(repeatable || (class == Generation && self.retry_timeouts))
            }
            Error::Transport { protocol: true, .. } => Verdict::Stop,
            Error::Transport { phase: TransportPhase::Headers, .. } => match class {
                Safe | Idempotent => Verdict::Retry,
                Generation => Verdict::RetryEarly,
                Create => Verdict::Stop,
            },
            Error::Transport { phase: TransportPhase::Body, .. } => Verdict::when(repeatable),
            Error::Api(api) => self.verdict_on_report(class, api),
            Error::Config { .. }
            | Error::Timeout { phase: TimeoutPhase::Idle | TimeoutPhase::EventGap | TimeoutPhase::Total, .. }
            | Error::Decode { .. }
            | Error::Truncated { .. }
            | Error::Redirect { .. }
            | Error::UnexpectedContentType { .. }
            | Error::TooLarge { .. }
            | Error::NoRuntime { .. } => Verdict::Stop,
        }
    }

    fn verdict_on_report(&self, class: RetryClass, api: &ApiError) -> Verdict {
        use RetryClass::{Create, Generation, Idempotent, Safe};
        let status = api.effective_status().map_or(0, |status| status.as_u16());
        if api.is_quota_exceeded() || api.is_insufficient_credits() || matches!(status, 402 | 403) {
            return Verdict::Stop;
        }
        match api.context().should_retry {
            Some(false) => return Verdict::Stop,
            Some(true) if status >= 400 => return Verdict::when(class != Create || status == 429),
            _ => {}
        }
        match (status, class) {
            (429, _) => Verdict::Retry,
            (409, Safe | Generation) => Verdict::Retry,
            (504 | 524, Generation) => Verdict::when(self.retry_timeouts),
            (408 | 425 | 500 | 502 | 503 | 520..=523 | 529 | 530, Safe | Idempotent | Generation) => Verdict::Retry,
            (504 | 524, Safe | Idempotent) => Verdict::Retry,
            _ => Verdict::Stop,
        }
    }
}

/// A failed attempt, as the decision sees it.
#[derive(Debug)]
pub(crate) struct Failure<'e> {
    pub(crate) error: &'e Error,
    /// Attempts made so far, this one included.
    pub(crate) attempts: u32,
    /// Time from the start of this attempt to its failure.
    pub(crate) in_attempt: Duration,
    /// Whether an earlier attempt of the call has died without an answer.
    pub(crate) was_ambiguous: bool,
    /// Time left for the whole call; without it, there is no end.
    pub(crate) remaining: Option<Duration>,
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Decision {
    Stop,
    Retry { delay: Duration, cost: u32 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Stop,
    Retry,
    /// Retry once, if the attempt died within the ambiguous window.
    RetryEarly,
}

impl Verdict {
    fn when(retry: bool) -> Self {
        if retry { Self::Retry } else { Self::Stop }
    }
}

fn scaled(duration: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

/// Whether a failed call of its class may be made again, by the default policy's table and without any doubt about an earlier attempt.
pub(crate) fn is_retryable(error: &Error) -> bool {
    let class = error.context().class.unwrap_or(RetryClass::Generation);
    let is_in_doubt = error.outcome_unknown() && class != RetryClass::Idempotent;
    !is_in_doubt && RetryPolicy::default().verdict(class, error) == Verdict::Retry
}

/// Whether this failure leaves open that the gateway has acted on a request of this class.
pub(crate) fn leaves_outcome_unknown(class: RetryClass, error: &Error) -> bool {
    if class == RetryClass::Safe {
        return false;
    }
    match error {
        Error::Timeout { phase, .. } => *phase != TimeoutPhase::Connect,
        Error::Transport { .. } | Error::Truncated { .. } => true,
        Error::Api(api) => match (api.effective_status().map(|status| status.as_u16()), class) {
            (Some(504 | 524), _) => true,
            // A 503 may be a proxy's, whose upstream went away after it had the request.
            (Some(408 | 500 | 502 | 503 | 520..=523 | 529 | 530), RetryClass::Create) => true,
            // An error in a 200 that names no status, on something that creates.
            (None, RetryClass::Create) => true,
            _ => false,
        },
        // The gateway has answered with success: it has acted, and a created object's secret may be in the body.
        Error::Decode { .. } | Error::UnexpectedContentType { .. } | Error::TooLarge { .. } => false,
        Error::Config { .. } | Error::Connect { .. } | Error::Redirect { .. } | Error::NoRuntime { .. } => false,
    }
}

/// What the head of a failed answer says about trying again: a wait, and whether to try at all.
pub(crate) fn retry_hints(headers: &HeaderMap) -> (Option<Duration>, Option<bool>) {
    let should_retry = match headers.get("x-should-retry").map(http::HeaderValue::as_bytes) {
        Some(b"true") => Some(true),
        Some(b"false") => Some(false),
        _ => None,
    };
    (retry_after(headers, SystemTime::now()), should_retry)
}

/// The wait that `retry-after-ms` or `retry-after` asks for; a date is counted from the answer's own `date`.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(wait) = text("retry-after-ms").and_then(|ms| seconds(ms, 1e-3)) {
        return Some(wait);
    }
    let value = text("retry-after")?;
    seconds(value, 1.0).or_else(|| {
        let until = httpdate::parse_http_date(value).ok()?;
        let now = text("date").and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now);
        until.duration_since(now).ok()
    })
}

/// Plain decimal digits; `inf`, `nan`, signs and exponents are not a time.
fn seconds(text: &str, scale: f64) -> Option<Duration> {
    if !text.starts_with(|first: char| first.is_ascii_digit()) || text.contains(|other: char| !other.is_ascii_digit() && other != '.') {
        return None;
    }
    let seconds = text.parse::<f64>().ok()? * scale;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// A token bucket that all clones of a client share: when everything fails, retries stop before they make it worse.
///
/// A retry takes 5 tokens, 10 after a timeout, or none if the server set its time; the success of a retried call gives back what its
/// retries took, a success at the first try gives 1.
#[derive(Debug)]
pub(crate) struct Budget {
    tokens: AtomicU32,
    capacity: u32,
}

impl Budget {
    const RETRY_COST: u32 = 5;
    const TIMEOUT_COST: u32 = 10;
    const FIRST_TRY_REWARD: u32 = 1;

    pub(crate) fn new(capacity: u32) -> Self {
        Self { tokens: AtomicU32::new(capacity), capacity }
    }

    pub(crate) fn take(&self, cost: u32) -> bool {
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(cost)).is_ok()
    }

    /// After a call succeeded whose retries took `spent`.
    pub(crate) fn reward(&self, spent: u32) {
        let reward = spent.max(Self::FIRST_TRY_REWARD);
        // Full, as it nearly always is: spare the other threads a write.
        if self.tokens.load(Ordering::Relaxed) < self.capacity {
            let refill = |tokens: u32| Some(tokens.saturating_add(reward).min(self.capacity));
            _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, refill);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn retry_after_is_read_in_its_three_forms() {
        const NEVER: f64 = f64::INFINITY;
        let alone: [(&str, Option<f64>); 41] = [
            ("7", Some(7.0)),
            ("0", Some(0.0)),
            ("007", Some(7.0)),
            ("60", Some(60.0)),
            ("1.5", Some(1.5)),
            ("0.25", Some(0.25)),
            ("1.", Some(1.0)),
            (" 3 ", Some(3.0)),
            ("\t3", Some(3.0)),
            ("4294967296", Some(4_294_967_296.0)),
            ("99999999999999999999999999999999999", NEVER.into()),
            ("", None),
            (" ", None),
            ("-1", None),
            ("-0", None),
            ("-0.5", None),
            ("+5", None),
            (".5", None),
            ("1.2.3", None),
            ("1,5", None),
            ("1_000", None),
            ("5 s", None),
            ("5s", None),
            ("0x10", None),
            ("1e3", None),
            ("nan", None),
            ("inf", None),
            ("infinity", None),
            ("soon", None),
            ("\u{665}", None),
            ("\u{ff15}", None),
            ("5\u{a0}", None),
            // Dates, by a clock at 0.
            ("Thu, 01 Jan 1970 00:00:09 GMT", Some(9.0)),
            ("Thursday, 01-Jan-70 00:00:09 GMT", Some(9.0)),
            ("Thu Jan  1 00:00:09 1970", Some(9.0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799.0)),
            ("Sat, 01 Jan 100000 00:00:00 GMT", None),
            ("Xyz, 01 Jan 1970 00:00:09 GMT", None),
            ("Thu, 32 Jan 1970 00:00:09 GMT", None),
            ("Thu, 01 Jan 1970 25:00:09 GMT", None),
            ("1970-01-01T00:00:09Z", None),
        ];
        for (value, expected) in alone {
            assert_eq!(read(&[("retry-after", value)], SystemTime::UNIX_EPOCH), expected, "{value:?}");
        }

        type Headers = [(&'static str, &'static str)];
        let together: [(&Headers, Option<f64>); 15] = [
            (&[("retry-after-ms", "250"), ("retry-after", "7")], Some(0.25)),
            (&[("retry-after", "7"), ("retry-after-ms", "0")], Some(0.0)),
            (&[("retry-after-ms", "1.5")], Some(0.0015)),
            (&[("retry-after-ms", "99999999999999999999999999999999999"), ("retry-after", "7")], NEVER.into()),
            (&[("retry-after-ms", "soon"), ("retry-after", "7")], Some(7.0)),
            (&[("retry-after-ms", "-1"), ("retry-after", "7")], Some(7.0)),
            (&[("retry-after-ms", "nan"), ("retry-after", "7")], Some(7.0)),
            (&[("retry-after-ms", ""), ("retry-after", "7")], Some(7.0)),
            (&[("retry-after-ms", "Thu, 01 Jan 1970 00:00:09 GMT"), ("retry-after", "7")], Some(7.0)),
            (&[("retry-after-ms", "-1"), ("retry-after", "-1")], None),
            (&[("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"), ("date", "Wed, 21 Oct 2015 07:28:00 GMT")], Some(30.0)),
            (&[("retry-after", "Wednesday, 21-Oct-15 07:28:30 GMT"), ("date", "Wed, 21 Oct 2015 07:28:00 GMT")], Some(30.0)),
            (&[("retry-after", "Wed Oct 21 07:28:30 2015"), ("date", "Wed, 21 Oct 2015 07:28:00 GMT")], Some(30.0)),
            (&[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"), ("date", "Wed, 21 Oct 2015 07:28:00 GMT")], Some(0.0)),
            (&[("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"), ("date", "Wed, 21 Oct 2015 07:29:00 GMT")], None),
        ];
        for (headers, expected) in together {
            // From the server's own clock, however wrong ours is.
            for ours in [0, 1_000_000_000, 4_000_000_000].map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)) {
                assert_eq!(read(headers, ours), expected, "{headers:?} at {ours:?}");
            }
        }
        let without_a_clock = [("retry-after", "Thu, 01 Jan 1970 00:00:09 GMT"), ("date", "nonsense")];
        assert_eq!(read(&without_a_clock, SystemTime::UNIX_EPOCH), Some(9.0));
        assert_eq!(read(&without_a_clock, SystemTime::UNIX_EPOCH + Duration::from_secs(10)), None);
    }

    /// The wait in seconds; beyond all time, infinite.
    fn read(pairs: &[(&str, &str)], now: SystemTime) -> Option<f64> {
        let value = |text: &str| HeaderValue::from_bytes(text.as_bytes()).unwrap();
        let headers = pairs.iter().map(|(name, text)| (name.parse().unwrap(), value(text))).collect();
        let wait = retry_after(&headers, now)?;
        Some(if wait == Duration::MAX { f64::INFINITY } else { wait.as_secs_f64() })
    }

    #[test]
    fn waits_double_with_jitter_and_never_undercut_the_server() {
        let policy = RetryPolicy::default();
        let millis = |retries, asked: Option<u64>, random| policy.delay(retries, asked.map(Duration::from_millis), random).0.as_millis();
        assert_eq!([0, 1, 2, 3, 4, 5, u32::MAX].map(|retries| millis(retries, None, 0.0)), [250, 500, 1000, 2000, 4000, 4000, 4000]);
        assert_eq!([0, 1, 4].map(|retries| millis(retries, None, 1.0)), [500, 1000, 8000]);
        assert_eq!(millis(0, Some(0), 0.5), 375);
        assert_eq!(millis(0, Some(2000), 0.0), 2000);
        assert_eq!(millis(0, Some(2000), 1.0), 2500);
        assert_eq!(millis(0, Some(60_000), 1.0), 61_000);
        let is_the_servers = |asked| policy.delay(0, asked, 0.0).1;
        assert_eq!(
            [None, Some(0), Some(250), Some(251)].map(|ms| is_the_servers(ms.map(Duration::from_millis))),
            [false, false, false, true]
        );
    }

    #[test]
    fn the_budget_runs_dry_and_fills_up_again() {
        let budget = Budget::new(500);
        assert_eq!((0..1000).filter(|_| budget.take(Budget::RETRY_COST)).count(), 100);
        for _ in 0..500 {
            budget.reward(0);
        }
        assert!(budget.take(500) && !budget.take(1));
        budget.reward(10);
        assert!(budget.take(10) && !budget.take(1));
    }

    #[test]
    fn threads_that_share_a_budget_never_overdraw_or_overfill_it() {
        const CAPACITY: u32 = 500;
        let budget = Budget::new(CAPACITY);
        let (taken, given) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for thread in 0..64_u64 {
                let (budget, taken, given) = (&budget, &taken, &given);
                scope.spawn(move || {
                    let mut random = fastrand::Rng::with_seed(thread);
                    for _ in 0..2000 {
                        let cost = *random.choice([&Budget::RETRY_COST, &Budget::TIMEOUT_COST]).unwrap();
                        if random.bool() {
                            let spent = random.u32(0..30);
                            budget.reward(spent);
                            given.fetch_add(spent.max(Budget::FIRST_TRY_REWARD), Ordering::Relaxed);
                        } else if budget.take(cost) {
                            taken.fetch_add(cost, Ordering::Relaxed);
                        }
                        let left = budget.tokens.load(Ordering::Relaxed);
                        assert!(left <= CAPACITY, "{left}");
                    }
                });
            }
        });
        let (taken, given, left) = (taken.into_inner(), given.into_inner(), budget.tokens.into_inner());
        assert!(taken > CAPACITY && taken + left <= CAPACITY + given, "{taken} taken, {given} given, {left} left");
    }
}
