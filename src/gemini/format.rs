//! Forms that an answer may have, in the newer form.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// A form that an answer may have: one of these.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResponseFormat {
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextResponseFormat>,
    /// A picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageResponseFormat>,
    /// Sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioResponseFormat>,
    /// A film.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoResponseFormat>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ResponseFormat {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ResponseFormat:
    text: TextResponseFormat,
    image: ImageResponseFormat,
    audio: AudioResponseFormat,
    video: VideoResponseFormat,
}

/// Text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TextResponseFormat {
    /// What it is: `text/plain` or `application/json`.
    #[serde(alias = "mime_type", skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// JSON Schema of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl TextResponseFormat {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    TextResponseFormat:
    => into
    mime_type: String,
    schema: Value,
}

/// A picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageResponseFormat {
    /// Width to height.
    #[serde(alias = "aspect_ratio", skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// Size.
    #[serde(alias = "image_size", skip_serializing_if = "Option::is_none")]
    pub image_size: Option<ImageSize>,
    /// How it comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// Format, such as `image/png`.
    #[serde(alias = "mime_type", skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ImageResponseFormat {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ImageResponseFormat:
    aspect_ratio: AspectRatio,
    image_size: ImageSize,
    delivery: Delivery,
    => into
    mime_type: String,
}

/// Sound.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AudioResponseFormat {
    /// Bits in a second.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "bit_rate", skip_serializing_if = "Option::is_none")]
    pub bit_rate: Option<u64>,
    /// Samples in a second.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "sample_rate", skip_serializing_if = "Option::is_none")]
    pub sample_rate: Option<u64>,
    /// How it comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// Format, such as `audio/wav`.
    #[serde(alias = "mime_type", skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl AudioResponseFormat {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    AudioResponseFormat:
    bit_rate: u64,
    sample_rate: u64,
    delivery: Delivery,
    => into
    mime_type: String,
}

/// A film.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VideoResponseFormat {
    /// Width to height.
    #[serde(alias = "aspect_ratio", skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// How it comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// Length, as a duration: `8s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// Address in Google's storage to write it to.
    #[serde(alias = "gcs_uri", skip_serializing_if = "Option::is_none")]
    pub gcs_uri: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl VideoResponseFormat {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    VideoResponseFormat:
    aspect_ratio: AspectRatio,
    delivery: Delivery,
    => into
    duration: String,
    gcs_uri: String,
}

open_enum! {
    /// How a file comes.
    pub enum Delivery or number {
        /// As the model is set.
        Unspecified = "DELIVERY_UNSPECIFIED",
        /// In the answer.
        Inline = "INLINE",
        /// By its address.
        Uri = "URI",
    }
}

open_enum! {
    /// Size of a picture.
    pub enum ImageSize or number {
        /// As the model is set.
        Unspecified = "IMAGE_SIZE_UNSPECIFIED",
        /// 512 pixels.
        FiveTwelve = "IMAGE_SIZE_FIVE_TWELVE",
        /// 1,024 pixels.
        OneK = "IMAGE_SIZE_ONE_K",
        /// 2,048 pixels.
        TwoK = "IMAGE_SIZE_TWO_K",
        /// 4,096 pixels.
        FourK = "IMAGE_SIZE_FOUR_K",
    }
}

open_enum! {
    /// Width to height.
    pub enum AspectRatio or number {
        /// As the model is set.
        Unspecified = "ASPECT_RATIO_UNSPECIFIED",
        /// 1:1.
        OneByOne = "ASPECT_RATIO_ONE_BY_ONE",
        /// 2:3.
        TwoByThree = "ASPECT_RATIO_TWO_BY_THREE",
        /// 3:2.
        ThreeByTwo = "ASPECT_RATIO_THREE_BY_TWO",
        /// 3:4.
        ThreeByFour = "ASPECT_RATIO_THREE_BY_FOUR",
        /// 4:3.
        FourByThree = "ASPECT_RATIO_FOUR_BY_THREE",
        /// 4:5.
        FourByFive = "ASPECT_RATIO_FOUR_BY_FIVE",
        /// 5:4.
        FiveByFour = "ASPECT_RATIO_FIVE_BY_FOUR",
        /// 9:16.
        NineBySixteen = "ASPECT_RATIO_NINE_BY_SIXTEEN",
        /// 16:9.
        SixteenByNine = "ASPECT_RATIO_SIXTEEN_BY_NINE",
        /// 21:9.
        TwentyOneByNine = "ASPECT_RATIO_TWENTY_ONE_BY_NINE",
        /// 1:8.
        OneByEight = "ASPECT_RATIO_ONE_BY_EIGHT",
        /// 8:1.
        EightByOne = "ASPECT_RATIO_EIGHT_BY_ONE",
        /// 1:4.
        OneByFour = "ASPECT_RATIO_ONE_BY_FOUR",
        /// 4:1.
        FourByOne = "ASPECT_RATIO_FOUR_BY_ONE",
    }
}
