//! A whole answer.

use serde::{Deserialize, Serialize};

use super::block::{Content, ContentBlock, text_of};
use super::context::AppliedContextManagement;
use super::message::{InputMessage, Role};
use super::options::{Container, Diagnostics};
use super::stop::{StopDetails, StopReason};
use super::tool_use::ToolUseBlock;
use super::usage::Usage;
use crate::chat::RouterMetadata;
use crate::extra::Extra;
use crate::lenient;

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

#[inline]
fn assistant() -> Role {
    Role::Assistant
}

impl Default for MessagesResponse {
    #[inline]
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
    #[inline]
    pub fn text(&self) -> String {
        text_of(&self.content)
    }

    /// The model's thinking, as far as it is shown; empty if there is none.
    #[must_use]
    #[inline]
    pub fn thinking(&self) -> String {
        let shown = |block: &ContentBlock| match block {
            ContentBlock::Thinking(block) => Some(block.thinking.clone()),
            _ => None,
        };
        self.content.iter().filter_map(shown).collect()
    }

    /// Calls of the program's tools that the model wants made.
    #[inline]
    pub fn tool_uses(&self) -> Vec<&ToolUseBlock> {
        self.content.iter().filter_map(ContentBlock::as_tool_use).collect()
    }

    /// The model's turn, to go into the next request as it came.
    #[must_use]
    #[inline]
    pub fn message(&self) -> InputMessage {
        InputMessage::new(self.role.clone(), Content::Blocks(self.content.clone()))
    }
}
