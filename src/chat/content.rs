//! What a message says: text, or parts of several kinds.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::options::{CacheBreakpoint, CacheControl};
use crate::extra::Extra;
use crate::lenient::{self, TextOrList};
use crate::open_enum::open_enum;
use crate::tagged::tagged_enum;

/// What a message says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Content {
    /// Text.
    Text(String),
    /// Parts in their order.
    Parts(Vec<ContentPart>),
    /// Anything else, as it came: some servers put the JSON that a schema asked for here.
    Other(Value),
}

impl Content {
    /// The text, text parts joined; empty if there is none.
    #[must_use]
    #[inline]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Parts(parts) => match parts.as_slice() {
                [part] => Cow::Borrowed(part.as_text().unwrap_or_default()),
                parts => parts.iter().filter_map(ContentPart::as_text).collect(),
            },
            Self::Other(_) => Cow::Borrowed(""),
        }
    }
}

impl From<&str> for Content {
    #[inline]
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Content {
    #[inline]
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<ContentPart>> for Content {
    #[inline]
    fn from(parts: Vec<ContentPart>) -> Self {
        Self::Parts(parts)
    }
}

impl<const N: usize> From<[ContentPart; N]> for Content {
    fn from(parts: [ContentPart; N]) -> Self {
        Self::Parts(parts.into())
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match TextOrList::deserialize(deserializer)? {
            TextOrList::Text(text) => Self::Text(text),
            TextOrList::List(parts) => Self::Parts(parts),
            TextOrList::Other(value) => Self::Other(value),
        })
    }
}

tagged_enum! {
    /// One part of a message, by its `type`.
    pub enum ContentPart by "type" {
        /// Text.
        Text(TextPart) = "text",
        /// A picture.
        ImageUrl(ImagePart) = "image_url",
        /// Sound.
        InputAudio(AudioPart) = "input_audio",
        /// A file, such as a PDF.
        File(FilePart) = "file",
        /// A film.
        VideoUrl(VideoPart) = "video_url",
        /// A film, in the older form.
        InputVideo(VideoPart) = "input_video",
        /// A refusal of the model.
        Refusal(RefusalPart) = "refusal",
        /// Reasoning of the model, as Mistral gives it.
        Thinking(ThinkingPart) = "thinking",
    }
}

impl ContentPart {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextPart { text: text.into(), cache_control: None, prompt_cache_breakpoint: None, extra: Extra::new() })
    }

    /// A picture (JPEG, PNG, GIF, WebP) at an address, or in a `data:` URL.
    pub fn image_url(url: impl Into<String>) -> Self {
        let image_url = ImageUrl { url: url.into(), detail: None, extra: Extra::new() };
        Self::ImageUrl(ImagePart { image_url: Some(image_url), cache_control: None, prompt_cache_breakpoint: None, extra: Extra::new() })
    }

    /// A picture from its bytes; `media_type` such as `image/png`.
    pub fn image(media_type: &str, bytes: impl AsRef<[u8]>) -> Self {
        Self::image_url(data_url(media_type, bytes.as_ref()))
    }

    /// Sound from its bytes; `format` such as `wav` or `mp3`.
    pub fn audio(format: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        let input_audio = InputAudio { data: STANDARD.encode(bytes), format: Some(format.into()), extra: Extra::new() };
        Self::InputAudio(AudioPart {
            input_audio: AudioSource::Data(input_audio),
            cache_control: None,
            prompt_cache_breakpoint: None,
            extra: Extra::new(),
        })
    }

    /// A file from its bytes; `media_type` such as `application/pdf`.
    pub fn file(filename: impl Into<String>, media_type: &str, bytes: impl AsRef<[u8]>) -> Self {
        let file_data = Some(data_url(media_type, bytes.as_ref()));
        let file = FileSource { filename: Some(filename.into()), file_data, file_id: None, extra: Extra::new() };
        Self::File(FilePart { file, cache_control: None, prompt_cache_breakpoint: None, extra: Extra::new() })
    }

    /// A file that was uploaded before.
    pub fn file_id(id: impl Into<String>) -> Self {
        let file = FileSource { filename: None, file_data: None, file_id: Some(id.into()), extra: Extra::new() };
        Self::File(FilePart { file, cache_control: None, prompt_cache_breakpoint: None, extra: Extra::new() })
    }

    /// A film at an address, or in a `data:` URL.
    pub fn video_url(url: impl Into<String>) -> Self {
        Self::VideoUrl(VideoPart { video_url: VideoUrl { url: url.into(), extra: Extra::new() }, cache_control: None, extra: Extra::new() })
    }

    /// Marks the part as the end of a prefix to cache; does nothing to kinds that have no such mark.
    #[must_use]
    #[inline]
    pub fn cache_control(mut self, cache_control: CacheControl) -> Self {
        let place = match &mut self {
            Self::Text(part) => &mut part.cache_control,
            Self::ImageUrl(part) => &mut part.cache_control,
            Self::InputAudio(part) => &mut part.cache_control,
            Self::File(part) => &mut part.cache_control,
            Self::VideoUrl(part) | Self::InputVideo(part) => &mut part.cache_control,
            Self::Refusal(_) | Self::Thinking(_) | Self::Other(_) => return self,
        };
        *place = Some(cache_control);
        self
    }

    /// The text, if this is text.
    #[must_use]
    #[inline]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(part) => Some(&part.text),
            _ => None,
        }
    }
}

#[inline]
fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

/// Text in a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextPart {
    /// The text.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub text: String,
    /// Marks the part as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// The same, in OpenAI's form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_breakpoint: Option<CacheBreakpoint>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A picture in a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImagePart {
    /// Where the picture is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<ImageUrl>,
    /// Marks the part as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// The same, in OpenAI's form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_breakpoint: Option<CacheBreakpoint>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Where a picture is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImageUrl {
    /// An address, or a `data:` URL that holds the picture.
    pub url: String,
    /// How closely the model is to look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<ImageDetail>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// How closely a model looks at a picture.
    pub enum ImageDetail {
        /// As the model sees fit; the default.
        Auto = "auto",
        /// Cheaply.
        Low = "low",
        /// Closely.
        High = "high",
        /// At its own size.
        Original = "original",
    }
}

/// Sound in a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AudioPart {
    /// The sound.
    pub input_audio: AudioSource,
    /// Marks the part as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// The same, in OpenAI's form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_breakpoint: Option<CacheBreakpoint>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Sound with its format, or, with some servers, an address or bare base64.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum AudioSource {
    /// Sound with its format.
    Data(InputAudio),
    /// An address or bare base64.
    Text(String),
}

/// Sound with its format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputAudio {
    /// The sound, base64.
    pub data: String,
    /// Its format, such as `wav` or `mp3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A file in a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FilePart {
    /// The file.
    pub file: FileSource,
    /// Marks the part as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// The same, in OpenAI's form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_breakpoint: Option<CacheBreakpoint>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A file: its bytes, or the id of an uploaded one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileSource {
    /// Name of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// The file in a `data:` URL, or its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_data: Option<String>,
    /// Id of an uploaded file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A film in a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VideoPart {
    /// Where the film is.
    pub video_url: VideoUrl,
    /// Marks the part as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Where a film is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VideoUrl {
    /// An address, or a `data:` URL that holds the film.
    pub url: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A refusal of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RefusalPart {
    /// Why it refuses.
    pub refusal: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Reasoning of the model, as Mistral gives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ThinkingPart {
    /// What it thinks, in parts.
    #[serde(default)]
    pub thinking: Vec<ContentPart>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
