//! The models that this protocol lists.

use serde::{Deserialize, Serialize};

use crate::extra::Extra;
use crate::lenient;
use crate::setters::setters;

/// Which part of the list of models to give.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ListModelsQuery {
    /// Models at most, 1 to 1,000; 20 by default.
    pub limit: Option<u64>,
    /// Only models after the one with this id.
    pub after_id: Option<String>,
    /// Only models before the one with this id.
    pub before_id: Option<String>,
}

impl ListModelsQuery {
    /// The first page.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'static str, String)> {
        page_query(self.limit, self.after_id.as_deref(), self.before_id.as_deref())
    }
}

/// Which page to give, as a query says it.
pub(super) fn page_query(
    limit: Option<u64>,
    after_id: Option<&str>,
    before_id: Option<&str>,
) -> impl Iterator<Item = (&'static str, String)> {
    let limit = limit.map(|limit| ("limit", limit.to_string()));
    let after_id = after_id.map(|id| ("after_id", id.to_owned()));
    let before_id = before_id.map(|id| ("before_id", id.to_owned()));
    limit.into_iter().chain(after_id).chain(before_id)
}

setters! {
    ListModelsQuery:
    limit: u64,
    => into
    after_id: String,
    before_id: String,
}

/// A page of something that this protocol lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it.
    #[serde(default = "Vec::new")]
    pub data: Vec<T>,
    /// Whether there is another page.
    #[serde(default)]
    pub has_more: bool,
    /// Id of the first one on it, for the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_id: Option<String>,
    /// Id of the last one on it, for the page after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl<T> Page<T> {
    /// What is on it, and where the next one begins.
    pub(super) fn into_items_and_next(self) -> (Vec<T>, Option<String>) {
        (self.data, self.last_id.filter(|_| self.has_more))
    }
}

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
