//! Search in data of one's own, on Vertex.

use serde::{Deserialize, Serialize};

use super::auth::{ApiAuth, AuthConfig};
use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// Search in data of one's own; Vertex only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Retrieval {
    /// Search by Vertex AI Search.
    #[serde(alias = "vertex_ai_search", skip_serializing_if = "Option::is_none")]
    pub vertex_ai_search: Option<VertexAiSearch>,
    /// Search in a store of the RAG engine.
    #[serde(alias = "vertex_rag_store", skip_serializing_if = "Option::is_none")]
    pub vertex_rag_store: Option<VertexRagStore>,
    /// Search by a service of one's own.
    #[serde(alias = "external_api", skip_serializing_if = "Option::is_none")]
    pub external_api: Option<ExternalApi>,
    /// Whether to leave the sources out; no longer in use.
    #[serde(alias = "disable_attribution", skip_serializing_if = "Option::is_none")]
    pub disable_attribution: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Retrieval {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    Retrieval:
    vertex_ai_search: VertexAiSearch,
    vertex_rag_store: VertexRagStore,
    external_api: ExternalApi,
    disable_attribution: bool,
}

/// Search by Vertex AI Search.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VertexAiSearch {
    /// Most results, up to 10.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "max_results", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<u64>,
    /// Resource name of the data store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datastore: Option<String>,
    /// Resource name of the engine, in place of a data store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Which documents to search.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Of an engine, the data stores to search.
    #[serde(alias = "data_store_specs", skip_serializing_if = "Option::is_none")]
    pub data_store_specs: Option<Vec<DataStoreSpec>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl VertexAiSearch {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    VertexAiSearch:
    max_results: u64,
    => into
    datastore: String,
    engine: String,
    filter: String,
    data_store_specs: Vec<DataStoreSpec>,
}

/// A data store to search.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DataStoreSpec {
    /// Resource name of the data store.
    #[serde(alias = "data_store", skip_serializing_if = "Option::is_none")]
    pub data_store: Option<String>,
    /// Which of its documents to search.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl DataStoreSpec {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    DataStoreSpec:
    => into
    data_store: String,
    filter: String,
}

/// Search in a store of the RAG engine.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VertexRagStore {
    /// How to search.
    #[serde(alias = "rag_retrieval_config", skip_serializing_if = "Option::is_none")]
    pub rag_retrieval_config: Option<RagRetrievalConfig>,
    /// Most pieces to find, in the older form.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "similarity_top_k", skip_serializing_if = "Option::is_none")]
    pub similarity_top_k: Option<u64>,
    /// Greatest distance of a piece, in the older form.
    #[serde(alias = "vector_distance_threshold", skip_serializing_if = "Option::is_none")]
    pub vector_distance_threshold: Option<f64>,
    /// Whether to keep what a live session says.
    #[serde(alias = "store_context", skip_serializing_if = "Option::is_none")]
    pub store_context: Option<bool>,
    /// What to search.
    #[serde(alias = "rag_resources", skip_serializing_if = "Option::is_none")]
    pub rag_resources: Option<Vec<RagResource>>,
    /// What to search, in the older form.
    #[serde(alias = "rag_corpora", skip_serializing_if = "Option::is_none")]
    pub rag_corpora: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl VertexRagStore {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    VertexRagStore:
    rag_retrieval_config: RagRetrievalConfig,
    similarity_top_k: u64,
    vector_distance_threshold: f64,
    store_context: bool,
    => into
    rag_resources: Vec<RagResource>,
    => each
    rag_corpora: String,
}

/// A corpus to search.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RagResource {
    /// Resource name of the corpus.
    #[serde(alias = "rag_corpus", skip_serializing_if = "Option::is_none")]
    pub rag_corpus: Option<String>,
    /// Ids of its files to search; all without them.
    #[serde(alias = "rag_file_ids", skip_serializing_if = "Option::is_none")]
    pub rag_file_ids: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl RagResource {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    RagResource:
    => into
    rag_corpus: String,
    => each
    rag_file_ids: String,
}

/// How to search a corpus.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RagRetrievalConfig {
    /// Most pieces to find.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "top_k", skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u64>,
    /// Which pieces to take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<RagFilter>,
    /// How to mix search by meaning and by words.
    #[serde(alias = "hybrid_search", skip_serializing_if = "Option::is_none")]
    pub hybrid_search: Option<HybridSearch>,
    /// How to rank what was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranking: Option<RagRanking>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl RagRetrievalConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    RagRetrievalConfig:
    top_k: u64,
    filter: RagFilter,
    hybrid_search: HybridSearch,
    ranking: RagRanking,
}

/// Which pieces of a corpus to take.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RagFilter {
    /// Greatest distance.
    #[serde(alias = "vector_distance_threshold", skip_serializing_if = "Option::is_none")]
    pub vector_distance_threshold: Option<f64>,
    /// Least likeness.
    #[serde(alias = "vector_similarity_threshold", skip_serializing_if = "Option::is_none")]
    pub vector_similarity_threshold: Option<f64>,
    /// By their metadata.
    #[serde(alias = "metadata_filter", skip_serializing_if = "Option::is_none")]
    pub metadata_filter: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl RagFilter {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    RagFilter:
    vector_distance_threshold: f64,
    vector_similarity_threshold: f64,
    => into
    metadata_filter: String,
}

/// How to mix search by meaning and by words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HybridSearch {
    /// 0 for words alone, 1 for meaning alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl HybridSearch {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    HybridSearch:
    alpha: f64,
}

/// How to rank what was found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RagRanking {
    /// By Google's service for it.
    #[serde(alias = "rank_service", skip_serializing_if = "Option::is_none")]
    pub rank_service: Option<RankService>,
    /// By a model.
    #[serde(alias = "llm_ranker", skip_serializing_if = "Option::is_none")]
    pub llm_ranker: Option<LlmRanker>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl RagRanking {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    RagRanking:
    rank_service: RankService,
    llm_ranker: LlmRanker,
}

/// Google's service for ranking.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RankService {
    /// Its model.
    #[serde(alias = "model_name", skip_serializing_if = "Option::is_none")]
    pub model_name: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl RankService {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    RankService:
    => into
    model_name: String,
}

/// Ranking by a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LlmRanker {
    /// The model.
    #[serde(alias = "model_name", skip_serializing_if = "Option::is_none")]
    pub model_name: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl LlmRanker {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    LlmRanker:
    => into
    model_name: String,
}

/// Search by a service of one's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExternalApi {
    /// How to speak to it.
    #[serde(alias = "api_spec", skip_serializing_if = "Option::is_none")]
    pub api_spec: Option<ApiSpec>,
    /// How to log in.
    #[serde(alias = "auth_config", skip_serializing_if = "Option::is_none")]
    pub auth_config: Option<AuthConfig>,
    /// How to log in, in the older form.
    #[serde(alias = "api_auth", skip_serializing_if = "Option::is_none")]
    pub api_auth: Option<ApiAuth>,
    /// Options of a simple search.
    #[serde(alias = "simple_search_params", skip_serializing_if = "Option::is_none")]
    pub simple_search_params: Option<SimpleSearchParams>,
    /// Options of Elasticsearch.
    #[serde(alias = "elastic_search_params", skip_serializing_if = "Option::is_none")]
    pub elastic_search_params: Option<ElasticSearchParams>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ExternalApi {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ExternalApi:
    api_spec: ApiSpec,
    auth_config: AuthConfig,
    api_auth: ApiAuth,
    simple_search_params: SimpleSearchParams,
    elastic_search_params: ElasticSearchParams,
    => into
    endpoint: String,
}

open_enum! {
    /// How to speak to a search service.
    pub enum ApiSpec or number {
        /// Not told.
        Unspecified = "API_SPEC_UNSPECIFIED",
        /// By Google's simple protocol.
        SimpleSearch = "SIMPLE_SEARCH",
        /// By Elasticsearch's.
        ElasticSearch = "ELASTIC_SEARCH",
    }
}

/// Options of a simple search.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SimpleSearchParams {
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl SimpleSearchParams {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Options of Elasticsearch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ElasticSearchParams {
    /// Most results.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "num_hits", skip_serializing_if = "Option::is_none")]
    pub num_hits: Option<u64>,
    /// Index to search.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    /// Template of the search.
    #[serde(alias = "search_template", skip_serializing_if = "Option::is_none")]
    pub search_template: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ElasticSearchParams {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ElasticSearchParams:
    num_hits: u64,
    => into
    index: String,
    search_template: String,
}
