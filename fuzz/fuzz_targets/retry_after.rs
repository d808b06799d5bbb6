//! Any headers of a refused call: what they ask for is kept to, within the policy's bounds.
//!
//! The first two bytes are how often the call was made and the random number; each line after them is a header.
#![no_main]

use std::time::Duration;

use arouter::internals::{failed_call, head, retry_delay};
use arouter::{ApiKey, HeaderMap, RetryClass, RetryPolicy, StatusCode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [attempts, random, rest @ ..] = input else { return };
    let (attempts, random) = (u32::from(*attempts).max(1), f64::from(*random) / 256.0);
    let headers: HeaderMap = rest.split(|byte| *byte == b'\n').filter_map(header).collect();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);

    let key = ApiKey::new("lr_live_k7Qz").expect("the key can be sent");
    let error = failed_call(RetryClass::Generation, StatusCode::TOO_MANY_REQUESTS, headers.clone(), b"", &key);
    let asked = error.retry_after();
    if let (None, Some(seconds)) = (text("retry-after-ms"), text("retry-after"))
        && (1..=15).contains(&seconds.len())
        && seconds.bytes().all(|byte| byte.is_ascii_digit())
    {
        assert_eq!(asked.map(|wait| wait.as_secs().to_string()), Some(seconds.parse::<u64>().unwrap_or(0).to_string()));
    }

    let (base, cap) = (Duration::from_millis(500), Duration::from_secs(8));
    for longest in [Duration::from_secs(60), Duration::MAX] {
        let policy = RetryPolicy::default().max_attempts(u32::MAX).max_retry_after(longest);
        let delay = retry_delay(&policy, RetryClass::Generation, &error, attempts, random);
        let is_stopped = text("x-should-retry") == Some("false") || asked.is_some_and(|asked| asked > longest);
        assert_eq!(delay.is_none(), is_stopped, "{headers:?}");
        if let Some(delay) = delay {
            let asked = asked.unwrap_or_default();
            assert!(delay >= asked && delay >= base / 2, "{delay:?}, asked {asked:?}");
            assert!(delay <= cap.max(asked.saturating_add(Duration::from_secs(1))), "{delay:?}, asked {asked:?}");
        }
        assert_eq!(retry_delay(&policy.max_attempts(attempts), RetryClass::Generation, &error, attempts, random), None);
    }
    let meta = head(StatusCode::OK, headers);
    _ = format!("{meta:?} {:?}", meta.rate_limits());
});

fn header(line: &[u8]) -> Option<(http::HeaderName, http::HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let value = http::HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
    Some((http::HeaderName::from_bytes(&line[..colon]).ok()?, value))
}
