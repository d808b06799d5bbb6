//! What tools that the provider runs come back with.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::block::ContentBlock;
use super::stop::StopReason;
use crate::chat::CacheControl;
use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::tagged::tagged_enum;

/// Who calls a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Caller {
    /// `direct` for the model itself; `code_execution_20260120` and the like for code that it runs.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id of the call that runs the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a tool that the provider ran came back with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServerToolResultBlock {
    /// The call that it answers.
    #[serde(default)]
    pub tool_use_id: String,
    /// The result.
    pub content: ServerToolContent,
    /// Who had called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// Marks the block as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One result, or, of a web search that went well, several.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum ServerToolContent {
    /// One result, or an error.
    One(Box<ServerToolOutput>),
    /// Several.
    Many(Vec<ServerToolOutput>),
}

impl ServerToolContent {
    /// The results, however many.
    #[must_use]
    #[inline]
    pub fn outputs(&self) -> &[ServerToolOutput] {
        match self {
            Self::One(output) => std::slice::from_ref(output),
            Self::Many(outputs) => outputs,
        }
    }

    /// The error, if the tool failed.
    #[must_use]
    #[inline]
    pub fn error(&self) -> Option<&ServerToolError> {
        self.outputs().iter().find_map(ServerToolOutput::error)
    }
}

impl<'de> Deserialize<'de> for ServerToolContent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;

        impl<'de> Visitor<'de> for OneOrMany {
            type Value = ServerToolContent;

            #[inline]
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a result or a list of results")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, outputs: A) -> Result<ServerToolContent, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(outputs)).map(ServerToolContent::Many)
            }

            fn visit_map<A: MapAccess<'de>>(self, output: A) -> Result<ServerToolContent, A::Error> {
                ServerToolOutput::deserialize(MapAccessDeserializer::new(output)).map(Box::new).map(ServerToolContent::One)
            }

            fn visit_str<E>(self, text: &str) -> Result<ServerToolContent, E> {
                Ok(ServerToolContent::One(Box::new(ServerToolOutput::Other(text.into()))))
            }
        }

        deserializer.deserialize_any(OneOrMany)
    }
}

tagged_enum! {
    /// One result of a tool that the provider ran, by its `type`.
    pub enum ServerToolOutput by "type" {
        /// A page that a web search found.
        WebSearchResult(WebSearchResult) = "web_search_result",
        /// A web search failed.
        WebSearchError(ServerToolError) = "web_search_tool_result_error",
        /// A web page or file.
        WebFetchResult(WebFetchResult) = "web_fetch_result",
        /// A web page couldn't be had.
        WebFetchError(ServerToolError) = "web_fetch_tool_result_error",
        /// What code printed.
        CodeExecutionResult(ExecutionResult) = "code_execution_result",
        /// What code printed, encrypted.
        EncryptedCodeExecutionResult(ExecutionResult) = "encrypted_code_execution_result",
        /// Code couldn't be run.
        CodeExecutionError(ServerToolError) = "code_execution_tool_result_error",
        /// What a shell command printed.
        BashCodeExecutionResult(ExecutionResult) = "bash_code_execution_result",
        /// A shell command couldn't be run.
        BashCodeExecutionError(ServerToolError) = "bash_code_execution_tool_result_error",
        /// A file, or part of it.
        TextEditorViewResult(TextEditorView) = "text_editor_code_execution_view_result",
        /// A file was written.
        TextEditorCreateResult(TextEditorCreate) = "text_editor_code_execution_create_result",
        /// Words in a file were replaced.
        TextEditorStrReplaceResult(TextEditorStrReplace) = "text_editor_code_execution_str_replace_result",
        /// A file couldn't be edited.
        TextEditorError(ServerToolError) = "text_editor_code_execution_tool_result_error",
        /// Tools that were found.
        ToolSearchResult(ToolSearchResult) = "tool_search_tool_search_result",
        /// A search among tools failed.
        ToolSearchError(ServerToolError) = "tool_search_tool_result_error",
        /// Another model's advice.
        AdvisorResult(AdvisorResult) = "advisor_result",
        /// Another model's advice, encrypted.
        AdvisorRedactedResult(AdvisorResult) = "advisor_redacted_result",
        /// The other model gave no advice.
        AdvisorError(ServerToolError) = "advisor_tool_result_error",
    }
}

impl ServerToolOutput {
    /// The error, if the tool failed.
    #[must_use]
    #[inline]
    pub fn error(&self) -> Option<&ServerToolError> {
        match self {
            Self::WebSearchError(error)
            | Self::WebFetchError(error)
            | Self::CodeExecutionError(error)
            | Self::BashCodeExecutionError(error)
            | Self::TextEditorError(error)
            | Self::ToolSearchError(error)
            | Self::AdvisorError(error) => Some(error),
            _ => None,
        }
    }
}

open_enum! {
    /// Why a tool failed.
    pub enum ServerToolErrorCode {
        /// The model called it with wrong arguments.
        InvalidToolInput = "invalid_tool_input",
        /// It can't be had now.
        Unavailable = "unavailable",
        /// It was called as often as it may be.
        MaxUsesExceeded = "max_uses_exceeded",
        /// It was called too often in a short time.
        TooManyRequests = "too_many_requests",
        /// The search's words are too many.
        QueryTooLong = "query_too_long",
        /// The search's request is too large.
        RequestTooLarge = "request_too_large",
        /// The address is too long.
        UrlTooLong = "url_too_long",
        /// The address is of a domain that isn't allowed.
        UrlNotAllowed = "url_not_allowed",
        /// The address was not in the conversation before.
        UrlNotInPriorContext = "url_not_in_prior_context",
        /// Nothing answers at the address.
        UrlNotAccessible = "url_not_accessible",
        /// What is there can't be read.
        UnsupportedContentType = "unsupported_content_type",
        /// It ran for too long.
        ExecutionTimeExceeded = "execution_time_exceeded",
        /// It wrote too much.
        OutputFileTooLarge = "output_file_too_large",
        /// There is no such file.
        FileNotFound = "file_not_found",
        /// The advisor's prompt is too long.
        PromptTooLong = "prompt_too_long",
        /// The advisor is overloaded.
        Overloaded = "overloaded",
        /// There is no such advisor.
        ModelNotFound = "model_not_found",
    }
}

/// Why a tool failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServerToolError {
    /// Why, in a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<ServerToolErrorCode>,
    /// Why, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A page that a web search found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebSearchResult {
    /// Address of the page.
    #[serde(default)]
    pub url: String,
    /// Title of the page.
    #[serde(default)]
    pub title: String,
    /// How old the page is, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_age: Option<String>,
    /// What it says, for the model; to be sent back unchanged.
    #[serde(default)]
    pub encrypted_content: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A web page or file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebFetchResult {
    /// Its address.
    #[serde(default)]
    pub url: String,
    /// What it holds: a document.
    pub content: Box<ContentBlock>,
    /// When it was fetched, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieved_at: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What code or a shell command printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExecutionResult {
    /// Standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdout: Option<String>,
    /// Standard output, encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_stdout: Option<String>,
    /// Standard error.
    #[serde(default)]
    pub stderr: String,
    /// Exit code; 0 if all went well.
    #[serde(default)]
    pub return_code: i64,
    /// Files that it made.
    #[serde(default)]
    pub content: Vec<ExecutionOutput>,
    /// Why it was broken off, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abort_reason: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A file that code made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExecutionOutput {
    /// `code_execution_output` or `bash_code_execution_output`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id of the file.
    #[serde(default)]
    pub file_id: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A file, or part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextEditorView {
    /// What it is: `text`, `image` or `pdf`.
    #[serde(default)]
    pub file_type: String,
    /// What it holds.
    #[serde(default)]
    pub content: String,
    /// How many lines are shown.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub num_lines: Option<u64>,
    /// First line that is shown, from 1.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub start_line: Option<u64>,
    /// How many lines the file has.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub total_lines: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A file was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextEditorCreate {
    /// Whether there was such a file before.
    #[serde(default)]
    pub is_file_update: bool,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Words in a file were replaced; what has changed, as a diff tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextEditorStrReplace {
    /// Lines of the diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<String>>,
    /// First line before the change, from 1.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub old_start: Option<u64>,
    /// How many lines before the change.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub old_lines: Option<u64>,
    /// First line after the change, from 1.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub new_start: Option<u64>,
    /// How many lines after the change.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub new_lines: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Tools that were found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolSearchResult {
    /// The tools: [`ContentBlock::ToolReference`]s.
    #[serde(default)]
    pub tool_references: Vec<ContentBlock>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Another model's advice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AdvisorResult {
    /// The advice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The advice, encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_content: Option<String>,
    /// Why the other model stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<StopReason>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
