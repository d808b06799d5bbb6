//! A whole answer.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::message::{Message, Role};
use super::moderation::Moderation;
use super::router::RouterMetadata;
use super::tool_call::ToolCall;
use super::usage::Usage;
use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;

/// The answer to a [`ChatRequest`](super::ChatRequest).
///
/// Gateways leave out much of what the API promises: only `choices` matters, and all else has a neutral value where it is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChatResponse {
    /// Id of the generation.
    #[serde(default)]
    pub id: String,
    /// What it is: [`Completion`](ChatObject::Completion).
    #[serde(default)]
    pub object: ChatObject,
    /// When it was made, Unix time in seconds.
    #[serde(default, deserialize_with = "lenient::count")]
    pub created: u64,
    /// The model that answered, which may differ from the one asked for.
    #[serde(default)]
    pub model: String,
    /// The answers; one unless the request's `n` asked for more. A body without them is no answer.
    #[serde(deserialize_with = "lenient::mostly_one")]
    pub choices: Vec<Choice>,
    /// What it used and cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Provider that served it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Configuration of the provider's backend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_fingerprint: Option<String>,
    /// Tier that served it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// Addresses that the answer rests on, as Perplexity gives them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citations: Option<Vec<String>>,
    /// What moderation found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moderation: Option<Box<Moderation>>,
    /// The request's metadata, or the server's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// How the request was routed, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openrouter_metadata: Option<Box<RouterMetadata>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ChatResponse {
    /// Text of the first choice; empty if there is none.
    #[must_use]
    #[inline]
    pub fn text(&self) -> String {
        self.choices.first().map(|choice| choice.message.text()).unwrap_or_default()
    }

    /// Message of the first choice, to go into the next request as it came.
    #[must_use]
    #[inline]
    pub fn message(&self) -> Message {
        self.choices.first().map_or_else(|| Message::new(Role::Assistant), |choice| choice.message.clone())
    }

    /// Tool calls of the first choice; empty if there are none.
    #[must_use]
    #[inline]
    pub fn tool_calls(&self) -> &[ToolCall] {
        self.choices.first().map(|choice| choice.message.tool_calls()).unwrap_or_default()
    }

    /// Why the first choice ended.
    #[must_use]
    #[inline]
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.choices.first()?.finish_reason.as_ref()
    }
}

open_enum! {
    /// What an object of this protocol is.
    pub enum ChatObject {
        /// A whole answer.
        Completion = "chat.completion",
        /// A piece of a streamed one.
        Chunk = "chat.completion.chunk",
    }
}

/// Where a server doesn't say.
impl Default for ChatObject {
    #[inline]
    fn default() -> Self {
        Self::Other(String::new())
    }
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Choice {
    /// Its place among the answers.
    #[serde(default)]
    pub index: i64,
    /// What the model says.
    #[serde(default = "no_message")]
    pub message: Message,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// Why it ended, in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native_finish_reason: Option<String>,
    /// How likely its tokens were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<LogProbs>,
    /// Why the provider broke off, where the gateway gives what had come by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ChoiceError>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

#[inline]
fn no_message() -> Message {
    Message::new(Role::Assistant)
}

open_enum! {
    /// Why a model stopped.
    pub enum FinishReason {
        /// It had said all, or met a stop sequence.
        Stop = "stop",
        /// It met its limit of tokens: the answer is cut.
        Length = "length",
        /// It wants tools called.
        ToolCalls = "tool_calls",
        /// A filter broke it off.
        ContentFilter = "content_filter",
        /// It wants a function called, in the older form.
        FunctionCall = "function_call",
        /// Something failed.
        Error = "error",
    }
}

impl FinishReason {
    /// Some servers send an empty word where there is no reason yet.
    #[inline]
    pub(super) fn is_told(&self) -> bool {
        !self.as_str().is_empty()
    }
}

open_enum! {
    /// How soon a request is served, and at what price.
    pub enum ServiceTier {
        /// As the project is set; the default.
        Auto = "auto",
        /// Standard.
        Default = "default",
        /// Faster, dearer.
        Fast = "fast",
        /// Slower, cheaper.
        Flex = "flex",
        /// Before others.
        Priority = "priority",
        /// From bought capacity.
        Scale = "scale",
    }
}

/// Why a provider broke off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChoiceError {
    /// A status, or a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Value>,
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The provider's own report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How likely the tokens of an answer were.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum LogProbs {
    /// Token by token.
    Tokens(TokenLogProbs),
    /// Anything else, as it came; some servers give one number.
    Other(Value),
}

impl<'de> Deserialize<'de> for LogProbs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyLogProbs;

        impl<'de> Visitor<'de> for AnyLogProbs {
            type Value = LogProbs;

            #[inline]
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or a number")
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<LogProbs, A::Error> {
                TokenLogProbs::deserialize(MapAccessDeserializer::new(object)).map(LogProbs::Tokens)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<LogProbs, A::Error> {
                Value::deserialize(SeqAccessDeserializer::new(list)).map(LogProbs::Other)
            }

            fn visit_f64<E>(self, number: f64) -> Result<LogProbs, E> {
                Ok(LogProbs::Other(number.into()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<LogProbs, E> {
                Ok(LogProbs::Other(number.into()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<LogProbs, E> {
                Ok(LogProbs::Other(number.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<LogProbs, E> {
                Ok(LogProbs::Other(text.into()))
            }

            fn visit_bool<E>(self, value: bool) -> Result<LogProbs, E> {
                Ok(LogProbs::Other(value.into()))
            }
        }

        deserializer.deserialize_any(AnyLogProbs)
    }
}

/// How likely the tokens were, by what they are part of.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TokenLogProbs {
    /// Of the content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Vec<TokenLogProb>>,
    /// Of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Vec<TokenLogProb>>,
    /// Of the reasoning, as DeepSeek gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<Vec<TokenLogProb>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How likely a token was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TokenLogProb {
    /// The token.
    #[serde(default)]
    pub token: String,
    /// Its log probability.
    #[serde(default)]
    pub logprob: f64,
    /// Its bytes; a token may be part of a character.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Vec<u8>>,
    /// What else was likely in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_logprobs: Option<Vec<Self>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
