//! What every error knows about its call, and the blotting out of keys.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::{Seconds, printable};
use crate::credentials::ApiKey;
use crate::response::Meta;
use crate::transport::retry::{RetryClass, retry_hints};

/// What is known about the call that an error ended.
///
/// Read it through the methods of [`Error`](crate::Error).
#[derive(Clone, Default)]
pub struct Context {
    pub(crate) class: Option<RetryClass>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) request_ids: Vec<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) should_retry: Option<bool>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) outcome_unknown: bool,
    pub(crate) retry_suppressed: bool,
    pub(crate) raw_body: Option<Bytes>,
    pub(crate) hint: Option<Cow<'static, str>>,
}

impl Context {
    /// Keeps no more of the body than this, and nothing of what it is a slice of. It has no key in it any more that a cut could part.
    pub(crate) fn cut_body(&mut self, limit: usize) {
        if let Some(body) = &mut self.raw_body {
            *body = Bytes::copy_from_slice(&body[..body.len().min(limit)]);
        }
    }

    /// What the head of the last attempt's answer tells.
    pub(crate) fn set_head(&mut self, meta: &Meta) {
        self.status = Some(meta.status());
        // After the one that the body had, if it had one.
        if let Some(id) = meta.request_id().filter(|id| !self.request_ids.iter().any(|known| known == id)) {
            self.request_ids.push(id.to_owned());
        }
        (self.retry_after, self.should_retry) = retry_hints(meta.headers());
    }
}

/// The tail of an error's message: `; what to do (request id req_1; 3 attempts, 2.1 s)`, or nothing if nothing is known.
impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(hint) = &self.hint {
            write!(f, "; {hint}")?;
        }
        if self.attempts == 0 {
            return Ok(());
        }
        f.write_str(" (")?;
        if let Some(id) = self.request_ids.last() {
            write!(f, "request id {}; ", printable(id, 80))?;
        }
        let plural = if self.attempts == 1 { "" } else { "s" };
        write!(f, "{} attempt{plural}, {})", self.attempts, Seconds(self.elapsed))
    }
}

/// Leaves the body out: prompts and answers don't belong into logs.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.raw_body.as_ref().map(|body| format!("{} bytes", body.len()));
        f.debug_struct("Context")
            .field("status", &self.status)
            .field("request_ids", &self.request_ids)
            .field("retry_after", &self.retry_after)
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .field("outcome_unknown", &self.outcome_unknown)
            .field("retry_suppressed", &self.retry_suppressed)
            .field("raw_body", &body)
            .finish_non_exhaustive()
    }
}

/// Replaces the client's own keys in what a server sends back.
#[derive(Clone, Default)]
pub(crate) struct Scrubber(Vec<ApiKey>);

impl Scrubber {
    pub(crate) fn new(keys: impl IntoIterator<Item = ApiKey>) -> Self {
        // A key of three letters is no secret, and replacing it would tear words apart.
        Self(keys.into_iter().filter(|key| key.expose_secret().len() >= Self::SHORTEST).collect())
    }

    /// A body, which may be cut within a key.
    pub(crate) fn bytes(&self, body: Bytes) -> Bytes {
        let mut body = body;
        for key in &self.0 {
            for form in Self::forms_in(&body, key.expose_secret()) {
                if memchr::memmem::find(&body, form.as_bytes()).is_some() {
                    body = replace(&body, form.as_bytes(), Self::BLOT.as_bytes()).into();
                }
                if let Some(at) = start_of_cut(&body, form.as_bytes()) {
                    body = [&body[..at], Self::BLOT.as_bytes()].concat().into();
                }
            }
        }
        self.respelled(&body).unwrap_or(body)
    }

    pub(crate) fn text(&self, text: &mut String) {
        for key in &self.0 {
            for form in Self::forms_in(text.as_bytes(), key.expose_secret()) {
                if text.contains(&*form) {
                    *text = text.replace(&*form, Self::BLOT);
                }
            }
        }
    }

    /// Whether a host that a URL names is a key, of which a URL has its own spelling.
    pub(crate) fn is_in_host(&self, host: &str) -> bool {
        self.0.iter().any(|key| host.to_ascii_lowercase().contains(&key.expose_secret().to_ascii_lowercase()))
    }

    /// A body without the keys that it spells in escapes where no encoder would; `None` if it has none.
    fn respelled(&self, body: &[u8]) -> Option<Bytes> {
        memchr::memmem::find(body, br"\u00")?;
        let mut respelled = None;
        for key in &self.0 {
            let found = without_spelled(respelled.as_deref().unwrap_or(body), key.expose_secret().as_bytes());
            respelled = found.or(respelled);
        }
        respelled.map(Bytes::from)
    }

    pub(crate) fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) => {
                let scrubbed = std::mem::take(fields).into_iter().map(|(mut name, mut field)| {
                    self.text(&mut name);
                    self.value(&mut field);
                    (name, field)
                });
                *fields = scrubbed.collect();
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The forms of a key that may be in a text: none, as nearly always, if not even the start that they share is.
    fn forms_in<'k>(text: &[u8], key: &'k str) -> Vec<Cow<'k, str>> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let plain = key.bytes().take_while(|byte| is_plain(*byte)).count().min(least_of_cut(key.as_bytes()));
        if memchr::memmem::find(text, &key.as_bytes()[..plain]).is_none() { Vec::new() } else { Self::forms(key) }
    }

    /// The key as it is, as JSON writes it (quotes and backslashes; by some encoders solidi, by Go's `<`, `>` and `&`), and as a query
    /// writes it, by the rules of forms and those of RFC 3986, with large and small digits.
    fn forms(key: &str) -> Vec<Cow<'_, str>> {
        let json = key.replace('\\', r"\\").replace('"', "\\\"");
        let solidus = json.replace('/', r"\/");
        let html = json.replace('<', r"\u003c").replace('>', r"\u003e").replace('&', r"\u0026");
        let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        let percent = |byte: u8| if is_kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        let rfc3986: String = key.bytes().map(percent).collect();
        let form: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
        let mut forms = vec![Cow::Borrowed(key)];
        for form in [json, solidus, html, small_digits(&form), form, small_digits(&rfc3986), rfc3986] {
            if !forms.iter().any(|known| **known == *form) {
                forms.push(Cow::Owned(form));
            }
        }
        forms
    }

    const SHORTEST: usize = 4;
    const BLOT: &'static str = "[REDACTED]";
}

/// Percent-encoded text with its hexadecimal digits in lower case.
fn small_digits(encoded: &str) -> String {
    let mut pieces = encoded.split('%');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let (digits, rest) = piece.split_at(piece.len().min(2));
        text + "%" + &digits.to_ascii_lowercase() + rest
    })
}

/// The text with a blot for each place where JSON spells a key in whatever way, also if it is cut there; `None` if there is none.
fn without_spelled(text: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut from, mut at) = (Vec::new(), 0, 0);
    while let Some(next) = memchr::memchr2(*key.first()?, b'\\', &text[at..]) {
        at += next;
        let Some(end) = end_of_spelled(text, at, key) else {
            at += 1;
            continue;
        };
        out.extend_from_slice(&text[from..at]);
        out.extend_from_slice(Scrubber::BLOT.as_bytes());
        (from, at) = (end, end);
    }
    (from > 0).then(|| [&out, &text[from..]].concat())
}

/// Where a key ends that begins here in a JSON text, each of its letters plain or as an escape.
fn end_of_spelled(text: &[u8], start: usize, key: &[u8]) -> Option<usize> {
    let mut at = start;
    for (number, byte) in key.iter().enumerate() {
        at += match &text[at..] {
            [b'\\', b'u', b'0', b'0', high, low, ..] if hexadecimal(*high, *low) == Some(*byte) => 6,
            [b'\\', escaped, ..] if escaped == byte && matches!(byte, b'"' | b'\\' | b'/') => 2,
            [plain, ..] if plain == byte => 1,
            rest if is_begun_escape(rest) && key.len() >= SHORTEST_CUT && number >= least_of_cut(key) => return Some(text.len()),
            _ => return None,
        };
    }
    Some(at)
}

/// Whether a text that ends so may have been cut within an escape, or before it.
fn is_begun_escape(rest: &[u8]) -> bool {
    rest.len() < br"\u0000".len() && br"\u00".starts_with(&rest[..rest.len().min(br"\u00".len())])
}

fn hexadecimal(high: u8, low: u8) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Where a text ends in the start of a key, if it does: the rest may have been cut off.
fn start_of_cut(text: &[u8], key: &[u8]) -> Option<usize> {
    if key.len() < SHORTEST_CUT {
        return None;
    }
    let longest = text.len().min(key.len() - 1);
    (least_of_cut(key)..=longest).rev().find(|length| text.ends_with(&key[..*length])).map(|length| text.len() - length)
}

/// How much of a key must be there to be taken for it: what all keys begin with, and a little more.
fn least_of_cut(key: &[u8]) -> usize {
    "lr_live_".len().min(key.len() / 2) + 1
}

/// The start of a shorter key may be a word.
const SHORTEST_CUT: usize = 16;

fn replace(haystack: &[u8], needle: &[u8], replacement: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(haystack.len());
    let mut from = 0;
    for at in memchr::memmem::find_iter(haystack, needle) {
        out.extend_from_slice(&haystack[from..at]);
        out.extend_from_slice(replacement);
        from = at + needle.len();
    }
    out.extend_from_slice(&haystack[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::super::ApiError;
    use super::*;

    #[test]
    fn a_key_is_blotted_out_in_every_spelling() {
        let scrubber = Scrubber::new([ApiKey::new(r#"lr_live_a/b"c\d~*"#).unwrap()]);

        for echo in [
            r#"key lr_live_a/b"c\d~*!"#,
            r#"{"m":"lr_live_a/b\"c\\d~*"}"#,
            r#"{"m":"lr_live_a\/b\"c\\d~*"}"#,
            "?key=lr_live_a%2Fb%22c%5Cd%7E*&x",
            "?key=lr_live_a%2fb%22c%5cd%7e*&x",
            "?key=lr_live_a%2Fb%22c%5Cd~%2A&x",
            "?key=lr_live_a%2fb%22c%5cd~%2a&x",
        ] {
            let scrubbed = scrubber.bytes(Bytes::from(echo));
            let mut text = echo.to_owned();
            scrubber.text(&mut text);
            assert_eq!(text, String::from_utf8_lossy(&scrubbed));
            assert!(text.contains("[REDACTED]") && !text.contains("lr_live"), "{text}");
        }
    }

    #[test]
    fn a_key_that_is_cut_is_blotted_out() {
        let key = r#"lr_live_SENTINEL/of"it"#;
        let scrubber = Scrubber::new([ApiKey::new(key).unwrap()]);
        for spelled in [key, r#"lr_live_SENTINEL\/of\"it"#, "lr_live_SENTINEL%2Fof%22it"] {
            for length in 9..spelled.len() {
                let told = format!("key: {}", &spelled[..length]);
                assert_eq!(scrubber.bytes(told.clone().into()), "key: [REDACTED]", "{told}");
            }
        }
        for told in ["keys start with lr_live_", "provider: gemini"] {
            let scrubber = Scrubber::new([ApiKey::new(key).unwrap(), ApiKey::new("gemini-test").unwrap()]);
            assert_eq!(scrubber.bytes(told.into()), told);
        }
    }

    #[test]
    fn a_key_in_escapes_is_blotted_out_of_every_field() {
        let key = r#"lr_live_a/b"c_and_more"#;
        let scrubber = Scrubber::new([ApiKey::new(key).unwrap()]);
        let escapes: String = key.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
        let shapes = [
            r#"{"error":{"message":"KEY","type":"KEY","code":"KEY","param":"KEY","metadata":{"KEY":["KEY"]}},"request_id":"KEY"}"#,
            r#"{"error":{"status":"KEY","details":[{"KEY":"KEY"}]},"code":"KEY"}"#,
            r#"{"error":"KEY","error_description":"KEY"}"#,
            r#"{"detail":[{"msg":"KEY"}],"type":"KEY","param":"KEY","metadata":"KEY"}"#,
        ];
        for shape in shapes {
            let body = Bytes::from(shape.replace("KEY", &escapes));
            let api = ApiError::parse(StatusCode::BAD_REQUEST, None, body, &scrubber);
            let texts = [Some(api.message()), api.kind(), api.code(), api.param(), api.request_id()];
            assert!(!texts.iter().flatten().any(|text| text.contains("lr_live")), "{texts:?}");
            assert!(!format!("{:?}", api.metadata()).contains("lr_live"), "{:?}", api.metadata());
            let body: Value = serde_json::from_slice(api.raw_body().unwrap()).unwrap();
            assert!(!format!("{body:?}").contains("lr_live"), "{body}");
            // What is no JSON, and what is cut, has none either.
            let broken = shape.replace("KEY", &escapes) + r#"\ud800"#;
            for length in 0..=broken.len() {
                let kept = scrubber.bytes(broken[..length].to_owned().into());
                let kept = String::from_utf8(kept.to_vec()).unwrap().replace("\\u00", "");
                assert!(!kept.contains("6c725f6c6976655f612f"), "{kept}");
            }
        }
    }

    #[test]
    fn what_is_escaped_counts_as_long_as_it_is() {
        assert_eq!(printable("a\u{c}b", 7), "a\\u{c}b");
        assert_eq!(printable("a\u{c}b", 6), "a\\u{c}…");
        assert_eq!(printable("a\u{c}b", 5), "a…");
        assert_eq!(printable("abc", 3), "abc");
        assert_eq!(printable("", 0), "");
    }
}
