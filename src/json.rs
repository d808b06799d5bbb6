//! JSON to the wire and back.

mod repair;

use std::io::Write;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Encodes a request body.
///
/// # Errors
///
/// `Error::Config` if the value can't be JSON, or nests deeper than any server would read.
pub(crate) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>> {
    let mut body = Vec::with_capacity(128);
    let mut writer = serde_json::Serializer::with_formatter(&mut body, Bounded { depth: 0 });
    match value.serialize(&mut writer) {
        Ok(()) => Ok(body),
        // A vector doesn't fail.
        Err(error) if error.is_io() => Err(Error::config(format!("the request nests deeper than {MAX_DEPTH} levels"))),
        Err(error) => Err(Error::config_from("the request can't be encoded as JSON", error)),
    }
}

/// The fields of a request body by name: one of its `extra` may have the name of a typed one, and here it wins, since it comes later.
///
/// # Errors
///
/// `Error::Config` if the value can't be JSON, nests too deep, or is no object.
pub(crate) fn fields<T: Serialize + ?Sized>(value: &T) -> Result<Map<String, Value>> {
    serde_json::from_slice(&encode(value)?).map_err(|_| Error::config("the request is no JSON object"))
}

/// Compact JSON that stops at a depth, before a value that has no end of levels uses up the stack.
struct Bounded {
    depth: usize,
}

impl Bounded {
    fn enter(&mut self) -> std::io::Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(std::io::ErrorKind::InvalidInput.into()) } else { Ok(()) }
    }
}

impl Formatter for Bounded {
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.enter()?;
        writer.write_all(b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"]")
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.enter()?;
        writer.write_all(b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"}")
    }
}

/// Decodes JSON into a type of the caller's.
///
/// The fast road is one UTF-8 check and one typed parse. What that refuses gets a second reading, in which lone surrogates are replaced,
/// of duplicate names the last one counts, and a number beyond all floats is its digits as text; and a third, in which a `null` field is
/// an absent one as well, and `1.0` the integer 1.
/// All of these occur in real answers, and other languages read them without a word. The third takes nulls out of the caller's own JSON
/// too, so it comes last.
///
/// # Errors
///
/// `Error::Decode`, which tells place and reason without quoting the answer.
#[inline]
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    parse(body).map_or_else(|| decode_repaired(body, |_| None), Ok)
}

/// Decodes an answer, or one event of it, into a type of this crate: as [`decode`], and in a fourth reading a number that its field
/// can't hold (a count of -1) doesn't cost the rest. It is kept in the `extra` of its object, in an object named `unread`.
///
/// # Errors
///
/// As [`decode`]; so is a number that can't be done without.
#[inline]
pub(crate) fn decode_answer<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    parse(body).map_or_else(|| decode_repaired(body, repair::without_odd_numbers), Ok)
}

#[inline]
fn parse<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_str(str::from_utf8(body).ok()?).ok()
}

#[cold]
fn decode_repaired<T: DeserializeOwned>(body: &[u8], last_reading: impl FnOnce(Value) -> Option<T>) -> Result<T> {
    let text = String::from_utf8_lossy(body);
    let text = repair::text(text.trim_start_matches('\u{feff}'));
    let decoded = serde_json::from_str(&text).ok().and_then(|mut value: Value| {
        read(&value).ok().or_else(|| {
            repair::normalise(&mut value);
            read(&value).ok().or_else(|| last_reading(value))
        })
    });
    // The typed parse tells best what is wrong: it knows the place.
    decoded.map_or_else(|| serde_json::from_str(&text).map_err(|error| Error::decode(describe(&error))), Ok)
}

/// Reads a type from values: by way of text, since to read it from them as well would be as much code again, of each type.
///
/// # Errors
///
/// What is wrong, without its place, which would be one in that text. Values that nest deeper than the parser reads are too deep here, too.
pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> std::result::Result<T, String> {
    read_by(TYPE, value)
}

/// As [`read`], of objects that another field than `type` tells apart.
pub(crate) fn read_by<T: DeserializeOwned>(tag: &'static str, value: &Value) -> std::result::Result<T, String> {
    serde_json::from_str(&text(tag, value)).map_err(|error| without_place(&error))
}

/// Compact text in which the tag of each object comes before its other fields, so that it is read straight into its variant.
fn text(tag: &'static str, value: &Value) -> String {
    struct TagFirst<'v>(&'static str, &'v Value);

    impl Serialize for TagFirst<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
            let Self(tag, value) = *self;
            match value {
                Value::Object(fields) => {
                    // What isn't a word is the caller's own, such as a property of that name in a schema.
                    let first = fields.get_key_value(tag).filter(|(_, word)| word.is_string());
                    let others = fields.iter().filter(|(name, _)| first.is_none() || *name != tag);
                    serializer.collect_map(first.into_iter().chain(others).map(|(name, value)| (name, Self(tag, value))))
                }
                Value::Array(items) => serializer.collect_seq(items.iter().map(|item| Self(tag, item))),
                other => other.serialize(serializer),
            }
        }
    }

    // Values have nothing that JSON has no text for.
    serde_json::to_string(&TagFirst(tag, value)).unwrap_or_default()
}

/// The integer that a float spells, if it spells one exactly.
pub(crate) fn as_integer(float: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
    (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i64)
}

/// The parser's message without what it quotes of the answer.
fn describe(error: &serde_json::Error) -> String {
    let message = without_place(error);
    let place = format!("at line {} column {}", error.line(), error.column());
    let quotes_the_answer =
        message.starts_with("invalid type: ") || message.starts_with("invalid value: ") || message.starts_with("unknown variant ");
    if !quotes_the_answer {
        return format!("{message} {place}");
    }
    let (kind, expected) = message.rsplit_once(", expected ").unwrap_or((&message, "something else"));
    let kind = kind.split(['"', '`']).next().unwrap_or(kind).trim_end();
    format!("{kind}, expected {expected} {place}")
}

fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message).to_owned()
}

/// The field that tells kinds of objects apart, nearly everywhere.
const TYPE: &str = "type";

/// As deep as the parser reads.
const MAX_DEPTH: usize = 127;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

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
        let nested = |levels: usize| (1..levels).fold(serde_json::json!([]), |value, _| Value::Array(vec![value]));
        let refused = |value: &Value| {
            let errors = [encode(value).map(drop), fields(&BTreeMap::from([("extra", value)])).map(drop)];
            errors.map(|result| matches!(result, Err(Error::Config { .. })))
        };
        assert_eq!(refused(&nested(MAX_DEPTH - 1)), [false, false]);
        assert_eq!(refused(&nested(MAX_DEPTH)), [false, true], "the object around it counts");
        assert_eq!(refused(&nested(MAX_DEPTH + 1)), [true, true]);
        // Writing it all would take more stack than a thread has.
        assert_eq!(refused(&nested(10_000)), [true, true]);
        assert!(encode(&vec!["[[[[".repeat(100); 200]).is_ok());
    }
}
