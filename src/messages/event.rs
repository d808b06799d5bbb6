//! The events of a streamed answer.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::block::ContentBlock;
use super::citation::Citation;
use super::context::AppliedContextManagement;
use super::options::Container;
use super::response::MessagesResponse;
use super::stop::{StopDetails, StopReason};
use super::usage::Usage;
use crate::extra::Extra;
use crate::lenient;
use crate::tagged::tagged_enum;

tagged_enum! {
    /// One event of a streamed answer, by its `type`.
    ///
    /// The order is: the start of the message; of each block its start, its deltas and its stop; why the message ended; its stop.
    pub enum MessagesEvent by "type" {
        /// The message begins: its id, model and input tokens.
        MessageStart(MessageStart) = "message_start",
        /// A block begins. Results of tools that the provider ran come whole in it.
        ContentBlockStart(ContentBlockStart) = "content_block_start",
        /// More of a block.
        ContentBlockDelta(ContentBlockDelta) = "content_block_delta",
        /// A block ends.
        ContentBlockStop(ContentBlockStop) = "content_block_stop",
        /// Why the message ends, and what it used.
        MessageDelta(Box<MessageDelta>) = "message_delta",
        /// The message ends.
        MessageStop(MessageStop) = "message_stop",
        /// A sign of life. A [`MessagesStream`](super::MessagesStream) doesn't yield it.
        Ping(Ping) = "ping",
        /// A failure. A [`MessagesStream`](super::MessagesStream) doesn't yield it: it ends with [`Error::Api`](crate::Error::Api).
        Error(ErrorEvent) = "error",
    }
}

impl MessagesEvent {
    /// New text; empty if there is none in this event.
    #[must_use]
    #[inline]
    pub fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::ContentBlockStart(event) => event.content_block.as_text().unwrap_or_default(),
            Self::ContentBlockDelta(ContentBlockDelta { delta: ContentDelta::TextDelta(delta), .. }) => &delta.text,
            _ => "",
        })
    }
}

/// The message begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessageStart {
    /// The message so far, mostly without content.
    pub message: Box<MessagesResponse>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A block begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentBlockStart {
    /// Place of the block in the message, from 0.
    #[serde(default)]
    pub index: i64,
    /// The block so far.
    pub content_block: Box<ContentBlock>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// More of a block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentBlockDelta {
    /// Place of the block in the message, from 0.
    #[serde(default)]
    pub index: i64,
    /// What is new.
    pub delta: ContentDelta,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

tagged_enum! {
    /// What is new in a block, by its `type`.
    pub enum ContentDelta by "type" {
        /// Text.
        TextDelta(TextDelta) = "text_delta",
        /// A piece of a tool's arguments.
        InputJsonDelta(InputJsonDelta) = "input_json_delta",
        /// Thinking.
        ThinkingDelta(ThinkingDelta) = "thinking_delta",
        /// Proof that the thinking is the model's own.
        SignatureDelta(SignatureDelta) = "signature_delta",
        /// A source of the text.
        CitationsDelta(CitationsDelta) = "citations_delta",
        /// A piece of a summary of the conversation.
        CompactionDelta(CompactionDelta) = "compaction_delta",
    }
}

/// Text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextDelta {
    /// The new text.
    pub text: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A piece of a tool's arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputJsonDelta {
    /// A piece of JSON text; only all pieces of a block together are JSON.
    #[serde(default)]
    pub partial_json: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Thinking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ThinkingDelta {
    /// The new thinking.
    #[serde(default)]
    pub thinking: String,
    /// About how many tokens it was, where it isn't shown.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub estimated_tokens: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Proof that the thinking is the model's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignatureDelta {
    /// The signature.
    #[serde(default)]
    pub signature: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A source of the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CitationsDelta {
    /// The source.
    pub citation: Box<Citation>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A piece of a summary of the conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompactionDelta {
    /// More of the summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// More of the summary, encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_content: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A block ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentBlockStop {
    /// Place of the block in the message, from 0.
    #[serde(default)]
    pub index: i64,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Why the message ends, and what it used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessageDelta {
    /// What is new in the message.
    #[serde(default)]
    pub delta: MessageChange,
    /// What it used and cost so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Box<Usage>>,
    /// What was dropped of the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_management: Option<AppliedContextManagement>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What is new in a message; its fields are those of a [`MessagesResponse`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessageChange {
    /// Why the model stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<StopReason>,
    /// Of the request's stop sequences, the one that it met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_sequence: Option<String>,
    /// Why it refused, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_details: Option<StopDetails>,
    /// The container that code ran in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The message ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessageStop {
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A sign of life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ping {
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorEvent {
    /// What has failed, as it came.
    #[serde(default)]
    pub error: Value,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
