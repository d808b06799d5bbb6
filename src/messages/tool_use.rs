//! Calls of tools and their answers.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::block::{Content, ContentBlock};
use super::server_tool::Caller;
use crate::chat::CacheControl;
use crate::error::Result;
use crate::extra::Extra;
use crate::json;

/// A call of a tool: of the program's, of the provider's, or of an MCP server's.
///
/// ```
/// # fn answer(reply: &arouter::messages::MessagesResponse) -> arouter::Result<()> {
/// use arouter::messages::InputMessage;
///
/// #[derive(serde::Deserialize)]
/// struct Place {
///     city: String,
/// }
///
/// let mut results = Vec::new();
/// for call in reply.tool_uses() {
///     let place: Place = call.input_as()?;
///     results.push(call.result(format!("22 °C in {}", place.city)));
/// }
/// let next = [reply.message(), InputMessage::user(results)];
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolUseBlock {
    /// Id that the result refers to.
    #[serde(default)]
    pub id: String,
    /// Name of the tool.
    #[serde(default)]
    pub name: String,
    /// The arguments: an object. Of a streamed call that was cut, the text that had come, since it is no JSON.
    #[serde(default = "no_input")]
    pub input: Value,
    /// Name of the MCP server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// Who calls: the model itself, or code that it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// Marks the block as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

#[inline]
pub(super) fn no_input() -> Value {
    Value::Object(Map::new())
}

impl ToolUseBlock {
    /// The arguments, decoded.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`](crate::Error::Decode) if the model wrote something else; an answer that was cut at its token limit leaves
    /// half a JSON text, which [`input`](Self#structfield.input) has.
    pub fn input_as<T: DeserializeOwned>(&self) -> Result<T> {
        match &self.input {
            Value::String(text) => json::decode(text.as_bytes()),
            input => json::decode(input.to_string().as_bytes()),
        }
    }

    /// The program's answer to this call.
    pub fn result(&self, content: impl Into<Content>) -> ContentBlock {
        ContentBlock::tool_result(&self.id, content)
    }

    /// The program's answer that the call has failed; the model may try again.
    pub fn error(&self, content: impl Into<Content>) -> ContentBlock {
        let content = Some(content.into());
        let tool_use_id = self.id.clone();
        ContentBlock::ToolResult(ToolResultBlock { tool_use_id, content, is_error: Some(true), cache_control: None, extra: Extra::new() })
    }
}

/// What a tool answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolResultBlock {
    /// The call that it answers.
    pub tool_use_id: String,
    /// The answer: text, or blocks of text, pictures, documents, search results, tool references.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Whether the call has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_error: Option<bool>,
    /// Marks the block as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A tool by its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolReferenceBlock {
    /// Name of the tool, in a tool's result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_name: Option<String>,
    /// Marks the block as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
