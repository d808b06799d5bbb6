//! A streamed answer: how it is read, and what a program does with it.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;

use super::accumulate::MessagesAccumulator;
use super::event::MessagesEvent;
use super::response::MessagesResponse;
use crate::error::{ApiError, Result};
use crate::json;
use crate::response::Meta;
use crate::streams::{add_up, poll_text};
use crate::transport::sse::{self, Event};
use crate::transport::stream::{Decoded, EventStream, Protocol, is_event_stream};

/// A streamed answer, event by event: made by [`Messages::stream`](super::Messages::stream).
///
/// It ends with `None` after [`MessageStop`](MessagesEvent::MessageStop), or after one error:
/// [`Truncated`](crate::Error::Truncated) if the answer broke off, [`Timeout`](crate::Error::Timeout), [`Api`](crate::Error::Api) if
/// the gateway reports a failure, [`Transport`](crate::Error::Transport), [`Decode`](crate::Error::Decode),
/// [`TooLarge`](crate::Error::TooLarge). Pings keep it alive and aren't yielded. Events are read when the stream is polled and not
/// before, and dropping it closes the connection, which stops most generations.
pub struct MessagesStream(EventStream<MessagesProtocol>);

impl MessagesStream {
    #[inline]
    pub(super) fn new(stream: EventStream<MessagesProtocol>) -> Self {
        Self(stream)
    }

    /// Status, ids, limits and timing of the answer.
    #[must_use]
    #[inline]
    pub fn meta(&self) -> &Meta {
        self.0.meta()
    }

    /// Reads to the end and gives the whole answer, as [`Messages::create`](super::Messages::create) would have.
    ///
    /// # Errors
    ///
    /// The error that the stream ends with, and [`Decode`](crate::Error::Decode) if its events don't fit together;
    /// [`into_outcome`](Self::into_outcome) keeps what had come by then.
    #[inline]
    pub async fn into_response(self) -> Result<MessagesResponse> {
        let (response, ended) = self.into_outcome().await;
        ended.map(|()| response)
    }

    /// Reads to the end and gives what came, however the stream ended.
    ///
    /// Like a whole answer, it may not be larger than [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    #[inline]
    pub async fn into_outcome(mut self) -> (MessagesResponse, Result<()>) {
        let mut accumulator = MessagesAccumulator::new();
        let ended = add_up(&mut self.0, |event| accumulator.push(event)).await;
        (accumulator.into_response(), ended)
    }

    /// Only the text, piece by piece.
    #[must_use]
    #[inline]
    pub fn into_text(self) -> MessagesTextStream {
        MessagesTextStream(self)
    }
}

impl Stream for MessagesStream {
    type Item = Result<MessagesEvent>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(context)
    }
}

impl std::fmt::Debug for MessagesStream {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessagesStream").field("meta", self.meta()).finish_non_exhaustive()
    }
}

/// The text of a [`MessagesStream`], piece by piece; pieces are never empty.
#[derive(Debug)]
pub struct MessagesTextStream(MessagesStream);

impl MessagesTextStream {
    /// Status, ids, limits and timing of the answer.
    #[must_use]
    #[inline]
    pub fn meta(&self) -> &Meta {
        self.0.meta()
    }
}

impl Stream for MessagesTextStream {
    type Item = Result<String>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        poll_text(&mut self.0, context, MessagesEvent::text)
    }
}

/// Reads events by the `type` in their JSON, whatever name they come under, up to `message_stop`.
#[derive(Clone, Default)]
pub(super) struct MessagesProtocol {
    /// The message has told why it ends.
    has_ended: bool,
}

impl Protocol for MessagesProtocol {
    type Item = MessagesEvent;
    type Decoder = sse::Decoder;

    #[inline]
    fn decoder(&self, content_type: Option<&str>, max_event_bytes: usize) -> Option<sse::Decoder> {
        is_event_stream(content_type).then(|| sse::Decoder::new(max_event_bytes))
    }

    #[inline]
    fn decode(&mut self, event: &Event<'_>) -> Result<Decoded<MessagesEvent>> {
        if event.data().trim_ascii() == b"[DONE]" {
            // Not this protocol's mark: a gateway has put it after the end, or after a cut.
            return Ok(if self.has_ended { Decoded::End } else { Decoded::Skip });
        }
        if event.is_named("error") {
            return Ok(Decoded::Failure);
        }
        if event.data().is_empty() {
            return Ok(Decoded::Skip);
        }
        let event: MessagesEvent = match json::decode_answer(event.data()) {
            // A sign of life need not be JSON.
            Err(_) if event.is_named("ping") => return Ok(Decoded::Skip),
            decoded => decoded?,
        };
        Ok(match &event {
            MessagesEvent::Ping(_) => Decoded::Skip,
            MessagesEvent::Error(_) => Decoded::Failure,
            MessagesEvent::Other(value) if value.get("error").is_some_and(ApiError::is_reported_by) => Decoded::Failure,
            MessagesEvent::MessageStop(_) => Decoded::Last(event),
            MessagesEvent::MessageDelta(delta) => {
                self.has_ended |= delta.delta.stop_reason.as_ref().is_some_and(|reason| !reason.as_str().is_empty());
                Decoded::Item(event)
            }
            _ => Decoded::Item(event),
        })
    }

    /// A missing `message_stop` is no cut if the message has told why it ends.
    #[inline]
    fn is_complete_without_mark(&self) -> bool {
        self.has_ended
    }
}
