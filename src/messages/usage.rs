//! What a message used and what it cost.

use serde::{Deserialize, Serialize};

use super::options::{ServiceTier, Speed};
use crate::chat::{Cost, CostDetails};
use crate::extra::Extra;
use crate::lenient;

/// Tokens that a message used, and what the gateway says they cost.
///
/// In a stream, counts are of the whole message so far, and of input only where the server tells it again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens read, without those written to the cache or read from it.
    #[serde(default, deserialize_with = "lenient::count")]
    pub input_tokens: u64,
    /// Tokens written, thinking included.
    #[serde(default, deserialize_with = "lenient::count")]
    pub output_tokens: u64,
    /// Tokens written to the cache.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub cache_creation_input_tokens: Option<u64>,
    /// Tokens read from the cache.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub cache_read_input_tokens: Option<u64>,
    /// Tokens written to the cache, by how long it keeps them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_creation: Option<CacheCreation>,
    /// What the tokens written were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens_details: Option<OutputTokensDetails>,
    /// Calls of tools that the provider ran; some are billed apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_tool_use: Option<ServerToolUsage>,
    /// Tier that served it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// How fast it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<Speed>,
    /// Part of the world that it was served in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inference_geo: Option<String>,
    /// What each of several models, or a summary of the conversation, used of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iterations: Option<Vec<UsageIteration>>,
    /// What became of the request's [`fallback_credit_token`](super::MessagesRequest#structfield.fallback_credit_token).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_credit: Option<FallbackCreditUsage>,
    /// What it cost, in US dollars, if the gateway tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// What the cost is made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_details: Option<CostDetails>,
    /// Whether a key of the account's own at the provider was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_byok: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Usage {
    /// What it cost, in US dollars, if the gateway told.
    #[must_use]
    #[inline]
    pub fn cost_usd(&self) -> Option<f64> {
        self.cost.as_ref()?.as_f64()
    }

    /// Takes over what a later event of the same stream tells.
    #[inline]
    pub(super) fn update(&mut self, later: Self) {
        fn take<T>(place: &mut Option<T>, later: Option<T>) {
            if later.is_some() {
                *place = later;
            }
        }
        // Counts only grow: a 0 is one that wasn't told.
        self.input_tokens = if later.input_tokens > 0 { later.input_tokens } else { self.input_tokens };
        self.output_tokens = if later.output_tokens > 0 { later.output_tokens } else { self.output_tokens };
        take(&mut self.cache_creation_input_tokens, later.cache_creation_input_tokens);
        take(&mut self.cache_read_input_tokens, later.cache_read_input_tokens);
        take(&mut self.cache_creation, later.cache_creation);
        take(&mut self.output_tokens_details, later.output_tokens_details);
        take(&mut self.server_tool_use, later.server_tool_use);
        take(&mut self.service_tier, later.service_tier);
        take(&mut self.speed, later.speed);
        take(&mut self.inference_geo, later.inference_geo);
        take(&mut self.iterations, later.iterations);
        take(&mut self.fallback_credit, later.fallback_credit);
        take(&mut self.cost, later.cost);
        take(&mut self.cost_details, later.cost_details);
        take(&mut self.is_byok, later.is_byok);
        self.extra.merge(later.extra);
    }
}

/// Tokens written to the cache, by how long it keeps them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CacheCreation {
    /// For five minutes.
    #[serde(default, deserialize_with = "lenient::count")]
    pub ephemeral_5m_input_tokens: u64,
    /// For an hour.
    #[serde(default, deserialize_with = "lenient::count")]
    pub ephemeral_1h_input_tokens: u64,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What the tokens written were.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputTokensDetails {
    /// Thinking.
    #[serde(default, deserialize_with = "lenient::count")]
    pub thinking_tokens: u64,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Calls of tools that the provider ran.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServerToolUsage {
    /// Web searches.
    #[serde(default, deserialize_with = "lenient::count")]
    pub web_search_requests: u64,
    /// Web pages fetched.
    #[serde(default, deserialize_with = "lenient::count")]
    pub web_fetch_requests: u64,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What one part of the work used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UsageIteration {
    /// Which part: `message`, `compaction`, `advisor_message`, `fallback_message`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// The model that did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Tokens read, without those of the cache.
    #[serde(default, deserialize_with = "lenient::count")]
    pub input_tokens: u64,
    /// Tokens written.
    #[serde(default, deserialize_with = "lenient::count")]
    pub output_tokens: u64,
    /// Tokens written to the cache.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub cache_creation_input_tokens: Option<u64>,
    /// Tokens read from the cache.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub cache_read_input_tokens: Option<u64>,
    /// Tokens written to the cache, by how long it keeps them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_creation: Option<CacheCreation>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What became of a token that makes up for a refused answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FallbackCreditUsage {
    /// Whether it was taken.
    pub status: FallbackCreditStatus,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Whether a token was taken, and why not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FallbackCreditStatus {
    /// `redeemed` or `not_applied`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Why not, in a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Fields of the request that stand in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remove_to_redeem: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
