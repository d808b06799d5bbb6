//! Pictures, sound, films and files.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// A file in base64.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Blob {
    /// What it is, such as `image/png`.
    #[serde(alias = "mime_type", skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// The file, base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Name by which a prompt refers to it; Vertex only.
    #[serde(alias = "display_name", skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Blob {
    /// A file from its bytes.
    pub fn new(mime_type: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        Self { mime_type: Some(mime_type.into()), data: Some(STANDARD.encode(bytes)), ..Self::default() }
    }

    /// The file, decoded; nothing if there is no `data`.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if `data` isn't base64 in either of its alphabets.
    #[inline]
    pub fn bytes(&self) -> Result<Vec<u8>> {
        let data = self.data.as_deref().unwrap_or_default();
        let alphabet = if data.contains(['-', '_']) { &URL_SAFE } else { &PLAIN };
        alphabet.decode(data).map_err(|_| Error::decode("the data of a file is not base64"))
    }
}

/// JSON of protocol buffers may leave the padding out, and may use the alphabet of URLs.
const ANY_PADDING: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, ANY_PADDING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, ANY_PADDING);

/// A file by its address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FileData {
    /// What it is, such as `application/pdf`.
    #[serde(alias = "mime_type", skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Address: of an uploaded file, in Google's storage, on YouTube, or on the web.
    #[serde(alias = "file_uri", skip_serializing_if = "Option::is_none")]
    pub file_uri: Option<String>,
    /// Name by which a prompt refers to it; Vertex only.
    #[serde(alias = "display_name", skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl FileData {
    /// A file at this address.
    pub fn new(mime_type: impl Into<String>, file_uri: impl Into<String>) -> Self {
        Self { mime_type: Some(mime_type.into()), file_uri: Some(file_uri.into()), ..Self::default() }
    }
}

/// Which piece of a film to look at, and how closely.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VideoMetadata {
    /// Pictures to look at for each second, above 0 to 24; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps: Option<f64>,
    /// Where to begin, as a duration: `1.5s`.
    #[serde(alias = "start_offset", skip_serializing_if = "Option::is_none")]
    pub start_offset: Option<String>,
    /// Where to end, as a duration: `90s`.
    #[serde(alias = "end_offset", skip_serializing_if = "Option::is_none")]
    pub end_offset: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl VideoMetadata {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    VideoMetadata:
    fps: f64,
    => into
    start_offset: String,
    end_offset: String,
}

/// How closely a model looks at a picture or film.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MediaResolution {
    /// By level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<MediaResolutionLevel>,
    /// By the number of tokens that it takes.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "num_tokens", skip_serializing_if = "Option::is_none")]
    pub num_tokens: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl From<MediaResolutionLevel> for Box<MediaResolution> {
    #[inline]
    fn from(level: MediaResolutionLevel) -> Self {
        Self::new(MediaResolution { level: Some(level), ..MediaResolution::default() })
    }
}

open_enum! {
    /// How closely a model looks at pictures and films.
    pub enum MediaResolutionLevel or number {
        /// As the model sees fit.
        Unspecified = "MEDIA_RESOLUTION_UNSPECIFIED",
        /// Cheaply.
        Low = "MEDIA_RESOLUTION_LOW",
        /// In between.
        Medium = "MEDIA_RESOLUTION_MEDIUM",
        /// Closely.
        High = "MEDIA_RESOLUTION_HIGH",
        /// As closely as can be; only for a single part.
        UltraHigh = "MEDIA_RESOLUTION_ULTRA_HIGH",
    }
}

/// What was said in a piece of sound.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Transcription {
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether the transcription is at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<bool>,
    /// Language, such as `en-US`.
    #[serde(alias = "language_code", skip_serializing_if = "Option::is_none")]
    pub language_code: Option<String>,
    /// Who spoke, as told apart by their voices.
    #[serde(alias = "speaker_label", skip_serializing_if = "Option::is_none")]
    pub speaker_label: Option<String>,
    /// Words with their times, if that was asked for.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub words: Vec<WordInfo>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A word that was said, and when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WordInfo {
    /// The word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// Where it begins, as a duration: `1.200s`.
    #[serde(alias = "start_offset", skip_serializing_if = "Option::is_none")]
    pub start_offset: Option<String>,
    /// Where it ends, as a duration.
    #[serde(alias = "end_offset", skip_serializing_if = "Option::is_none")]
    pub end_offset: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
