//! What the embedded gateway answers, down to the bytes and the pauses between them.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use http_body::Frame;
use serde::Serialize;
use serde_json::json;
use tokio::time::Sleep;

/// An answer for [`Gateway::script`](super::Gateway::script).
///
/// ```
/// use arouter::testing::Reply;
/// use std::time::Duration;
///
/// // A stream that breaks off in its second event.
/// Reply::events([r#"{"choices":[{"delta":{"content":"Hel"}}]}"#, r#"{"choices":[{"delta":{"content":"lo"}}]}"#]).cut_after(60);
/// // A gateway that is overloaded for a while.
/// Reply::status(503).header("retry-after", "1").delay(Duration::from_millis(50));
/// // One that takes the request and never answers.
/// Reply::silence();
/// ```
#[derive(Debug, Clone)]
#[must_use = "a reply does nothing until it is scripted"]
pub struct Reply {
    pub(super) head: Option<Head>,
    pub(super) delay: Duration,
    body: Bytes,
    piece: Option<usize>,
    interval: Duration,
    ending: Ending,
    acting: Acting,
}

/// Whether the gateway acts on the request before it answers so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Acting {
    No,
    /// It does, and its own answer is lost.
    Lost,
    /// It does, and its own answer is what is sent.
    Own,
}

#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) is_close_delimited: bool,
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Complete,
    /// The connection is closed after this many bytes of the body.
    Cut(usize),
    /// The connection is reset after this many bytes of the body.
    Reset(usize),
    /// Nothing more comes after this many bytes of the body, and the connection stays open.
    Stall(usize),
    /// The body is sent over and over.
    Never,
}

impl Reply {
    /// An answer with this status; from 400 on, with an error body as the service writes it.
    ///
    /// # Panics
    ///
    /// If the status isn't between 100 and 999.
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).expect("a status is between 100 and 999");
        let head = Head { status, headers: HeaderMap::new(), is_close_delimited: false };
        let reply = Self {
            head: Some(head),
            delay: Duration::ZERO,
            body: Bytes::new(),
            piece: None,
            interval: Duration::ZERO,
            ending: Ending::Complete,
            acting: Acting::No,
        };
        if status.as_u16() < 400 {
            return reply;
        }
        let (kind, message) = match status.as_u16() {
            401 => ("authentication_error", "invalid api key"),
            402 => ("payment_required", "insufficient credits, please top up your balance"),
            403 => ("permission_error", "this key may not do that"),
            404 => ("not_found_error", "not found"),
            429 => ("rate_limit_error", "rate limit exceeded"),
            400..=499 => ("invalid_request_error", "invalid request"),
            503 => ("server_error", "no available providers for the requested model"),
            _ => ("server_error", "upstream request failed"),
        };
        reply.json(&json!({"error": {"message": message, "type": kind}}))
    }

    /// An error status with a body as the service writes it.
    ///
    /// # Panics
    ///
    /// If the status isn't between 100 and 999.
    pub fn error(status: u16, kind: &str, message: &str) -> Self {
        Self::status(status).json(&json!({"error": {"message": message, "type": kind}}))
    }

    /// A success with a JSON body.
    pub fn ok<T: Serialize + ?Sized>(body: &T) -> Self {
        Self::status(200).json(body)
    }

    /// An event stream with these data, and `[DONE]` after them.
    pub fn events<S: AsRef<str>>(data: impl IntoIterator<Item = S>) -> Self {
        let mut body: String = data.into_iter().map(|data| format!("data: {}\n\n", data.as_ref())).collect();
        body.push_str("data: [DONE]\n\n");
        Self::event_stream(body)
    }

    /// An event stream with these names and data, and nothing after them, as Anthropic's protocol has it.
    pub fn named_events<N: AsRef<str>, D: AsRef<str>>(events: impl IntoIterator<Item = (N, D)>) -> Self {
        let event = |(name, data): (N, D)| format!("event: {}\ndata: {}\n\n", name.as_ref(), data.as_ref());
        Self::event_stream(events.into_iter().map(event).collect::<String>())
    }

    /// An event stream with this text, as it is.
    pub fn event_stream(text: impl Into<Bytes>) -> Self {
        Self::status(200).header("content-type", "text/event-stream").body(text)
    }

    /// No answer: the connection is closed when the request is read.
    pub fn hang_up() -> Self {
        Self { head: None, ..Self::status(200).cut_after(0) }
    }

    /// No answer, and the connection stays open.
    pub fn silence() -> Self {
        Self { head: None, ..Self::status(200).stall_after(0) }
    }

    /// The gateway's own answer, to be sent as this reply says: late, in pieces, cut.
    ///
    /// ```
    /// use arouter::testing::Reply;
    ///
    /// // A key is made, and its secret gets lost half-way.
    /// Reply::own().cut_after(20);
    /// ```
    pub fn own() -> Self {
        Self { acting: Acting::Own, ..Self::status(200) }
    }

    /// Lets the gateway act on the request before it answers so: a key is made, and nobody is told.
    pub fn after_acting(mut self) -> Self {
        self.acting = Acting::Lost;
        self
    }

    /// Sets a header.
    ///
    /// # Panics
    ///
    /// If name or value can't be a header's.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let name = HeaderName::from_bytes(name.as_ref().as_bytes()).expect("the name of a header");
        let value = HeaderValue::from_str(value.as_ref()).expect("the value of a header");
        if let Some(head) = &mut self.head {
            head.headers.insert(name, value);
        }
        self
    }

    /// Takes a header away.
    pub fn without_header(mut self, name: &str) -> Self {
        if let Some(head) = &mut self.head {
            head.headers.remove(name);
        }
        self
    }

    /// Sets the body, as JSON.
    ///
    /// # Panics
    ///
    /// If the value can't be JSON.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        let body = serde_json::to_vec(body).expect("a value that can be JSON");
        self.header("content-type", "application/json").body(body)
    }

    /// Sets the body, and leaves the content type as it is.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Waits before the head.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sends the body in pieces of this many bytes, each an HTTP chunk and a write of its own.
    pub fn in_pieces(mut self, bytes: usize) -> Self {
        self.piece = Some(bytes.max(1));
        self
    }

    /// Waits between pieces; without [`in_pieces`](Self::in_pieces), between the events of a stream.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Ends the body by closing the connection, as HTTP/1.0 does, so that a cut can't be told from the end.
    pub fn close_delimited(mut self) -> Self {
        if let Some(head) = &mut self.head {
            head.is_close_delimited = true;
        }
        self
    }

    /// Closes the connection after this many bytes of the body.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.ending = Ending::Cut(bytes);
        self
    }

    /// Resets the connection 50 ms after this many bytes of the body.
    pub fn reset_after(mut self, bytes: usize) -> Self {
        self.ending = Ending::Reset(bytes);
        self
    }

    /// Falls silent after this many bytes of the body, with the connection open.
    pub fn stall_after(mut self, bytes: usize) -> Self {
        self.ending = Ending::Stall(bytes);
        self
    }

    /// Sends the body over and over, until the client goes away.
    pub fn endless(mut self) -> Self {
        self.ending = Ending::Never;
        self
    }

    /// Whether the gateway acts on the request first.
    pub(super) fn acts(&self) -> bool {
        self.acting != Acting::No
    }

    /// The reply, once the gateway has acted and would have answered so itself.
    pub(super) fn on(self, own: Self) -> Self {
        if self.acting == Acting::Lost {
            return self;
        }
        Self { delay: self.delay, piece: self.piece, interval: self.interval.max(own.interval), ending: self.ending, ..own }
    }

    /// Whether it never answers.
    pub(super) fn is_silence(&self) -> bool {
        matches!(self.ending, Ending::Stall(_))
    }

    pub(super) fn into_response(self, reset: impl FnOnce() + Send + 'static) -> http::Response<ReplyBody> {
        let body = self.steps(reset);
        let mut response = http::Response::new(body);
        if let Some(head) = self.head {
            *response.status_mut() = head.status;
            *response.headers_mut() = head.headers;
            if head.is_close_delimited {
                *response.version_mut() = Version::HTTP_10;
            }
        }
        response
    }

    fn steps(&self, reset: impl FnOnce() + Send + 'static) -> ReplyBody {
        let (sent, last) = match self.ending {
            Ending::Complete => (self.body.clone(), None),
            Ending::Cut(at) => (self.body.slice(..at.min(self.body.len())), Some(Step::Close)),
            Ending::Reset(at) => (self.body.slice(..at.min(self.body.len())), Some(Step::Reset)),
            Ending::Stall(at) => (self.body.slice(..at.min(self.body.len())), Some(Step::Stall)),
            Ending::Never => (Bytes::new(), Some(Step::Repeat(self.body.clone()))),
        };
        let is_whole = self.piece.is_none() && self.interval.is_zero() && last.is_none();
        let mut steps = VecDeque::new();
        for piece in self.pieces(&sent) {
            if !steps.is_empty() {
                steps.push_back(Step::Wait(self.interval));
            }
            steps.push_back(Step::Send(piece));
        }
        if let Some(last) = last {
            // What was written so far goes out first. A reset also takes what the peer has not read yet, so it has a moment to.
            steps.push_back(Step::Wait(if matches!(last, Step::Reset) { BEFORE_RESET } else { Duration::ZERO }));
            steps.push_back(last);
        }
        let length = (is_whole && !self.head.as_ref().is_some_and(|head| head.is_close_delimited)).then_some(sent.len() as u64);
        ReplyBody { steps, timer: None, length, reset: Some(Box::new(reset)) }
    }

    fn pieces(&self, sent: &Bytes) -> Vec<Bytes> {
        if let Some(size) = self.piece {
            return (0..sent.len()).step_by(size).map(|at| sent.slice(at..sent.len().min(at + size))).collect();
        }
        if self.interval.is_zero() {
            return if sent.is_empty() { Vec::new() } else { vec![sent.clone()] };
        }
        let blank_line: &[u8] = if memchr::memmem::find(sent, b"\r\n\r\n").is_some() { b"\r\n\r\n" } else { b"\n\n" };
        let mut ends: Vec<usize> = memchr::memmem::find_iter(sent, blank_line).map(|at| at + blank_line.len()).collect();
        if ends.last() != Some(&sent.len()) {
            ends.push(sent.len());
        }
        let starts = std::iter::once(0).chain(ends.clone());
        starts.zip(ends).map(|(start, end)| sent.slice(start..end)).filter(|piece| !piece.is_empty()).collect()
    }
}

const BEFORE_RESET: Duration = Duration::from_millis(50);

enum Step {
    Send(Bytes),
    /// Lets everything go out, then waits.
    Wait(Duration),
    Close,
    Reset,
    Stall,
    Repeat(Bytes),
}

/// A body that follows a script.
pub(super) struct ReplyBody {
    steps: VecDeque<Step>,
    timer: Option<Pin<Box<Sleep>>>,
    length: Option<u64>,
    reset: Option<Box<dyn FnOnce() + Send>>,
}

impl http_body::Body for ReplyBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        loop {
            if let Some(timer) = &mut self.timer {
                ready!(timer.as_mut().poll(context));
                self.timer = None;
            }
            match self.steps.pop_front() {
                Some(Step::Send(piece)) => return Poll::Ready(Some(Ok(Frame::data(piece)))),
                Some(Step::Wait(time)) if time.is_zero() => {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Some(Step::Wait(time)) => self.timer = Some(Box::pin(tokio::time::sleep(time))),
                Some(Step::Close) => return Poll::Ready(Some(Err(std::io::Error::other("the script cuts the answer")))),
                Some(Step::Reset) => {
                    if let Some(reset) = self.reset.take() {
                        reset();
                    }
                    return Poll::Ready(Some(Err(std::io::Error::other("the script resets the connection"))));
                }
                Some(Step::Stall) => {
                    self.steps.push_front(Step::Stall);
                    return Poll::Pending;
                }
                Some(Step::Repeat(piece)) => {
                    self.steps.push_front(Step::Repeat(piece.clone()));
                    return Poll::Ready(Some(Ok(Frame::data(piece))));
                }
                None => return Poll::Ready(None),
            }
        }
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.length.map(http_body::SizeHint::with_exact).unwrap_or_default()
    }
}
