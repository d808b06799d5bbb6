//! What moderation found in a request and its answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::extra::Extra;
use crate::open_enum::open_enum;

/// What moderation found, on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Moderation {
    /// In the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<ModerationOutcome>,
    /// In the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<ModerationOutcome>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// What a [`ModerationOutcome`] is.
    pub enum ModerationKind {
        /// Results.
        Results = "moderation_results",
        /// Moderation failed.
        Error = "error",
    }
}

/// What moderation found on one side, or why it failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModerationOutcome {
    /// Which of both.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ModerationKind>,
    /// The model that moderated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What it found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<Vec<ModerationResult>>,
    /// Of a failure, its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Of a failure, what happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What moderation found in one piece. Categories have names such as `self-harm` and `hate/threatening`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModerationResult {
    /// `moderation_result`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The model that moderated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether any category applies.
    #[serde(default)]
    pub flagged: bool,
    /// Whether each applies.
    #[serde(default)]
    pub categories: BTreeMap<String, bool>,
    /// How strongly each applies, 0 to 1.
    #[serde(default)]
    pub category_scores: BTreeMap<String, f64>,
    /// What each was found in: `text`, `image`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_applied_input_types: Option<BTreeMap<String, Vec<String>>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
