//! What of JSON is mended before it is read again.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::as_integer;

/// Text that a strict parser takes: lone surrogates are replaced, and a number beyond all floats is its digits as text.
pub(super) fn text(json: &str) -> String {
    let json = without_lone_surrogates(json);
    // No other mistake needs a look at each number.
    let has_huge_number = serde_json::from_str::<Value>(&json).is_err_and(|error| error.to_string().starts_with("number out of range"));
    if has_huge_number { with_huge_numbers_as_text(&json) } else { json }
}

/// A `null` field is an absent one, and `1.0` the integer 1.
pub(super) fn normalise(value: &mut Value) {
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

/// The value without the numbers that its type can't hold; each is kept beside its place, in an object named [`UNREAD`].
pub(super) fn without_odd_numbers<T: DeserializeOwned>(mut value: Value) -> Option<T> {
    for _ in 0..=MAX_ODD_NUMBERS {
        let text = super::text(super::TYPE, &value);
        match serde_json::from_str(&text) {
            Ok(read) => return Some(read),
            // It is one line, and what was refused is the last that the parser has read.
            Err(error) => set_aside(&mut value, path_of(&text, error.column())?)?,
        }
    }
    None
}

/// A step from a value down to one inside it.
enum Step {
    Field(String),
    Item(usize),
}

/// Where in a value, of which this is compact text, the number or string is that ends here.
fn path_of(json: &str, end: usize) -> Option<Vec<Step>> {
    let mut path = Vec::new();
    let mut at = 0;
    while let Some(rest) = json.get(at..end).filter(|rest| !rest.is_empty()) {
        at += match rest.as_bytes()[0] {
            b'"' => {
                let length = string_length(rest);
                if json[at + length..].starts_with(':') {
                    let name = serde_json::from_str(&rest[..length]).ok()?;
                    path.pop();
                    path.push(Step::Field(name));
                } else if at + length == end {
                    return Some(path);
                }
                length
            }
            b'-' | b'0'..=b'9' => {
                let length = number_length(rest);
                if at + length == end {
                    return Some(path);
                }
                length
            }
            opening @ (b'{' | b'[') => {
                path.push(if opening == b'{' { Step::Field(String::new()) } else { Step::Item(0) });
                1
            }
            b'}' | b']' => {
                path.pop();
                1
            }
            b',' => {
                if let Some(Step::Item(index)) = path.last_mut() {
                    *index += 1;
                }
                1
            }
            _ => 1,
        };
    }
    None
}

/// Moves the number at the end of this path; `None` if what is there is no number, or no field, or says what the others belong to.
fn set_aside(value: &mut Value, mut path: Vec<Step>) -> Option<()> {
    let Some(Step::Field(name)) = path.pop() else { return None };
    if name.to_ascii_lowercase().ends_with("index") {
        return None;
    }
    let place = path.into_iter().try_fold(value, |value, step| match step {
        Step::Field(name) => value.get_mut(name),
        Step::Item(index) => value.get_mut(index),
    });
    let fields = place?.as_object_mut()?;
    let is_number = |field: &Value| field.is_number() || field.as_str().is_some_and(|text| text.parse::<f64>().is_ok());
    fields.get(&name).filter(|field| is_number(field))?;
    let number = fields.remove(&name)?;
    let unread = fields.entry(UNREAD).or_insert_with(|| Map::new().into());
    unread.as_object_mut()?.insert(name, number);
    Some(())
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

/// Puts quotes around each number that is too large for a float.
fn with_huge_numbers_as_text(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 2);
    let mut rest = json;
    while let Some(at) = rest.find(|start: char| start == '"' || start == '-' || start.is_ascii_digit()) {
        let (before, token) = rest.split_at(at);
        out.push_str(before);
        if token.starts_with('"') {
            let (string, after) = token.split_at(string_length(token));
            out.push_str(string);
            rest = after;
            continue;
        }
        let (number, after) = token.split_at(number_length(token));
        let quote = if number.parse::<f64>().is_ok_and(f64::is_infinite) { "\"" } else { "" };
        out.extend([quote, number, quote]);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Bytes of the number at the start of the text.
fn number_length(json: &str) -> usize {
    let is_of_number = |other: char| other.is_ascii_digit() || matches!(other, '-' | '+' | '.' | 'e' | 'E');
    json.find(|other| !is_of_number(other)).unwrap_or(json.len())
}

/// Bytes of the string at the start of the text, its quotes included.
fn string_length(json: &str) -> usize {
    let mut escaped = false;
    let end = json[1..].find(|byte| {
        let ends = byte == '"' && !escaped;
        escaped = byte == '\\' && !escaped;
        ends
    });
    end.map_or(json.len(), |end| end + 2)
}

/// Field that holds the numbers of its object that no field of the type could.
const UNREAD: &str = "unread";

/// How many numbers are set aside: each costs another reading.
const MAX_ODD_NUMBERS: usize = 16;

#[cfg(test)]
mod tests {
    use super::super::{decode, decode_answer};
    use crate::chat::ChatResponse;
    use crate::error::Error;
    use crate::gemini::GenerateContentResponse;
    use crate::messages::MessagesEvent;

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
    fn a_number_that_its_field_can_not_hold_is_set_aside() {
        let answer =
            |usage: &str| format!(r#"{{"id":"a\\","created":1e999,"choices":[{{"message":{{"content":"-1e999"}}}}],"usage":{usage}}}"#);
        for odd in ["-1", "18446744073709551616", "1e999", "-1e999", "1.5", "1e300", r#""-7""#] {
            let json =
                answer(&format!(r#"{{"prompt_tokens":7,"completion_tokens":{odd},"prompt_tokens_details":{{"cached_tokens":{odd}}}}}"#));
            let read: ChatResponse = decode_answer(json.as_bytes()).unwrap_or_else(|error| panic!("{odd}: {error}"));
            assert_eq!((read.id.as_str(), read.text().as_str()), ("a\\", "-1e999"), "{odd}");
            let usage = read.usage.unwrap();
            let details = usage.prompt_tokens_details.unwrap();
            assert_eq!((usage.prompt_tokens, usage.completion_tokens, details.cached_tokens), (7, 0, None), "{odd}");
            for (kept, name) in [(&usage.extra, "completion_tokens"), (&details.extra, "cached_tokens")] {
                let kept = &kept.get("unread").unwrap()[name];
                assert_eq!(kept.to_string().trim_matches('"').parse::<f64>(), odd.trim_matches('"').parse(), "{odd}: {kept}");
            }
        }
        // Without its index, a piece would go to the wrong place. What isn't a number is no less wrong than before, and the caller's own
        // types are read as they say.
        assert!(matches!(decode_answer::<ChatResponse>(answer(r#"{"prompt_tokens":"x"}"#).as_bytes()), Err(Error::Decode { .. })));
        assert!(matches!(
            decode_answer::<ChatResponse>(br#"{"choices":[{"logprobs":{"content":[{"token":"a","bytes":[300]}]}}]}"#),
            Err(Error::Decode { .. })
        ));
        assert!(matches!(decode_answer::<ChatResponse>(br#"{"choices":[{"index":1e300}]}"#), Err(Error::Decode { .. })));
        assert!(decode::<ChatResponse>(answer(r#"{"prompt_tokens":-1}"#).as_bytes()).is_err());
    }

    #[test]
    fn an_odd_number_is_set_aside_wherever_the_type_of_its_object_is() {
        for json in [
            r#"{"type":"message_start","message":{"type":"message","id":"a","role":"assistant","model":"m","content":[],"usage":{"input_tokens":-1}}}"#,
            r#"{"message":{"content":[],"id":"a","model":"m","role":"assistant","type":"message","usage":{"input_tokens":-1}},"type":"message_start"}"#,
        ] {
            let read = decode_answer(json.as_bytes());
            let Ok(MessagesEvent::MessageStart(start)) = &read else { panic!("{read:?}") };
            assert_eq!(start.message.usage.extra.get("unread").map(ToString::to_string).as_deref(), Some(r#"{"input_tokens":-1}"#));
        }
    }

    #[test]
    fn more_odd_numbers_than_anybody_sends_are_not_set_aside_one_by_one() {
        let answer = |odd: usize| format!(r#"{{"candidates":[{}]}}"#, vec![r#"{"tokenCount":-1}"#; odd].join(","));
        let read = |odd| decode_answer::<GenerateContentResponse>(answer(odd).as_bytes());
        assert_eq!(read(10).unwrap().candidates.len(), 10);
        assert!(matches!(read(1000), Err(Error::Decode { .. })));
    }
}
