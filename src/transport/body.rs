//! Whole bodies, read up to a limit.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http_body::Body as _;
use serde_json::Value;

use super::request::ResultMark;
use super::{Answer, Limits, Receive, failure};
use crate::error::{ApiError, Error, Oversize, Result, Scrubber};
use crate::json;

/// Takes in a whole answer.
pub(super) struct Whole {
    /// Without it, a JSON body that has an `error` is one.
    pub(super) result: Option<ResultMark>,
}

/// A whole answer.
pub(super) struct Received {
    pub(super) bytes: Bytes,
    content_type: Option<String>,
    is_framed: bool,
    scrubber: Scrubber,
    max_error_bytes: usize,
}

impl Receive for Whole {
    type Output = Received;

    const ACCEPT: HeaderValue = HeaderValue::from_static("application/json");
    const IS_STREAM: bool = false;

    async fn receive(&self, answer: Answer, limits: &Limits) -> Result<Received> {
        let content_type = answer.content_type().map(str::to_owned);
        let status = answer.meta.status();
        let Answer { body, scrubber, is_framed, deadline, .. } = answer;
        let mut bytes = Vec::new();
        let read = deadline.bound(read_all(body, limits.max_response_bytes, &mut bytes)).await;
        if let Err(error) = read.and_then(|read| read) {
            // What has come of it may be paid for.
            bytes.truncate(limits.max_error_bytes);
            return Err(error.with_body(scrubber.bytes(bytes.into())));
        }
        let bytes = Bytes::from(bytes);
        if let Some(mark) = self.result
            && is_error_body(&bytes, mark)
        {
            return Err(ApiError::parse(status, content_type.as_deref(), bytes, &scrubber).into());
        }
        Ok(Received { bytes, content_type, is_framed, scrubber, max_error_bytes: limits.max_error_bytes })
    }
}

impl Received {
    /// The body as JSON text; an empty one (204) reads as `null`.
    pub(super) fn json(&self) -> &[u8] {
        if self.bytes.trim_ascii().is_empty() { b"null" } else { &self.bytes }
    }

    /// The error for a body that could not be decoded, which keeps the body.
    pub(super) fn not_decoded(&self, error: Error) -> Error {
        let html = self.content_type.as_deref().is_some_and(|kind| kind.contains("html"));
        let error = match error {
            _ if html => Error::content_type("text/html"),
            _ if self.bytes.is_empty() => Error::decode("the body is empty"),
            Error::Decode { reason, context, .. } => Error::Decode { reason, may_be_truncated: !self.is_framed, context },
            other => other,
        };
        error.with_body(self.scrubber.bytes(self.bytes.slice(..self.bytes.len().min(self.max_error_bytes))))
    }
}

/// Reads the start of a body that came with an error status or isn't what was asked for: up to a limit, for at most 5 s.
///
/// What broke off or took too long gives what had come; dropping the rest closes the connection.
pub(super) async fn read_error(body: reqwest::Body, limit: usize) -> Bytes {
    let mut body = body;
    let mut read = Vec::new();
    let reading = async {
        while let Some(Ok(piece)) = next_piece(&mut body).await {
            let room = limit - read.len();
            read.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.len() >= room {
                break;
            }
        }
    };
    _ = tokio::time::timeout(ERROR_BODY_TIME, reading).await;
    read.into()
}

async fn read_all(mut body: reqwest::Body, limit: usize, all: &mut Vec<u8>) -> Result<()> {
    while let Some(piece) = next_piece(&mut body).await.transpose()? {
        if piece.len() > limit - all.len() {
            return Err(Error::too_large(Oversize::Response, limit));
        }
        all.extend_from_slice(&piece);
    }
    Ok(())
}

async fn next_piece(body: &mut reqwest::Body) -> Option<Result<Bytes>> {
    loop {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await?;
        match frame.map(http_body::Frame::into_data) {
            Ok(Ok(data)) => return Some(Ok(data)),
            // Trailers.
            Ok(Err(_)) => {}
            Err(error) => return Some(Err(failure::of_body(error))),
        }
    }
}

/// Whether a success status came with an error envelope and no result.
fn is_error_body(body: &[u8], mark: ResultMark) -> bool {
    if memchr::memmem::find(body, b"\"error\"").is_none() {
        return false;
    }
    let Ok(answer) = json::decode::<Value>(body) else { return false };
    let Value::Object(object) = &answer else { return false };
    let has_result = match mark {
        ResultMark::Field(name) => match object.get(name) {
            None | Some(Value::Null) => false,
            Some(Value::Array(items)) => !items.is_empty(),
            Some(_) => true,
        },
        ResultMark::Test(is_result) => is_result(&answer),
    };
    let reports = object.get("error").is_some_and(ApiError::is_reported_by)
        || ["object", "type"].iter().any(|name| object.get(*name) == Some(&"error".into()));
    !has_result && reports
}

const ERROR_BODY_TIME: Duration = Duration::from_secs(5);
