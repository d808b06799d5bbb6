//! Blocks about the conversation itself: its files, summaries, models, instructions and tools.

use serde::{Deserialize, Serialize};

use super::block::ContentBlock;
use super::stop::RefusalCategory;
use crate::chat::CacheControl;
use crate::extra::Extra;
use crate::lenient;

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
    pub category: Option<RefusalCategory>,
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

impl ChangedTool {
    /// One of the request's tools.
    pub fn tool(name: impl Into<String>) -> Self {
        Self { kind: "tool_reference".to_owned(), name: Some(name.into()), server_name: None, extra: Extra::new() }
    }

    /// A tool of an MCP server.
    pub fn mcp_tool(server_name: impl Into<String>, name: impl Into<String>) -> Self {
        let (name, server_name) = (Some(name.into()), Some(server_name.into()));
        Self { kind: "mcp_tool_reference".to_owned(), name, server_name, extra: Extra::new() }
    }

    /// All tools of an MCP server.
    pub fn mcp_toolset(server_name: impl Into<String>) -> Self {
        Self { kind: "mcp_toolset_reference".to_owned(), name: None, server_name: Some(server_name.into()), extra: Extra::new() }
    }
}
