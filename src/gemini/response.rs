//! A whole answer; of a stream, each of its pieces.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::content::{Content, Role};
use super::function::FunctionCall;
use super::grounding::{CitationMetadata, GroundingMetadata, UrlContextMetadata};
use super::logprobs::LogprobsResult;
use super::safety::SafetyRating;
use super::usage::UsageMetadata;
use crate::extra::Extra;
use crate::in_place::{Boxed, Count, Float, OrDefault, read_in_place};
use crate::lenient;
use crate::open_enum::open_enum;

/// The answer to a [`GenerateContentRequest`](super::GenerateContentRequest); of a stream, a piece of it, with what is new in it.
///
/// A prompt that was blocked has no candidates: [`prompt_feedback`](Self#structfield.prompt_feedback) says why.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenerateContentResponse {
    /// The answers; one unless the request's `candidate_count` asked for more.
    pub candidates: Vec<Candidate>,
    /// What was found in the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_feedback: Option<Box<PromptFeedback>>,
    /// Tokens that it used; in a stream, so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_metadata: Option<Box<UsageMetadata>>,
    /// The model that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_version: Option<String>,
    /// Id of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
    /// When it was made, RFC 3339; Vertex only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_time: Option<String>,
    /// How long the model will be there; not on Vertex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_status: Option<Box<ModelStatus>>,
    /// Token by which Google's servers know the turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_token: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

read_in_place! {
    GenerateContentResponse {
        "candidates" => candidates by OrDefault<_>,
        "promptFeedback" | "prompt_feedback" => prompt_feedback,
        "usageMetadata" | "usage_metadata" => usage_metadata by Boxed<_>,
        "modelVersion" | "model_version" => model_version,
        "responseId" | "response_id" => response_id,
        "createTime" | "create_time" => create_time,
        "modelStatus" | "model_status" => model_status,
        "turnToken" | "turn_token" => turn_token,
    }
}

impl GenerateContentResponse {
    /// Text of the first answer, thoughts left out; empty if there is none.
    #[must_use]
    #[inline]
    pub fn text(&self) -> String {
        self.first_content().map(Content::text).unwrap_or_default()
    }

    /// The model's thoughts in the first answer; empty if there are none.
    #[must_use]
    #[inline]
    pub fn thoughts(&self) -> String {
        self.first_content().map(Content::thoughts).unwrap_or_default()
    }

    /// The model's turn, to go into the next request as it came.
    #[must_use]
    #[inline]
    pub fn content(&self) -> Content {
        let content = self.first_content().cloned().unwrap_or_default();
        Content { role: content.role.or(Some(Role::Model)), ..content }
    }

    /// Functions that the first answer wants called; empty if there are none.
    #[must_use]
    #[inline]
    pub fn function_calls(&self) -> Vec<&FunctionCall> {
        self.first_content().map(Content::function_calls).unwrap_or_default()
    }

    /// Why the first answer ended.
    #[must_use]
    #[inline]
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.first()?.finish_reason.as_ref()
    }

    /// Of a piece, it may not be the one that comes first in it.
    #[inline]
    fn first(&self) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| candidate.index == 0)
    }

    #[inline]
    fn first_content(&self) -> Option<&Content> {
        self.first()?.content.as_ref()
    }
}

/// An answer that is one: with candidates, or with a word about why there are none.
pub(super) struct WholeAnswer(pub(super) GenerateContentResponse);

impl<'de> Deserialize<'de> for WholeAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let answer = GenerateContentResponse::deserialize(deserializer)?;
        if answer.candidates.is_empty() && answer.prompt_feedback.is_none() && answer.usage_metadata.is_none() {
            return Err(D::Error::custom("neither candidates nor promptFeedback"));
        }
        Ok(Self(answer))
    }
}

/// One answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Candidate {
    /// Its place among the answers; servers leave out a 0.
    pub index: i64,
    /// What the model says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// Why it ended, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_message: Option<String>,
    /// How likely kinds of harm are.
    pub safety_ratings: Vec<SafetyRating>,
    /// Works that it quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation_metadata: Option<Box<CitationMetadata>>,
    /// Sources that it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grounding_metadata: Option<Box<GroundingMetadata>>,
    /// Pages that were read for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_context_metadata: Option<Box<UrlContextMetadata>>,
    /// Tokens that were written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_count: Option<u64>,
    /// How likely its tokens were on average, as a logarithm.
    #[serde(serialize_with = "lenient::float::serialize", skip_serializing_if = "Option::is_none")]
    pub avg_logprobs: Option<f64>,
    /// How likely its tokens were, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs_result: Option<Box<LogprobsResult>>,
    /// Google's own score of it; Vertex only.
    #[serde(serialize_with = "lenient::float::serialize", skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

read_in_place! {
    Candidate {
        "index" => index,
        "content" => content,
        "finishReason" | "finish_reason" => finish_reason,
        "finishMessage" | "finish_message" => finish_message,
        "safetyRatings" | "safety_ratings" => safety_ratings by OrDefault<_>,
        "citationMetadata" | "citation_metadata" => citation_metadata,
        "groundingMetadata" | "grounding_metadata" => grounding_metadata,
        "urlContextMetadata" | "url_context_metadata" => url_context_metadata,
        "tokenCount" | "token_count" => token_count by Count,
        "avgLogprobs" | "avg_logprobs" => avg_logprobs by Float,
        "logprobsResult" | "logprobs_result" => logprobs_result,
        "score" => score by Float,
    }
}

open_enum! {
    /// Why a model stopped.
    pub enum FinishReason or number {
        /// Not told.
        Unspecified = "FINISH_REASON_UNSPECIFIED",
        /// It had said all, or met a stop sequence.
        Stop = "STOP",
        /// It met its limit of tokens: the answer is cut.
        MaxTokens = "MAX_TOKENS",
        /// It would do harm.
        Safety = "SAFETY",
        /// It was too close to a work.
        Recitation = "RECITATION",
        /// It was in a language that isn't supported.
        Language = "LANGUAGE",
        /// Something else.
        OtherReason = "OTHER",
        /// It had a forbidden word.
        Blocklist = "BLOCKLIST",
        /// It had forbidden content.
        ProhibitedContent = "PROHIBITED_CONTENT",
        /// It had personal data.
        Spii = "SPII",
        /// It called a function wrongly.
        MalformedFunctionCall = "MALFORMED_FUNCTION_CALL",
        /// It called a tool that it doesn't have.
        UnexpectedToolCall = "UNEXPECTED_TOOL_CALL",
        /// It called tools too many times.
        TooManyToolCalls = "TOO_MANY_TOOL_CALLS",
        /// The request lacks the signature of an earlier turn.
        MissingThoughtSignature = "MISSING_THOUGHT_SIGNATURE",
        /// It was malformed.
        MalformedResponse = "MALFORMED_RESPONSE",
        /// Google's Model Armor blocked it.
        ModelArmor = "MODEL_ARMOR",
        /// A picture would do harm.
        ImageSafety = "IMAGE_SAFETY",
        /// A picture had forbidden content.
        ImageProhibitedContent = "IMAGE_PROHIBITED_CONTENT",
        /// A picture was too close to a work.
        ImageRecitation = "IMAGE_RECITATION",
        /// Something else about a picture.
        ImageOther = "IMAGE_OTHER",
        /// It should have had a picture.
        NoImage = "NO_IMAGE",
    }
}

impl FinishReason {
    /// Protocol buffers have a word, and the number 0, for what isn't told.
    #[inline]
    pub(super) fn is_told(&self) -> bool {
        !matches!(self, Self::Unspecified | Self::Number(0)) && self.as_str() != Some("")
    }
}

/// What was found in a prompt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PromptFeedback {
    /// Why it was blocked, if it was.
    #[serde(alias = "block_reason", skip_serializing_if = "Option::is_none")]
    pub block_reason: Option<BlockReason>,
    /// Why, in words; Vertex only.
    #[serde(alias = "block_reason_message", skip_serializing_if = "Option::is_none")]
    pub block_reason_message: Option<String>,
    /// How likely kinds of harm are.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "safety_ratings")]
    pub safety_ratings: Vec<SafetyRating>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl PromptFeedback {
    /// Whether the prompt was blocked.
    #[must_use]
    #[inline]
    pub fn is_blocked(&self) -> bool {
        let is_told =
            |reason: &BlockReason| !matches!(reason, BlockReason::Unspecified | BlockReason::Number(0)) && reason.as_str() != Some("");
        self.block_reason.as_ref().is_some_and(is_told)
    }
}

open_enum! {
    /// Why a prompt was blocked.
    pub enum BlockReason or number {
        /// Not told.
        Unspecified = "BLOCKED_REASON_UNSPECIFIED",
        /// It would do harm.
        Safety = "SAFETY",
        /// Something else.
        OtherReason = "OTHER",
        /// It had a forbidden word.
        Blocklist = "BLOCKLIST",
        /// It had forbidden content.
        ProhibitedContent = "PROHIBITED_CONTENT",
        /// A picture would do harm.
        ImageSafety = "IMAGE_SAFETY",
        /// Google's Model Armor blocked it.
        ModelArmor = "MODEL_ARMOR",
        /// It tried to get around the rules.
        Jailbreak = "JAILBREAK",
    }
}

/// How long a model will be there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ModelStatus {
    /// Its age.
    #[serde(alias = "model_stage", skip_serializing_if = "Option::is_none")]
    pub model_stage: Option<ModelStage>,
    /// When it will be gone, RFC 3339.
    #[serde(alias = "retirement_time", skip_serializing_if = "Option::is_none")]
    pub retirement_time: Option<String>,
    /// What Google says about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// Age of a model.
    pub enum ModelStage or number {
        /// Not told.
        Unspecified = "MODEL_STAGE_UNSPECIFIED",
        /// An experiment that may change.
        UnstableExperimental = "UNSTABLE_EXPERIMENTAL",
        /// An experiment.
        Experimental = "EXPERIMENTAL",
        /// A preview.
        Preview = "PREVIEW",
        /// Here to stay for a while.
        Stable = "STABLE",
        /// There is a newer one.
        Legacy = "LEGACY",
        /// It will be gone soon.
        Deprecated = "DEPRECATED",
        /// It is gone.
        Retired = "RETIRED",
    }
}
