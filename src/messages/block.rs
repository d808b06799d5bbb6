//! Blocks: what a message's content is made of, in both directions.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::citation::{Citation, CitationsConfig};
use super::server_tool::{Caller, ServerToolResultBlock};
use super::source::Source;
use crate::chat::CacheControl;
use crate::error::Result;
use crate::extra::Extra;
use crate::json;
use crate::lenient::{self, TextOrList};
use crate::tagged::tagged_enum;

/// What a message says: text, or blocks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Content {
    /// Text.
    Text(String),
    /// Blocks in their order.
    Blocks(Vec<ContentBlock>),
    /// Anything else, as it came.
    Other(Value),
}

impl Content {
    /// The text, text blocks joined; empty if there is none.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Blocks(blocks) => text_of(blocks),
            Self::Other(_) => String::new(),
        }
    }
}

/// The text of some blocks, joined.
pub(super) fn text_of(blocks: &[ContentBlock]) -> String {
    blocks.iter().filter_map(ContentBlock::as_text).collect()
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<ContentBlock> for Content {
    fn from(block: ContentBlock) -> Self {
        Self::Blocks(vec![block])
    }
}

impl From<Vec<ContentBlock>> for Content {
    fn from(blocks: Vec<ContentBlock>) -> Self {
        Self::Blocks(blocks)
    }
}

impl<const N: usize> From<[ContentBlock; N]> for Content {
    fn from(blocks: [ContentBlock; N]) -> Self {
        Self::Blocks(blocks.into())
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match TextOrList::deserialize(deserializer)? {
            TextOrList::Text(text) => Self::Text(text),
            TextOrList::List(blocks) => Self::Blocks(blocks),
            TextOrList::Other(value) => Self::Other(value),
        })
    }
}

tagged_enum! {
    /// One block of a message's content, by its `type`.
    ///
    /// Requests and answers share it, so that the model's blocks go back as they came.
    pub enum ContentBlock by "type" {
        /// Text, with the sources that it rests on.
        Text(TextBlock) = "text",
        /// A picture.
        Image(ImageBlock) = "image",
        /// A document: a PDF or plain text.
        Document(DocumentBlock) = "document",
        /// A result of the program's own search, for the model to cite.
        SearchResult(SearchResultBlock) = "search_result",
        /// The model's thinking.
        Thinking(ThinkingBlock) = "thinking",
        /// The model's thinking, which only its maker can read.
        RedactedThinking(RedactedThinkingBlock) = "redacted_thinking",
        /// A call of a tool of the program's.
        ToolUse(ToolUseBlock) = "tool_use",
        /// The program's answer to such a call.
        ToolResult(ToolResultBlock) = "tool_result",
        /// A call of a tool that the provider runs.
        ServerToolUse(ToolUseBlock) = "server_tool_use",
        /// What a web search found.
        WebSearchToolResult(ServerToolResultBlock) = "web_search_tool_result",
        /// What a web page holds.
        WebFetchToolResult(ServerToolResultBlock) = "web_fetch_tool_result",
        /// What code printed.
        CodeExecutionToolResult(ServerToolResultBlock) = "code_execution_tool_result",
        /// What a shell command printed.
        BashCodeExecutionToolResult(ServerToolResultBlock) = "bash_code_execution_tool_result",
        /// What came of editing a file.
        TextEditorCodeExecutionToolResult(ServerToolResultBlock) = "text_editor_code_execution_tool_result",
        /// Tools that a search among tools found.
        ToolSearchToolResult(ServerToolResultBlock) = "tool_search_tool_result",
        /// What another model advised.
        AdvisorToolResult(ServerToolResultBlock) = "advisor_tool_result",
        /// A call of a tool of an MCP server.
        McpToolUse(ToolUseBlock) = "mcp_tool_use",
        /// What that tool answered.
        McpToolResult(ToolResultBlock) = "mcp_tool_result",
        /// A tool by its name, in a tool's result: the model may call it from here on.
        ToolReference(ToolReferenceBlock) = "tool_reference",
        /// An uploaded file for the container that code runs in.
        ContainerUpload(ContainerUploadBlock) = "container_upload",
        /// A summary in place of the conversation so far.
        Compaction(CompactionBlock) = "compaction",
        /// From here on, another model answered.
        Fallback(FallbackBlock) = "fallback",
        /// Instructions in the midst of a conversation.
        MidConversationSystem(SystemBlock) = "mid_conv_system",
        /// A tool that the model may call from here on.
        ToolAddition(ToolChangeBlock) = "tool_addition",
        /// A tool that the model may no longer call from here on.
        ToolRemoval(ToolChangeBlock) = "tool_removal",
    }
}

impl ContentBlock {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextBlock { text: text.into(), citations: None, cache_control: None, extra: Extra::new() })
    }

    /// A picture from its bytes; `media_type` is `image/jpeg`, `image/png`, `image/gif` or `image/webp`.
    pub fn image(media_type: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        Self::Image(ImageBlock { source: Source::base64(media_type, bytes), cache_control: None, extra: Extra::new() })
    }

    /// A picture at an address.
    pub fn image_url(url: impl Into<String>) -> Self {
        Self::Image(ImageBlock { source: Source::url(url), cache_control: None, extra: Extra::new() })
    }

    /// A document, such as [`Source::base64`] of a PDF or [`Source::text`].
    #[must_use]
    pub fn document(source: Source) -> Self {
        Self::Document(DocumentBlock { source, title: None, context: None, citations: None, cache_control: None, extra: Extra::new() })
    }

    /// The program's answer to the call with this id; [`ToolUseBlock::result`] spares the id.
    pub fn tool_result(tool_use_id: impl Into<String>, content: impl Into<Content>) -> Self {
        let content = Some(content.into());
        let tool_use_id = tool_use_id.into();
        Self::ToolResult(ToolResultBlock { tool_use_id, content, is_error: None, cache_control: None, extra: Extra::new() })
    }

    /// The text, if this is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(block) => Some(&block.text),
            _ => None,
        }
    }

    /// The call, if this is a call of a tool of the program's.
    #[must_use]
    pub fn as_tool_use(&self) -> Option<&ToolUseBlock> {
        match self {
            Self::ToolUse(block) => Some(block),
            _ => None,
        }
    }

    /// Marks the block as the end of a prefix to cache; does nothing to kinds that have no such mark.
    #[must_use]
    pub fn cache_control(mut self, cache_control: CacheControl) -> Self {
        let place = match &mut self {
            Self::Text(block) => &mut block.cache_control,
            Self::Image(block) => &mut block.cache_control,
            Self::Document(block) => &mut block.cache_control,
            Self::SearchResult(block) => &mut block.cache_control,
            Self::ToolUse(block) | Self::ServerToolUse(block) | Self::McpToolUse(block) => &mut block.cache_control,
            Self::ToolResult(block) | Self::McpToolResult(block) => &mut block.cache_control,
            Self::WebSearchToolResult(block)
            | Self::WebFetchToolResult(block)
            | Self::CodeExecutionToolResult(block)
            | Self::BashCodeExecutionToolResult(block)
            | Self::TextEditorCodeExecutionToolResult(block)
            | Self::ToolSearchToolResult(block)
            | Self::AdvisorToolResult(block) => &mut block.cache_control,
            Self::ToolReference(block) => &mut block.cache_control,
            Self::ContainerUpload(block) => &mut block.cache_control,
            Self::Compaction(block) => &mut block.cache_control,
            Self::MidConversationSystem(block) => &mut block.cache_control,
            Self::ToolAddition(block) | Self::ToolRemoval(block) => &mut block.cache_control,
            Self::Thinking(_) | Self::RedactedThinking(_) | Self::Fallback(_) | Self::Other(_) => return self,
        };
        *place = Some(cache_control);
        self
    }
}

/// Text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextBlock {
    /// The text.
    #[serde(default)]
    pub text: String,
    /// What the text rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citations: Option<Vec<Citation>>,
    /// Marks the block as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImageBlock {
    /// The picture.
    pub source: Source,
    /// Marks the block as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DocumentBlock {
    /// What is in it.
    pub source: Source,
    /// Its title, which the model sees and citations name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the model is told about it; not cited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// Whether the answer is to cite it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citations: Option<CitationsConfig>,
    /// Marks the block as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A result of the program's own search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SearchResultBlock {
    /// Where it was found: an address, or any other name.
    pub source: String,
    /// Its title.
    pub title: String,
    /// What it says, in text blocks; each can be cited.
    #[serde(default)]
    pub content: Vec<ContentBlock>,
    /// Whether the answer is to cite it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citations: Option<CitationsConfig>,
    /// Marks the block as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The model's thinking. It is for the model that made it: send it back unchanged, in its message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ThinkingBlock {
    /// What it thinks; empty where thinking isn't shown.
    #[serde(default)]
    pub thinking: String,
    /// Proof that the thinking is the model's own.
    #[serde(default)]
    pub signature: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The model's thinking, encrypted. Send it back unchanged, in its message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RedactedThinkingBlock {
    /// The encrypted thinking.
    #[serde(default)]
    pub data: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

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

/// An uploaded file for a container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContainerUploadBlock {
    /// Id of the file.
    pub file_id: String,
    /// Marks the block as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A summary in place of the conversation so far. Send it back unchanged, in its message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompactionBlock {
    /// The summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The summary, encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_content: Option<String>,
    /// Marks the block as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A change of models within an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FallbackBlock {
    /// The model that gave up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<FallbackModel>,
    /// The model that went on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<FallbackModel>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<FallbackTrigger>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One of the models of a [`FallbackBlock`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FallbackModel {
    /// The model.
    #[serde(default)]
    pub model: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Why another model went on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FallbackTrigger {
    /// `refusal`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the refusal was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Instructions in the midst of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SystemBlock {
    /// The instructions, in text blocks.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub content: Vec<ContentBlock>,
    /// Marks the block as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A change of the tools in the midst of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolChangeBlock {
    /// Which tool, or which MCP server's tools.
    pub tool: ChangedTool,
    /// Marks the block as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A tool that comes or goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChangedTool {
    /// `tool_reference`, `mcp_tool_reference` or `mcp_toolset_reference`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Name of the tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Name of its MCP server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
