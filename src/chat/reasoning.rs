//! A model's reasoning: what to ask for, and the blocks that come.

use serde::{Deserialize, Serialize};

use crate::extra::Extra;
use crate::open_enum::open_enum;
use crate::setters::setters;

open_enum! {
    /// How much a model reasons.
    pub enum ReasoningEffort {
        /// Not at all.
        None = "none",
        /// Hardly.
        Minimal = "minimal",
        /// A little.
        Low = "low",
        /// Some.
        Medium = "medium",
        /// Much.
        High = "high",
        /// Very much.
        Xhigh = "xhigh",
        /// As much as it can.
        Max = "max",
    }
}

open_enum! {
    /// How long a summary of the reasoning is.
    pub enum ReasoningSummary {
        /// As the model sees fit.
        Auto = "auto",
        /// Short.
        Concise = "concise",
        /// Long.
        Detailed = "detailed",
    }
}

/// How a model is to reason: by [`effort`](Self::effort) or by [`max_tokens`](Self::max_tokens).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reasoning {
    /// How much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<ReasoningEffort>,
    /// Most tokens to spend on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// Whether to reason without showing it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude: Option<bool>,
    /// Whether to reason at all, with the model's defaults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// How long a summary to give.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<ReasoningSummary>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Reasoning {
    /// Reasoning by effort.
    #[must_use]
    #[inline]
    pub fn effort(effort: ReasoningEffort) -> Self {
        Self { effort: Some(effort), ..Self::default() }
    }

    /// Reasoning within a budget of tokens.
    #[must_use]
    #[inline]
    pub fn max_tokens(tokens: u64) -> Self {
        Self { max_tokens: Some(tokens), ..Self::default() }
    }
}

setters! {
    Reasoning:
    enabled: bool,
    exclude: bool,
    summary: ReasoningSummary,
}

open_enum! {
    /// What a [`ReasoningDetail`] holds.
    pub enum ReasoningKind {
        /// Plain reasoning in `text`, perhaps signed.
        Text = "reasoning.text",
        /// A summary, in `summary`.
        Summary = "reasoning.summary",
        /// Reasoning that only its maker can read, in `data`.
        Encrypted = "reasoning.encrypted",
        /// A server tool that ran meanwhile.
        ServerToolCall = "reasoning.server_tool_call",
    }
}

open_enum! {
    /// Whose format a [`ReasoningDetail`] has.
    pub enum ReasoningFormat {
        /// Nobody's in particular.
        Unknown = "unknown",
        /// OpenAI's.
        OpenaiResponsesV1 = "openai-responses-v1",
        /// OpenAI's, on Azure.
        AzureOpenaiResponsesV1 = "azure-openai-responses-v1",
        /// OpenAI's, on Bedrock.
        BedrockOpenaiResponsesV1 = "bedrock-openai-responses-v1",
        /// xAI's.
        XaiResponsesV1 = "xai-responses-v1",
        /// xAI's, on Bedrock.
        BedrockXaiResponsesV1 = "bedrock-xai-responses-v1",
        /// Meta's.
        MetaResponsesV1 = "meta-responses-v1",
        /// Anthropic's.
        AnthropicClaudeV1 = "anthropic-claude-v1",
        /// Google's.
        GoogleGeminiV1 = "google-gemini-v1",
    }
}

/// One block of reasoning, or a piece of one in a stream.
///
/// It is for the model that made it: send it back unchanged, in its message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReasoningDetail {
    /// What it holds.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ReasoningKind>,
    /// Plain reasoning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Encrypted reasoning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Proof that the text is the model's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Id of the block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whose format it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<ReasoningFormat>,
    /// Place of the block in its message; pieces of one block have the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// Name of the server tool that ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_name: Option<String>,
    /// Id of its call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// Its arguments, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
    /// Its result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
