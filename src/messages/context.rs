//! How a conversation that grows too long is shortened.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::extra::Extra;
use crate::lenient;
use crate::setters::setters;

/// What is dropped of a conversation that grows too long.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContextManagement {
    /// What to do, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edits: Option<Vec<ContextEdit>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ContextManagement {
    /// These edits, in order.
    pub fn edits(edits: impl Into<Vec<ContextEdit>>) -> Self {
        Self { edits: Some(edits.into()), extra: Extra::new() }
    }
}

/// One way to shorten a conversation, by its type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContextEdit {
    /// Which way: `clear_tool_uses_20250919`, `clear_thinking_20251015`, `compact_20260112`.
    #[serde(rename = "type")]
    pub kind: String,
    /// From when on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Threshold>,
    /// What stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep: Option<Keep>,
    /// Of tool uses, how much must go if any does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clear_at_least: Option<Threshold>,
    /// Of tool uses, whether the arguments go too: `true`, or the names of the tools whose do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clear_tool_inputs: Option<Value>,
    /// Of tool uses, tools whose uses stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_tools: Option<Vec<String>>,
    /// Of a summary, what it is to hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Of a summary, whether the answer ends with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_after_compaction: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ContextEdit {
    /// Drops what old tools answered.
    #[must_use]
    #[inline]
    pub fn clear_tool_uses() -> Self {
        Self::of_kind("clear_tool_uses_20250919")
    }

    /// Drops old thinking.
    #[must_use]
    #[inline]
    pub fn clear_thinking() -> Self {
        Self::of_kind("clear_thinking_20251015")
    }

    /// Puts a summary in place of what has been said.
    #[must_use]
    #[inline]
    pub fn compact() -> Self {
        Self::of_kind("compact_20260112")
    }

    #[inline]
    fn of_kind(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            trigger: None,
            keep: None,
            clear_at_least: None,
            clear_tool_inputs: None,
            exclude_tools: None,
            instructions: None,
            pause_after_compaction: None,
            extra: Extra::new(),
        }
    }
}

setters! {
    ContextEdit:
    trigger: Threshold,
    clear_at_least: Threshold,
    pause_after_compaction: bool,
    => into
    keep: Keep,
    clear_tool_inputs: Value,
    instructions: String,
    => each
    exclude_tools: String,
}

/// A number of something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Threshold {
    /// Of what: `input_tokens`, `tool_uses`, `thinking_turns`; `all` needs no number.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Threshold {
    /// Tokens of the prompt.
    #[must_use]
    #[inline]
    pub fn input_tokens(value: u64) -> Self {
        Self::of("input_tokens", value)
    }

    /// Uses of tools.
    #[must_use]
    #[inline]
    pub fn tool_uses(value: u64) -> Self {
        Self::of("tool_uses", value)
    }

    /// Turns of the model with thinking.
    #[must_use]
    #[inline]
    pub fn thinking_turns(value: u64) -> Self {
        Self::of("thinking_turns", value)
    }

    #[inline]
    fn of(kind: &str, value: u64) -> Self {
        Self { kind: kind.to_owned(), value: Some(value), extra: Extra::new() }
    }
}

/// What stays of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Keep {
    /// The last ones.
    Last(Threshold),
    /// `all`.
    Word(String),
}

impl From<Threshold> for Keep {
    #[inline]
    fn from(last: Threshold) -> Self {
        Self::Last(last)
    }
}

impl From<&str> for Keep {
    #[inline]
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

/// What was dropped of a conversation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AppliedContextManagement {
    /// What was done, in order.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub applied_edits: Vec<AppliedEdit>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One way in which a conversation was shortened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AppliedEdit {
    /// Which way, as in [`ContextEdit`](super::ContextEdit).
    #[serde(rename = "type")]
    pub kind: String,
    /// Tokens that were dropped.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub cleared_input_tokens: Option<u64>,
    /// Uses of tools that were dropped.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub cleared_tool_uses: Option<u64>,
    /// Turns whose thinking was dropped.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub cleared_thinking_turns: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
