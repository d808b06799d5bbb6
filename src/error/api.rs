//! What the gateway reports as a failure, in any of the shapes that vendors use.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value};

use super::{Context, Scrubber, printable};
use crate::json;

/// A failure that the gateway reported: an error status, an error body in a 200, or an error inside a stream.
///
/// Every known envelope is read (OpenAI's, OpenRouter's, Anthropic's, Gemini's, FastAPI's, OAuth's, flat ones, plain text), and
/// what can't be read still gives a message from the status; the body stays in [`raw_body`](Self::raw_body).
///
/// See [ARouter: error handling](https://docs.arouter.ai/en/guides/error-handling).
#[derive(Clone)]
pub struct ApiError {
    status: StatusCode,
    status_hint: Option<StatusCode>,
    kind: Option<String>,
    code: Option<String>,
    message: String,
    param: Option<String>,
    metadata: Option<Value>,
    context: Context,
}

impl ApiError {
    /// HTTP status of the answer; 200 for an error in a 200 or inside a stream.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Status that the error names for itself, by a numeric code or by its type, where the HTTP status doesn't tell.
    #[must_use]
    pub fn status_hint(&self) -> Option<StatusCode> {
        self.status_hint
    }

    /// The status to go by: the HTTP status if it is an error, else the [hint](Self::status_hint).
    #[must_use]
    pub fn effective_status(&self) -> Option<StatusCode> {
        if self.status.as_u16() >= 400 { Some(self.status) } else { self.status_hint }
    }

    /// The error's `type` (or Gemini's `status`), such as `rate_limit_error`.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// The error's `code`; a number is given as text.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The error's message, cut at 512 characters; made from the status if the gateway gave none.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The request parameter that is to blame.
    #[must_use]
    pub fn param(&self) -> Option<&str> {
        self.param.as_deref()
    }

    /// What else came with the error: OpenRouter's `metadata`, Gemini's `details`.
    #[must_use]
    pub fn metadata(&self) -> Option<&Value> {
        self.metadata.as_ref()
    }

    /// Name of the provider behind the gateway that failed, if the gateway tells.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        self.metadata.as_ref()?.get("provider_name")?.as_str()
    }

    /// Id under which the gateway knows the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.context.request_ids.last().map(String::as_str)
    }

    /// The body, or the event of a stream, that carried the error: up to 1 MiB, the client's own keys blotted out.
    #[must_use]
    pub fn raw_body(&self) -> Option<&[u8]> {
        self.context.raw_body.as_deref()
    }

    /// Whether the gateway asked to slow down (429 that isn't a spent quota).
    #[must_use]
    pub fn is_rate_limit(&self) -> bool {
        self.is(429) && !self.is_quota_exceeded() && !self.is_insufficient_credits()
    }

    /// Whether the key is missing, wrong or expired (401).
    #[must_use]
    pub fn is_auth(&self) -> bool {
        self.is(401)
    }

    /// Whether the key may not do this (403 that isn't a spent quota).
    #[must_use]
    pub fn is_permission(&self) -> bool {
        self.is(403) && !self.is_quota_exceeded() && !self.is_insufficient_credits()
    }

    /// Whether the account has no credits left (402, or a code that says so).
    #[must_use]
    pub fn is_insufficient_credits(&self) -> bool {
        self.is(402) || self.says(&["insufficient_credits", "payment_required", "billing_error"])
    }

    /// Whether a budget or quota is used up, at whatever status.
    #[must_use]
    pub fn is_quota_exceeded(&self) -> bool {
        self.says(&["quota_exceeded", "insufficient_quota"])
    }

    /// Whether the path, model, key or generation doesn't exist (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.is(404)
    }

    /// Whether the gateway or its provider ran out of time (408, 504, 524).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.is(408) || self.is(504) || self.is(524)
    }

    /// Whether the prompt doesn't fit the model's context.
    ///
    /// By code where one is given; else by the message, since most providers give none.
    #[must_use]
    pub fn is_context_overflow(&self) -> bool {
        if self.says(&["context_length_exceeded", "token_limit_exceeded", "exceed_context_size_error", "string_too_long"]) {
            return true;
        }
        let message = self.message.to_ascii_lowercase();
        matches!(self.effective_status().map(|status| status.as_u16()), Some(400 | 413 | 422))
            && ["context length", "context window", "context size", "prompt is too long", "input token count", "too many tokens"]
                .iter()
                .any(|words| message.contains(words))
    }

    fn is(&self, status: u16) -> bool {
        self.effective_status().is_some_and(|effective| effective.as_u16() == status)
    }

    fn says(&self, words: &[&str]) -> bool {
        let error_type = self.metadata.as_ref().and_then(|metadata| metadata.get("error_type")).and_then(Value::as_str);
        [self.code.as_deref(), self.kind.as_deref(), error_type].into_iter().flatten().any(|said| words.contains(&said))
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn context_mut(&mut self) -> &mut Context {
        &mut self.context
    }
}

// Reading the shapes. To add one, add it to `Findings::from_object` and a row to the table in `tests/it/errors.rs`.
impl ApiError {
    /// Reads the body of an answer with this status, whatever its shape; never fails.
    pub(crate) fn parse(status: StatusCode, content_type: Option<&str>, body: Bytes, scrubber: &Scrubber) -> Self {
        let body = scrubber.bytes(body);
        let mut findings = Findings::read(&body, content_type.is_some_and(|kind| kind.contains("html")));
        findings.scrub(scrubber);
        let message = findings.message.filter(|message| !message.trim().is_empty());
        Self {
            status,
            status_hint: findings.status.filter(|hint| *hint != status),
            kind: findings.kind,
            code: findings.code,
            message: message.map_or_else(|| status_message(findings.status.unwrap_or(status)), |message| cut(message, Self::MESSAGE_CHARS)),
            param: findings.param,
            metadata: findings.metadata,
            context: Context {
                status: Some(status),
                request_ids: findings.request_id.into_iter().collect(),
                raw_body: Some(body),
                ..Context::default()
            },
        }
    }

    /// Whether this value of a top-level `error` field reports an error: `null`, `false`, `0`, `""`, `[]` and `{}` don't.
    pub(crate) fn is_reported_by(error: &Value) -> bool {
        match error {
            Value::Null => false,
            Value::Bool(is_error) => *is_error,
            Value::Number(code) => code.as_f64() != Some(0.0),
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
        }
    }

    const MESSAGE_CHARS: usize = 512;
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.effective_status().unwrap_or(self.status);
        write!(f, "{}", status.as_u16())?;
        let numeric = self.code.as_deref().is_some_and(|code| code.parse::<u16>().is_ok());
        if let Some(name) = self.code.as_deref().filter(|_| !numeric).or(self.kind.as_deref()) {
            write!(f, " {}", printable(name, 64))?;
        }
        write!(f, ": {}", printable(&self.message, 360))?;
        write!(f, "{}", self.context)
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("status_hint", &self.status_hint)
            .field("kind", &self.kind)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("param", &self.param)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ApiError {}

/// What a body says about the error, before it is known to be complete.
#[derive(Default)]
struct Findings {
    message: Option<String>,
    code: Option<String>,
    kind: Option<String>,
    param: Option<String>,
    metadata: Option<Value>,
    request_id: Option<String>,
    status: Option<StatusCode>,
}

impl Findings {
    fn read(body: &[u8], html: bool) -> Self {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        if let Ok(value) = json::decode::<Value>(text.as_bytes()) {
            return Self::from_value(value);
        }
        // HTML, cut JSON and bytes that aren't text never become the message; the raw body keeps them.
        let is_text = !html
            && !text.starts_with(['<', '{', '['])
            && !text.chars().any(|character| character.is_control() && !character.is_ascii_whitespace());
        Self { message: is_text.then(|| text.to_owned()), ..Self::default() }
    }

    /// Blots keys out once more: what a body spells with escapes is plain only now.
    fn scrub(&mut self, scrubber: &Scrubber) {
        let texts = [&mut self.message, &mut self.code, &mut self.kind, &mut self.param, &mut self.request_id];
        texts.into_iter().flatten().for_each(|text| scrubber.text(text));
        self.metadata.iter_mut().for_each(|metadata| scrubber.value(metadata));
    }

    fn from_value(value: Value) -> Self {
        match value {
            Value::String(text) => Self { message: Some(text), ..Self::default() },
            Value::Array(items) => items.into_iter().find(Value::is_object).map_or_else(Self::default, Self::from_value),
            Value::Object(object) => Self::from_object(object),
            _ => Self::default(),
        }
    }

    fn from_object(mut object: Map<String, Value>) -> Self {
        let mut findings = match object.remove("error") {
            Some(Value::Object(error)) => Self::from_error(error),
            Some(Value::String(error)) => Self::from_word(error, &mut object),
            _ => Self::from_flat(&mut object),
        };
        findings.request_id = object.remove("request_id").and_then(as_text);
        findings.code = findings.code.or_else(|| object.remove("code").and_then(as_text));
        findings.status = findings.status.or_else(|| findings.status_by_name());
        findings
    }

    /// `{"error": {"message", "type", "code", "param", "metadata", "status", "details"}}`
    fn from_error(mut error: Map<String, Value>) -> Self {
        let status = ["code", "status", "status_code", "raw_status_code"].iter().find_map(|name| as_status(error.get(*name)?));
        let gemini_status = error.remove("status").and_then(text_only);
        Self {
            message: error.remove("message").and_then(as_message),
            code: error.remove("code").and_then(as_text),
            kind: error.remove("type").and_then(text_only).or(gemini_status),
            param: error.remove("param").and_then(text_only),
            metadata: error.remove("metadata").filter(|metadata| !metadata.is_null()).or_else(|| error.remove("details")),
            request_id: None,
            status,
        }
    }

    /// `{"error": "text"}`, and with a `message` or `error_description` beside it, in which case the text is the code.
    fn from_word(word: String, object: &mut Map<String, Value>) -> Self {
        match object.remove("error_description").or_else(|| object.remove("message")).and_then(as_message) {
            Some(message) => Self { message: Some(message), code: Some(word), ..Self::default() },
            None => Self { message: Some(word), ..Self::default() },
        }
    }

    /// `{"message", "code", "type"}`, `{"detail": …}`, `{"errors": [{"message"}]}`
    fn from_flat(object: &mut Map<String, Value>) -> Self {
        let message = ["message", "detail", "error_description", "msg", "errors", "title"]
            .iter()
            .find_map(|name| object.remove(*name).and_then(as_message));
        let status = ["raw_status_code", "status_code", "status", "code"].iter().find_map(|name| as_status(object.get(*name)?));
        Self {
            message,
            code: object.remove("code").and_then(as_text),
            kind: object.remove("type").and_then(text_only).filter(|kind| kind != "error"),
            param: object.remove("param").and_then(text_only),
            metadata: object.remove("metadata").filter(|metadata| !metadata.is_null()),
            request_id: None,
            status,
        }
    }

    /// The status that a type or code stands for in the vendors' own tables.
    fn status_by_name(&self) -> Option<StatusCode> {
        let error_type = self.metadata.as_ref().and_then(|metadata| metadata.get("error_type")).and_then(Value::as_str);
        [self.code.as_deref(), self.kind.as_deref(), error_type].into_iter().flatten().find_map(|name| {
            let status = match name {
                "invalid_request_error" | "invalid_request" | "INVALID_ARGUMENT" | "FAILED_PRECONDITION" => 400,
                "authentication_error" | "authentication" | "invalid_api_key" | "UNAUTHENTICATED" => 401,
                "billing_error" | "payment_required" | "insufficient_credits" => 402,
                "permission_error" | "forbidden_error" | "permission_denied" | "PERMISSION_DENIED" => 403,
                "not_found_error" | "not_found" | "NOT_FOUND" => 404,
                "request_too_large" | "payload_too_large" => 413,
                "rate_limit_error" | "rate_limit_exceeded" | "quota_exceeded" | "insufficient_quota" | "RESOURCE_EXHAUSTED" => 429,
                "api_error" | "server_error" | "internal_error" | "server" | "INTERNAL" => 500,
                "provider_unavailable" | "UNAVAILABLE" => 503,
                "timeout_error" | "timeout" | "DEADLINE_EXCEEDED" => 504,
                "overloaded_error" | "provider_overloaded" => 529,
                _ => return None,
            };
            StatusCode::from_u16(status).ok()
        })
    }
}

/// Text as it is, a number as text, anything else dropped.
fn as_text(value: Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        other => text_only(other),
    }
}

fn text_only(value: Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// A message may be text, an object, or FastAPI's list of `{"loc", "msg"}`.
fn as_message(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        Value::Array(items) => items.into_iter().find_map(as_message_of_item),
        Value::Object(ref object) if object.is_empty() => None,
        other => Some(other.to_string()),
    }
}

fn as_message_of_item(item: Value) -> Option<String> {
    match item {
        Value::Object(mut object) => match object.remove("msg").or_else(|| object.remove("message")) {
            Some(Value::String(text)) => Some(text),
            _ => as_message(Value::Object(object)),
        },
        other => as_message(other),
    }
}

fn as_status(value: &Value) -> Option<StatusCode> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    let status = u16::try_from(number).ok().filter(|number| (400..600).contains(number))?;
    StatusCode::from_u16(status).ok()
}

fn status_message(status: StatusCode) -> String {
    let code = status.as_u16();
    if status.is_success() {
        return "an error without a message".to_owned();
    }
    let reason = status.canonical_reason().or(match code {
        520 => Some("Web Server Returned an Unknown Error"),
        521 => Some("Web Server Is Down"),
        522 => Some("Connection Timed Out"),
        523 => Some("Origin Is Unreachable"),
        524 => Some("A Timeout Occurred"),
        529 => Some("Site Is Overloaded"),
        _ => None,
    });
    reason.map_or_else(|| format!("HTTP {code}"), |reason| format!("HTTP {code} {reason}"))
}

fn cut(text: String, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((at, _)) => text[..at].to_owned(),
        None => text,
    }
}
