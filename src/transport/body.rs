//! Whole bodies, read up to a limit.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http_body::Body as _;
use memchr::memmem::Finder;
use serde_json::Value;

use super::request::ResultMark;
use super::{Answer, Deadline, Limits, Receive, failure};
use crate::error::{ApiError, Error, Oversize, Result, Scrubber, TimeoutPhase};
use crate::json;

/// Takes in a whole answer.
pub(super) struct Whole {
    /// What a result has that an error in a 200 doesn't; without it, any body is a result.
    pub(super) result: Option<ResultMark>,
}

/// A whole answer.
pub(super) struct Received {
    pub(super) bytes: Bytes,
    is_framed: bool,
    scrubber: Scrubber,
    max_error_bytes: usize,
}

impl Receive for Whole {
    type Output = Received;

    const ACCEPT: HeaderValue = HeaderValue::from_static("application/json");
    const IS_STREAM: bool = false;

    async fn receive(&self, answer: &mut Answer, limits: &Limits) -> Result<Received> {
        let mut pieces = Pieces::default();
        let read = answer.deadline.bound(read_all(&mut answer.body, limits.max_response_bytes, &mut pieces)).await;
        let Answer { meta, scrubber, .. } = answer;
        let bytes = pieces.into_bytes();
        if let Err(error) = read.and_then(|read| read) {
            // What has come of it may be paid for.
            return Err(error.with_body(scrubber.bytes(start_of(&bytes, limits.max_error_bytes))));
        }
        if let Some(mark) = self.result
            && is_error_body(&bytes, mark)
        {
            return Err(ApiError::parse(meta.status(), meta.content_type(), bytes, scrubber).into());
        }
        Ok(Received { bytes, is_framed: answer.is_framed, scrubber: std::mem::take(scrubber), max_error_bytes: limits.max_error_bytes })
    }
}

impl Received {
    /// The body, which is no slice of the buffer that the connection reads into: one of that size or less is a copy.
    pub(super) fn into_own(self) -> Bytes {
        if self.bytes.len() <= CONNECTION_BUFFER { start_of(&self.bytes, CONNECTION_BUFFER) } else { self.bytes }
    }

    /// The body as JSON text; an empty one (204) reads as `null`.
    pub(super) fn json(&self) -> &[u8] {
        if self.bytes.trim_ascii().is_empty() { b"null" } else { &self.bytes }
    }

    /// The error for a body that could not be decoded, which keeps the body.
    pub(super) fn not_decoded(&self, error: Error, content_type: Option<&str>) -> Error {
        let is_html = content_type.is_some_and(|kind| HTML.iter().any(|html| kind.eq_ignore_ascii_case(html)));
        let error = match error {
            _ if is_html => Error::content_type("text/html"),
            _ if self.bytes.is_empty() => Error::decode("the body is empty"),
            Error::Decode { reason, context, .. } => Error::Decode { reason, may_be_truncated: !self.is_framed, context },
            other => other,
        };
        error.with_body(self.scrubber.bytes(start_of(&self.bytes, self.max_error_bytes)))
    }
}

/// Reads the start of a body that came with an error status or isn't what was asked for: up to a limit, for at most 5 s, and no longer
/// than the call may take.
///
/// What broke off or took too long gives what had come; dropping the rest closes the connection.
pub(super) async fn read_error(body: reqwest::Body, limit: usize, deadline: Deadline) -> Bytes {
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
    _ = deadline.bound_by(ERROR_BODY_TIME, TimeoutPhase::Total, reading).await;
    read.into()
}

/// A copy of the start of a body, which holds nothing else of it.
fn start_of(body: &[u8], limit: usize) -> Bytes {
    Bytes::copy_from_slice(&body[..body.len().min(limit)])
}

/// A body so far. One that comes in one piece, as small ones do, isn't copied.
#[derive(Default)]
struct Pieces {
    first: Bytes,
    /// All of them, once there is a second one.
    joined: Vec<u8>,
}

impl Pieces {
    fn len(&self) -> usize {
        self.first.len().max(self.joined.len())
    }

    /// Adds a piece to a body of which so much more is known to come.
    fn push(&mut self, piece: Bytes, more: usize) {
        if self.len() == 0 {
            self.first = piece;
            return;
        }
        if self.joined.is_empty() {
            self.joined.reserve_exact(self.first.len() + piece.len() + more);
            self.joined.extend_from_slice(&self.first);
        }
        self.joined.extend_from_slice(&piece);
    }

    fn into_bytes(self) -> Bytes {
        if self.joined.is_empty() { self.first } else { self.joined.into() }
    }
}

async fn read_all(body: &mut reqwest::Body, limit: usize, pieces: &mut Pieces) -> Result<()> {
    while let Some(piece) = next_piece(body).await.transpose()? {
        let room = limit - pieces.len();
        if piece.len() > room {
            return Err(Error::too_large(Oversize::Response, limit));
        }
        let more = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        pieces.push(piece, more.min(room).min(MOST_RESERVED));
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
    static NAME: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"error\""));
    if NAME.find(body).is_none() {
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

const HTML: [&str; 2] = ["text/html", "application/xhtml+xml"];

/// Most that the HTTP library reads at once.
const CONNECTION_BUFFER: usize = 408 * 1024;

/// Room that is made for a body by its length alone, which may be a lie.
const MOST_RESERVED: usize = 16 << 20;

const ERROR_BODY_TIME: Duration = Duration::from_secs(5);
