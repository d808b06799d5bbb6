//! Blocks: what a message's content is made of, in both directions.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::citation::{Citation, CitationsConfig};
use super::conversation::{ChangedTool, CompactionBlock, ContainerUploadBlock, FallbackBlock, SystemBlock, ToolChangeBlock};
use super::server_tool::ServerToolResultBlock;
use super::source::Source;
use super::tool_use::{ToolReferenceBlock, ToolResultBlock, ToolUseBlock};
use crate::chat::CacheControl;
use crate::extra::Extra;
use crate::lenient::TextOrList;
use crate::setters::setters;
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
    #[inline]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Blocks(blocks) => text_of(blocks),
            Self::Other(_) => String::new(),
        }
    }
}

/// The text of some blocks, joined.
#[inline]
pub(super) fn text_of(blocks: &[ContentBlock]) -> String {
    blocks.iter().filter_map(ContentBlock::as_text).collect()
}

/// Nothing: no blocks.
impl Default for Content {
    #[inline]
    fn default() -> Self {
        Self::Blocks(Vec::new())
    }
}

impl From<&str> for Content {
    #[inline]
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Content {
    #[inline]
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<ContentBlock> for Content {
    #[inline]
    fn from(block: ContentBlock) -> Self {
        Self::Blocks(vec![block])
    }
}

impl From<Vec<ContentBlock>> for Content {
    #[inline]
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

    /// A document, such as [`Source::base64`] of a PDF or [`Source::text`]; [`DocumentBlock`] has the rest.
    #[must_use]
    #[inline]
    pub fn document(source: Source) -> Self {
        DocumentBlock::new(source).into()
    }

    /// A result of the program's own search, in text blocks; [`SearchResultBlock`] has the rest.
    pub fn search_result(source: impl Into<String>, title: impl Into<String>, content: impl Into<Vec<Self>>) -> Self {
        SearchResultBlock::new(source, title, content).into()
    }

    /// An uploaded file for the container that code runs in.
    pub fn container_upload(file_id: impl Into<String>) -> Self {
        Self::ContainerUpload(ContainerUploadBlock { file_id: file_id.into(), cache_control: None, extra: Extra::new() })
    }

    /// The model's thinking with its signature, for a turn that was stored in parts; one that came goes back with its message.
    pub fn thinking(thinking: impl Into<String>, signature: impl Into<String>) -> Self {
        Self::Thinking(ThinkingBlock { thinking: thinking.into(), signature: signature.into(), extra: Extra::new() })
    }

    /// Encrypted thinking, for a turn that was stored in parts.
    pub fn redacted_thinking(data: impl Into<String>) -> Self {
        Self::RedactedThinking(RedactedThinkingBlock { data: data.into(), extra: Extra::new() })
    }

    /// A call of a tool of the program's, for a turn that was stored in parts.
    pub fn tool_use(id: impl Into<String>, name: impl Into<String>, input: Value) -> Self {
        let (id, name) = (id.into(), name.into());
        Self::ToolUse(ToolUseBlock { id, name, input, server_name: None, caller: None, cache_control: None, extra: Extra::new() })
    }

    /// A tool by its name, in a tool's result: the model may call it from here on.
    pub fn tool_reference(tool_name: impl Into<String>) -> Self {
        Self::ToolReference(ToolReferenceBlock { tool_name: Some(tool_name.into()), cache_control: None, extra: Extra::new() })
    }

    /// Instructions in the midst of a conversation, in text blocks.
    pub fn mid_conversation_system(content: impl Into<Vec<Self>>) -> Self {
        Self::MidConversationSystem(SystemBlock { content: content.into(), cache_control: None, extra: Extra::new() })
    }

    /// A tool that the model may call from here on.
    #[must_use]
    #[inline]
    pub fn tool_addition(tool: ChangedTool) -> Self {
        Self::ToolAddition(ToolChangeBlock { tool, cache_control: None, extra: Extra::new() })
    }

    /// A tool that the model may no longer call from here on.
    #[must_use]
    #[inline]
    pub fn tool_removal(tool: ChangedTool) -> Self {
        Self::ToolRemoval(ToolChangeBlock { tool, cache_control: None, extra: Extra::new() })
    }

    /// The program's answer to the call with this id; [`ToolUseBlock::result`] spares the id.
    pub fn tool_result(tool_use_id: impl Into<String>, content: impl Into<Content>) -> Self {
        let content = Some(content.into());
        let tool_use_id = tool_use_id.into();
        Self::ToolResult(ToolResultBlock { tool_use_id, content, is_error: None, cache_control: None, extra: Extra::new() })
    }

    /// The text, if this is text.
    #[must_use]
    #[inline]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(block) => Some(&block.text),
            _ => None,
        }
    }

    /// The call, if this is a call of a tool of the program's.
    #[must_use]
    #[inline]
    pub fn as_tool_use(&self) -> Option<&ToolUseBlock> {
        match self {
            Self::ToolUse(block) => Some(block),
            _ => None,
        }
    }

    /// Marks the block as the end of a prefix to cache; does nothing to kinds that have no such mark.
    #[must_use]
    #[inline]
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

impl DocumentBlock {
    /// A document without title and citations.
    #[must_use]
    #[inline]
    pub fn new(source: Source) -> Self {
        Self { source, title: None, context: None, citations: None, cache_control: None, extra: Extra::new() }
    }
}

setters! {
    DocumentBlock:
    citations: CitationsConfig,
    cache_control: CacheControl,
    => into
    title: String,
    context: String,
}

impl From<DocumentBlock> for ContentBlock {
    #[inline]
    fn from(document: DocumentBlock) -> Self {
        Self::Document(document)
    }
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

impl SearchResultBlock {
    /// A result without citations.
    pub fn new(source: impl Into<String>, title: impl Into<String>, content: impl Into<Vec<ContentBlock>>) -> Self {
        let (source, title, content) = (source.into(), title.into(), content.into());
        Self { source, title, content, citations: None, cache_control: None, extra: Extra::new() }
    }
}

setters! {
    SearchResultBlock:
    citations: CitationsConfig,
    cache_control: CacheControl,
}

impl From<SearchResultBlock> for ContentBlock {
    #[inline]
    fn from(result: SearchResultBlock) -> Self {
        Self::SearchResult(result)
    }
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
