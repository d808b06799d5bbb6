//! What Google's own tools did for a model, as parts of its turn; to be sent back as they came.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::extra::Extra;
use crate::open_enum::open_enum;

/// Code that a model wrote, and that Google runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExecutableCode {
    /// Id that its result refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Language of the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<CodeLanguage>,
    /// The code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ExecutableCode {
    /// Code in Python, for a stored turn.
    pub fn python(code: impl Into<String>) -> Self {
        Self { language: Some(CodeLanguage::Python), code: Some(code.into()), ..Self::default() }
    }
}

open_enum! {
    /// Language of code that Google runs.
    pub enum CodeLanguage or number {
        /// Not told.
        Unspecified = "LANGUAGE_UNSPECIFIED",
        /// Python.
        Python = "PYTHON",
    }
}

/// What code gave.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CodeExecutionResult {
    /// Id of the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How it went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<CodeOutcome>,
    /// What it printed, or why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl CodeExecutionResult {
    /// What code printed, for a stored turn.
    pub fn ok(output: impl Into<String>) -> Self {
        Self { outcome: Some(CodeOutcome::Ok), output: Some(output.into()), ..Self::default() }
    }
}

open_enum! {
    /// How the run of code went.
    pub enum CodeOutcome or number {
        /// Not told.
        Unspecified = "OUTCOME_UNSPECIFIED",
        /// It ended well.
        Ok = "OUTCOME_OK",
        /// It failed.
        Failed = "OUTCOME_FAILED",
        /// It took too long.
        DeadlineExceeded = "OUTCOME_DEADLINE_EXCEEDED",
    }
}

/// A tool of Google's that the model called.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ToolCall {
    /// Id that the tool's answer refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which tool.
    #[serde(alias = "tool_type", skip_serializing_if = "Option::is_none")]
    pub tool_type: Option<ToolType>,
    /// What it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args: Option<Map<String, Value>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a tool of Google's answered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ToolResponse {
    /// Id of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which tool.
    #[serde(alias = "tool_type", skip_serializing_if = "Option::is_none")]
    pub tool_type: Option<ToolType>,
    /// What it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Map<String, Value>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// A tool of Google's.
    pub enum ToolType or number {
        /// Not told.
        Unspecified = "TOOL_TYPE_UNSPECIFIED",
        /// Google's search of the web.
        GoogleSearchWeb = "GOOGLE_SEARCH_WEB",
        /// Google's search of pictures.
        GoogleSearchImage = "GOOGLE_SEARCH_IMAGE",
        /// Reading pages by their address.
        UrlContext = "URL_CONTEXT",
        /// Google's maps.
        GoogleMaps = "GOOGLE_MAPS",
        /// Search in uploaded files.
        FileSearch = "FILE_SEARCH",
    }
}
