//! How a request was routed, where the gateway was asked to tell.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::extra::Extra;

/// How a request was routed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RouterMetadata {
    /// Model that was asked for.
    #[serde(default)]
    pub requested: String,
    /// How it was chosen: `direct`, `auto`, `fallback`, …
    #[serde(default)]
    pub strategy: String,
    /// The same in a sentence.
    #[serde(default)]
    pub summary: String,
    /// The attempt that succeeded, from 1.
    #[serde(default)]
    pub attempt: u64,
    /// What was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<Vec<RouterAttempt>>,
    /// What could have been.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<RouterEndpoints>,
    /// Whether a key of the account's own at the provider was used.
    #[serde(default)]
    pub is_byok: bool,
    /// Where it ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What the router went by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<RouterParams>,
    /// What else worked on the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<Vec<PipelineStage>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A provider that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RouterAttempt {
    /// Its name.
    #[serde(default)]
    pub provider: String,
    /// Its model.
    #[serde(default)]
    pub model: String,
    /// Status that it answered with.
    #[serde(default)]
    pub status: u16,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Endpoints that could serve a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RouterEndpoints {
    /// How many there are.
    #[serde(default)]
    pub total: u64,
    /// Those that were up.
    #[serde(default)]
    pub available: Vec<RouterEndpoint>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An endpoint that could serve a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RouterEndpoint {
    /// Its provider.
    #[serde(default)]
    pub provider: String,
    /// Its model.
    #[serde(default)]
    pub model: String,
    /// Whether it was taken.
    #[serde(default)]
    pub selected: bool,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a router went by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RouterParams {
    /// Least quality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_floor: Option<f64>,
    /// Least throughput.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput_floor: Option<f64>,
    /// Group of model versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_group: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Something that worked on a request beside the model: a guardrail, a plugin, a server tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PipelineStage {
    /// What it is: `guardrail`, `plugin`, `server_tools`, …
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What it cost, in US dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// Id of the guardrail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardrail_id: Option<String>,
    /// What the guardrail covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardrail_scope: Option<String>,
    /// What else it tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Map<String, Value>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
