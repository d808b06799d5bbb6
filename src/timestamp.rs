//! Points in time, in each of the ways that the gateway writes them.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// A point in time as it came: text by RFC 3339, Unix time, or the seconds and nanoseconds of protocol buffers.
///
/// ```
/// use arouter::Timestamp;
/// use std::time::{Duration, SystemTime};
///
/// let time = Timestamp::from("2026-01-15T10:30:00+01:00").to_system_time();
/// assert_eq!(time, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_768_469_400)));
/// assert_eq!(Timestamp::from(SystemTime::UNIX_EPOCH).to_string(), "1970-01-01T00:00:00Z");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Timestamp {
    /// RFC 3339, such as `2026-01-15T10:30:00Z`.
    Text(String),
    /// Unix time in seconds, or in milliseconds if it is above 10^11.
    Number(f64),
    /// Unix time in parts.
    #[non_exhaustive]
    Parts {
        /// Seconds.
        seconds: i64,
        /// Nanoseconds on top of them.
        #[serde(default)]
        nanos: u32,
    },
}

impl Timestamp {
    /// The same for the standard library; `None` if it can't be read, or lies before 1970.
    #[must_use]
    pub fn to_system_time(&self) -> Option<SystemTime> {
        let since_epoch = match self {
            Self::Text(text) => return read(text.trim()),
            Self::Number(number) if *number > MILLISECONDS_ABOVE => Duration::try_from_secs_f64(number / 1000.0).ok()?,
            Self::Number(number) => Duration::try_from_secs_f64(*number).ok()?,
            Self::Parts { seconds, nanos } => {
                Duration::from_secs(u64::try_from(*seconds).ok()?).checked_add(Duration::from_nanos((*nanos).into()))?
            }
        };
        SystemTime::UNIX_EPOCH.checked_add(since_epoch)
    }
}

/// RFC 3339 in UTC, or with an offset, which `humantime` doesn't read.
fn read(text: &str) -> Option<SystemTime> {
    if let Ok(time) = humantime::parse_rfc3339_weak(text) {
        return Some(time);
    }
    let (local, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let offset_minutes = hours.parse::<u64>().ok()?.checked_mul(60)?.checked_add(minutes.parse().ok()?)?;
    let shift = Duration::from_secs(offset_minutes.checked_mul(60)?);
    let local_time = humantime::parse_rfc3339_weak(local).ok()?;
    match offset.as_bytes()[0] {
        b'+' => local_time.checked_sub(shift),
        b'-' => local_time.checked_add(shift),
        _ => None,
    }
}

/// As text, in UTC where it can be read, and as it came where not.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.to_system_time().and_then(written)) {
            (Self::Text(text), _) => f.write_str(text),
            (_, Some(text)) => f.write_str(&text),
            (Self::Number(number), None) => write!(f, "{number}"),
            (Self::Parts { seconds, .. }, None) => write!(f, "{seconds}"),
        }
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// By RFC 3339, in whole seconds.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        match written(time) {
            Some(text) => Self::Text(text),
            None => Self::Parts { seconds: i64::try_from(since_epoch).unwrap_or(i64::MAX), nanos: 0 },
        }
    }
}

/// RFC 3339, for the years that it has.
fn written(time: SystemTime) -> Option<String> {
    let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    (since_epoch < YEAR_10_000).then(|| humantime::format_rfc3339_seconds(time).to_string())
}

const MILLISECONDS_ABOVE: f64 = 1e11;
const YEAR_10_000: u64 = 253_402_300_800;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read_and_written_again() {
        let rows = [
            (r#""2026-01-15T10:30:00Z""#, Some(1_768_473_000.0)),
            (r#""2026-01-15T10:30:00.25Z""#, Some(1_768_473_000.25)),
            (r#""2026-01-15T10:30:00+00:00""#, Some(1_768_473_000.0)),
            (r#""2026-01-15T10:30:00.117385+00:00""#, Some(1_768_473_000.117_385)),
            (r#""2026-01-15T10:30:00+05:30""#, Some(1_768_453_200.0)),
            (r#""2026-01-15T10:30:00-01:00""#, Some(1_768_476_600.0)),
            ("1768473000", Some(1_768_473_000.0)),
            ("1768473000.5", Some(1_768_473_000.5)),
            ("1768473000000", Some(1_768_473_000.0)),
            (r#"{"seconds":1768473000,"nanos":500000000}"#, Some(1_768_473_000.5)),
            (r#"{"seconds":1768473000}"#, Some(1_768_473_000.0)),
            (r#""""#, None),
            (r#""soon""#, None),
            (r#""2026-01-15T10:30:00+é:00""#, None),
            (r#""2026-01-15T10:30:00+99999999999999999999:00""#, None),
            ("-5", None),
            ("1e300", None),
            (r#"{"seconds":-1,"nanos":4000000000}"#, None),
        ];
        for (json, expected) in rows {
            let time: Timestamp = serde_json::from_str(json).unwrap();
            let seconds = time.to_system_time().map(|time| time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64());
            assert_eq!(seconds, expected, "{json}");
            assert!(!format!("{time}").is_empty() || json == r#""""#, "{json}");
            let rewritten: serde_json::Value = serde_json::to_value(&time).unwrap();
            if time != (Timestamp::Parts { seconds: 1_768_473_000, nanos: 0 }) && !matches!(time, Timestamp::Number(_)) {
                assert_eq!(rewritten, serde_json::from_str::<serde_json::Value>(json).unwrap());
            }
        }
        for json in ["null", "true", "[]", r#"{"nanos":1}"#] {
            assert!(serde_json::from_str::<Timestamp>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_time_that_no_calendar_has_is_no_panic() {
        for seconds in [YEAR_10_000 - 1, YEAR_10_000, u64::from(u32::MAX) << 20] {
            let Some(time) = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)) else { continue };
            assert!(!Timestamp::from(time).to_string().is_empty());
        }
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(5);
        assert_eq!(Timestamp::from(before).to_string(), "1970-01-01T00:00:00Z");
    }
}
