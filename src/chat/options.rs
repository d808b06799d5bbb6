//! Values of a request's options.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::extra::Extra;
use crate::open_enum::open_enum;

/// Where to stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Stop {
    /// At this sequence.
    One(String),
    /// At any of these.
    Any(Vec<String>),
}

impl From<&str> for Stop {
    fn from(sequence: &str) -> Self {
        Self::One(sequence.to_owned())
    }
}

impl From<String> for Stop {
    fn from(sequence: String) -> Self {
        Self::One(sequence)
    }
}

impl From<Vec<String>> for Stop {
    fn from(sequences: Vec<String>) -> Self {
        Self::Any(sequences)
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for Stop {
    fn from(sequences: [S; N]) -> Self {
        Self::Any(sequences.into_iter().map(Into::into).collect())
    }
}

open_enum! {
    /// How long an answer is.
    pub enum Verbosity {
        /// Short.
        Low = "low",
        /// As usual.
        Medium = "medium",
        /// Long.
        High = "high",
    }
}

open_enum! {
    /// What an answer may be.
    pub enum Modality {
        /// Text.
        Text = "text",
        /// Speech.
        Audio = "audio",
        /// Pictures.
        Image = "image",
    }
}

/// Voice and format of a spoken answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AudioOutput {
    /// The voice: a name, such as `alloy`, or `{"id": …}`.
    pub voice: Value,
    /// The format: `wav`, `mp3`, `flac`, `opus`, `aac` or `pcm16`.
    pub format: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl AudioOutput {
    /// Speech in a named voice.
    pub fn new(voice: impl Into<String>, format: impl Into<String>) -> Self {
        Self { voice: Value::String(voice.into()), format: format.into(), extra: Extra::new() }
    }
}

/// What a stream is to tell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StreamOptions {
    /// Whether to tell the usage in the last chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_usage: Option<bool>,
    /// Whether to pad chunks against eavesdroppers who measure them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_obfuscation: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl StreamOptions {
    /// Whether to tell the usage.
    #[must_use]
    pub fn usage(include: bool) -> Self {
        Self { include_usage: Some(include), ..Self::default() }
    }
}

/// Whether to tell the usage, in the older form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UsageOptions {
    /// Whether to tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Web search of models that have it built in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebSearchOptions {
    /// How much of what is found the model reads: `low`, `medium`, `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_context_size: Option<String>,
    /// Where the person roughly is: `{"type": "approximate", "approximate": {"country", "region", "city", "timezone"}}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_location: Option<Value>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Marks the end of a prefix to cache, for providers that cache on request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CacheControl {
    /// `ephemeral`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How long to keep it: `5m` (the default) or `1h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl CacheControl {
    /// For the default time of five minutes.
    #[must_use]
    pub fn ephemeral() -> Self {
        Self { kind: "ephemeral".to_owned(), ttl: None, extra: Extra::new() }
    }

    /// Sets [`ttl`](Self#structfield.ttl).
    #[must_use]
    pub fn ttl(mut self, ttl: impl Into<String>) -> Self {
        self.ttl = Some(ttl.into());
        self
    }
}

/// Marks the end of a prefix to cache, in OpenAI's form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CacheBreakpoint {
    /// `explicit`.
    pub mode: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How to cache the prompt, in OpenAI's form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PromptCacheOptions {
    /// `implicit` or `explicit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// How long to keep it, such as `30m`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
