//! A call as data: everything that is sent, before any I/O.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::{PoisonError, RwLock};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use serde::Serialize;
use serde_json::Value;
use url::{Position, Url};

use super::retry::RetryClass;
use crate::credentials::{Auth, KeyPlace};
use crate::error::{Error, Result};
use crate::extra::Extra;
use crate::json;

/// A call as data. Serialised once; every attempt sends the same bytes.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Path below the base URL, each segment encoded; borrowed if it is the same in every call.
    path: Cow<'static, str>,
    /// The path as logs may show it.
    pub(crate) template: Cow<'static, str>,
    query: Vec<(String, String)>,
    /// Those of its own, beside what the client and the transport send with every request.
    pub(crate) headers: HeaderMap,
    /// JSON, unless the headers say otherwise.
    pub(crate) body: Option<Bytes>,
    pub(crate) class: RetryClass,
    pub(crate) auth: Auth,
    pub(crate) key_place: KeyPlace,
    /// Which limits of time apply.
    pub(crate) pace: Pace,
    /// What tells a result from an error body in a 200, where the area has it.
    pub(crate) result: Option<ResultMark>,
}

/// What tells that a body is a result, whatever it says of errors.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ResultMark {
    /// A field of its object that holds something.
    Field(&'static str),
    /// Whatever the area says.
    Test(fn(&Value) -> bool),
}

/// How long a call may reasonably take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// A model works on it.
    Generation,
    /// A lookup or a small write.
    Management,
}

impl Request {
    /// A generation: `POST` with a JSON body, the API key, and the retry rules that mind the bill.
    pub(crate) fn generation<T: Serialize + ?Sized>(path: &'static str, body: &T) -> Result<Self> {
        Self::post(path).json(body)
    }

    /// A `POST` to a path without parameters.
    pub(crate) fn post(path: &'static str) -> Self {
        Self::of_path(Method::POST, Cow::Borrowed(path), Cow::Borrowed(path))
    }

    pub(crate) fn new<S: AsRef<str>>(
        method: Method,
        segments: impl IntoIterator<Item = S>,
        template: impl Into<Cow<'static, str>>,
    ) -> Result<Self> {
        let mut path = String::new();
        for segment in segments {
            path.push('/');
            check_segment(segment.as_ref())?;
            encode_segment(&mut path, segment.as_ref());
        }
        if path.is_empty() {
            return Err(Error::config("the path has no segments"));
        }
        Ok(Self::of_path(method, Cow::Owned(path), template.into()))
    }

    fn of_path(method: Method, path: Cow<'static, str>, template: Cow<'static, str>) -> Self {
        Self {
            method,
            path,
            template,
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: None,
            class: RetryClass::Generation,
            auth: Auth::Api,
            key_place: KeyPlace::Bearer,
            pace: Pace::Generation,
            result: None,
        }
    }

    pub(crate) fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Result<Self> {
        self.body = Some(json::encode(body)?.into());
        // What an earlier body was; JSON is the default.
        self.headers.remove(CONTENT_TYPE);
        Ok(self)
    }

    /// Sets the body to an object, of whose `extra` fields one may have the name of a typed one, and then counts.
    pub(crate) fn object<T: Serialize + ?Sized>(self, body: &T, extra: &Extra) -> Result<Self> {
        if extra.is_empty() { self.json(body) } else { self.json(&json::fields(body)?) }
    }

    pub(crate) fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    pub(crate) fn class(mut self, class: RetryClass) -> Self {
        self.class = class;
        self
    }

    pub(crate) fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    pub(crate) fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    pub(crate) fn key_place(mut self, place: KeyPlace) -> Self {
        self.key_place = place;
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(crate) fn result_field(mut self, field: &'static str) -> Self {
        self.result = Some(ResultMark::Field(field));
        self
    }

    pub(crate) fn result_if(mut self, is_result: fn(&Value) -> bool) -> Self {
        self.result = Some(ResultMark::Test(is_result));
        self
    }

    pub(crate) fn url(&self, base: &Base) -> Url {
        let mut url = match &self.path {
            Cow::Borrowed(path) => base.known(path),
            Cow::Owned(path) => base.with(path),
        };
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}

/// The base URL, and those below it that are the same in every call, each made once.
#[derive(Debug)]
pub(crate) struct Base {
    url: Url,
    /// `host` of every request; none where HTTP/2 may be spoken, which tells it in another way: then the HTTP library sees to it.
    pub(crate) host: Option<HeaderValue>,
    known: RwLock<Vec<(&'static str, Url)>>,
}

impl Base {
    pub(crate) fn new(url: Url, may_be_http2: bool) -> Self {
        let host = HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort]).ok().filter(|_| !may_be_http2);
        Self { url, host, known: RwLock::default() }
    }

    pub(crate) fn as_url(&self) -> &Url {
        &self.url
    }

    fn with(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        url
    }

    fn known(&self, path: &'static str) -> Url {
        let find = |known: &[(&str, Url)]| known.iter().find(|(known, _)| *known == path).map(|(_, url)| url.clone());
        if let Some(url) = find(&self.known.read().unwrap_or_else(PoisonError::into_inner)) {
            return url;
        }
        let url = self.with(path);
        self.known.write().unwrap_or_else(PoisonError::into_inner).push((path, url.clone()));
        url
    }
}

/// Refuses what is no segment of a path.
///
/// Dot segments are refused rather than encoded, because URL parsers read `%2e%2e` as `..` too, and a key hash of `..` would
/// turn a delete of one key into a delete on the list.
pub(crate) fn check_segment(segment: &str) -> Result<()> {
    let refuse = |why: &str| Err(Error::config(format!("a path segment {why}: nothing was sent")));
    if segment.is_empty() {
        return refuse("is empty");
    }
    if segment.len() > MAX_SEGMENT_BYTES {
        return refuse("is longer than 512 bytes");
    }
    if segment.bytes().any(|byte| byte.is_ascii_control()) {
        return refuse("holds a control character");
    }
    if is_dot_segment(segment) {
        return refuse("is a dot segment");
    }
    Ok(())
}

/// Whether a segment is one dot or two, each as it is or encoded.
fn is_dot_segment(segment: &str) -> bool {
    fn after_dot(text: &str) -> Option<&str> {
        [".", "%2e", "%2E"].iter().find_map(|dot| text.strip_prefix(dot))
    }
    after_dot(segment).is_some_and(|rest| rest.is_empty() || after_dot(rest) == Some(""))
}

/// Encodes everything but RFC 3986's `pchar`.
fn encode_segment(path: &mut String, segment: &str) {
    for byte in segment.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => path.push(char::from(byte)),
            b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b':' | b'@' => path.push(char::from(byte)),
            // Writing to a string can't fail.
            _ => _ = write!(path, "%{byte:02X}"),
        }
    }
}

/// A header that a caller may set; those that carry keys or frame the message are the client's own.
pub(crate) fn caller_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue)> {
    let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Error::config(format!("{name:?} is not a header name")))?;
    if RESERVED_HEADERS.contains(&parsed.as_str()) {
        return Err(Error::config(format!("the header {parsed} is the client's own; keys go through api_key and management_key")));
    }
    let value = HeaderValue::from_str(value).map_err(|_| Error::config(format!("the value of header {parsed} can't be sent")))?;
    Ok((parsed, value))
}

const MAX_SEGMENT_BYTES: usize = 512;

pub(crate) const RESERVED_HEADERS: [&str; 6] =
    ["authorization", "x-api-key", "x-goog-api-key", "host", "content-length", "transfer-encoding"];

#[cfg(test)]
mod tests {
    use super::*;

    fn url(base: &str, segments: &[&str]) -> String {
        let request = Request::new(Method::GET, segments, "/").unwrap();
        request.url(&Base::new(Url::parse(base).unwrap(), false)).into()
    }

    #[test]
    fn segments_are_encoded_and_prefixes_kept() {
        let cases: [(&[&str], &str); 7] = [
            (&["v1", "chat", "completions"], "/v1/chat/completions"),
            (&["keys", "a/../b"], "/keys/a%2F..%2Fb"),
            (&["keys", "a?b#c"], "/keys/a%3Fb%23c"),
            (&["models", "gemini-2.5-flash:generateContent"], "/models/gemini-2.5-flash:generateContent"),
            (&["keys", "%2e%2e%2f"], "/keys/%252e%252e%252f"),
            (&["keys", "é [x]|^"], "/keys/%C3%A9%20%5Bx%5D%7C%5E"),
            (&["keys", "..."], "/keys/..."),
        ];
        for (segments, path) in cases {
            assert_eq!(url("https://api.arouter.ai", segments), format!("https://api.arouter.ai{path}"));
            assert_eq!(url("http://localhost:1/gateway/", segments), format!("http://localhost:1/gateway{path}"));
        }
    }

    #[test]
    fn segments_that_would_change_the_path_are_refused() {
        for segment in ["", ".", "..", "%2e", "%2E%2e", ".%2E", "a\nb", "a\tb", "\r", "\0", &"x".repeat(513)] {
            let error = Request::new(Method::DELETE, ["keys", segment], "/keys/{hash}").unwrap_err();
            assert!(matches!(error, Error::Config { .. }), "{segment:?}: {error}");
        }
    }

    #[test]
    fn the_host_is_told_as_http_wants_it() {
        let host = |base: &str| Base::new(Url::parse(base).unwrap(), false).host.unwrap();
        let cases = [
            ("https://api.arouter.ai/v1", "api.arouter.ai"),
            ("https://API.arouter.ai:443", "api.arouter.ai"),
            ("http://localhost:80/", "localhost"),
            ("http://localhost:443/", "localhost:443"),
            ("http://[::1]:8080", "[::1]:8080"),
            ("http://m\u{fc}nchen.example", "xn--mnchen-3ya.example"),
        ];
        for (base, expected) in cases {
            assert_eq!(host(base), expected, "{base}");
        }
        assert_eq!(Base::new(Url::parse("https://api.arouter.ai").unwrap(), true).host, None);
    }

    #[test]
    fn queries_are_encoded() {
        let request = Request::new(Method::GET, ["keys"], "/keys").unwrap().query("name", "a&b=c d");
        let url: String = request.url(&Base::new(Url::parse("http://localhost").unwrap(), false)).into();
        assert_eq!(url, "http://localhost/keys?name=a%26b%3Dc+d");
    }
}
