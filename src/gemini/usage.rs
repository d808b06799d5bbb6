//! Tokens that a call used.

use serde::{Deserialize, Serialize};

use super::config::Modality;
use super::request::ServiceTier;
use crate::extra::Extra;
use crate::in_place::{Count, OrDefault, read_in_place};
use crate::lenient;
use crate::open_enum::open_enum;

/// Tokens that a call used. Counters that a server leaves out are unset: with most, that is 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UsageMetadata {
    /// Tokens read, cached ones included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_token_count: Option<u64>,
    /// Of the tokens read, those from a cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_content_token_count: Option<u64>,
    /// Tokens written, thoughts left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidates_token_count: Option<u64>,
    /// Tokens of thoughts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thoughts_token_count: Option<u64>,
    /// Tokens that Google's tools gave the model to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_use_prompt_token_count: Option<u64>,
    /// All of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_token_count: Option<u64>,
    /// What the tokens read were.
    pub prompt_tokens_details: Vec<ModalityTokenCount>,
    /// The same, as the embeddings API spells it.
    pub prompt_token_details: Vec<ModalityTokenCount>,
    /// What the cached tokens were.
    pub cache_tokens_details: Vec<ModalityTokenCount>,
    /// What the tokens written were.
    pub candidates_tokens_details: Vec<ModalityTokenCount>,
    /// What the tokens that tools gave were.
    pub tool_use_prompt_tokens_details: Vec<ModalityTokenCount>,
    /// From which capacity it was served; Vertex only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traffic_type: Option<TrafficType>,
    /// Tier that served it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// What the bill counts of the prompt; Vertex only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billable_prompt_usage: Option<Box<BillablePromptUsage>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

read_in_place! {
    UsageMetadata {
        "promptTokenCount" | "prompt_token_count" => prompt_token_count by Count,
        "cachedContentTokenCount" | "cached_content_token_count" => cached_content_token_count by Count,
        "candidatesTokenCount" | "candidates_token_count" => candidates_token_count by Count,
        "thoughtsTokenCount" | "thoughts_token_count" => thoughts_token_count by Count,
        "toolUsePromptTokenCount" | "tool_use_prompt_token_count" => tool_use_prompt_token_count by Count,
        "totalTokenCount" | "total_token_count" => total_token_count by Count,
        "promptTokensDetails" | "prompt_tokens_details" => prompt_tokens_details by OrDefault<_>,
        "promptTokenDetails" | "prompt_token_details" => prompt_token_details by OrDefault<_>,
        "cacheTokensDetails" | "cache_tokens_details" => cache_tokens_details by OrDefault<_>,
        "candidatesTokensDetails" | "candidates_tokens_details" => candidates_tokens_details by OrDefault<_>,
        "toolUsePromptTokensDetails" | "tool_use_prompt_tokens_details" => tool_use_prompt_tokens_details by OrDefault<_>,
        "trafficType" | "traffic_type" => traffic_type,
        "serviceTier" | "service_tier" => service_tier,
        "billablePromptUsage" | "billable_prompt_usage" => billable_prompt_usage,
    }
}

/// Tokens of one kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ModalityTokenCount {
    /// What they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modality: Option<Modality>,
    /// How many; 0 is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_count: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

read_in_place! {
    ModalityTokenCount {
        "modality" => modality,
        "tokenCount" | "token_count" => token_count by Count,
    }
}

open_enum! {
    /// From which capacity a call was served.
    pub enum TrafficType or number {
        /// Not told.
        Unspecified = "TRAFFIC_TYPE_UNSPECIFIED",
        /// As it comes.
        OnDemand = "ON_DEMAND",
        /// Before others.
        OnDemandPriority = "ON_DEMAND_PRIORITY",
        /// Slower, cheaper.
        OnDemandFlex = "ON_DEMAND_FLEX",
        /// From bought capacity.
        ProvisionedThroughput = "PROVISIONED_THROUGHPUT",
    }
}

/// What the bill counts of a prompt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BillablePromptUsage {
    /// Characters.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "text_count", skip_serializing_if = "Option::is_none")]
    pub text_count: Option<u64>,
    /// Pictures.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "image_count", skip_serializing_if = "Option::is_none")]
    pub image_count: Option<u64>,
    /// Seconds of sound.
    #[serde(
        default,
        deserialize_with = "lenient::optional_count",
        alias = "audio_duration_seconds",
        skip_serializing_if = "Option::is_none"
    )]
    pub audio_duration_seconds: Option<u64>,
    /// Seconds of film.
    #[serde(
        default,
        deserialize_with = "lenient::optional_count",
        alias = "video_duration_seconds",
        skip_serializing_if = "Option::is_none"
    )]
    pub video_duration_seconds: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
