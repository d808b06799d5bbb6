//! What benchmarks and fuzzers reach of the private parts; no part of the API.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{Method, StatusCode};
use url::Url;

use crate::chat::{self, ChatChunk, ChatRequest};
use crate::credentials::ApiKey;
use crate::embeddings::{self, EmbeddingsResponse};
use crate::error::{ApiError, Error, Result, Scrubber};
use crate::gemini::{self, GenerateContentResponse};
use crate::json;
use crate::json_values::ValueDecoder;
use crate::messages::{self, MessagesEvent};
use crate::models::ModelList;
use crate::response::Meta;
use crate::transport::request::{Base, Request};
use crate::transport::retry::{Decision, Failure, RetryClass, RetryPolicy};
use crate::transport::sse;
use crate::transport::stream::{Decoded, Decoder, Protocol};

/// Decodes an answer as the calls of [`Embeddings`](embeddings::Embeddings) do.
pub fn decode_embeddings(body: &[u8], is_base64: bool) -> Result<EmbeddingsResponse> {
    embeddings::decode(body, is_base64)
}

/// Decodes an answer as the calls of [`Models`](crate::models::Models) do.
pub fn decode_models(body: &[u8]) -> Result<ModelList> {
    json::decode_answer(body)
}

/// Encodes a request as [`Chat::create`](chat::Chat::create) does.
pub fn encode_chat(request: &ChatRequest) -> Result<Bytes> {
    chat::encode(request)
}

/// An event as a decoder gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its data.
    pub data: Vec<u8>,
    /// Last event id of the stream.
    pub id: String,
    /// Reconnection time of the stream.
    pub retry_ms: Option<u64>,
}

impl From<sse::Event<'_>> for Event {
    fn from(event: sse::Event<'_>) -> Self {
        Self { name: event.name().into_owned(), data: event.data().to_vec(), id: event.id().into_owned(), retry_ms: event.retry_ms() }
    }
}

/// What a decoder made of pieces of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Events {
    /// What it gave.
    pub events: Vec<Event>,
    /// What the end left; `None` too if an event was refused.
    pub unfinished: Option<Event>,
    /// Start of what came outside any field.
    pub stray: Vec<u8>,
    /// An event was larger than the limit.
    pub is_refused: bool,
}

/// Reads server-sent events; also gives the most bytes that were held after a piece.
pub fn read_events(pieces: &[&[u8]], limit: usize) -> (Events, usize) {
    let mut most_held = 0;
    let events = cut(sse::Decoder::new(limit), pieces, |decoder| most_held = decoder.held().max(most_held));
    (events, most_held)
}

/// Reads server-sent events and counts them and the bytes of their data: nothing is copied but what the decoder itself copies.
pub fn count_events(pieces: &[Bytes], limit: usize) -> (usize, usize) {
    let mut decoder = sse::Decoder::new(limit);
    let (mut events, mut bytes) = (0, 0);
    for piece in pieces {
        decoder.push(piece);
        while let Ok(Some(event)) = decoder.next() {
            events += 1;
            bytes += event.data().len();
        }
    }
    (events, bytes)
}

/// Reads JSON values.
pub fn read_values(pieces: &[&[u8]], limit: usize) -> Events {
    cut(ValueDecoder::new(limit), pieces, |_| {})
}

/// Reads JSON lines.
pub fn read_json_lines(pieces: &[&[u8]], limit: usize) -> Events {
    cut(ValueDecoder::of_lines(limit), pieces, |_| {})
}

fn cut<D: Decoder>(mut decoder: D, pieces: &[&[u8]], mut look: impl FnMut(&D)) -> Events {
    let mut events = Vec::new();
    for piece in pieces {
        decoder.push(Bytes::copy_from_slice(piece));
        loop {
            match decoder.next() {
                Ok(Some(event)) => events.push(event.into()),
                Ok(None) => break,
                Err(sse::TooLong) => return Events { events, unfinished: None, stray: decoder.stray().to_vec(), is_refused: true },
            }
        }
        look(&decoder);
    }
    let unfinished = decoder.finish().map(Event::from);
    Events { events, unfinished, stray: decoder.stray().to_vec(), is_refused: false }
}

/// Reads the body of a stream of chat chunks: its items, and its error if it ends with one.
pub fn read_chat(body: &[u8]) -> (Vec<ChatChunk>, Option<Error>) {
    collect(|take| each_chat(Bytes::copy_from_slice(body), take))
}

/// Reads the body of a stream of Anthropic's events.
pub fn read_messages(body: &[u8]) -> (Vec<MessagesEvent>, Option<Error>) {
    collect(|take| each_message(Bytes::copy_from_slice(body), take))
}

/// Reads the body of a stream of Gemini's pieces, of server-sent events or of JSON.
pub fn read_gemini(body: &[u8], is_json: bool) -> (Vec<GenerateContentResponse>, Option<Error>) {
    collect(|take| each_gemini(Bytes::copy_from_slice(body), is_json, take))
}

/// As [`read_chat`], item by item.
pub fn each_chat(body: Bytes, take: impl FnMut(ChatChunk)) -> Option<Error> {
    each(chat::protocol(), "text/event-stream", body, take)
}

/// As [`read_messages`], item by item.
pub fn each_message(body: Bytes, take: impl FnMut(MessagesEvent)) -> Option<Error> {
    each(messages::protocol(), "text/event-stream", body, take)
}

/// As [`read_gemini`], item by item.
pub fn each_gemini(body: Bytes, is_json: bool, take: impl FnMut(GenerateContentResponse)) -> Option<Error> {
    each(gemini::protocol(), if is_json { "application/json" } else { "text/event-stream" }, body, take)
}

fn collect<T>(read: impl FnOnce(&mut dyn FnMut(T)) -> Option<Error>) -> (Vec<T>, Option<Error>) {
    let mut items = Vec::new();
    let error = read(&mut |item| items.push(item));
    (items, error)
}

fn each<P: Protocol>(mut protocol: P, content_type: &str, body: Bytes, mut take: impl FnMut(P::Item)) -> Option<Error> {
    let mut decoder = protocol.decoder(Some(content_type), 1 << 24)?;
    decoder.push(body);
    while let Ok(Some(event)) = decoder.next() {
        match protocol.decode(&event) {
            Ok(Decoded::Item(item)) => take(item),
            Ok(Decoded::Skip) => {}
            Ok(Decoded::Last(item) | Decoded::Broken(item, _)) => {
                take(item);
                return None;
            }
            Ok(Decoded::End) => return None,
            Ok(Decoded::Failure) => return Some(report(event.data()).into()),
            Err(error) => return Some(error),
        }
    }
    if let Some(event) = decoder.finish()
        && let Ok(Decoded::Item(item) | Decoded::Last(item)) = protocol.decode(&event)
    {
        take(item);
    }
    None
}

fn report(data: &[u8]) -> ApiError {
    ApiError::parse(StatusCode::OK, None, Bytes::copy_from_slice(data), &Scrubber::default())
}

/// The error of a call of this class, with this key, that was answered so.
pub fn failed_call(class: RetryClass, status: StatusCode, headers: HeaderMap, body: &[u8], key: &ApiKey) -> Error {
    let scrubber = Scrubber::new([key.clone()]);
    let meta = Meta::of_head(status, headers, &scrubber);
    let content_type = meta.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Error::from(ApiError::parse(status, content_type, Bytes::copy_from_slice(body), &scrubber)).in_call(class, &meta)
}

/// What the head of an answer tells.
pub fn head(status: StatusCode, headers: HeaderMap) -> Meta {
    Meta::of_head(status, headers, &Scrubber::default())
}

/// How long to wait before the next attempt; `None` if there is none.
pub fn retry_delay(policy: &RetryPolicy, class: RetryClass, error: &Error, attempts: u32, random: f64) -> Option<std::time::Duration> {
    let failure = Failure { error, attempts, in_attempt: std::time::Duration::ZERO, was_ambiguous: false, remaining: None };
    match policy.decide(class, &failure, random) {
        Decision::Stop => None,
        Decision::Retry { delay, .. } => Some(delay),
    }
}

/// The URL of a request to these segments below a base.
pub fn url(base: &Url, segments: &[&str]) -> Result<Url> {
    Request::new(Method::GET, segments, "/").map(|request| request.url(&Base::new(base.clone(), false)))
}
