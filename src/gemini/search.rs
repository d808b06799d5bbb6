//! Google's searches, and those of others, as tools of a model.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::auth::AuthConfig;
use crate::credentials::Secret;
use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// Google's search.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GoogleSearch {
    /// What to look for; pages by default.
    #[serde(alias = "search_types", skip_serializing_if = "Option::is_none")]
    pub search_types: Option<SearchTypes>,
    /// When the pages were published; not on Vertex.
    #[serde(alias = "time_range_filter", skip_serializing_if = "Option::is_none")]
    pub time_range_filter: Option<Interval>,
    /// Which sites to leave out as phishing; Vertex only.
    #[serde(alias = "blocking_confidence", skip_serializing_if = "Option::is_none")]
    pub blocking_confidence: Option<PhishBlockThreshold>,
    /// Sites to leave out; Vertex only.
    #[serde(alias = "exclude_domains", skip_serializing_if = "Option::is_none")]
    pub exclude_domains: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl GoogleSearch {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    GoogleSearch:
    search_types: SearchTypes,
    time_range_filter: Interval,
    blocking_confidence: PhishBlockThreshold,
    => each
    exclude_domains: String,
}

/// What a search looks for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SearchTypes {
    /// Pages.
    #[serde(alias = "web_search", skip_serializing_if = "Option::is_none")]
    pub web_search: Option<WebSearch>,
    /// Pictures.
    #[serde(alias = "image_search", skip_serializing_if = "Option::is_none")]
    pub image_search: Option<ImageSearch>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl SearchTypes {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    SearchTypes:
    web_search: WebSearch,
    image_search: ImageSearch,
}

/// Search for pages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WebSearch {
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl WebSearch {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Search for pictures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageSearch {
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ImageSearch {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

/// A span of time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Interval {
    /// Where it begins, RFC 3339: `2026-01-01T00:00:00Z`.
    #[serde(alias = "start_time", skip_serializing_if = "Option::is_none")]
    pub start_time: Option<String>,
    /// Where it ends, RFC 3339.
    #[serde(alias = "end_time", skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Interval {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    Interval:
    => into
    start_time: String,
    end_time: String,
}

open_enum! {
    /// Which sites a search leaves out as phishing.
    pub enum PhishBlockThreshold or number {
        /// As the model is set.
        Unspecified = "PHISH_BLOCK_THRESHOLD_UNSPECIFIED",
        /// Those with at least a low suspicion.
        BlockLowAndAbove = "BLOCK_LOW_AND_ABOVE",
        /// Those with at least a medium one.
        BlockMediumAndAbove = "BLOCK_MEDIUM_AND_ABOVE",
        /// Those with at least a high one.
        BlockHighAndAbove = "BLOCK_HIGH_AND_ABOVE",
        /// Those with at least a higher one.
        BlockHigherAndAbove = "BLOCK_HIGHER_AND_ABOVE",
        /// Those with at least a very high one.
        BlockVeryHighAndAbove = "BLOCK_VERY_HIGH_AND_ABOVE",
        /// Those with an extremely high one.
        BlockOnlyExtremelyHigh = "BLOCK_ONLY_EXTREMELY_HIGH",
    }
}

/// Google's search, in the older form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GoogleSearchRetrieval {
    /// When to search.
    #[serde(alias = "dynamic_retrieval_config", skip_serializing_if = "Option::is_none")]
    pub dynamic_retrieval_config: Option<DynamicRetrievalConfig>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl GoogleSearchRetrieval {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    GoogleSearchRetrieval:
    dynamic_retrieval_config: DynamicRetrievalConfig,
}

/// When to search.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DynamicRetrievalConfig {
    /// Whether the model decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<DynamicRetrievalMode>,
    /// How sure the model must be that a search helps, 0 to 1.
    #[serde(alias = "dynamic_threshold", skip_serializing_if = "Option::is_none")]
    pub dynamic_threshold: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl DynamicRetrievalConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    DynamicRetrievalConfig:
    mode: DynamicRetrievalMode,
    dynamic_threshold: f64,
}

open_enum! {
    /// Whether a model decides when to search.
    pub enum DynamicRetrievalMode or number {
        /// It always searches.
        Unspecified = "MODE_UNSPECIFIED",
        /// It decides.
        Dynamic = "MODE_DYNAMIC",
    }
}

/// Google's maps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GoogleMaps {
    /// How to log in; Vertex only.
    #[serde(alias = "auth_config", skip_serializing_if = "Option::is_none")]
    pub auth_config: Option<AuthConfig>,
    /// Whether to give a token for a map to show.
    #[serde(alias = "enable_widget", skip_serializing_if = "Option::is_none")]
    pub enable_widget: Option<bool>,
    /// What to look for; Vertex only.
    #[serde(alias = "grounding_types", skip_serializing_if = "Option::is_none")]
    pub grounding_types: Option<GoogleMapsGroundingTypes>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl GoogleMaps {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    GoogleMaps:
    auth_config: AuthConfig,
    enable_widget: bool,
    grounding_types: GoogleMapsGroundingTypes,
}

/// What to look for on a map.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GoogleMapsGroundingTypes {
    /// Places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<GoogleMapsPlaces>,
    /// Ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing: Option<GoogleMapsRouting>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl GoogleMapsGroundingTypes {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    GoogleMapsGroundingTypes:
    places: GoogleMapsPlaces,
    routing: GoogleMapsRouting,
}

/// Places on a map.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GoogleMapsPlaces {
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl GoogleMapsPlaces {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Ways on a map.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GoogleMapsRouting {
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl GoogleMapsRouting {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Search in uploaded files.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FileSearch {
    /// Most pieces to find.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "top_k", skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u64>,
    /// Which files to search, by their metadata.
    #[serde(alias = "metadata_filter", skip_serializing_if = "Option::is_none")]
    pub metadata_filter: Option<String>,
    /// Stores to search, such as `fileSearchStores/my-store`.
    #[serde(alias = "file_search_store_names", skip_serializing_if = "Option::is_none")]
    pub file_search_store_names: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl FileSearch {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    FileSearch:
    top_k: u64,
    => into
    metadata_filter: String,
    => each
    file_search_store_names: String,
}

/// Search of the web for regulated trades; Vertex only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EnterpriseWebSearch {
    /// Which sites to leave out as phishing.
    #[serde(alias = "blocking_confidence", skip_serializing_if = "Option::is_none")]
    pub blocking_confidence: Option<PhishBlockThreshold>,
    /// Sites to leave out.
    #[serde(alias = "exclude_domains", skip_serializing_if = "Option::is_none")]
    pub exclude_domains: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl EnterpriseWebSearch {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    EnterpriseWebSearch:
    blocking_confidence: PhishBlockThreshold,
    => each
    exclude_domains: String,
}

/// Search by Parallel; Vertex only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ParallelAiSearch {
    /// Whether Parallel may keep the queries.
    #[serde(alias = "enable_data_retention", skip_serializing_if = "Option::is_none")]
    pub enable_data_retention: Option<bool>,
    /// Whether Parallel must not keep anything.
    #[serde(alias = "enable_zero_data_retention", skip_serializing_if = "Option::is_none")]
    pub enable_zero_data_retention: Option<bool>,
    /// Key for Parallel.
    #[serde(alias = "api_key", skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Secret>,
    /// Options of Parallel's own.
    #[serde(alias = "custom_configs", skip_serializing_if = "Option::is_none")]
    pub custom_configs: Option<Map<String, Value>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ParallelAiSearch {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ParallelAiSearch:
    enable_data_retention: bool,
    enable_zero_data_retention: bool,
    => into
    api_key: Secret,
    custom_configs: Map<String, Value>,
}

/// Search by Exa; Vertex only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExaAiSearch {
    /// Key for Exa.
    #[serde(alias = "api_key", skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Secret>,
    /// Options of Exa's own.
    #[serde(alias = "custom_configs", skip_serializing_if = "Option::is_none")]
    pub custom_configs: Option<Map<String, Value>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ExaAiSearch {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ExaAiSearch:
    => into
    api_key: Secret,
    custom_configs: Map<String, Value>,
}
