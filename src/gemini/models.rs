//! Models, listed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::extra::Extra;
use crate::lenient;
use crate::setters::setters;

/// Which page of the list to give.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListModelsQuery {
    /// Most models on a page, up to 1,000; 50 by default.
    pub page_size: Option<u64>,
    /// Page to give: what [`next_page_token`](ListModelsResponse#structfield.next_page_token) of the one before it said.
    pub page_token: Option<String>,
}

impl ListModelsQuery {
    /// The first page.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ListModelsQuery:
    page_size: u64,
    => into
    page_token: String,
}

/// A page of the list of models.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListModelsResponse {
    /// The models.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub models: Vec<Model>,
    /// Token of the next page; absent on the last one.
    #[serde(alias = "next_page_token", skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Model {
    /// Resource name, such as `models/gemini-2.5-flash`.
    #[serde(default)]
    pub name: String,
    /// Name for people.
    #[serde(alias = "display_name", skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What it is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Version, such as `001`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Model that it is a version of.
    #[serde(alias = "base_model_id", skip_serializing_if = "Option::is_none")]
    pub base_model_id: Option<String>,
    /// Most tokens that it reads.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "input_token_limit", skip_serializing_if = "Option::is_none")]
    pub input_token_limit: Option<u64>,
    /// Most tokens that it writes.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "output_token_limit", skip_serializing_if = "Option::is_none")]
    pub output_token_limit: Option<u64>,
    /// Calls that it answers, such as `generateContent`.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "supported_generation_methods")]
    pub supported_generation_methods: Vec<String>,
    /// The same, as Google's SDKs call it.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "supported_actions")]
    pub supported_actions: Vec<String>,
    /// Its own temperature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Highest temperature that it takes.
    #[serde(alias = "max_temperature", skip_serializing_if = "Option::is_none")]
    pub max_temperature: Option<f64>,
    /// Its own `top_p`.
    #[serde(alias = "top_p", skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Its own `top_k`.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "top_k", skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u64>,
    /// Whether it thinks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking: Option<bool>,
    /// Labels; Vertex only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<String, String>>,
    /// Where it is deployed; Vertex only.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub endpoints: Vec<Endpoint>,
    /// What it was tuned from.
    #[serde(alias = "tuned_model_info", skip_serializing_if = "Option::is_none")]
    pub tuned_model_info: Option<TunedModelInfo>,
    /// Checkpoint that answers; Vertex only.
    #[serde(alias = "default_checkpoint_id", skip_serializing_if = "Option::is_none")]
    pub default_checkpoint_id: Option<String>,
    /// Its checkpoints; Vertex only.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub checkpoints: Vec<Checkpoint>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Model {
    /// The name without `models/`, as calls take it.
    #[must_use]
    #[inline]
    pub fn id(&self) -> &str {
        self.name.strip_prefix("models/").unwrap_or(&self.name)
    }
}

/// Where a model is deployed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Endpoint {
    /// Resource name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Id of the model there.
    #[serde(alias = "deployed_model_id", skip_serializing_if = "Option::is_none")]
    pub deployed_model_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a model was tuned from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TunedModelInfo {
    /// The model.
    #[serde(alias = "base_model", skip_serializing_if = "Option::is_none")]
    pub base_model: Option<String>,
    /// When it was made, RFC 3339.
    #[serde(alias = "create_time", skip_serializing_if = "Option::is_none")]
    pub create_time: Option<String>,
    /// When it was changed, RFC 3339.
    #[serde(alias = "update_time", skip_serializing_if = "Option::is_none")]
    pub update_time: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A checkpoint of a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Checkpoint {
    /// Its id.
    #[serde(alias = "checkpoint_id", skip_serializing_if = "Option::is_none")]
    pub checkpoint_id: Option<String>,
    /// Its epoch.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u64>,
    /// Its step.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
