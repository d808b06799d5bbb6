//! How to generate.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::format::ResponseFormat;
use super::media::MediaResolutionLevel;
use super::speech::{AudioTranscriptionConfig, SpeechConfig, TranslationConfig};
use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// How to generate. Each option has a setter; those that are unset are the model's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenerationConfig {
    /// How varied the answer is, 0 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Share of the likeliest tokens to choose from, above 0 to 1.
    #[serde(alias = "top_p", skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// How many of the likeliest tokens to choose from.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "top_k", skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u64>,
    /// How many answers to give; each is billed.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "candidate_count", skip_serializing_if = "Option::is_none")]
    pub candidate_count: Option<u64>,
    /// Most tokens to write, thoughts included.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "max_output_tokens", skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u64>,
    /// Where to stop: up to five sequences.
    #[serde(default, deserialize_with = "lenient::optional_list", alias = "stop_sequences", skip_serializing_if = "Option::is_none")]
    pub stop_sequences: Option<Vec<String>>,
    /// Seed for answers that repeat, as far as the model can.
    #[serde(default, deserialize_with = "lenient::optional_integer", skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// How much to avoid tokens that came at all, -2 to 2.
    #[serde(alias = "presence_penalty", skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// How much to avoid tokens by how often they came, -2 to 2.
    #[serde(alias = "frequency_penalty", skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// Whether to tell how likely the tokens were.
    #[serde(alias = "response_logprobs", skip_serializing_if = "Option::is_none")]
    pub response_logprobs: Option<bool>,
    /// How many alternatives to tell for each token, up to 20; needs `response_logprobs`.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<u64>,
    /// What the answer is: `text/plain`, `application/json` or `text/x.enum`.
    #[serde(alias = "response_mime_type", skip_serializing_if = "Option::is_none")]
    pub response_mime_type: Option<String>,
    /// Schema of the answer in Google's dialect: a [`Schema`](super::Schema), or JSON; needs `response_mime_type`.
    #[serde(alias = "response_schema", skip_serializing_if = "Option::is_none")]
    pub response_schema: Option<Value>,
    /// JSON Schema of the answer, in place of `response_schema`.
    #[serde(alias = "response_json_schema", skip_serializing_if = "Option::is_none")]
    pub response_json_schema: Option<Value>,
    /// Forms of the answer, in the newer form.
    #[serde(alias = "response_format", skip_serializing_if = "Option::is_none")]
    pub response_format: Option<Vec<ResponseFormat>>,
    /// What the answer may be.
    #[serde(default, deserialize_with = "lenient::optional_list", alias = "response_modalities", skip_serializing_if = "Option::is_none")]
    pub response_modalities: Option<Vec<Modality>>,
    /// How much to think.
    #[serde(alias = "thinking_config", skip_serializing_if = "Option::is_none")]
    pub thinking_config: Option<ThinkingConfig>,
    /// Voice of a spoken answer.
    #[serde(alias = "speech_config", skip_serializing_if = "Option::is_none")]
    pub speech_config: Option<SpeechConfig>,
    /// Settings for pictures that the model makes.
    #[serde(alias = "image_config", skip_serializing_if = "Option::is_none")]
    pub image_config: Option<ImageConfig>,
    /// How closely to look at pictures and films.
    #[serde(alias = "media_resolution", skip_serializing_if = "Option::is_none")]
    pub media_resolution: Option<MediaResolutionLevel>,
    /// Whether to understand times in sound; Vertex only.
    #[serde(alias = "audio_timestamp", skip_serializing_if = "Option::is_none")]
    pub audio_timestamp: Option<bool>,
    /// How to write down what is said in sound.
    #[serde(alias = "audio_transcription_config", skip_serializing_if = "Option::is_none")]
    pub audio_transcription_config: Option<AudioTranscriptionConfig>,
    /// How to translate; not on Vertex.
    #[serde(alias = "translation_config", skip_serializing_if = "Option::is_none")]
    pub translation_config: Option<TranslationConfig>,
    /// Whether to hear feelings and answer to them.
    #[serde(alias = "enable_affective_dialog", skip_serializing_if = "Option::is_none")]
    pub enable_affective_dialog: Option<bool>,
    /// Whether to give better answers about elections and the like, where there are any; not on Vertex.
    #[serde(alias = "enable_enhanced_civic_answers", skip_serializing_if = "Option::is_none")]
    pub enable_enhanced_civic_answers: Option<bool>,
    /// Which model to take; Vertex only.
    #[serde(alias = "routing_config", skip_serializing_if = "Option::is_none")]
    pub routing_config: Option<RoutingConfig>,
    /// What matters most in choosing a model.
    #[serde(alias = "model_selection_config", skip_serializing_if = "Option::is_none")]
    pub model_selection_config: Option<ModelSelectionConfig>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl GenerationConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field that this version doesn't know.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name, value);
        self
    }
}

setters! {
    GenerationConfig:
    temperature: f64,
    top_p: f64,
    top_k: u64,
    candidate_count: u64,
    max_output_tokens: u64,
    seed: i64,
    presence_penalty: f64,
    frequency_penalty: f64,
    response_logprobs: bool,
    logprobs: u64,
    thinking_config: ThinkingConfig,
    speech_config: SpeechConfig,
    image_config: ImageConfig,
    media_resolution: MediaResolutionLevel,
    audio_timestamp: bool,
    audio_transcription_config: AudioTranscriptionConfig,
    translation_config: TranslationConfig,
    enable_affective_dialog: bool,
    enable_enhanced_civic_answers: bool,
    routing_config: RoutingConfig,
    model_selection_config: ModelSelectionConfig,
    => into
    response_mime_type: String,
    response_schema: Value,
    response_json_schema: Value,
    response_format: Vec<ResponseFormat>,
    response_modalities: Vec<Modality>,
    => each
    stop_sequences: String,
}

impl GenerationConfig {
    /// Asks for JSON of this schema: a [`Schema`](super::Schema), or JSON in Google's dialect.
    #[must_use]
    pub fn json(self, schema: impl Into<Value>) -> Self {
        self.response_mime_type("application/json").response_schema(schema)
    }
}

open_enum! {
    /// What an answer or a part of it is.
    pub enum Modality or number {
        /// Not told.
        Unspecified = "MODALITY_UNSPECIFIED",
        /// Text.
        Text = "TEXT",
        /// A picture.
        Image = "IMAGE",
        /// Sound.
        Audio = "AUDIO",
        /// A film.
        Video = "VIDEO",
        /// A document, such as a PDF.
        Document = "DOCUMENT",
    }
}

/// How much a model thinks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ThinkingConfig {
    /// Whether to show summaries of its thoughts.
    #[serde(alias = "include_thoughts", skip_serializing_if = "Option::is_none")]
    pub include_thoughts: Option<bool>,
    /// Most tokens to think; 0 for none, -1 for as many as the model sees fit. For Gemini 2.5.
    #[serde(default, deserialize_with = "lenient::optional_integer", alias = "thinking_budget", skip_serializing_if = "Option::is_none")]
    pub thinking_budget: Option<i64>,
    /// How much to think. From Gemini 3 on.
    #[serde(alias = "thinking_level", skip_serializing_if = "Option::is_none")]
    pub thinking_level: Option<ThinkingLevel>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ThinkingConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ThinkingConfig:
    include_thoughts: bool,
    thinking_budget: i64,
    thinking_level: ThinkingLevel,
}

open_enum! {
    /// How much a model thinks.
    pub enum ThinkingLevel or number {
        /// As the model sees fit.
        Unspecified = "THINKING_LEVEL_UNSPECIFIED",
        /// As little as can be.
        Minimal = "MINIMAL",
        /// Little.
        Low = "LOW",
        /// Some.
        Medium = "MEDIUM",
        /// Much.
        High = "HIGH",
    }
}

/// Settings for pictures that a model makes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageConfig {
    /// Whether to show well-known people; Vertex only.
    #[serde(alias = "prominent_people", skip_serializing_if = "Option::is_none")]
    pub prominent_people: Option<ProminentPeople>,
    /// Quality of a JPEG, 0 to 100; Vertex only.
    #[serde(
        default,
        deserialize_with = "lenient::optional_count",
        alias = "output_compression_quality",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_compression_quality: Option<u64>,
    /// Format of the picture; Vertex only.
    #[serde(alias = "image_output_options", skip_serializing_if = "Option::is_none")]
    pub image_output_options: Option<ImageOutputOptions>,
    /// Width to height, such as `16:9`.
    #[serde(alias = "aspect_ratio", skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<String>,
    /// Size: `512`, `1K`, `2K` or `4K`.
    #[serde(alias = "image_size", skip_serializing_if = "Option::is_none")]
    pub image_size: Option<String>,
    /// Which people to show: `ALLOW_ALL`, `ALLOW_ADULT` or `ALLOW_NONE`.
    #[serde(alias = "person_generation", skip_serializing_if = "Option::is_none")]
    pub person_generation: Option<String>,
    /// Format of the picture, such as `image/png`.
    #[serde(alias = "output_mime_type", skip_serializing_if = "Option::is_none")]
    pub output_mime_type: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ImageConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ImageConfig:
    prominent_people: ProminentPeople,
    output_compression_quality: u64,
    image_output_options: ImageOutputOptions,
    => into
    aspect_ratio: String,
    image_size: String,
    person_generation: String,
    output_mime_type: String,
}

open_enum! {
    /// Whether a model shows well-known people.
    pub enum ProminentPeople or number {
        /// As the model is set.
        Unspecified = "PROMINENT_PEOPLE_UNSPECIFIED",
        /// It does.
        Allow = "ALLOW_PROMINENT_PEOPLE",
        /// It doesn't.
        Block = "BLOCK_PROMINENT_PEOPLE",
    }
}

/// Format of a picture; Vertex only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageOutputOptions {
    /// Quality of a JPEG, 0 to 100.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "compression_quality", skip_serializing_if = "Option::is_none")]
    pub compression_quality: Option<u64>,
    /// Format, such as `image/jpeg`.
    #[serde(alias = "mime_type", skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ImageOutputOptions {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ImageOutputOptions:
    compression_quality: u64,
    => into
    mime_type: String,
}

/// Which model to take; Vertex only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RoutingConfig {
    /// By preference.
    #[serde(alias = "auto_mode", skip_serializing_if = "Option::is_none")]
    pub auto_mode: Option<AutoRoutingMode>,
    /// By name.
    #[serde(alias = "manual_mode", skip_serializing_if = "Option::is_none")]
    pub manual_mode: Option<ManualRoutingMode>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    RoutingConfig:
    auto_mode: AutoRoutingMode,
    manual_mode: ManualRoutingMode,
}

impl RoutingConfig {
    /// Chooses by this preference.
    #[must_use]
    #[inline]
    pub fn auto(preference: ModelRoutingPreference) -> Self {
        let mode = AutoRoutingMode { model_routing_preference: Some(preference), ..AutoRoutingMode::default() };
        Self { auto_mode: Some(mode), ..Self::default() }
    }

    /// Takes this model.
    pub fn manual(model_name: impl Into<String>) -> Self {
        let mode = ManualRoutingMode { model_name: Some(model_name.into()), ..ManualRoutingMode::default() };
        Self { manual_mode: Some(mode), ..Self::default() }
    }
}

/// Choice of a model by preference.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AutoRoutingMode {
    /// What matters most.
    #[serde(alias = "model_routing_preference", skip_serializing_if = "Option::is_none")]
    pub model_routing_preference: Option<ModelRoutingPreference>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Choice of a model by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ManualRoutingMode {
    /// The model.
    #[serde(alias = "model_name", skip_serializing_if = "Option::is_none")]
    pub model_name: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// What matters most in choosing a model for a request.
    pub enum ModelRoutingPreference or number {
        /// Not told.
        Unknown = "UNKNOWN",
        /// Quality.
        PrioritizeQuality = "PRIORITIZE_QUALITY",
        /// Both.
        Balanced = "BALANCED",
        /// Cost.
        PrioritizeCost = "PRIORITIZE_COST",
    }
}

/// What matters most in choosing a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ModelSelectionConfig {
    /// What matters most.
    #[serde(alias = "feature_selection_preference", skip_serializing_if = "Option::is_none")]
    pub feature_selection_preference: Option<FeatureSelectionPreference>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ModelSelectionConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ModelSelectionConfig:
    feature_selection_preference: FeatureSelectionPreference,
}

open_enum! {
    /// What matters most in choosing a model.
    pub enum FeatureSelectionPreference or number {
        /// Not told.
        Unspecified = "FEATURE_SELECTION_PREFERENCE_UNSPECIFIED",
        /// Quality.
        PrioritizeQuality = "PRIORITIZE_QUALITY",
        /// Both.
        Balanced = "BALANCED",
        /// Cost.
        PrioritizeCost = "PRIORITIZE_COST",
    }
}
