//! Values of a request's options.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::extra::Extra;
use crate::open_enum::open_enum;
use crate::setters::setters;
use crate::tagged::{self, Tagged};

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
    #[inline]
    fn from(sequence: &str) -> Self {
        Self::One(sequence.to_owned())
    }
}

impl From<String> for Stop {
    #[inline]
    fn from(sequence: String) -> Self {
        Self::One(sequence)
    }
}

impl From<Vec<String>> for Stop {
    #[inline]
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
    #[inline]
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
    /// Where the person roughly is, in the form with [`approximate`](UserLocation::approximate).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_location: Option<UserLocation>,
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
    #[inline]
    pub fn ephemeral() -> Self {
        Self { kind: "ephemeral".to_owned(), ttl: None, extra: Extra::new() }
    }
}

setters! {
    CacheControl:
    => into
    ttl: String,
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

impl CacheBreakpoint {
    /// An explicit mark.
    #[must_use]
    #[inline]
    pub fn explicit() -> Self {
        Self { mode: "explicit".to_owned(), extra: Extra::new() }
    }
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

/// Where a person roughly is: the place itself, or in OpenAI's form, a level deeper.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserLocation {
    /// `approximate`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Country, by its two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Time zone, by its IANA name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// The place, in OpenAI's form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approximate: Option<Box<Self>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl UserLocation {
    /// A place, in the form that the web plugin and server tools take.
    pub fn new(city: impl Into<String>, country: impl Into<String>) -> Self {
        Self { kind: Some("approximate".to_owned()), city: Some(city.into()), country: Some(country.into()), ..Self::default() }
    }

    /// A place in OpenAI's form, which [`WebSearchOptions`] takes.
    pub fn approximate(city: impl Into<String>, country: impl Into<String>) -> Self {
        let place = Self { kind: None, ..Self::new(city, country) };
        Self { kind: Some("approximate".to_owned()), approximate: Some(Box::new(place)), ..Self::default() }
    }
}

/// Names and ids for traces.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Trace {
    /// Id of the trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Name of the trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_name: Option<String>,
    /// Name of the span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span_name: Option<String>,
    /// Name of the generation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation_name: Option<String>,
    /// Id of the span that this one is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_span_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    Trace:
    => into
    trace_id: String,
    trace_name: String,
    span_name: String,
    generation_name: String,
    parent_span_id: String,
}

/// What to echo for debugging.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DebugOptions {
    /// Whether to echo the body that went to the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo_upstream_body: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    DebugOptions:
    echo_upstream_body: bool,
}

/// Moderation of the request and its answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModerationOptions {
    /// The model that moderates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What to do on each side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<ModerationPolicy>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ModerationOptions {
    /// Moderation by this model.
    pub fn new(model: impl Into<String>) -> Self {
        Self { model: Some(model.into()), ..Self::default() }
    }

    /// Sets [`policy`](Self#structfield.policy).
    #[must_use]
    #[inline]
    pub fn policy(mut self, input: ModerationMode, output: ModerationMode) -> Self {
        let config = |mode| Some(ModerationConfig { mode: Some(mode), extra: Extra::new() });
        self.policy = Some(ModerationPolicy { input: config(input), output: config(output), extra: Extra::new() });
        self
    }
}

/// What moderation does on each side.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModerationPolicy {
    /// With the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<ModerationConfig>,
    /// With the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<ModerationConfig>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What moderation does on one side.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModerationConfig {
    /// Whether it tells or blocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<ModerationMode>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// What moderation does with what it finds.
    pub enum ModerationMode {
        /// Tells.
        Score = "score",
        /// Blocks.
        Block = "block",
    }
}

/// When to stop running server tools.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum StopCondition {
    /// After this many steps.
    StepCountIs {
        /// How many.
        step_count: u64,
    },
    /// Once this tool was called.
    HasToolCall {
        /// Its name.
        tool_name: String,
    },
    /// Once this many tokens were used.
    MaxTokensUsed {
        /// How many.
        max_tokens: u64,
    },
    /// Once it has cost this much.
    MaxCost {
        /// In US dollars.
        max_cost_in_dollars: f64,
    },
    /// Once the model ended for this reason.
    FinishReasonIs {
        /// The reason.
        reason: String,
    },
    /// A condition that this version doesn't know, as it came.
    #[serde(untagged)]
    Other(Value),
}

impl Tagged for StopCondition {
    const TAG: &'static str = "type";

    fn read<'de, D: Deserializer<'de>>(word: &str, body: D) -> Result<Self, D::Error> {
        let condition = Value::deserialize(body)?;
        let number = |name: &str| condition[name].as_u64();
        let text = |name: &str| condition[name].as_str().map(str::to_owned);
        let known = match word {
            "step_count_is" => number("step_count").map(|step_count| Self::StepCountIs { step_count }),
            "has_tool_call" => text("tool_name").map(|tool_name| Self::HasToolCall { tool_name }),
            "max_tokens_used" => number("max_tokens").map(|max_tokens| Self::MaxTokensUsed { max_tokens }),
            "max_cost" => condition["max_cost_in_dollars"].as_f64().map(|max_cost_in_dollars| Self::MaxCost { max_cost_in_dollars }),
            "finish_reason_is" => text("reason").map(|reason| Self::FinishReasonIs { reason }),
            _ => return tagged::whole::<Self, _>(word, condition).map(Self::Other).map_err(D::Error::custom),
        };
        known.ok_or_else(|| D::Error::custom(format!("a {word} condition lacks its value")))
    }

    #[inline]
    fn other(value: Value) -> Self {
        Self::Other(value)
    }
}

impl<'de> Deserialize<'de> for StopCondition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        tagged::deserialize(deserializer)
    }
}

/// Whether the model may call functions, in the older form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum FunctionCallChoice {
    /// `none` or `auto`.
    Word(String),
    /// The function with this name.
    Function {
        /// Its name.
        name: String,
    },
}

setters! {
    WebSearchOptions:
    user_location: UserLocation,
    => into
    search_context_size: String,
}

setters! {
    PromptCacheOptions:
    => into
    mode: String,
    ttl: String,
}
