//! The pieces of a streamed answer.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::content::Content;
use super::message::{Annotation, Audio, GeneratedImage, Message, Role};
use super::moderation::Moderation;
use super::reasoning::ReasoningDetail;
use super::response::{ChatObject, ChoiceError, FinishReason, LogProbs, ServiceTier};
use super::router::RouterMetadata;
use super::tool_call::ToolCallKind;
use super::usage::Usage;
use crate::extra::Extra;
use crate::lenient;

/// One piece of a streamed answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChatChunk {
    /// Id of the generation, the same in all its chunks.
    #[serde(default)]
    pub id: String,
    /// What it is: [`Chunk`](ChatObject::Chunk).
    #[serde(default)]
    pub object: ChatObject,
    /// When the generation was made, Unix time in seconds.
    #[serde(default, deserialize_with = "lenient::count")]
    pub created: u64,
    /// The model that answers.
    #[serde(default)]
    pub model: String,
    /// What is new in each answer; empty in a chunk that only tells the usage.
    #[serde(default, deserialize_with = "lenient::mostly_one")]
    pub choices: Vec<ChunkChoice>,
    /// What the generation used and cost, mostly in the last chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Box<Usage>>,
    /// Provider that serves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Configuration of the provider's backend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_fingerprint: Option<String>,
    /// Tier that serves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// Addresses that the answer rests on, as Perplexity gives them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citations: Option<Vec<String>>,
    /// What moderation found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moderation: Option<Box<Moderation>>,
    /// How the request was routed, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openrouter_metadata: Option<Box<RouterMetadata>>,
    /// Padding against eavesdroppers who measure chunks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obfuscation: Option<String>,
    /// A failure, reported beside the choices. A [`ChatStream`](super::ChatStream) doesn't yield such a chunk: it ends with
    /// [`Error::Api`](crate::Error::Api).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ChatChunk {
    /// New text of the first answer; empty if there is none in this chunk.
    #[must_use]
    #[inline]
    pub fn text(&self) -> Cow<'_, str> {
        let first = self.choices.iter().find(|choice| choice.index == 0);
        first.and_then(|choice| choice.delta.content.as_ref()).map_or(Cow::Borrowed(""), Content::text)
    }
}

/// What is new in one answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChunkChoice {
    /// Place of the answer.
    #[serde(default)]
    pub index: i64,
    /// What is new.
    #[serde(default)]
    pub delta: Delta,
    /// Why the answer ended, once it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// The same in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native_finish_reason: Option<String>,
    /// How likely the new tokens were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Box<LogProbs>>,
    /// The message as far as it has come, which Perplexity repeats in each chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Box<Message>>,
    /// Why the provider broke off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<ChoiceError>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What is new in a message; its fields are those of a [`Message`], to be joined to what came before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delta {
    /// Who speaks; some servers repeat it in each chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// New content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// New reasoning, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// New reasoning, by the name that DeepSeek, xAI and others give it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<String>,
    /// New reasoning, in pieces of blocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_details: Option<Vec<ReasoningDetail>>,
    /// New text of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// New pieces of tool calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<Vec<ToolCallDelta>>,
    /// New piece of a function call, in the older form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_call: Option<Box<FunctionCallDelta>>,
    /// New sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Vec<Annotation>>,
    /// New sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<Box<Audio>>,
    /// New pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<Vec<GeneratedImage>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A piece of a tool call. The first has id and name, those after it more of the arguments; some servers send it whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolCallDelta {
    /// Which call it is a piece of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// Id that the tool's answer refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What it calls.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ToolCallKind>,
    /// Function, and more of its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<FunctionCallDelta>,
    /// Tool that takes free text, and more of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<Box<CustomToolCallDelta>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A piece of a function call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionCallDelta {
    /// Name of the function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// More of its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A piece of a call of a tool that takes free text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomToolCallDelta {
    /// Name of the tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// More of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
