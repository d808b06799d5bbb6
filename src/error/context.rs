//! What every error knows about its call, and the blotting out of keys.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

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
}

impl Context {
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

/// The tail of an error's message: ` (request id req_1; 3 attempts, 2.1 s)`, or nothing if nothing was sent.
impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

    pub(crate) fn bytes(&self, body: Bytes) -> Bytes {
        let mut body = body;
        for key in &self.0 {
            for form in Self::forms(key.expose_secret()) {
                if memchr::memmem::find(&body, form.as_bytes()).is_some() {
                    body = replace(&body, form.as_bytes(), Self::BLOT.as_bytes()).into();
                }
            }
        }
        body
    }

    pub(crate) fn text(&self, text: &mut String) {
        for key in &self.0 {
            if text.contains(key.expose_secret()) {
                *text = text.replace(key.expose_secret(), Self::BLOT);
            }
        }
    }

    /// The key as it is, as JSON writes it (quotes and backslashes; by some encoders solidi, by Go's `<`, `>` and `&`), and as a query
    /// writes it.
    fn forms(key: &str) -> Vec<Cow<'_, str>> {
        let mut forms = vec![Cow::Borrowed(key)];
        let json = key.replace('\\', r"\\").replace('"', "\\\"");
        let solidus = json.replace('/', r"\/");
        let html = json.replace('<', r"\u003c").replace('>', r"\u003e").replace('&', r"\u0026");
        let query: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
        for form in [json, solidus, html, query] {
            if !forms.iter().any(|known| **known == *form) {
                forms.push(Cow::Owned(form));
            }
        }
        forms
    }

    const SHORTEST: usize = 4;
    const BLOT: &'static str = "[REDACTED]";
}

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
    use super::*;

    #[test]
    fn a_key_is_blotted_out_in_every_spelling() {
        let scrubber = Scrubber::new([ApiKey::new(r#"lr_live_a/b"c\d"#).unwrap()]);

        for echo in
            [r#"key lr_live_a/b"c\d!"#, r#"{"m":"lr_live_a/b\"c\\d"}"#, r#"{"m":"lr_live_a\/b\"c\\d"}"#, "?key=lr_live_a%2Fb%22c%5Cd&x"]
        {
            let scrubbed = scrubber.bytes(Bytes::from(echo));
            let scrubbed = String::from_utf8_lossy(&scrubbed);
            assert!(scrubbed.contains("[REDACTED]") && !scrubbed.contains("lr_live"), "{scrubbed}");
        }
    }
}
