//! Embeddings: content as vectors.

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::usage::{ModalityTokenCount, UsageMetadata};
use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// Content to make a vector of.
///
/// ```
/// use arouter::gemini::{EmbedContentRequest, TaskType};
///
/// let request = EmbedContentRequest::new("The quick brown fox").task_type(TaskType::RetrievalDocument).output_dimensionality(768);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EmbedContentRequest {
    /// The content; of parts, one vector is made.
    #[serde(default)]
    pub content: Content,
    /// What the vector is for.
    #[serde(alias = "task_type", skip_serializing_if = "Option::is_none")]
    pub task_type: Option<TaskType>,
    /// Length of the vector; the model's own without it.
    #[serde(
        default,
        deserialize_with = "lenient::optional_count",
        alias = "output_dimensionality",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_dimensionality: Option<u64>,
    /// Whether to cut content that is too long, in place of an error; Vertex only.
    #[serde(alias = "auto_truncate", skip_serializing_if = "Option::is_none")]
    pub auto_truncate: Option<bool>,
    /// Whether to read the text in documents; Vertex only.
    #[serde(alias = "document_ocr", skip_serializing_if = "Option::is_none")]
    pub document_ocr: Option<bool>,
    /// Whether to hear the sound of films; Vertex only.
    #[serde(alias = "audio_track_extraction", skip_serializing_if = "Option::is_none")]
    pub audio_track_extraction: Option<bool>,
    /// Title of a document, with [`RetrievalDocument`](TaskType::RetrievalDocument).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the content is; Vertex only.
    #[serde(alias = "mime_type", skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Resource name of the model. Each call says which model it asks, and fills this in where it is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    EmbedContentRequest:
    task_type: TaskType,
    output_dimensionality: u64,
    auto_truncate: bool,
    document_ocr: bool,
    audio_track_extraction: bool,
    => into
    title: String,
    mime_type: String,
    model: String,
}

impl EmbedContentRequest {
    /// A vector of this content: text, or parts.
    pub fn new(content: impl Into<Content>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}

open_enum! {
    /// What a vector is for.
    pub enum TaskType or number {
        /// Not told.
        Unspecified = "TASK_TYPE_UNSPECIFIED",
        /// A query, to find documents.
        RetrievalQuery = "RETRIEVAL_QUERY",
        /// A document, to be found.
        RetrievalDocument = "RETRIEVAL_DOCUMENT",
        /// To tell how alike texts are.
        SemanticSimilarity = "SEMANTIC_SIMILARITY",
        /// To sort texts.
        Classification = "CLASSIFICATION",
        /// To group texts.
        Clustering = "CLUSTERING",
        /// A question, to find answers.
        QuestionAnswering = "QUESTION_ANSWERING",
        /// A claim, to find proof.
        FactVerification = "FACT_VERIFICATION",
        /// A query, to find code.
        CodeRetrievalQuery = "CODE_RETRIEVAL_QUERY",
    }
}

/// A vector of content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EmbedContentResponse {
    /// The vector. A body without it is no answer.
    pub embedding: ContentEmbedding,
    /// Tokens that it used.
    #[serde(alias = "usage_metadata", skip_serializing_if = "Option::is_none")]
    pub usage_metadata: Option<UsageMetadata>,
    /// Whether the content was cut; Vertex only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<bool>,
    /// What the bill counts; Vertex only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<EmbedContentMetadata>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What the bill counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EmbedContentMetadata {
    /// Characters.
    #[serde(
        default,
        deserialize_with = "lenient::optional_count",
        alias = "billable_character_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub billable_character_count: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A vector.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ContentEmbedding {
    /// The vector.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub values: Vec<f32>,
    /// Its shape, where it isn't flat.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub shape: Vec<i64>,
    /// What was made of the content; Vertex only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistics: Option<EmbeddingStatistics>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What was made of content.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EmbeddingStatistics {
    /// Whether it was cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<bool>,
    /// Its tokens.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "token_count", skip_serializing_if = "Option::is_none")]
    pub token_count: Option<u64>,
    /// What they are.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "tokens_details")]
    pub tokens_details: Vec<ModalityTokenCount>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Contents to make a vector of each.
///
/// ```
/// use arouter::gemini::{BatchEmbedContentsRequest, EmbedContentRequest};
///
/// let request = BatchEmbedContentsRequest::new(["one text", "another"].map(EmbedContentRequest::new));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BatchEmbedContentsRequest {
    /// The contents.
    #[serde(default, deserialize_with = "lenient::list")]
    pub requests: Vec<EmbedContentRequest>,
    /// Resource name of the model, which the call says anyway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl BatchEmbedContentsRequest {
    /// A vector of each of these.
    pub fn new(requests: impl Into<Vec<EmbedContentRequest>>) -> Self {
        Self { requests: requests.into(), ..Self::default() }
    }
}

/// A vector of each content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BatchEmbedContentsResponse {
    /// The vectors, in the order of the request. A body without them is no answer.
    pub embeddings: Vec<ContentEmbedding>,
    /// Tokens that they used.
    #[serde(alias = "usage_metadata", skip_serializing_if = "Option::is_none")]
    pub usage_metadata: Option<UsageMetadata>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
