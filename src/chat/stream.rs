//! A streamed answer: how it is read, and what a program does with it.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use serde_json::Value;

use super::accumulate::ChatAccumulator;
use super::chunk::ChatChunk;
use super::response::{ChatResponse, FinishReason};
use crate::error::{ApiError, Result};
use crate::json;
use crate::response::Meta;
use crate::streams::{add_up, poll_text};
use crate::transport::sse::{self, Event};
use crate::transport::stream::{Decoded, EventStream, Protocol, is_event_stream};

/// A streamed answer, chunk by chunk: made by [`Chat::stream`](super::Chat::stream).
///
/// It ends with `None` after the end mark, or after one error: [`Truncated`](crate::Error::Truncated) if the answer broke off,
/// [`Timeout`](crate::Error::Timeout), [`Api`](crate::Error::Api) if the gateway reports a failure,
/// [`Transport`](crate::Error::Transport), [`Decode`](crate::Error::Decode), [`TooLarge`](crate::Error::TooLarge). Chunks are
/// read when the stream is polled and not before, and dropping it closes the connection, which stops most generations.
pub struct ChatStream(EventStream<ChatProtocol>);

impl ChatStream {
    #[inline]
    pub(super) fn new(stream: EventStream<ChatProtocol>) -> Self {
        Self(stream)
    }

    /// Status, ids, limits and timing of the answer.
    #[must_use]
    #[inline]
    pub fn meta(&self) -> &Meta {
        self.0.meta()
    }

    /// Reads to the end and gives the whole answer, as [`Chat::create`](super::Chat::create) would have.
    ///
    /// # Errors
    ///
    /// The error that the stream ends with; [`into_outcome`](Self::into_outcome) keeps what had come by then.
    #[inline]
    pub async fn into_response(self) -> Result<ChatResponse> {
        let (response, ended) = self.into_outcome().await;
        ended.map(|()| response)
    }

    /// Reads to the end and gives what came, however the stream ended.
    ///
    /// Like a whole answer, it may not be larger than [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    #[inline]
    pub async fn into_outcome(mut self) -> (ChatResponse, Result<()>) {
        let mut accumulator = ChatAccumulator::new();
        let ended = add_up(&mut self.0, |chunk| accumulator.push(chunk)).await;
        (accumulator.into_response(), ended)
    }

    /// Only the text of the first answer, piece by piece.
    #[must_use]
    #[inline]
    pub fn into_text(self) -> ChatTextStream {
        ChatTextStream(self)
    }
}

impl Stream for ChatStream {
    type Item = Result<ChatChunk>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(context)
    }
}

impl std::fmt::Debug for ChatStream {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChatStream").field("meta", self.meta()).finish_non_exhaustive()
    }
}

/// The text of a [`ChatStream`], piece by piece; pieces are never empty.
#[derive(Debug)]
pub struct ChatTextStream(ChatStream);

impl ChatTextStream {
    /// Status, ids, limits and timing of the answer.
    #[must_use]
    #[inline]
    pub fn meta(&self) -> &Meta {
        self.0.meta()
    }
}

impl Stream for ChatTextStream {
    type Item = Result<String>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        poll_text(&mut self.0, context, ChatChunk::text)
    }
}

/// Reads chat chunks: data-only events up to `[DONE]`, errors in any of their shapes.
#[derive(Clone)]
pub(super) struct ChatProtocol {
    /// How many answers were asked for.
    answers: u32,
    /// Answers that have begun, and those that have ended, one bit each.
    begun: u128,
    ended: u128,
}

impl Protocol for ChatProtocol {
    type Item = ChatChunk;
    type Decoder = sse::Decoder;

    #[inline]
    fn decoder(&self, content_type: Option<&str>, max_event_bytes: usize) -> Option<sse::Decoder> {
        is_event_stream(content_type).then(|| sse::Decoder::new(max_event_bytes))
    }

    #[inline]
    fn decode(&mut self, event: &Event<'_>) -> Result<Decoded<ChatChunk>> {
        if is_end_mark(event.data()) {
            return Ok(Decoded::End);
        }
        if event.is_named("error") {
            return Ok(Decoded::Failure);
        }
        if event.data().is_empty() {
            return Ok(Decoded::Skip);
        }
        let chunk: ChatChunk = json::decode_answer(event.data())?;
        if chunk.error.as_ref().is_some_and(ApiError::is_reported_by) || (chunk.choices.is_empty() && is_flat_error(&chunk)) {
            return Ok(Decoded::Failure);
        }
        if self.note(&chunk) {
            let report = Box::new(report_of_choice(&chunk));
            return Ok(Decoded::Broken(chunk, report));
        }
        Ok(Decoded::Item(chunk))
    }

    /// A missing `[DONE]` is no cut if every answer has told why it ended.
    #[inline]
    fn is_complete_without_mark(&self) -> bool {
        self.begun == self.ended && self.ended.count_ones() >= self.answers
    }
}

impl ChatProtocol {
    /// For a request of this many answers.
    #[inline]
    pub(super) fn new(answers: Option<u64>) -> Self {
        let answers = answers.and_then(|answers| u32::try_from(answers).ok()).unwrap_or(1).max(1);
        Self { answers, begun: 0, ended: 0 }
    }

    /// Takes down which answers have begun and ended; whether the provider broke one off.
    #[inline]
    fn note(&mut self, chunk: &ChatChunk) -> bool {
        let mut is_broken = false;
        for choice in &chunk.choices {
            // Answers beyond the 127th share a bit that is never taken as ended: they need the end mark.
            let bit = 1_u128 << choice.index.clamp(0, 127);
            self.begun |= bit;
            if let Some(reason) = &choice.finish_reason {
                is_broken |= *reason == FinishReason::Error;
                if reason.is_told() && choice.index < 127 {
                    self.ended |= bit;
                }
            }
            is_broken |= choice.error.is_some();
        }
        is_broken
    }
}

/// Whether a chunk without choices is an error without an envelope, as Mistral and FastAPI write it.
#[inline]
fn is_flat_error(chunk: &ChatChunk) -> bool {
    let is_empty = chunk.id.is_empty() && chunk.usage.is_none();
    is_empty && (chunk.object.as_str() == "error" || ["message", "detail"].iter().any(|name| chunk.extra.contains_key(name)))
}

/// What a choice reports that its provider broke off.
#[cold]
#[inline]
fn report_of_choice(chunk: &ChatChunk) -> Value {
    let error = chunk.choices.iter().find_map(|choice| choice.error.as_ref()).and_then(|error| serde_json::to_value(error).ok());
    serde_json::json!({"error": error.unwrap_or_else(|| "the provider broke off".into())})
}

/// `[DONE]`, which a few servers put spaces around; anything more is no end mark.
#[inline]
fn is_end_mark(data: &[u8]) -> bool {
    data == b"[DONE]" || (data.len() < 16 && data.trim_ascii() == b"[DONE]" && !data.contains(&b'\n'))
}
