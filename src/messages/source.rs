//! Where pictures and documents come from.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::block::Content;
use crate::extra::Extra;
use crate::tagged::tagged_enum;

tagged_enum! {
    /// Where a picture or a document comes from, by its `type`.
    pub enum Source by "type" {
        /// Its bytes.
        Base64(DataSource) = "base64",
        /// An address.
        Url(UrlSource) = "url",
        /// Plain text.
        Text(DataSource) = "text",
        /// Text or blocks, each of which can be cited.
        Content(ContentSource) = "content",
        /// An uploaded file.
        File(FileSource) = "file",
    }
}

impl Source {
    /// Bytes; `media_type` such as `application/pdf` or `image/png`.
    pub fn base64(media_type: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        Self::Base64(DataSource { media_type: media_type.into(), data: STANDARD.encode(bytes), extra: Extra::new() })
    }

    /// An address.
    pub fn url(url: impl Into<String>) -> Self {
        Self::Url(UrlSource { url: url.into(), extra: Extra::new() })
    }

    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(DataSource { media_type: "text/plain".to_owned(), data: text.into(), extra: Extra::new() })
    }

    /// Text or blocks, each of which can be cited.
    pub fn content(content: impl Into<Content>) -> Self {
        Self::Content(ContentSource { content: content.into(), extra: Extra::new() })
    }

    /// An uploaded file, by its id.
    pub fn file(file_id: impl Into<String>) -> Self {
        Self::File(FileSource { file_id: file_id.into(), extra: Extra::new() })
    }
}

/// Data, with what they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DataSource {
    /// What the data are, such as `image/png`.
    #[serde(default)]
    pub media_type: String,
    /// The data: base64, or the text itself.
    pub data: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UrlSource {
    /// The address.
    pub url: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Text or blocks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentSource {
    /// The text, or blocks of text and pictures.
    pub content: Content,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileSource {
    /// Its id.
    pub file_id: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
