//! A request for content.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::config::GenerationConfig;
use super::content::Content;
use super::safety::{ModelArmorConfig, SafetySetting};
use super::tool::Tool;
use super::tool_config::ToolConfig;
use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// A request for content: [`new`](Self::new) takes what the service requires, and each option has a setter.
///
/// Options that are unset are not sent. How to generate is in [`GenerationConfig`].
///
/// ```
/// use arouter::gemini::{Content, GenerateContentRequest, GenerationConfig, Tool};
///
/// let request = GenerateContentRequest::new([Content::user("Hello!")])
///     .system_instruction("Be brief.")
///     .generation_config(GenerationConfig::new().temperature(0.2).max_output_tokens(200))
///     .tools([Tool::google_search()])
///     .extra("aFieldOfNextWeek", true);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenerateContentRequest {
    /// The conversation so far.
    #[serde(default, deserialize_with = "lenient::list")]
    pub contents: Vec<Content>,
    /// Instructions to the model.
    #[serde(alias = "system_instruction", skip_serializing_if = "Option::is_none")]
    pub system_instruction: Option<Content>,
    /// Tools that the model may use.
    #[serde(default, deserialize_with = "lenient::optional_list", skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// Whether the model may, must or must not use them.
    #[serde(alias = "tool_config", skip_serializing_if = "Option::is_none")]
    pub tool_config: Option<ToolConfig>,
    /// From when on to block harm.
    #[serde(default, deserialize_with = "lenient::optional_list", alias = "safety_settings", skip_serializing_if = "Option::is_none")]
    pub safety_settings: Option<Vec<SafetySetting>>,
    /// How to generate.
    #[serde(alias = "generation_config", skip_serializing_if = "Option::is_none")]
    pub generation_config: Option<GenerationConfig>,
    /// Resource name of a prefix that was cached before.
    #[serde(alias = "cached_content", skip_serializing_if = "Option::is_none")]
    pub cached_content: Option<String>,
    /// How soon to serve it, and at what price.
    #[serde(alias = "service_tier", skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// Labels for the bill; Vertex only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<String, String>>,
    /// Templates by which Google's Model Armor looks at it; Vertex only.
    #[serde(alias = "model_armor_config", skip_serializing_if = "Option::is_none")]
    pub model_armor_config: Option<ModelArmorConfig>,
    /// Resource name of the model. Each call says which model it asks; this is for requests inside others, where
    /// [`count_tokens`](super::Gemini::count_tokens) fills it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Fields that this version doesn't know; they win over typed ones of the same name.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    GenerateContentRequest:
    tool_config: ToolConfig,
    generation_config: GenerationConfig,
    service_tier: ServiceTier,
    model_armor_config: ModelArmorConfig,
    => into
    system_instruction: Content,
    tools: Vec<Tool>,
    safety_settings: Vec<SafetySetting>,
    cached_content: String,
    labels: BTreeMap<String, String>,
    model: String,
}

impl GenerateContentRequest {
    /// A request with this conversation.
    pub fn new(contents: impl Into<Vec<Content>>) -> Self {
        Self { contents: contents.into(), ..Self::default() }
    }

    /// Sets a field that this version doesn't know; it wins over a typed one of the same name.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name, value);
        self
    }
}

open_enum! {
    /// How soon a request is served, and at what price.
    pub enum ServiceTier or number {
        /// As the project is set.
        Unspecified = "unspecified",
        /// Slower, cheaper.
        Flex = "flex",
        /// Standard.
        Standard = "standard",
        /// Before others.
        Priority = "priority",
    }
}
