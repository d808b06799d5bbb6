//! A whole answer.

use serde::{Deserialize, Serialize};

use super::block::{Content, ContentBlock, ToolUseBlock, text_of};
use super::context::AppliedContextManagement;
use super::message::{InputMessage, Role};
use super::options::{Container, Diagnostics};
use super::usage::Usage;
use crate::chat::RouterMetadata;
use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;

/// The answer to a [`MessagesRequest`](super::MessagesRequest).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessagesResponse {
    /// Id of the message.
    #[serde(default)]
    pub id: String,
    /// What it is: `message`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Who speaks: the model.
    #[serde(default = "assistant")]
    pub role: Role,
    /// The model that answered, which may differ from the one asked for.
    #[serde(default)]
    pub model: String,
    /// The answer, in blocks. A body without them is no answer.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub content: Vec<ContentBlock>,
    /// Why the model stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<StopReason>,
    /// Of the request's stop sequences, the one that it met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_sequence: Option<String>,
    /// Why it refused, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_details: Option<StopDetails>,
    /// What it used and cost.
    #[serde(default)]
    pub usage: Usage,
    /// The container that code ran in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
    /// What was dropped of the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_management: Option<AppliedContextManagement>,
    /// What the request had asked to be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostics: Option<Diagnostics>,
    /// Provider that served it, if the gateway tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// How the request was routed, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openrouter_metadata: Option<Box<RouterMetadata>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

fn assistant() -> Role {
    Role::Assistant
}

impl Default for MessagesResponse {
    fn default() -> Self {
        Self {
            id: String::new(),
            kind: "message".to_owned(),
            role: Role::Assistant,
            model: String::new(),
            content: Vec::new(),
            stop_reason: None,
            stop_sequence: None,
            stop_details: None,
            usage: Usage::default(),
            container: None,
            context_management: None,
            diagnostics: None,
            provider: None,
            openrouter_metadata: None,
            extra: Extra::new(),
        }
    }
}

impl MessagesResponse {
    /// The text, text blocks joined; empty if there is none.
    #[must_use]
    pub fn text(&self) -> String {
        text_of(&self.content)
    }

    /// The model's thinking, as far as it is shown; empty if there is none.
    #[must_use]
    pub fn thinking(&self) -> String {
        let shown = |block: &ContentBlock| match block {
            ContentBlock::Thinking(block) => Some(block.thinking.clone()),
            _ => None,
        };
        self.content.iter().filter_map(shown).collect()
    }

    /// Calls of the program's tools that the model wants made.
    pub fn tool_uses(&self) -> Vec<&ToolUseBlock> {
        self.content.iter().filter_map(ContentBlock::as_tool_use).collect()
    }

    /// The model's turn, to go into the next request as it came.
    #[must_use]
    pub fn message(&self) -> InputMessage {
        InputMessage::new(self.role.clone(), Content::Blocks(self.content.clone()))
    }
}

open_enum! {
    /// Why a model stopped.
    pub enum StopReason {
        /// It had said all.
        EndTurn = "end_turn",
        /// It had written as many tokens as it may.
        MaxTokens = "max_tokens",
        /// It met one of the request's stop sequences.
        StopSequence = "stop_sequence",
        /// It wants tools called.
        ToolUse = "tool_use",
        /// The provider's tools take long: send the turn back as it is, and it goes on.
        PauseTurn = "pause_turn",
        /// The conversation was summed up: send the turn back, and it goes on from the summary.
        Compaction = "compaction",
        /// It refuses.
        Refusal = "refusal",
        /// The conversation has filled its context.
        ModelContextWindowExceeded = "model_context_window_exceeded",
    }
}

/// Why a model refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StopDetails {
    /// `refusal`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// What it was about: `cyber`, `bio`, `frontier_llm`, `reasoning_extraction`, `general_harms`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
    /// A model that may answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommended_model: Option<String>,
    /// A token that makes up for this answer if the next request brings it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_credit_token: Option<String>,
    /// Whether that token is good only for a request that goes on from what had been written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_has_prefill_claim: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
