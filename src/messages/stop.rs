//! Why a model stopped.

use serde::{Deserialize, Serialize};

use crate::credentials::Secret;
use crate::extra::Extra;
use crate::open_enum::open_enum;

open_enum! {
    /// Why a model stopped.
    pub enum StopReason {
        /// It had said all.
        EndTurn = "end_turn",
        /// It had written as many tokens as it may.
        MaxTokens = "max_tokens",
        /// It met one of the request's stop sequences.
        StopSequence = "stop_sequence",
        /// It wants tools called.
        ToolUse = "tool_use",
        /// The provider's tools take long: send the turn back as it is, and it goes on.
        PauseTurn = "pause_turn",
        /// The conversation was summed up: send the turn back, and it goes on from the summary.
        Compaction = "compaction",
        /// It refuses.
        Refusal = "refusal",
        /// The conversation has filled its context.
        ModelContextWindowExceeded = "model_context_window_exceeded",
    }
}

open_enum! {
    /// What a refusal is about.
    pub enum RefusalCategory {
        /// Attacks on computers.
        Cyber = "cyber",
        /// Biological weapons.
        Bio = "bio",
        /// The making of such models.
        FrontierLlm = "frontier_llm",
        /// The model's own reasoning.
        ReasoningExtraction = "reasoning_extraction",
        /// Other harm.
        GeneralHarms = "general_harms",
    }
}

/// Why a model refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StopDetails {
    /// `refusal`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// What it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<RefusalCategory>,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
    /// A model that may answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommended_model: Option<String>,
    /// A token that makes up for this answer if the next request brings it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_credit_token: Option<Secret>,
    /// Whether that token is good only for a request that goes on from what had been written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_has_prefill_claim: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
