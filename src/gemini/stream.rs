//! A streamed answer: how it is read, and what a program does with it.

use std::borrow::Cow;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::Stream;

use super::accumulate::GeminiAccumulator;
use super::response::GenerateContentResponse;
use crate::error::{ApiError, Result};
use crate::json;
use crate::json_values::ValueDecoder;
use crate::response::Meta;
use crate::streams::{add_up, poll_text};
use crate::transport::sse::{self, Event};
use crate::transport::stream::{Decoded, Decoder, EventStream, Protocol, is_event_stream};

/// A streamed answer, piece by piece: made by [`Gemini::stream_generate_content`](super::Gemini::stream_generate_content).
///
/// A piece has the type of a whole answer, with what is new in it; its counters of tokens tell the sum so far.
///
/// It ends with `None` once each answer has told why it ended, or after one error: [`Truncated`](crate::Error::Truncated) if the answer
/// broke off, [`Timeout`](crate::Error::Timeout), [`Api`](crate::Error::Api) if the gateway reports a failure,
/// [`Transport`](crate::Error::Transport), [`Decode`](crate::Error::Decode), [`TooLarge`](crate::Error::TooLarge). Pieces are read when
/// the stream is polled and not before, and dropping it closes the connection, which stops most generations.
pub struct GeminiStream(EventStream<GeminiProtocol>);

impl GeminiStream {
    #[inline]
    pub(super) fn new(stream: EventStream<GeminiProtocol>) -> Self {
        Self(stream)
    }

    /// Status, ids, limits and timing of the answer.
    #[must_use]
    #[inline]
    pub fn meta(&self) -> &Meta {
        self.0.meta()
    }

    /// Reads to the end and gives the whole answer, as [`Gemini::generate_content`](super::Gemini::generate_content) would have.
    ///
    /// # Errors
    ///
    /// The error that the stream ends with; [`into_outcome`](Self::into_outcome) keeps what had come by then.
    #[inline]
    pub async fn into_response(self) -> Result<GenerateContentResponse> {
        let (response, ended) = self.into_outcome().await;
        ended.map(|()| response)
    }

    /// Reads to the end and gives what came, however the stream ended.
    ///
    /// Like a whole answer, it may not be larger than [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    #[inline]
    pub async fn into_outcome(mut self) -> (GenerateContentResponse, Result<()>) {
        let mut accumulator = GeminiAccumulator::new();
        let ended = add_up(&mut self.0, |piece| accumulator.push(piece)).await;
        (accumulator.into_response(), ended)
    }

    /// Only the text of the first answer, piece by piece, thoughts left out.
    #[must_use]
    #[inline]
    pub fn into_text(self) -> GeminiTextStream {
        GeminiTextStream(self)
    }
}

impl Stream for GeminiStream {
    type Item = Result<GenerateContentResponse>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(context)
    }
}

impl std::fmt::Debug for GeminiStream {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GeminiStream").field("meta", self.meta()).finish_non_exhaustive()
    }
}

/// The text of a [`GeminiStream`], piece by piece; pieces are never empty.
#[derive(Debug)]
pub struct GeminiTextStream(GeminiStream);

impl GeminiTextStream {
    /// Status, ids, limits and timing of the answer.
    #[must_use]
    #[inline]
    pub fn meta(&self) -> &Meta {
        self.0.meta()
    }
}

impl Stream for GeminiTextStream {
    type Item = Result<String>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        poll_text(&mut self.0, context, |piece| Cow::Owned(piece.text()))
    }
}

/// Reads pieces of answers: data-only events, or the elements of one array where a server ignores `alt=sse`.
///
/// Google has no end mark: an answer is whole once it has told why it ended. `[DONE]` and the array's bracket end what is whole, and
/// make nothing whole.
#[derive(Clone, Default)]
pub(super) struct GeminiProtocol {
    /// Answers that have begun, and those that have ended, one bit each.
    begun: u128,
    ended: u128,
    is_blocked: bool,
}

impl Protocol for GeminiProtocol {
    type Item = GenerateContentResponse;
    type Decoder = GeminiDecoder;

    #[inline]
    fn decoder(&self, content_type: Option<&str>, max_event_bytes: usize) -> Option<GeminiDecoder> {
        if is_event_stream(content_type) {
            return Some(GeminiDecoder::Events(sse::Decoder::new(max_event_bytes)));
        }
        let is_json = content_type.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
        is_json.then(|| GeminiDecoder::Values(ValueDecoder::new(max_event_bytes)))
    }

    #[inline]
    fn decode(&mut self, event: &Event<'_>) -> Result<Decoded<GenerateContentResponse>> {
        if is_end_mark(event.data()) {
            return Ok(if self.is_complete_without_mark() { Decoded::End } else { Decoded::Skip });
        }
        if event.is_named("error") {
            return Ok(Decoded::Failure);
        }
        if event.data().is_empty() {
            return Ok(Decoded::Skip);
        }
        let piece: GenerateContentResponse = json::decode_answer(event.data())?;
        if piece.extra.get("error").is_some_and(ApiError::is_reported_by) || is_flat_error(&piece) {
            return Ok(Decoded::Failure);
        }
        self.note(&piece);
        Ok(Decoded::Item(piece))
    }

    #[inline]
    fn is_complete_without_mark(&self) -> bool {
        self.is_blocked || (self.begun == self.ended && self.ended != 0)
    }
}

impl GeminiProtocol {
    /// Takes down which answers have begun and ended.
    #[inline]
    fn note(&mut self, piece: &GenerateContentResponse) {
        for candidate in &piece.candidates {
            // Answers beyond the 127th share a bit that is never taken as ended.
            let bit = 1_u128 << candidate.index.clamp(0, 127);
            self.begun |= bit;
            if candidate.finish_reason.as_ref().is_some_and(|reason| reason.is_told()) && candidate.index < 127 {
                self.ended |= bit;
            }
        }
        self.is_blocked |= piece.prompt_feedback.as_ref().is_some_and(|feedback| feedback.is_blocked());
    }
}

/// Whether a piece with nothing of an answer is an error without an envelope.
#[inline]
fn is_flat_error(piece: &GenerateContentResponse) -> bool {
    let is_empty = piece.candidates.is_empty() && piece.prompt_feedback.is_none() && piece.usage_metadata.is_none();
    is_empty && ["message", "detail"].iter().any(|name| piece.extra.contains_key(name))
}

/// `[DONE]`, which isn't Google's but may be a gateway's, or the bracket at the end of an array.
#[inline]
fn is_end_mark(data: &[u8]) -> bool {
    data.len() < 16 && matches!(data.trim_ascii(), b"[DONE]" | b"]")
}

/// Cuts pieces out of either form of a stream.
pub(super) enum GeminiDecoder {
    Events(sse::Decoder),
    Values(ValueDecoder),
}

impl Decoder for GeminiDecoder {
    #[inline]
    fn push(&mut self, piece: Bytes) {
        match self {
            Self::Events(decoder) => decoder.push(&piece),
            Self::Values(decoder) => decoder.push(piece),
        }
    }

    #[inline]
    fn next(&mut self) -> Result<Option<Event<'_>>, sse::TooLong> {
        match self {
            Self::Events(decoder) => decoder.next(),
            Self::Values(decoder) => decoder.next(),
        }
    }

    #[inline]
    fn finish(&mut self) -> Option<Event<'_>> {
        match self {
            Self::Events(decoder) => decoder.finish(),
            Self::Values(decoder) => decoder.finish(),
        }
    }

    #[inline]
    fn stray(&self) -> &[u8] {
        match self {
            Self::Events(decoder) => decoder.stray(),
            Self::Values(decoder) => decoder.stray(),
        }
    }

    #[inline]
    fn release(&mut self) {
        match self {
            Self::Events(decoder) => decoder.release(),
            Self::Values(decoder) => decoder.release(),
        }
    }
}
