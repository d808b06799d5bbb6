//! Streams: events out of pieces of bytes, items out of events, and what they add up to.

use std::convert::Infallible;
use std::hint::black_box;

use arouter::chat::{ChatAccumulator, ChatChunk};
use arouter::gemini::{GeminiAccumulator, GenerateContentResponse};
use arouter::internals::{count_events, each_chat, each_gemini, each_message};
use arouter::messages::{MessagesAccumulator, MessagesEvent};
use bytes::Bytes;
use eventsource_stream::Eventsource as _;
use futures::StreamExt as _;
use serde::de::DeserializeOwned;

use crate::bodies::{chat_stream, gemini_stream, messages_stream};
use crate::floors::{Chunk, Event, Piece};
use crate::table::Work;

/// Events of a stream, and those that are added up at first.
pub(crate) const EVENTS: usize = 400;
pub(crate) const ADDED: usize = 500;

const LIMIT: usize = 1 << 20;

fn pieces(size: usize) -> Vec<Bytes> {
    let body = Bytes::from(chat_stream(EVENTS));
    (0..body.len()).step_by(size).map(|at| body.slice(at..body.len().min(at + size))).collect()
}

/// Finds the ends of the lines, and no more.
pub(crate) fn search(size: usize) -> Work {
    let pieces = pieces(size);
    Box::new(move || {
        for piece in black_box(&pieces) {
            let mut rest = &piece[..];
            while let Some(end) = memchr::memchr(b'\n', rest) {
                rest = &rest[end + 1..];
            }
            black_box(rest);
        }
    })
}

pub(crate) fn cut(size: usize) -> Work {
    let pieces = pieces(size);
    Box::new(move || assert_eq!(count_events(black_box(&pieces), LIMIT).0, EVENTS + 1))
}

pub(crate) fn cut_by_peer(size: usize) -> Work {
    let pieces = pieces(size);
    Box::new(move || {
        let events = futures::stream::iter(pieces.iter().cloned().map(Ok::<_, Infallible>)).eventsource();
        assert_eq!(futures::executor::block_on(events.count()), EVENTS + 1);
    })
}

/// Reads each event's data by one check of its encoding and one typed parse.
fn floor<T: DeserializeOwned + 'static>(body: String) -> Work {
    floor_by(body, |data| serde_json::from_str::<T>(str::from_utf8(data).expect("UTF-8")))
}

/// Finds the lines, and reads the data in each of them.
fn floor_by<T: 'static>(body: String, read: impl Fn(&[u8]) -> serde_json::Result<T> + 'static) -> Work {
    let body = Bytes::from(body);
    Box::new(move || {
        let mut rest = &black_box(&body)[..];
        let mut items = 0;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            if let Some(data) = rest[..end].strip_prefix(b"data: ")
                && data != b"[DONE]"
            {
                drop(black_box(read(data).expect("a type with its fields")));
                items += 1;
            }
            rest = &rest[end + 1..];
        }
        assert_eq!(items, EVENTS);
    })
}

/// Counts what a reader gives, which must be all of it.
fn count<T>(read: impl FnOnce(&mut dyn FnMut(T)) -> Option<arouter::Error>) {
    let mut items = 0;
    let error = read(&mut |item| {
        drop(black_box(item));
        items += 1;
    });
    assert!(error.is_none() && items == EVENTS, "{items} items, {error:?}");
}

pub(crate) fn chat_floor() -> Work {
    floor::<Chunk>(chat_stream(EVENTS))
}

/// As most programs read JSON that comes in bytes: the encoding of each text is checked by itself.
pub(crate) fn chat_by_slice() -> Work {
    floor_by(chat_stream(EVENTS), |data| serde_json::from_slice::<Chunk>(data))
}

pub(crate) fn chat() -> Work {
    let body = Bytes::from(chat_stream(EVENTS));
    Box::new(move || count(|take| each_chat(black_box(&body).clone(), take)))
}

pub(crate) fn messages_floor() -> Work {
    floor::<Event>(messages_stream(EVENTS))
}

pub(crate) fn messages() -> Work {
    let body = Bytes::from(messages_stream(EVENTS));
    Box::new(move || count(|take| each_message(black_box(&body).clone(), take)))
}

pub(crate) fn gemini_floor() -> Work {
    floor::<Piece>(gemini_stream(EVENTS))
}

pub(crate) fn gemini() -> Work {
    let body = Bytes::from(gemini_stream(EVENTS));
    Box::new(move || count(|take| each_gemini(black_box(&body).clone(), false, take)))
}

fn chat_chunks(times: usize) -> Vec<ChatChunk> {
    let mut items = Vec::new();
    each_chat(chat_stream(times * ADDED).into(), |item| items.push(item));
    items
}

fn messages_events(times: usize) -> Vec<MessagesEvent> {
    let mut items = Vec::new();
    each_message(messages_stream(times * ADDED).into(), |item| items.push(item));
    items
}

fn gemini_pieces(times: usize) -> Vec<GenerateContentResponse> {
    let mut items = Vec::new();
    each_gemini(gemini_stream(times * ADDED).into(), false, |item| items.push(item));
    items
}

/// Makes what is added up, and drops it.
fn clones<T: Clone + 'static>(items: Vec<T>) -> Work {
    Box::new(move || items.iter().for_each(|item| drop(black_box(item.clone()))))
}

pub(crate) fn clone_chat(times: usize) -> Work {
    clones(chat_chunks(times))
}

pub(crate) fn add_chat(times: usize) -> Work {
    let chunks = chat_chunks(times);
    Box::new(move || {
        let mut accumulator = ChatAccumulator::new();
        chunks.iter().for_each(|chunk| accumulator.push(chunk.clone()).expect("chunks of one answer"));
        drop(black_box(accumulator));
    })
}

pub(crate) fn clone_messages(times: usize) -> Work {
    clones(messages_events(times))
}

pub(crate) fn add_messages(times: usize) -> Work {
    let events = messages_events(times);
    Box::new(move || {
        let mut accumulator = MessagesAccumulator::new();
        events.iter().for_each(|event| accumulator.push(event.clone()).expect("events of one message"));
        drop(black_box(accumulator));
    })
}

pub(crate) fn clone_gemini(times: usize) -> Work {
    clones(gemini_pieces(times))
}

pub(crate) fn add_gemini(times: usize) -> Work {
    let pieces = gemini_pieces(times);
    Box::new(move || {
        let mut accumulator = GeminiAccumulator::new();
        pieces.iter().for_each(|piece| accumulator.push(piece.clone()).expect("pieces of one answer"));
        drop(black_box(accumulator));
    })
}
