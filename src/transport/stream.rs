//! Streams of typed items out of an answer that goes on.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use http::HeaderValue;
use http_body::Body as _;
use serde_json::Value;
use tokio::time::Instant;

use super::clock::Clock;
use super::retry::RetryClass;
use super::sse::{self, Event};
use super::{Answer, Limits, Receive, failure};
use crate::error::{ApiError, Error, Oversize, Result, Scrubber};
use crate::response::Meta;

/// How one protocol reads its stream; lives beside the item type.
pub(crate) trait Protocol: Clone + Send + Sync + Unpin + 'static {
    /// What the stream yields.
    type Item: Send + Unpin;

    /// How events are cut out of the bytes.
    type Decoder: Decoder;

    /// Whether a last event without its blank line counts if it decodes: a cut JSON object never does.
    const TAKES_UNFINISHED: bool = true;

    /// Whether an item that can't be decoded is an error of its own, after which the others come.
    const ITEMS_STAND_ALONE: bool = false;

    /// A decoder for a body of this content type; `None` if the protocol has no stream of that type.
    fn decoder(&self, content_type: Option<&str>, max_event_bytes: usize) -> Option<Self::Decoder>;

    /// Reads one event.
    fn decode(&mut self, event: &Event<'_>) -> Result<Decoded<Self::Item>>;

    /// Whether a body that ended without an end mark is complete nonetheless.
    fn is_complete_without_mark(&self) -> bool;
}

/// What an event means to its stream.
pub(crate) enum Decoded<T> {
    /// An item; more will come.
    Item(T),
    /// The last item.
    Last(T),
    /// Nothing for the caller.
    Skip,
    /// The event reports a failure, in whatever shape.
    Failure,
    /// An item that comes with the report of a failure: the item is given, then the error.
    Broken(T, Box<Value>),
    /// The end mark.
    End,
}

/// Cuts events out of pieces of bytes, by pull.
pub(crate) trait Decoder: Send + Sync + Unpin {
    /// Hands over the next piece; only after `next` had no more.
    fn push(&mut self, piece: Bytes);

    /// The next event of the piece; `None` once another piece is needed.
    fn next(&mut self) -> Result<Option<Event<'_>>, sse::TooLong>;

    /// The event that the end of the body left unfinished; it may be cut.
    fn finish(&mut self) -> Option<Event<'_>>;

    /// Start of what came outside any event.
    fn stray(&self) -> &[u8];

    /// Lets go of the piece, of which nothing more is wanted: it may be a slice of the buffer that the connection reads into, of up to
    /// 408 KiB, which can't be used again until then.
    fn release(&mut self);
}

impl Decoder for sse::Decoder {
    fn push(&mut self, piece: Bytes) {
        self.push(&piece);
    }

    fn next(&mut self) -> Result<Option<Event<'_>>, sse::TooLong> {
        self.next()
    }

    fn finish(&mut self) -> Option<Event<'_>> {
        self.finish()
    }

    fn stray(&self) -> &[u8] {
        self.stray()
    }

    fn release(&mut self) {
        self.release();
    }
}

/// Whether a body of this type is a stream of server-sent events; one without a type is taken for it.
pub(crate) fn is_event_stream(content_type: Option<&str>) -> bool {
    content_type.is_none_or(|essence| essence.eq_ignore_ascii_case("text/event-stream"))
}

/// Takes in the start of a stream, up to and including its first item.
pub(super) struct Open<P>(pub(super) P);

impl<P: Protocol> Receive for Open<P> {
    type Output = EventStream<P>;

    const ACCEPT: HeaderValue = HeaderValue::from_static("text/event-stream");
    const IS_STREAM: bool = true;

    async fn receive(&self, answer: &mut Answer, limits: &Limits) -> Result<EventStream<P>> {
        if answer.meta.status() == http::StatusCode::NO_CONTENT {
            return Err(Error::truncated());
        }
        let Some(decoder) = self.0.decoder(answer.meta.content_type(), limits.max_event_bytes) else {
            return Err(not_a_stream(answer, limits.max_error_bytes).await);
        };
        let mut stream = EventStream::new(answer, decoder, self.0.clone(), limits);
        stream.first = match answer.deadline.bound(std::future::poll_fn(|context| stream.poll_item(context))).await? {
            Some(Err(error)) if stream.state == State::Done => return Err(error),
            first => first,
        };
        Ok(stream)
    }
}

/// A success with another body than a stream: an error after all, or something that the caller may want to see.
async fn not_a_stream(answer: &mut Answer, limit: usize) -> Error {
    let bytes = answer.read_error(limit).await;
    let Answer { meta, scrubber, .. } = answer;
    let content_type = meta.content_type().unwrap_or_default();
    let is_error = serde_json::from_slice::<Value>(&bytes).is_ok_and(|value| {
        let object = value.get(0).unwrap_or(&value);
        object.get("error").is_some_and(ApiError::is_reported_by)
    });
    if is_error {
        return ApiError::parse(meta.status(), Some(content_type), bytes, scrubber).into();
    }
    let mut content_type = content_type.to_owned();
    scrubber.text(&mut content_type);
    Error::content_type(content_type).with_body(scrubber.bytes(bytes))
}

/// A stream of typed items, read in place: no task, no channel, nothing decoded ahead of the caller.
pub(crate) struct EventStream<P: Protocol> {
    /// What the pre-flight has read.
    first: Option<Result<P::Item>>,
    body: Option<reqwest::Body>,
    decoder: P::Decoder,
    protocol: P,
    state: State,
    clock: Clock,
    limits: StreamLimits,
    /// Bytes of the body so far.
    received: usize,
    /// Of `State::Broken`, the report.
    report: Option<Box<Value>>,
    scrubber: Scrubber,
    meta: Meta,
    /// Known once the call that opened the stream is done, with the time at which it was.
    opened: Option<(RetryClass, Instant)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    /// The end mark was seen, and this much more is read at most.
    Draining {
        room: usize,
    },
    /// An item was given that came with the report of a failure.
    Broken,
    Done,
}

/// Limits of size, in bytes.
#[derive(Debug, Clone, Copy)]
struct StreamLimits {
    event: usize,
    response: usize,
    error: usize,
}

impl<P: Protocol> EventStream<P> {
    fn new(answer: &mut Answer, decoder: P::Decoder, protocol: P, limits: &Limits) -> Self {
        Self {
            first: None,
            body: Some(std::mem::take(&mut answer.body)),
            decoder,
            protocol,
            state: State::Reading,
            clock: Clock::new(limits.idle_timeout, limits.event_timeout),
            limits: StreamLimits { event: limits.max_event_bytes, response: limits.max_response_bytes, error: limits.max_error_bytes },
            received: 0,
            report: None,
            scrubber: std::mem::take(&mut answer.scrubber),
            meta: answer.meta.clone(),
            opened: None,
        }
    }

    /// The call that opened the stream is done; from here on, errors are the stream's own.
    pub(super) fn opened(&mut self, meta: Meta, class: RetryClass) {
        self.meta = meta;
        self.opened = Some((class, Instant::now()));
        self.first = self.first.take().map(|first| first.map_err(|error| self.with_context(error)));
    }

    /// Refuses to go on adding up a stream that is larger than a whole answer may be.
    pub(crate) fn within_response_limit(&self, added: Result<()>) -> Result<()> {
        let limit = self.limits.response;
        let error = match added {
            Ok(()) if self.received <= limit => return Ok(()),
            Ok(()) => Error::too_large(Oversize::Response, limit),
            Err(error) => error,
        };
        Err(self.with_context(error))
    }

    pub(crate) fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The next item, read in place.
    #[inline]
    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<P::Item>>> {
        let mut pieces = 0;
        loop {
            match self.state {
                State::Done => return Poll::Ready(None),
                State::Draining { room } => {
                    ready!(self.poll_drain(context, room));
                    self.end();
                    return Poll::Ready(None);
                }
                State::Broken => {
                    let report = self.report.take().unwrap_or_default().to_string();
                    return self.fail(ApiError::parse(http::StatusCode::OK, None, report.into(), &self.scrubber).into());
                }
                State::Reading => {}
            }
            match self.next_decoded() {
                Ok(Some(Decoded::Item(item))) => {
                    self.clock.event_came();
                    return Poll::Ready(Some(Ok(item)));
                }
                Ok(Some(Decoded::Broken(item, report))) => {
                    self.state = State::Broken;
                    self.report = Some(report);
                    return Poll::Ready(Some(Ok(item)));
                }
                Ok(Some(Decoded::Last(item))) => {
                    self.drain();
                    return Poll::Ready(Some(Ok(item)));
                }
                Ok(Some(Decoded::End)) => {
                    self.drain();
                    continue;
                }
                // A failure has become an error in `next_decoded`.
                Ok(Some(Decoded::Skip | Decoded::Failure)) => {
                    self.clock.event_came();
                    continue;
                }
                Ok(None) => {}
                Err(error @ Error::Decode { .. }) if P::ITEMS_STAND_ALONE => {
                    self.clock.event_came();
                    return Poll::Ready(Some(Err(self.with_context(error))));
                }
                Err(error) => return self.fail(error),
            }
            // A peer that always has something to say must not keep the task from yielding.
            pieces += 1;
            if pieces > MAX_PIECES_PER_POLL {
                context.waker().wake_by_ref();
                let error = ready!(self.clock.poll_elapsed(context));
                return self.fail(error);
            }
            match self.poll_piece(context) {
                Poll::Ready(Some(Ok(piece))) => {
                    self.clock.bytes_came();
                    self.received = self.received.saturating_add(piece.len());
                    self.decoder.push(piece);
                }
                Poll::Ready(Some(Err(error))) => return self.fail(failure::of_body(error)),
                Poll::Ready(None) => return self.end_of_body(),
                Poll::Pending => {
                    let error = ready!(self.clock.poll_elapsed(context));
                    return self.fail(error);
                }
            }
        }
    }

    /// What the next event of the current piece means.
    #[inline]
    fn next_decoded(&mut self) -> Result<Option<Decoded<P::Item>>> {
        match self.decoder.next() {
            Ok(Some(event)) => checked(self.protocol.decode(&event), &event, &self.scrubber, self.limits).map(Some),
            Ok(None) => Ok(None),
            Err(sse::TooLong) => Err(Error::too_large(Oversize::Event, self.limits.event)),
        }
    }

    /// The end mark was seen: what is left of the body is read, so that the connection can be used again.
    fn drain(&mut self) {
        self.decoder.release();
        self.state = State::Draining { room: DRAIN_BYTES };
        self.clock = Clock::new(DRAIN_TIME, DRAIN_TIME);
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<reqwest::Result<Bytes>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        loop {
            match ready!(Pin::new(&mut *body).poll_frame(context)) {
                Some(Ok(frame)) => {
                    if let Ok(piece) = frame.into_data() {
                        return Poll::Ready(Some(Ok(piece)));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    /// Reads what is left of the body after the end mark: a little, for a little while.
    fn poll_drain(&mut self, context: &mut Context<'_>, mut room: usize) -> Poll<()> {
        loop {
            match self.poll_piece(context) {
                Poll::Ready(Some(Ok(piece))) if piece.len() < room => {
                    room -= piece.len();
                    self.state = State::Draining { room };
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => {
                    _ = ready!(self.clock.poll_elapsed(context));
                    return Poll::Ready(());
                }
            }
        }
    }

    /// The body is over and no end mark was seen.
    fn end_of_body(&mut self) -> Poll<Option<Result<P::Item>>> {
        self.body = None;
        let last = self.decoder.finish().map(|event| {
            let decoded = if P::TAKES_UNFINISHED { self.protocol.decode(&event) } else { Err(Error::truncated()) };
            checked(decoded, &event, &self.scrubber, self.limits)
        });
        match last {
            // The last event lacks its blank line, but what there is of it is whole.
            Some(Ok(Decoded::Item(item) | Decoded::Last(item))) => return Poll::Ready(Some(Ok(item))),
            Some(Ok(Decoded::Broken(item, report))) => {
                self.state = State::Broken;
                self.report = Some(report);
                return Poll::Ready(Some(Ok(item)));
            }
            Some(Ok(Decoded::End)) => {
                self.end();
                return Poll::Ready(None);
            }
            Some(Err(error @ Error::Api(_))) => return self.fail(error),
            // It was cut, or may have been; what came of it is kept.
            Some(Err(mut error)) => {
                let mut truncated = self.truncated();
                let kept = &mut truncated.context_mut().raw_body;
                *kept = kept.take().or_else(|| error.context_mut().raw_body.take());
                return self.fail(truncated);
            }
            Some(Ok(Decoded::Skip | Decoded::Failure)) | None => {}
        }
        if self.protocol.is_complete_without_mark() {
            self.end();
            return Poll::Ready(None);
        }
        self.fail(self.truncated())
    }

    /// The stream broke off; if what came outside any event is an error report, that is why.
    fn truncated(&self) -> Error {
        let stray = self.decoder.stray();
        if stray.is_empty() {
            return Error::truncated();
        }
        let stray = Bytes::copy_from_slice(stray);
        let report = serde_json::from_slice::<Value>(&stray).ok();
        if report.and_then(|report| report.get("error").map(ApiError::is_reported_by)) == Some(true) {
            return ApiError::parse(http::StatusCode::OK, None, stray, &self.scrubber).into();
        }
        Error::truncated().with_body(self.scrubber.bytes(stray))
    }

    fn fail(&mut self, error: Error) -> Poll<Option<Result<P::Item>>> {
        self.end();
        Poll::Ready(Some(Err(self.with_context(error))))
    }

    /// The error with what is known of its call; before the stream is opened, the call itself adds that.
    fn with_context(&self, error: Error) -> Error {
        let Some((class, opened)) = self.opened else { return error };
        let mut error = error.in_call(class, &self.meta);
        let context = error.context_mut();
        context.elapsed += opened.elapsed();
        context.cut_body(self.limits.error);
        error
    }

    /// Lets go of the connection: back to the pool if the body is read, closed if not.
    fn end(&mut self) {
        self.state = State::Done;
        self.body = None;
        self.decoder.release();
    }
}

impl<P: Protocol> Stream for EventStream<P> {
    type Item = Result<P::Item>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(first));
        }
        self.poll_item(context)
    }
}

/// Turns an event that reports a failure into an error, and keeps the event behind an error that it caused.
// Inlined down to the JSON parser, with what it calls: each copy of a chunk that this spares is 64 instructions.
#[inline(always)]
fn checked<T>(decoded: Result<Decoded<T>>, event: &Event<'_>, scrubber: &Scrubber, limits: StreamLimits) -> Result<Decoded<T>> {
    match decoded {
        Ok(Decoded::Failure) => Err(reported(event, scrubber, limits)),
        Err(error) => Err(error.with_body(scrubber.bytes(kept(event, limits)))),
        decoded => decoded,
    }
}

#[cold]
fn reported(event: &Event<'_>, scrubber: &Scrubber, limits: StreamLimits) -> Error {
    ApiError::parse(http::StatusCode::OK, None, kept(event, limits), scrubber).into()
}

#[cold]
fn kept(event: &Event<'_>, limits: StreamLimits) -> Bytes {
    let data = event.data();
    Bytes::copy_from_slice(&data[..data.len().min(limits.error)])
}

/// Most that is read after the end mark to get a connection back, in bytes and in time.
const DRAIN_BYTES: usize = 16 * 1024;
const DRAIN_TIME: Duration = Duration::from_millis(100);

const MAX_PIECES_PER_POLL: usize = 64;

#[cfg(test)]
mod tests;
