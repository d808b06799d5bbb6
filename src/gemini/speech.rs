//! Voices of spoken answers, and what is said in sound.

use serde::{Deserialize, Serialize};

use crate::extra::Extra;
use crate::setters::setters;

/// Voice of a spoken answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SpeechConfig {
    /// The one voice.
    #[serde(alias = "voice_config", skip_serializing_if = "Option::is_none")]
    pub voice_config: Option<VoiceConfig>,
    /// Voices of several speakers, in place of the one.
    #[serde(alias = "multi_speaker_voice_config", skip_serializing_if = "Option::is_none")]
    pub multi_speaker_voice_config: Option<MultiSpeakerVoiceConfig>,
    /// Language to speak, such as `en-US`.
    #[serde(alias = "language_code", skip_serializing_if = "Option::is_none")]
    pub language_code: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    SpeechConfig:
    voice_config: VoiceConfig,
    multi_speaker_voice_config: MultiSpeakerVoiceConfig,
    => into
    language_code: String,
}

impl SpeechConfig {
    /// One of Google's voices, such as `Kore`.
    pub fn voice(name: impl Into<String>) -> Self {
        Self { voice_config: Some(VoiceConfig::prebuilt(name)), ..Self::default() }
    }

    /// A voice for each speaker that the prompt names.
    pub fn speakers(speakers: impl Into<Vec<SpeakerVoiceConfig>>) -> Self {
        let config = MultiSpeakerVoiceConfig { speaker_voice_configs: Some(speakers.into()), extra: Extra::new() };
        Self { multi_speaker_voice_config: Some(config), ..Self::default() }
    }
}

/// A voice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VoiceConfig {
    /// One of Google's.
    #[serde(alias = "prebuilt_voice_config", skip_serializing_if = "Option::is_none")]
    pub prebuilt_voice_config: Option<PrebuiltVoiceConfig>,
    /// A copy of a person's.
    #[serde(alias = "replicated_voice_config", skip_serializing_if = "Option::is_none")]
    pub replicated_voice_config: Option<ReplicatedVoiceConfig>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl VoiceConfig {
    /// One of Google's voices, such as `Kore`.
    pub fn prebuilt(name: impl Into<String>) -> Self {
        let voice = PrebuiltVoiceConfig { voice_name: Some(name.into()), extra: Extra::new() };
        Self { prebuilt_voice_config: Some(voice), ..Self::default() }
    }

    /// A copy of a person's voice.
    #[must_use]
    #[inline]
    pub fn replicated(voice: ReplicatedVoiceConfig) -> Self {
        Self { replicated_voice_config: Some(voice), ..Self::default() }
    }
}

/// One of Google's voices.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PrebuiltVoiceConfig {
    /// Its name.
    #[serde(alias = "voice_name", skip_serializing_if = "Option::is_none")]
    pub voice_name: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A copy of a person's voice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReplicatedVoiceConfig {
    /// Proof of an earlier consent, in place of the sound.
    #[serde(alias = "voice_consent_signature", skip_serializing_if = "Option::is_none")]
    pub voice_consent_signature: Option<VoiceConsentSignature>,
    /// Format of the sound: `audio/wav` of 16 bits and 24 kHz.
    #[serde(alias = "mime_type", skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// A sample of the voice, base64.
    #[serde(alias = "voice_sample_audio", skip_serializing_if = "Option::is_none")]
    pub voice_sample_audio: Option<String>,
    /// The person's consent, spoken, base64.
    #[serde(alias = "consent_audio", skip_serializing_if = "Option::is_none")]
    pub consent_audio: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ReplicatedVoiceConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ReplicatedVoiceConfig:
    voice_consent_signature: VoiceConsentSignature,
    => into
    mime_type: String,
    voice_sample_audio: String,
    consent_audio: String,
}

/// Proof of a consent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VoiceConsentSignature {
    /// The signature that Google gave for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Voices of several speakers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MultiSpeakerVoiceConfig {
    /// The speakers.
    #[serde(alias = "speaker_voice_configs", skip_serializing_if = "Option::is_none")]
    pub speaker_voice_configs: Option<Vec<SpeakerVoiceConfig>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Voice of a speaker.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SpeakerVoiceConfig {
    /// The speaker's name, as the prompt has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// The voice.
    #[serde(alias = "voice_config", skip_serializing_if = "Option::is_none")]
    pub voice_config: Option<VoiceConfig>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl SpeakerVoiceConfig {
    /// One of Google's voices for this speaker.
    pub fn new(speaker: impl Into<String>, voice: impl Into<String>) -> Self {
        Self { speaker: Some(speaker.into()), voice_config: Some(VoiceConfig::prebuilt(voice)), extra: Extra::new() }
    }
}

/// How to write down what is said in sound.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AudioTranscriptionConfig {
    /// Finds out the language.
    #[serde(alias = "language_auto", skip_serializing_if = "Option::is_none")]
    pub language_auto: Option<LanguageAuto>,
    /// Languages to expect.
    #[serde(alias = "language_hints", skip_serializing_if = "Option::is_none")]
    pub language_hints: Option<LanguageHints>,
    /// Whether to tell the times of words.
    #[serde(alias = "word_timestamp", skip_serializing_if = "Option::is_none")]
    pub word_timestamp: Option<bool>,
    /// Whether to tell speakers apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diarization: Option<bool>,
    /// Languages that are spoken, such as `en-US`.
    #[serde(alias = "language_codes", skip_serializing_if = "Option::is_none")]
    pub language_codes: Option<Vec<String>>,
    /// Words to listen for.
    #[serde(alias = "custom_vocabulary", skip_serializing_if = "Option::is_none")]
    pub custom_vocabulary: Option<Vec<String>>,
    /// Phrases to listen for.
    #[serde(alias = "adaptation_phrases", skip_serializing_if = "Option::is_none")]
    pub adaptation_phrases: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl AudioTranscriptionConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    AudioTranscriptionConfig:
    language_auto: LanguageAuto,
    language_hints: LanguageHints,
    word_timestamp: bool,
    diarization: bool,
    => each
    language_codes: String,
    custom_vocabulary: String,
    adaptation_phrases: String,
}

/// Finds out the language.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LanguageAuto {
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl LanguageAuto {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Languages to expect.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LanguageHints {
    /// The languages, such as `en-US`.
    #[serde(alias = "language_codes", skip_serializing_if = "Option::is_none")]
    pub language_codes: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl LanguageHints {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    LanguageHints:
    => each
    language_codes: String,
}

/// How to translate.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TranslationConfig {
    /// Whether to repeat what is in the target language already.
    #[serde(alias = "echo_target_language", skip_serializing_if = "Option::is_none")]
    pub echo_target_language: Option<bool>,
    /// Language to translate into, such as `de`.
    #[serde(alias = "target_language_code", skip_serializing_if = "Option::is_none")]
    pub target_language_code: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl TranslationConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    TranslationConfig:
    echo_target_language: bool,
    => into
    target_language_code: String,
}
