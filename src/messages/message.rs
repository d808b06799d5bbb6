//! Messages of a conversation.

use serde::{Deserialize, Serialize};

use super::block::{Content, ContentBlock};
use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;

open_enum! {
    /// Who speaks.
    pub enum Role {
        /// The person, and the program's tools.
        User = "user",
        /// The model.
        Assistant = "assistant",
        /// Instructions in the midst of a conversation.
        System = "system",
    }
}

/// A message of a request: what someone says, in text or blocks.
///
/// The model's own turn goes back as it came, by [`MessagesResponse::message`](super::MessagesResponse::message). Instructions for the
/// whole conversation are no message, but the request's [`system`](super::MessagesRequest#structfield.system).
///
/// ```
/// use arouter::messages::{ContentBlock, InputMessage};
///
/// let conversation = [
///     InputMessage::user([ContentBlock::text("What is this?"), ContentBlock::image_url("https://example.com/a.jpg")]),
///     InputMessage::assistant("A harbour seal."),
///     InputMessage::user("And where?"),
/// ];
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputMessage {
    /// Who speaks.
    pub role: Role,
    /// What is said; nothing, where a stored turn has `null`.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub content: Content,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl InputMessage {
    /// What someone says.
    pub fn new(role: Role, content: impl Into<Content>) -> Self {
        Self { role, content: content.into(), extra: Extra::new() }
    }

    /// What the person says: text, or blocks with pictures, documents and tools' results.
    pub fn user(content: impl Into<Content>) -> Self {
        Self::new(Role::User, content)
    }

    /// A turn of the model, written by hand. As the last message, it is what the answer goes on from.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self::new(Role::Assistant, content)
    }

    /// The blocks; empty if the content is text.
    #[must_use]
    #[inline]
    pub fn blocks(&self) -> &[ContentBlock] {
        match &self.content {
            Content::Blocks(blocks) => blocks,
            Content::Text(_) | Content::Other(_) => &[],
        }
    }
}
