//! A request for embeddings.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::chat::ProviderPreferences;
use crate::extra::Extra;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// A request for embeddings: [`new`](Self::new) takes what the service requires, and each option has a setter.
///
/// Options that are unset are not sent.
///
/// ```
/// use arouter::embeddings::{EmbeddingsRequest, EncodingFormat};
///
/// let request = EmbeddingsRequest::new("openai/text-embedding-3-small", ["The quick brown fox", "A lazy dog"])
///     .dimensions(512)
///     .encoding_format(EncodingFormat::Base64);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EmbeddingsRequest {
    /// Model to ask, such as `openai/text-embedding-3-small`.
    pub model: String,
    /// What to make vectors of.
    pub input: EmbeddingsInput,
    /// How the vectors are written: as numbers by default. Base64 is about a quarter as long, and cheaper to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding_format: Option<EncodingFormat>,
    /// How many numbers a vector has, for models that can shorten them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<u64>,
    /// What the vectors are for, for models that mind: `search_document`, `search_query`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
    /// Stable id of the person on whose behalf it is, for abuse detection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Which providers may serve it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderPreferences>,
    /// Fields that this version doesn't know; they win over typed ones of the same name.
    #[serde(flatten)]
    pub extra: Extra,
}

impl EmbeddingsRequest {
    /// Vectors of a text, of several, or of tokens.
    pub fn new(model: impl Into<String>, input: impl Into<EmbeddingsInput>) -> Self {
        Self {
            model: model.into(),
            input: input.into(),
            encoding_format: None,
            dimensions: None,
            input_type: None,
            user: None,
            provider: None,
            extra: Extra::new(),
        }
    }

    /// Sets a field that this version doesn't know; it wins over a typed one of the same name.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name, value);
        self
    }

    /// The same request for another input.
    #[inline]
    pub(super) fn with_input(&self, input: EmbeddingsInput) -> Self {
        Self {
            model: self.model.clone(),
            input,
            encoding_format: self.encoding_format.clone(),
            dimensions: self.dimensions,
            input_type: self.input_type.clone(),
            user: self.user.clone(),
            provider: self.provider.clone(),
            extra: self.extra.clone(),
        }
    }

    /// Whether the vectors are to come as base64.
    #[inline]
    pub(super) fn is_base64(&self) -> bool {
        self.encoding_format == Some(EncodingFormat::Base64)
    }
}

setters! {
    EmbeddingsRequest:
    encoding_format: EncodingFormat,
    dimensions: u64,
    provider: ProviderPreferences,
    => into
    input_type: String,
    user: String,
}

open_enum! {
    /// How vectors are written.
    pub enum EncodingFormat {
        /// As JSON numbers.
        Float = "float",
        /// As base64 of 32-bit floats, the least significant byte first.
        Base64 = "base64",
    }
}

/// What to make vectors of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum EmbeddingsInput {
    /// A text: one vector.
    Text(String),
    /// Texts: a vector of each.
    Texts(Vec<String>),
    /// A text as the ids of its tokens: one vector.
    Tokens(Vec<u32>),
    /// Texts as the ids of their tokens: a vector of each.
    TokenLists(Vec<Vec<u32>>),
    /// Anything else, as it is: pictures, for models that read them. Of a list of anything but numbers, a vector of each item.
    Other(Value),
}

impl From<&str> for EmbeddingsInput {
    #[inline]
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for EmbeddingsInput {
    #[inline]
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&[&str]> for EmbeddingsInput {
    #[inline]
    fn from(texts: &[&str]) -> Self {
        Self::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
    }
}

impl<const N: usize> From<[&str; N]> for EmbeddingsInput {
    fn from(texts: [&str; N]) -> Self {
        Self::from(&texts[..])
    }
}

impl From<Vec<String>> for EmbeddingsInput {
    #[inline]
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}

impl From<Vec<u32>> for EmbeddingsInput {
    #[inline]
    fn from(tokens: Vec<u32>) -> Self {
        Self::Tokens(tokens)
    }
}

impl From<Vec<Vec<u32>>> for EmbeddingsInput {
    #[inline]
    fn from(lists: Vec<Vec<u32>>) -> Self {
        Self::TokenLists(lists)
    }
}
