//! What a model may not say, and how close it came.

use serde::{Deserialize, Serialize};

use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// From when on to block a kind of harm.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SafetySetting {
    /// The kind of harm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<HarmCategory>,
    /// From when on to block it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<HarmBlockThreshold>,
    /// What the threshold is compared with; Vertex only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<HarmBlockMethod>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    SafetySetting:
    category: HarmCategory,
    threshold: HarmBlockThreshold,
    method: HarmBlockMethod,
}

impl SafetySetting {
    /// Blocks this kind of harm from this threshold on.
    #[must_use]
    #[inline]
    pub fn new(category: HarmCategory, threshold: HarmBlockThreshold) -> Self {
        Self { category: Some(category), threshold: Some(threshold), ..Self::default() }
    }
}

/// How likely and how bad a kind of harm is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SafetyRating {
    /// The kind of harm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<HarmCategory>,
    /// How likely it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<HarmProbability>,
    /// The same, 0 to 1; Vertex only.
    #[serde(default, alias = "probability_score", with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub probability_score: Option<f64>,
    /// How bad it would be; Vertex only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<HarmSeverity>,
    /// The same, 0 to 1; Vertex only.
    #[serde(default, alias = "severity_score", with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub severity_score: Option<f64>,
    /// Whether it was the reason to block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<bool>,
    /// The threshold that was taken in place of the request's; Vertex only.
    #[serde(alias = "overwritten_threshold", skip_serializing_if = "Option::is_none")]
    pub overwritten_threshold: Option<HarmBlockThreshold>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// A kind of harm.
    pub enum HarmCategory or number {
        /// Not told.
        Unspecified = "HARM_CATEGORY_UNSPECIFIED",
        /// Harassment.
        Harassment = "HARM_CATEGORY_HARASSMENT",
        /// Hate speech.
        HateSpeech = "HARM_CATEGORY_HATE_SPEECH",
        /// Explicit sexual content.
        SexuallyExplicit = "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        /// Dangerous content.
        DangerousContent = "HARM_CATEGORY_DANGEROUS_CONTENT",
        /// Harm to elections; no longer in use.
        CivicIntegrity = "HARM_CATEGORY_CIVIC_INTEGRITY",
        /// Prompts that get around the rules.
        Jailbreak = "HARM_CATEGORY_JAILBREAK",
        /// Hate in pictures.
        ImageHate = "HARM_CATEGORY_IMAGE_HATE",
        /// Danger in pictures.
        ImageDangerousContent = "HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT",
        /// Harassment in pictures.
        ImageHarassment = "HARM_CATEGORY_IMAGE_HARASSMENT",
        /// Explicit sexual content in pictures.
        ImageSexuallyExplicit = "HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT",
    }
}

open_enum! {
    /// From when on harm is blocked.
    pub enum HarmBlockThreshold or number {
        /// As the model is set.
        Unspecified = "HARM_BLOCK_THRESHOLD_UNSPECIFIED",
        /// If it is at least a little likely.
        BlockLowAndAbove = "BLOCK_LOW_AND_ABOVE",
        /// If it is likely.
        BlockMediumAndAbove = "BLOCK_MEDIUM_AND_ABOVE",
        /// If it is very likely.
        BlockOnlyHigh = "BLOCK_ONLY_HIGH",
        /// Never.
        BlockNone = "BLOCK_NONE",
        /// Never, and it isn't looked for.
        Off = "OFF",
    }
}

open_enum! {
    /// What a threshold is compared with.
    pub enum HarmBlockMethod or number {
        /// As the model is set.
        Unspecified = "HARM_BLOCK_METHOD_UNSPECIFIED",
        /// How likely and how bad it is.
        Severity = "SEVERITY",
        /// How likely it is.
        Probability = "PROBABILITY",
    }
}

open_enum! {
    /// How likely harm is.
    pub enum HarmProbability or number {
        /// Not told.
        Unspecified = "HARM_PROBABILITY_UNSPECIFIED",
        /// Hardly.
        Negligible = "NEGLIGIBLE",
        /// A little.
        Low = "LOW",
        /// Likely.
        Medium = "MEDIUM",
        /// Very.
        High = "HIGH",
    }
}

open_enum! {
    /// How bad harm would be.
    pub enum HarmSeverity or number {
        /// Not told.
        Unspecified = "HARM_SEVERITY_UNSPECIFIED",
        /// Hardly.
        Negligible = "HARM_SEVERITY_NEGLIGIBLE",
        /// A little.
        Low = "HARM_SEVERITY_LOW",
        /// Bad.
        Medium = "HARM_SEVERITY_MEDIUM",
        /// Very.
        High = "HARM_SEVERITY_HIGH",
    }
}

/// Templates by which Google's Model Armor looks at a request; Vertex only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ModelArmorConfig {
    /// Resource name of the template for the prompt.
    #[serde(alias = "prompt_template_name", skip_serializing_if = "Option::is_none")]
    pub prompt_template_name: Option<String>,
    /// Resource name of the template for the answer.
    #[serde(alias = "response_template_name", skip_serializing_if = "Option::is_none")]
    pub response_template_name: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ModelArmorConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ModelArmorConfig:
    => into
    prompt_template_name: String,
    response_template_name: String,
}
