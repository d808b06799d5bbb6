//! Tokens of a prompt, counted without an answer.

use serde::{Deserialize, Serialize};

use super::config::GenerationConfig;
use super::content::Content;
use super::request::GenerateContentRequest;
use super::tool::Tool;
use super::usage::ModalityTokenCount;
use crate::extra::Extra;
use crate::lenient;
use crate::setters::setters;

/// What to count the tokens of: turns of a conversation, or a whole request.
///
/// ```
/// use arouter::gemini::{Content, CountTokensRequest, GenerateContentRequest};
///
/// let turns = CountTokensRequest::new([Content::user("Hello!")]);
/// let whole = CountTokensRequest::from(GenerateContentRequest::new([Content::user("Hello!")]).system_instruction("Be brief."));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CountTokensRequest {
    /// Turns of a conversation.
    #[serde(default, deserialize_with = "lenient::optional_list", skip_serializing_if = "Option::is_none")]
    pub contents: Option<Vec<Content>>,
    /// A whole request, in place of the turns.
    #[serde(alias = "generate_content_request", skip_serializing_if = "Option::is_none")]
    pub generate_content_request: Option<Box<GenerateContentRequest>>,
    /// Instructions to the model, beside the turns; Vertex only.
    #[serde(alias = "system_instruction", skip_serializing_if = "Option::is_none")]
    pub system_instruction: Option<Content>,
    /// Tools, beside the turns; Vertex only.
    #[serde(default, deserialize_with = "lenient::optional_list", skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// How to generate, beside the turns; Vertex only.
    #[serde(alias = "generation_config", skip_serializing_if = "Option::is_none")]
    pub generation_config: Option<GenerationConfig>,
    /// Resource name of the model, which the call says anyway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    CountTokensRequest:
    generation_config: GenerationConfig,
    => into
    system_instruction: Content,
    tools: Vec<Tool>,
}

impl CountTokensRequest {
    /// Counts these turns.
    pub fn new(contents: impl Into<Vec<Content>>) -> Self {
        Self { contents: Some(contents.into()), ..Self::default() }
    }
}

impl From<GenerateContentRequest> for CountTokensRequest {
    #[inline]
    fn from(request: GenerateContentRequest) -> Self {
        Self { generate_content_request: Some(Box::new(request)), ..Self::default() }
    }
}

impl From<&GenerateContentRequest> for CountTokensRequest {
    #[inline]
    fn from(request: &GenerateContentRequest) -> Self {
        Self::from(request.clone())
    }
}

/// How many tokens a prompt has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CountTokensResponse {
    /// In all.
    #[serde(default, deserialize_with = "lenient::count", alias = "total_tokens")]
    pub total_tokens: u64,
    /// Of these, those of a cached prefix.
    #[serde(
        default,
        deserialize_with = "lenient::optional_count",
        alias = "cached_content_token_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub cached_content_token_count: Option<u64>,
    /// Characters that the bill counts; Vertex only.
    #[serde(
        default,
        deserialize_with = "lenient::optional_count",
        alias = "total_billable_characters",
        skip_serializing_if = "Option::is_none"
    )]
    pub total_billable_characters: Option<u64>,
    /// What the tokens are.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "prompt_tokens_details")]
    pub prompt_tokens_details: Vec<ModalityTokenCount>,
    /// What the cached tokens are.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "cache_tokens_details")]
    pub cache_tokens_details: Vec<ModalityTokenCount>,
    /// Tokens of each turn.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "content_tokens")]
    pub content_tokens: Vec<ContentTokens>,
    /// Tokens of the instructions.
    #[serde(alias = "system_instructions_tokens", skip_serializing_if = "Option::is_none")]
    pub system_instructions_tokens: Option<ContentTokens>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Tokens of a turn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ContentTokens {
    /// Of its role.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "role_tokens", skip_serializing_if = "Option::is_none")]
    pub role_tokens: Option<u64>,
    /// Of each of its parts.
    #[serde(default, deserialize_with = "lenient::counts", alias = "part_tokens")]
    pub part_tokens: Vec<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
