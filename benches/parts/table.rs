//! The parts, their floors, and how much they may cost.

use std::fmt;

use crate::Result;
use crate::{answers, calls, catalogue, streams};

/// Some work, made ready: each call does it once.
pub(crate) type Work = Box<dyn FnMut()>;

/// A part of the crate, or a floor: the least that the work of a part can cost.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    /// What the figures are for one of.
    pub(crate) unit: &'static str,
    /// How many of them are in the work.
    pub(crate) units: usize,
    pub(crate) prepare: fn() -> Work,
    /// Name of its floor.
    pub(crate) floor: Option<&'static str>,
    pub(crate) goals: &'static [Goal],
}

/// What must be true of a part.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// At most so many times the instructions of its floor.
    Times(f64),
    /// At most so many instructions more than its floor, for each unit.
    Above(f64),
    /// At least so many times fewer instructions than this part.
    Fewer(&'static str, f64),
    /// What it costs above its floor, for each unit, is at most so many times what this part costs above its own.
    Linear(&'static str, f64),
    /// At most so many instructions for each unit.
    Instructions(f64),
    /// At most so many allocations for each unit.
    Allocations(f64),
    /// At most so many nanoseconds for each unit, in the best of some runs.
    Nanoseconds(f64),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

pub(crate) fn part(name: &str) -> Result<&'static Part> {
    PARTS.iter().find(|part| part.name == name).ok_or_else(|| format!("no part is called {name:?}").into())
}

const BASE: Part = Part { name: "", unit: "", units: 1, prepare: || Box::new(|| {}), floor: None, goals: &[] };

const EVENT: Part = Part { unit: "event", units: streams::EVENTS, ..BASE };
const ADDED: Part = Part { unit: "event", units: streams::ADDED, ..BASE };
const ADDED_TWICE: Part = Part { units: 2 * streams::ADDED, ..ADDED };
const NUMBER: Part = Part { unit: "number", units: answers::VECTORS * answers::DIMENSIONS, ..BASE };
const MODEL: Part = Part { unit: "model", units: catalogue::MODELS, ..BASE };
const MESSAGE: Part = Part { unit: "message", units: calls::MESSAGES, ..BASE };
const CLIENT: Part = Part { unit: "client", ..BASE };
const MANY_CLIENTS: Part = Part { units: calls::CLIENTS, ..CLIENT };

/// What is left is a decoder's own buffers, once for each stream.
const NO_ALLOCATION: Goal = Goal::Allocations(0.05);

/// Twice the events may cost at most 2.1 times as much: 1.05 times for each.
const LINEAR: f64 = 1.05;

pub(crate) const PARTS: &[Part] = &[
    // Events out of pieces of bytes.
    Part { name: "sse, 64 B: memchr", prepare: || streams::search(64), ..EVENT },
    Part {
        name: "sse, 64 B",
        prepare: || streams::cut(64),
        floor: Some("sse, 64 B: memchr"),
        goals: &[Goal::Above(600.0), NO_ALLOCATION],
        ..EVENT
    },
    Part { name: "sse, 1 KiB: memchr", prepare: || streams::search(1024), ..EVENT },
    Part {
        name: "sse, 1 KiB",
        prepare: || streams::cut(1024),
        floor: Some("sse, 1 KiB: memchr"),
        goals: &[Goal::Above(600.0), NO_ALLOCATION],
        ..EVENT
    },
    Part { name: "sse, 16 KiB: memchr", prepare: || streams::search(16 * 1024), ..EVENT },
    Part {
        name: "sse, 16 KiB",
        prepare: || streams::cut(16 * 1024),
        floor: Some("sse, 16 KiB: memchr"),
        goals: &[Goal::Above(600.0), Goal::Fewer("sse, 16 KiB: eventsource-stream", 20.0), NO_ALLOCATION],
        ..EVENT
    },
    Part { name: "sse, 16 KiB: eventsource-stream", prepare: || streams::cut_by_peer(16 * 1024), ..EVENT },
    // Events of the three protocols.
    Part { name: "chat: owned types", prepare: streams::chat_floor, ..EVENT },
    Part { name: "chat: owned types, from_slice", prepare: streams::chat_by_slice, ..EVENT },
    Part {
        name: "chat",
        prepare: streams::chat,
        floor: Some("chat: owned types"),
        goals: &[Goal::Times(1.22), Goal::Fewer("chat: owned types, from_slice", 1.0), Goal::Allocations(8.0)],
        ..EVENT
    },
    Part { name: "messages: owned types", prepare: streams::messages_floor, ..EVENT },
    Part { name: "messages", prepare: streams::messages, floor: Some("messages: owned types"), goals: &[Goal::Times(1.15)], ..EVENT },
    Part { name: "gemini: owned types", prepare: streams::gemini_floor, ..EVENT },
    Part { name: "gemini", prepare: streams::gemini, floor: Some("gemini: owned types"), goals: &[Goal::Times(1.15)], ..EVENT },
    // What the events add up to; the floors only make the events that the parts take.
    Part { name: "chat, clone", prepare: || streams::clone_chat(1), ..ADDED },
    Part { name: "chat, add", prepare: || streams::add_chat(1), floor: Some("chat, clone"), ..ADDED },
    Part { name: "chat, clone, twice", prepare: || streams::clone_chat(2), ..ADDED_TWICE },
    Part {
        name: "chat, add, twice",
        prepare: || streams::add_chat(2),
        floor: Some("chat, clone, twice"),
        goals: &[Goal::Linear("chat, add", LINEAR)],
        ..ADDED_TWICE
    },
    Part { name: "messages, clone", prepare: || streams::clone_messages(1), ..ADDED },
    Part { name: "messages, add", prepare: || streams::add_messages(1), floor: Some("messages, clone"), ..ADDED },
    Part { name: "messages, clone, twice", prepare: || streams::clone_messages(2), ..ADDED_TWICE },
    Part {
        name: "messages, add, twice",
        prepare: || streams::add_messages(2),
        floor: Some("messages, clone, twice"),
        goals: &[Goal::Linear("messages, add", LINEAR)],
        ..ADDED_TWICE
    },
    Part { name: "gemini, clone", prepare: || streams::clone_gemini(1), ..ADDED },
    Part { name: "gemini, add", prepare: || streams::add_gemini(1), floor: Some("gemini, clone"), ..ADDED },
    Part { name: "gemini, clone, twice", prepare: || streams::clone_gemini(2), ..ADDED_TWICE },
    Part {
        name: "gemini, add, twice",
        prepare: || streams::add_gemini(2),
        floor: Some("gemini, clone, twice"),
        goals: &[Goal::Linear("gemini, add", LINEAR)],
        ..ADDED_TWICE
    },
    // Whole answers.
    Part { name: "embeddings, base64: borrowed text", prepare: answers::base64_floor, ..NUMBER },
    Part {
        name: "embeddings, base64",
        prepare: answers::base64,
        floor: Some("embeddings, base64: borrowed text"),
        goals: &[Goal::Times(1.15), Goal::Fewer("embeddings, numbers", 4.0)],
        ..NUMBER
    },
    Part { name: "embeddings, numbers: Vec<f32>", prepare: answers::numbers_floor, ..NUMBER },
    Part {
        name: "embeddings, numbers",
        prepare: answers::numbers,
        floor: Some("embeddings, numbers: Vec<f32>"),
        goals: &[Goal::Times(1.1)],
        ..NUMBER
    },
    Part { name: "models: owned types", prepare: catalogue::floor, ..MODEL },
    Part { name: "models", prepare: catalogue::models, floor: Some("models: owned types"), goals: &[Goal::Times(1.25)], ..MODEL },
    Part { name: "error", unit: "error", prepare: answers::error, goals: &[Goal::Instructions(43_000.0)], ..BASE },
    // What is sent, and by what.
    Part { name: "request: owned types", prepare: calls::encode_floor, ..MESSAGE },
    Part { name: "request", prepare: calls::encode, floor: Some("request: owned types"), goals: &[Goal::Times(1.085)], ..MESSAGE },
    Part { name: "client, clone", prepare: calls::clone, goals: &[Goal::Nanoseconds(100.0)], ..MANY_CLIENTS },
    Part { name: "client, derived", prepare: calls::derive, goals: &[Goal::Nanoseconds(20_000.0)], ..MANY_CLIENTS },
    Part { name: "client, built: reqwest", prepare: calls::build_floor, ..CLIENT },
    Part { name: "client, built", prepare: calls::build, floor: Some("client, built: reqwest"), goals: &[Goal::Times(1.05)], ..CLIENT },
];
