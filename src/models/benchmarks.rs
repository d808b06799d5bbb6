//! How models do in tests of others.

use serde::{Deserialize, Serialize};

use crate::extra::Extra;

/// How a model does in tests of others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Benchmarks {
    /// By Artificial Analysis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artificial_analysis: Option<ArtificialAnalysis>,
    /// By Design Arena.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub design_arena: Option<Vec<DesignArena>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What Artificial Analysis found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ArtificialAnalysis {
    /// Over all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intelligence_index: Option<f64>,
    /// In writing code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coding_index: Option<f64>,
    /// In acting by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agentic_index: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What people chose on Design Arena.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DesignArena {
    /// Which arena.
    #[serde(default)]
    pub arena: String,
    /// Of what kind of work.
    #[serde(default)]
    pub category: String,
    /// Elo rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elo: Option<f64>,
    /// Place, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<i64>,
    /// How often it won, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub win_rate: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
