//! JSON to the wire and back, with the repairs that real answers need.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Encodes a request body.
///
/// # Errors
///
/// `Error::Config` if the value can't be JSON, or nests deeper than any server would read.
pub(crate) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>> {
    let body = serde_json::to_vec(value).map_err(|error| Error::config_from("the request can't be encoded as JSON", error))?;
    if nests_deeper_than(&body, MAX_DEPTH) {
        return Err(Error::config(format!("the request nests deeper than {MAX_DEPTH} levels")));
    }
    Ok(body)
}

/// The fields of a request body by name: one of its `extra` may have the name of a typed one, and here it wins, since it comes later.
///
/// # Errors
///
/// `Error::Config` if the value can't be JSON, or is no object.
pub(crate) fn fields<T: Serialize + ?Sized>(value: &T) -> Result<Map<String, Value>> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Error::config("the request is no JSON object")),
        Err(error) => Err(Error::config_from("the request can't be encoded as JSON", error)),
    }
}

/// Decodes an answer, or one event of it.
///
/// The fast road is one UTF-8 check and one typed parse. What that refuses gets a second reading, in which lone surrogates are replaced
/// and of duplicate names the last one counts; and a third, in which a `null` field is an absent one as well, and `1.0` the integer 1.
/// All of these occur in real answers, and other languages read them without a word. The third takes nulls out of the caller's own JSON
/// too, so it comes last.
///
/// # Errors
///
/// `Error::Decode`, which tells place and reason without quoting the answer.
#[inline]
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    if let Ok(text) = str::from_utf8(body)
        && let Ok(value) = serde_json::from_str(text)
    {
        return Ok(value);
    }
    decode_repaired(&String::from_utf8_lossy(body))
}

#[cold]
fn decode_repaired<T: DeserializeOwned>(text: &str) -> Result<T> {
    let repaired = without_lone_surrogates(text.trim_start_matches('\u{feff}'));
    let decoded = serde_json::from_str(&repaired).and_then(|mut value: Value| {
        T::deserialize(&value).or_else(|_| {
            normalise(&mut value);
            serde_json::from_value(value)
        })
    });
    // The typed parse tells best what is wrong: it knows the place.
    decoded.or_else(|_| serde_json::from_str(&repaired).map_err(|error| Error::decode(describe(&error))))
}

fn normalise(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(normalise);
        }
        Value::Array(items) => items.iter_mut().for_each(normalise),
        Value::Number(number) => {
            if let Some(integer) = number.as_f64().filter(|_| number.is_f64()).and_then(as_integer) {
                *value = integer.into();
            }
        }
        _ => {}
    }
}

/// The integer that a float spells, if it spells one exactly.
pub(crate) fn as_integer(float: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
    (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i64)
}

/// The parser's message without what it quotes of the answer.
fn describe(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let place = format!("at line {} column {}", error.line(), error.column());
    let quotes_the_answer =
        message.starts_with("invalid type: ") || message.starts_with("invalid value: ") || message.starts_with("unknown variant ");
    if !quotes_the_answer {
        return format!("{message} {place}");
    }
    let (kind, expected) = message.rsplit_once(", expected ").unwrap_or((message, "something else"));
    let kind = kind.split(['"', '`']).next().unwrap_or(kind).trim_end();
    format!("{kind}, expected {expected} {place}")
}

/// Replaces each `\uD800`–`\uDFFF` escape that has no partner by `\uFFFD`.
fn without_lone_surrogates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let taken = match (surrogate(escape), escape.get(6..).and_then(surrogate)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => {
                out.push_str(&escape[..12]);
                12
            }
            (Some(_), _) => {
                out.push_str("\\ufffd");
                6
            }
            (None, _) => {
                // A backslash and what it escapes, which may be another backslash.
                let taken = 1 + escape[1..].chars().next().map_or(0, char::len_utf8);
                out.push_str(&escape[..taken]);
                taken
            }
        };
        rest = &escape[taken..];
    }
    out.push_str(rest);
    out
}

/// The surrogate that an escape at the start of the text stands for.
fn surrogate(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let unit = u32::from_str_radix(digits, 16).ok()?;
    (0xd800..=0xdfff).contains(&unit).then_some(unit)
}

fn nests_deeper_than(json: &[u8], limit: usize) -> bool {
    // Most bodies can't even hold that many brackets: counting is cheaper than walking.
    if memchr::memchr2_iter(b'{', b'[', json).take(limit + 1).count() <= limit {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

const MAX_DEPTH: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn lone_surrogates_are_replaced_and_pairs_kept() {
        let cases = [
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""a\ud83d\ude00b""#, "a😀b"),
            (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\ud83d""#, r"\ud83d"),
            (r#""\ud83dé""#, "\u{fffd}é"),
        ];
        for (json, text) in cases {
            assert_eq!(decode::<String>(json.as_bytes()).unwrap(), text, "{json}");
        }
    }

    #[test]
    fn of_duplicate_names_the_last_one_counts() {
        #[derive(serde::Deserialize)]
        struct One {
            id: String,
        }
        assert_eq!(decode::<One>(br#"{"id":"a","id":"b"}"#).unwrap().id, "b");
    }

    #[test]
    fn a_repair_takes_nothing_that_it_need_not() {
        type Read = BTreeMap<String, Value>;
        let value: Read = decode(br#"{"text":"\ud83d","args":{"a":null,"b":1.0}}"#).unwrap();
        assert_eq!(serde_json::to_string(&value["args"]).unwrap(), r#"{"a":null,"b":1.0}"#);
    }

    #[test]
    fn an_error_tells_the_place_and_quotes_nothing() {
        let error = decode::<BTreeMap<String, u32>>(br#"{"patient":"ALICE"}"#).unwrap_err().to_string();
        assert!(!error.contains("ALICE"), "{error}");
        assert!(error.contains("invalid type: string, expected u32 at line 1"), "{error}");
    }

    #[test]
    fn a_request_that_nests_too_deep_is_refused() {
        let mut value = Value::Null;
        for _ in 0..200 {
            value = Value::Array(vec![value]);
        }
        assert!(matches!(encode(&value), Err(Error::Config { .. })));
        assert!(encode(&vec!["[[[[".repeat(100); 200]).is_ok());
    }
}
