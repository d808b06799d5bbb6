//! What a generation used and what it cost.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::extra::Extra;
use crate::lenient;

/// Tokens that a generation used, and what they cost.
///
/// See [ARouter: usage accounting](https://docs.arouter.ai/guides/administration/usage-accounting).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens read, cached ones included.
    #[serde(default, deserialize_with = "lenient::count")]
    pub prompt_tokens: u64,
    /// Tokens written, reasoning included (but for a few providers, which count it apart).
    #[serde(default, deserialize_with = "lenient::count")]
    pub completion_tokens: u64,
    /// Both together.
    #[serde(default, deserialize_with = "lenient::count")]
    pub total_tokens: u64,
    /// What the tokens read were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_tokens_details: Option<PromptTokensDetails>,
    /// What the tokens written were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_tokens_details: Option<CompletionTokensDetails>,
    /// What it cost, in US dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// What the cost is made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_details: Option<CostDetails>,
    /// Whether a key of the account's own at the provider was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_byok: Option<bool>,
    /// Calls of ARouter's server tools, by tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_tool_calls: Option<BTreeMap<String, u64>>,
    /// Calls of server tools in sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_tool_use_details: Option<ServerToolUseDetails>,
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
}

/// What the tokens read were.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PromptTokensDetails {
    /// Read from the cache.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub cached_tokens: Option<u64>,
    /// Written to the cache.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub cache_write_tokens: Option<u64>,
    /// Text.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub text_tokens: Option<u64>,
    /// Sound.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub audio_tokens: Option<u64>,
    /// Pictures.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub image_tokens: Option<u64>,
    /// Films.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub video_tokens: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What the tokens written were.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompletionTokensDetails {
    /// Reasoning.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<u64>,
    /// Text.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub text_tokens: Option<u64>,
    /// Sound.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub audio_tokens: Option<u64>,
    /// Pictures.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub image_tokens: Option<u64>,
    /// Of the prediction, what came true.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub accepted_prediction_tokens: Option<u64>,
    /// Of the prediction, what did not.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub rejected_prediction_tokens: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What the provider behind the gateway charged, in US dollars.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CostDetails {
    /// In all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_inference_cost: Option<f64>,
    /// For the tokens read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_inference_prompt_cost: Option<f64>,
    /// For the tokens written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_inference_completions_cost: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Calls of server tools in sum.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServerToolUseDetails {
    /// Calls that the model asked for.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub tool_calls_requested: Option<u64>,
    /// Calls that were made.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub tool_calls_executed: Option<u64>,
    /// Web searches.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub web_search_requests: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An amount of money: a number stays a number, and text keeps its digits.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Price {
    /// A number.
    Number(f64),
    /// A number as text.
    Text(String),
}

impl Price {
    /// The amount, if it is one.
    #[must_use]
    #[inline]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

/// By hand: derived, a text is first refused as a number, by an error that nobody sees. A model has eight prices, and is read in 14,000
/// fewer instructions of 73,500.
impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrText;

        impl Visitor<'_> for NumberOrText {
            type Value = Price;

            #[inline]
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or text")
            }

            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Price, E> {
                Ok(Price::Number(number))
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Price, E> {
                Ok(Price::Number(number as f64))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Price, E> {
                Ok(Price::Number(number as f64))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Price, E> {
                Ok(Price::Text(text.to_owned()))
            }

            fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Price, E> {
                Ok(Price::Text(text))
            }
        }

        deserializer.deserialize_any(NumberOrText)
    }
}

impl From<f64> for Price {
    #[inline]
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Price {
    #[inline]
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// What a generation cost, in US dollars: mostly one amount, with Perplexity several.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Cost {
    /// One amount.
    Total(Price),
    /// By what it is made of.
    Parts(Box<CostParts>),
}

impl Cost {
    /// The whole amount, if it is told.
    #[must_use]
    #[inline]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Total(price) => price.as_f64(),
            Self::Parts(parts) => parts.total_cost,
        }
    }
}

impl<'de> Deserialize<'de> for Cost {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyCost;

        impl<'de> Visitor<'de> for AnyCost {
            type Value = Cost;

            #[inline]
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount or an object of amounts")
            }

            fn visit_f64<E>(self, number: f64) -> Result<Cost, E> {
                Ok(Cost::Total(Price::Number(number)))
            }

            #[expect(clippy::cast_precision_loss, reason = "a cost of 2^53 dollars is none")]
            fn visit_u64<E>(self, number: u64) -> Result<Cost, E> {
                Ok(Cost::Total(Price::Number(number as f64)))
            }

            #[expect(clippy::cast_precision_loss, reason = "a cost of 2^53 dollars is none")]
            fn visit_i64<E>(self, number: i64) -> Result<Cost, E> {
                Ok(Cost::Total(Price::Number(number as f64)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Cost, E> {
                Ok(Cost::Total(Price::Text(text.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Cost, A::Error> {
                CostParts::deserialize(MapAccessDeserializer::new(object)).map(Box::new).map(Cost::Parts)
            }
        }

        deserializer.deserialize_any(AnyCost)
    }
}

/// What a cost is made of, as Perplexity tells it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CostParts {
    /// For the tokens read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_tokens_cost: Option<f64>,
    /// For the tokens written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens_cost: Option<f64>,
    /// For the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_cost: Option<f64>,
    /// In all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_cost: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
