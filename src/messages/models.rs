//! The models that this protocol lists.

use serde::{Deserialize, Serialize};

use crate::extra::Extra;
use crate::lenient;

/// A model, as this protocol describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelInfo {
    /// Its id, for requests.
    pub id: String,
    /// What it is: `model`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Its name, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// When it came out, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// Tokens that it reads at most.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub max_input_tokens: Option<u64>,
    /// Tokens that it writes at most.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// What it can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a model can do; `None` where it isn't told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Capabilities {
    /// Batches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<Support>,
    /// Citations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citations: Option<Support>,
    /// Running of code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_execution: Option<Support>,
    /// Reading of pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_input: Option<Support>,
    /// Reading of PDFs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pdf_input: Option<Support>,
    /// Answers by a schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub structured_outputs: Option<Support>,
    /// Shortening of conversations, and in which ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_management: Option<ContextManagementSupport>,
    /// Settings of effort, and which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<EffortSupport>,
    /// Thinking, and in which ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking: Option<ThinkingSupport>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Whether a model can do something.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Support {
    /// Whether it can.
    #[serde(default)]
    pub supported: bool,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// In which ways a model's conversations can be shortened.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContextManagementSupport {
    /// Whether they can at all.
    #[serde(default)]
    pub supported: bool,
    /// By dropping thinking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clear_thinking_20251015: Option<Support>,
    /// By dropping uses of tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clear_tool_uses_20250919: Option<Support>,
    /// By a summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compact_20260112: Option<Support>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Which settings of effort a model has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EffortSupport {
    /// Whether it has any.
    #[serde(default)]
    pub supported: bool,
    /// Little.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<Support>,
    /// Some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium: Option<Support>,
    /// Much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<Support>,
    /// Very much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xhigh: Option<Support>,
    /// As much as it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Support>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// In which ways a model thinks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ThinkingSupport {
    /// Whether it does.
    #[serde(default)]
    pub supported: bool,
    /// The ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub types: Option<ThinkingTypes>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The ways in which a model may think; see [`Thinking`](super::Thinking).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ThinkingTypes {
    /// As much as it sees fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adaptive: Option<Support>,
    /// Within a budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<Support>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
