//! What holds for any input, tried on ten thousand of each.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use proptest::prelude::*;
use url::Url;

use super::request::{Base, Request};
use super::retry::{Budget, Decision, Failure, RetryClass, RetryPolicy};
use super::sse::Decoder;
use crate::error::{ApiError, ConnectKind, Error, Scrubber};
use crate::response::Meta;

fn ten_thousand() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) }
}

/// Text of a stream, made of what matters to its reader; its lines end in LF.
fn stream() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec!["data:", "data: ", "data", "event: ", "id: ", "retry: ", ":", " ", "\u{feff}", "\0", "é😀", "[END]", "7"]),
        3 => Just("\n"),
        2 => Just("\n\n"),
    ];
    let text = prop_oneof![8 => piece.prop_map(str::to_owned), 1 => "[^\r\n]{0,12}"];
    prop::collection::vec(text, 0..24).prop_map(|pieces| pieces.concat())
}

/// Everything that a decoder tells of a stream.
#[derive(Debug, PartialEq)]
struct Told {
    events: Vec<(String, Vec<u8>, String, Option<u64>)>,
    unfinished: Option<Vec<u8>>,
    stray: Vec<u8>,
    comments: u64,
}

fn read<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Told {
    let mut decoder = Decoder::new(1 << 20);
    let mut events = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        while let Some(event) = decoder.next().unwrap() {
            events.push((event.name().into_owned(), event.data().to_vec(), event.id().into_owned(), event.retry_ms()));
        }
    }
    let unfinished = decoder.finish().map(|event| event.data().to_vec());
    Told { events, unfinished, stray: decoder.stray().to_vec(), comments: decoder.comments() }
}

fn failure(error: &Error, attempts: u32) -> Failure<'_> {
    Failure { error, attempts, in_attempt: Duration::ZERO, was_ambiguous: false, remaining: None }
}

proptest! {
    #![proptest_config(ten_thousand())]

    #[test]
    fn a_stream_is_read_the_same_however_it_is_cut(text in stream(), mut cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let bytes = text.as_bytes();
        let whole = read([bytes]);
        prop_assert_eq!(&read(bytes.chunks(1)), &whole);
        let mut at: Vec<usize> = cuts.iter_mut().map(|cut| cut.index(bytes.len() + 1)).collect();
        at.extend([0, bytes.len()]);
        at.sort_unstable();
        prop_assert_eq!(read(at.windows(2).map(|cut| &bytes[cut[0]..cut[1]])), whole);
    }

    #[test]
    fn a_stream_is_read_the_same_whatever_ends_its_lines(text in stream(), endings in prop::collection::vec(0..3_usize, 1..8)) {
        let whole = read([text.as_bytes()]);
        // An LF after a CR would belong to it, so one ending is not followed by the half of another.
        let uniform = text.replace('\n', ["\n", "\r", "\r\n"][endings[0]]);
        prop_assert_eq!(&read([uniform.as_bytes()]), &whole);
        let mut endings = endings.iter().cycle().map(|ending| ["\r\n", "\r\n", "\n"][*ending]);
        let mixed: String = text.split_inclusive('\n').map(|line| line.strip_suffix('\n').map_or(line.to_owned(), |line| line.to_owned() + endings.next().unwrap())).collect();
        prop_assert_eq!(read(mixed.as_bytes().chunks(1)), whole);
    }

    #[test]
    fn a_wait_keeps_its_bounds(
        [base, longest, asked] in prop::array::uniform3(prop_oneof![Just(0), 0..100_000_u64, any::<u64>()]),
        is_asked: bool,
        attempts in 1..50_u32,
        random in 0.0..1.0_f64,
    ) {
        let [base, longest, asked] = [base, longest, asked].map(Duration::from_millis);
        let policy = RetryPolicy::default().base_delay(base).max_delay(longest).max_attempts(u32::MAX);
        let mut headers = HeaderMap::new();
        if is_asked {
            headers.insert("retry-after-ms", asked.as_millis().to_string().parse().unwrap());
        }
        let mut error = Error::from(ApiError::parse(StatusCode::TOO_MANY_REQUESTS, None, Bytes::new(), &Scrubber::default()));
        error.context_mut().set_head(&Meta::of_head(StatusCode::TOO_MANY_REQUESTS, headers, &Scrubber::default()));
        let doubled = base.saturating_mul(2_u32.saturating_pow((attempts - 1).min(20))).min(longest);
        match policy.decide(RetryClass::Create, &failure(&error, attempts), random) {
            Decision::Stop => prop_assert!(is_asked && asked > Duration::from_secs(60)),
            Decision::Retry { delay, cost } if is_asked => {
                prop_assert!(asked <= Duration::from_secs(60) && delay >= asked);
                prop_assert!(delay <= doubled.max(asked + Duration::from_secs(1)) + Duration::from_nanos(1));
                // It is the server's only if the client's own would have been sooner.
                prop_assert!(cost == 0 || delay.as_secs_f64() <= doubled.as_secs_f64() * 1.000_001);
            }
            // Floats can't tell the nanoseconds of centuries.
            Decision::Retry { delay, cost } => prop_assert!(cost == 5 && delay.as_secs_f64() <= doubled.as_secs_f64() * 1.000_001
                && delay.as_secs_f64() >= doubled.as_secs_f64() * 0.499_999),
        }
    }

    #[test]
    fn a_budget_is_never_overdrawn_and_never_overfull(capacity in 0..2_000_u32, steps in prop::collection::vec((any::<bool>(), 0..40_u32), 0..200)) {
        let budget = Budget::new(capacity);
        let mut left = capacity;
        for (is_taken, tokens) in steps {
            if is_taken {
                prop_assert_eq!(budget.take(tokens), tokens <= left);
                left = left.checked_sub(tokens).unwrap_or(left);
            } else {
                budget.reward(tokens);
                left = left.saturating_add(tokens.max(1)).min(capacity);
            }
        }
        prop_assert!(budget.take(left) && !budget.take(1));
    }

    #[test]
    fn a_path_has_as_many_segments_as_it_was_given(
        segments in prop::collection::vec(prop_oneof!["\\PC{0,12}", "[./%2eE\\\\?#;:@ ]{0,6}", prop::collection::vec(any::<char>(), 0..6).prop_map(String::from_iter)], 1..5),
        prefix in prop::sample::select(vec!["", "/", "/gateway", "/a/b/"]),
    ) {
        let base = Url::parse(&format!("https://host{prefix}")).unwrap();
        match Request::new(Method::DELETE, &segments, "/") {
            Err(error) => {
                let is_bad = |segment: &String| {
                    let dots = segment.replace("%2e", ".").replace("%2E", ".");
                    segment.is_empty() || dots == "." || dots == ".." || segment.len() > 512 || segment.bytes().any(|byte| byte.is_ascii_control())
                };
                let is_config = matches!(error, Error::Config { .. });
                prop_assert!(is_config && segments.iter().any(is_bad));
            }
            Ok(request) => {
                let url = request.url(&Base::new(base, false));
                let found: Vec<String> = url.path_segments().unwrap().filter(|segment| !segment.is_empty()).map(decoded).collect();
                let expected: Vec<String> = prefix.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).chain(segments).collect();
                prop_assert_eq!(found, expected);
                prop_assert!(url.query().is_none() && url.fragment().is_none() && url.host_str() == Some("host"));
            }
        }
    }

    #[test]
    fn what_was_never_sent_may_be_sent_again_until_the_attempts_are_used_up(attempts in 1..20_u32, most in 0..20_u32, random in 0.0..1.0_f64) {
        let error = Error::connect(ConnectKind::Tcp, "localhost".into(), "refused");
        for class in [RetryClass::Safe, RetryClass::Idempotent, RetryClass::Generation, RetryClass::Create] {
            let decided = RetryPolicy::default().max_attempts(most).decide(class, &failure(&error, attempts), random);
            prop_assert_eq!(decided != Decision::Stop, attempts < most.max(1));
        }
    }
}

fn decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        bytes.push(*first);
        if *first == b'%' {
            let digits = str::from_utf8(&rest[..2]).unwrap();
            *bytes.last_mut().unwrap() = u8::from_str_radix(digits, 16).unwrap();
            rest = &rest[2..];
        }
    }
    String::from_utf8(bytes).unwrap()
}
