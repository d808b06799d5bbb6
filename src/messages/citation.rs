//! What an answer's text rests on.

use serde::{Deserialize, Serialize};

use crate::extra::Extra;
use crate::lenient;
use crate::tagged::tagged_enum;

/// Whether an answer is to cite a document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CitationsConfig {
    /// Whether it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl CitationsConfig {
    /// With citations, or without.
    #[must_use]
    #[inline]
    pub fn enabled(enabled: bool) -> Self {
        Self { enabled: Some(enabled), extra: Extra::new() }
    }
}

tagged_enum! {
    /// One source of a text, by its `type`.
    pub enum Citation by "type" {
        /// Characters of a plain text.
        CharLocation(CharLocation) = "char_location",
        /// Pages of a PDF.
        PageLocation(PageLocation) = "page_location",
        /// Blocks of a document that came in blocks.
        ContentBlockLocation(ContentBlockLocation) = "content_block_location",
        /// A result of a web search.
        WebSearchResultLocation(WebSearchResultLocation) = "web_search_result_location",
        /// A result of the program's own search.
        SearchResultLocation(SearchResultLocation) = "search_result_location",
    }
}

impl Citation {
    /// The words that are cited, where the citation tells them.
    #[must_use]
    #[inline]
    pub fn cited_text(&self) -> Option<&str> {
        match self {
            Self::CharLocation(location) => Some(&location.cited_text),
            Self::PageLocation(location) => Some(&location.cited_text),
            Self::ContentBlockLocation(location) => Some(&location.cited_text),
            Self::WebSearchResultLocation(location) => Some(&location.cited_text),
            Self::SearchResultLocation(location) => Some(&location.cited_text),
            Self::Other(_) => None,
        }
    }
}

/// Characters of a plain text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CharLocation {
    /// The words that are cited.
    #[serde(default)]
    pub cited_text: String,
    /// Place of the document among those of the request, from 0.
    #[serde(default, deserialize_with = "lenient::count")]
    pub document_index: u64,
    /// Title of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_title: Option<String>,
    /// First character, from 0.
    #[serde(default, deserialize_with = "lenient::count")]
    pub start_char_index: u64,
    /// Character after the last one.
    #[serde(default, deserialize_with = "lenient::count")]
    pub end_char_index: u64,
    /// Id of the uploaded file that the document is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Pages of a PDF.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PageLocation {
    /// The words that are cited.
    #[serde(default)]
    pub cited_text: String,
    /// Place of the document among those of the request, from 0.
    #[serde(default, deserialize_with = "lenient::count")]
    pub document_index: u64,
    /// Title of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_title: Option<String>,
    /// First page, from 1.
    #[serde(default, deserialize_with = "lenient::count")]
    pub start_page_number: u64,
    /// Page after the last one.
    #[serde(default, deserialize_with = "lenient::count")]
    pub end_page_number: u64,
    /// Id of the uploaded file that the document is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Blocks of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentBlockLocation {
    /// The words that are cited.
    #[serde(default)]
    pub cited_text: String,
    /// Place of the document among those of the request, from 0.
    #[serde(default, deserialize_with = "lenient::count")]
    pub document_index: u64,
    /// Title of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_title: Option<String>,
    /// First block, from 0.
    #[serde(default, deserialize_with = "lenient::count")]
    pub start_block_index: u64,
    /// Block after the last one.
    #[serde(default, deserialize_with = "lenient::count")]
    pub end_block_index: u64,
    /// Id of the uploaded file that the document is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A result of a web search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebSearchResultLocation {
    /// The words that are cited.
    #[serde(default)]
    pub cited_text: String,
    /// The place in the result, for the model; to be sent back unchanged.
    #[serde(default)]
    pub encrypted_index: String,
    /// Title of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Address of the page.
    #[serde(default)]
    pub url: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A result of the program's own search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SearchResultLocation {
    /// The words that are cited.
    #[serde(default)]
    pub cited_text: String,
    /// Place of the result among those of the request, from 0.
    #[serde(default, deserialize_with = "lenient::count")]
    pub search_result_index: u64,
    /// Where it was found, as the request says.
    #[serde(default)]
    pub source: String,
    /// Title of the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// First block of its content, from 0.
    #[serde(default, deserialize_with = "lenient::count")]
    pub start_block_index: u64,
    /// Block after the last one.
    #[serde(default, deserialize_with = "lenient::count")]
    pub end_block_index: u64,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
