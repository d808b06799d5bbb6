//! Values of a request's options.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::credentials::Secret;
use crate::extra::Extra;
use crate::open_enum::open_enum;
use crate::setters::setters;

open_enum! {
    /// Whether and how a model thinks.
    pub enum ThinkingKind {
        /// Within a budget.
        Enabled = "enabled",
        /// As much as it sees fit.
        Adaptive = "adaptive",
        /// Not at all.
        Disabled = "disabled",
    }
}

open_enum! {
    /// How much of the thinking is shown.
    pub enum ThinkingDisplay {
        /// A summary.
        Summarized = "summarized",
        /// Nothing but its signature.
        Omitted = "omitted",
    }
}

/// Whether and how the model thinks before it answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Thinking {
    /// Which of them.
    #[serde(rename = "type")]
    pub kind: ThinkingKind,
    /// Tokens to think at most: at least 1,024, and less than the request's `max_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_tokens: Option<u64>,
    /// How much of it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<ThinkingDisplay>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Thinking {
    /// Within a budget of tokens: at least 1,024, and less than the request's `max_tokens`.
    #[must_use]
    #[inline]
    pub fn enabled(budget_tokens: u64) -> Self {
        Self { budget_tokens: Some(budget_tokens), ..Self::of_kind(ThinkingKind::Enabled) }
    }

    /// As much as the model sees fit.
    #[must_use]
    #[inline]
    pub fn adaptive() -> Self {
        Self::of_kind(ThinkingKind::Adaptive)
    }

    /// Not at all.
    #[must_use]
    #[inline]
    pub fn disabled() -> Self {
        Self::of_kind(ThinkingKind::Disabled)
    }

    #[inline]
    fn of_kind(kind: ThinkingKind) -> Self {
        Self { kind, budget_tokens: None, display: None, extra: Extra::new() }
    }
}

setters! {
    Thinking:
    display: ThinkingDisplay,
}

/// On whose behalf a request is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Metadata {
    /// Opaque id of the person, for abuse detection; no name, address or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Metadata {
    /// The person with this opaque id.
    pub fn user_id(user_id: impl Into<String>) -> Self {
        Self { user_id: Some(user_id.into()), extra: Extra::new() }
    }
}

open_enum! {
    /// How soon a request is served, and at what price.
    pub enum ServiceTier {
        /// Asked for: priority where the account has it, else standard.
        Auto = "auto",
        /// Asked for: standard only.
        StandardOnly = "standard_only",
        /// Given: standard.
        Standard = "standard",
        /// Given: priority.
        Priority = "priority",
        /// Given: as part of a batch.
        Batch = "batch",
    }
}

open_enum! {
    /// How fast the model writes.
    pub enum Speed {
        /// As usual.
        Standard = "standard",
        /// Faster, at a higher price.
        Fast = "fast",
    }
}

open_enum! {
    /// How much a model puts into its answer, thinking and tools included.
    pub enum Effort {
        /// Little.
        Low = "low",
        /// Some.
        Medium = "medium",
        /// Much; the default.
        High = "high",
        /// Very much.
        Xhigh = "xhigh",
        /// As much as it can.
        Max = "max",
    }
}

/// How the answer is made, and its form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputConfig {
    /// How much the model puts into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<Effort>,
    /// Its form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<OutputFormat>,
    /// What the whole task may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_budget: Option<TaskBudget>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl OutputConfig {
    /// With the provider's defaults.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    OutputConfig:
    effort: Effort,
    format: OutputFormat,
    task_budget: TaskBudget,
}

/// Form of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputFormat {
    /// `json_schema`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The JSON Schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl OutputFormat {
    /// JSON that matches the schema. The answer's text is that JSON.
    #[must_use]
    #[inline]
    pub fn json_schema(schema: Value) -> Self {
        Self { kind: "json_schema".to_owned(), schema: Some(schema), extra: Extra::new() }
    }
}

/// Tokens that a whole task may take, over several requests; the model is told what is left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TaskBudget {
    /// `tokens`.
    #[serde(rename = "type")]
    pub kind: String,
    /// In all.
    pub total: u64,
    /// What is left of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl TaskBudget {
    /// This many tokens in all.
    #[must_use]
    #[inline]
    pub fn tokens(total: u64) -> Self {
        Self { kind: "tokens".to_owned(), total, remaining: None, extra: Extra::new() }
    }
}

setters! {
    TaskBudget:
    remaining: u64,
}

/// A container that code runs in, with its skills.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Container {
    /// Its id, by which a later request can use it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What it can do beyond its tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skills: Option<Vec<Skill>>,
    /// When it goes, in RFC 3339; told in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Container {
    /// A new one with these skills.
    pub fn skills(skills: impl Into<Vec<Skill>>) -> Self {
        Self { skills: Some(skills.into()), ..Self::default() }
    }
}

setters! {
    Container:
    => into
    id: String,
}

/// A skill of a container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Skill {
    /// Whose: `anthropic` or `custom`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which.
    pub skill_id: String,
    /// Its version; the latest by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Skill {
    /// A skill of Anthropic's, such as `pptx`.
    pub fn anthropic(skill_id: impl Into<String>) -> Self {
        Self { kind: "anthropic".to_owned(), skill_id: skill_id.into(), version: None, extra: Extra::new() }
    }

    /// A skill of the account's.
    pub fn custom(skill_id: impl Into<String>) -> Self {
        Self { kind: "custom".to_owned(), ..Self::anthropic(skill_id) }
    }
}

setters! {
    Skill:
    => into
    version: String,
}

/// Which container a request is to use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum ContainerChoice {
    /// The one with this id.
    Id(String),
    /// One with skills.
    Container(Box<Container>),
}

impl From<&str> for ContainerChoice {
    #[inline]
    fn from(id: &str) -> Self {
        Self::Id(id.to_owned())
    }
}

impl From<String> for ContainerChoice {
    #[inline]
    fn from(id: String) -> Self {
        Self::Id(id)
    }
}

impl From<Container> for ContainerChoice {
    #[inline]
    fn from(container: Container) -> Self {
        Self::Container(Box::new(container))
    }
}

/// Which models go on where the first refuses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Fallbacks {
    /// These, in order.
    Models(Vec<Fallback>),
    /// `default`: those that the provider chooses.
    Word(String),
}

impl From<&str> for Fallbacks {
    #[inline]
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

impl From<Vec<Fallback>> for Fallbacks {
    #[inline]
    fn from(models: Vec<Fallback>) -> Self {
        Self::Models(models)
    }
}

impl<const N: usize> From<[Fallback; N]> for Fallbacks {
    fn from(models: [Fallback; N]) -> Self {
        Self::Models(models.into())
    }
}

/// A model that goes on, and the options that it takes in place of the request's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fallback {
    /// The model.
    pub model: String,
    /// Most tokens to write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// How the answer is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_config: Option<OutputConfig>,
    /// How fast it writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<Speed>,
    /// How it thinks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking: Option<Thinking>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Fallback {
    /// This model, with the request's options.
    pub fn new(model: impl Into<String>) -> Self {
        Self { model: model.into(), max_tokens: None, output_config: None, speed: None, thinking: None, extra: Extra::new() }
    }
}

setters! {
    Fallback:
    max_tokens: u64,
    output_config: OutputConfig,
    speed: Speed,
    thinking: Thinking,
}

/// A token from [`StopDetails`](super::StopDetails) that makes up for a refused answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum FallbackCredit {
    /// The token.
    Token(Secret),
    /// The token, and how strictly it is taken.
    WithMode(FallbackCreditToken),
}

impl From<&str> for FallbackCredit {
    #[inline]
    fn from(token: &str) -> Self {
        Self::Token(token.into())
    }
}

impl From<String> for FallbackCredit {
    #[inline]
    fn from(token: String) -> Self {
        Self::Token(token.into())
    }
}

impl From<Secret> for FallbackCredit {
    #[inline]
    fn from(token: Secret) -> Self {
        Self::Token(token)
    }
}

impl From<FallbackCreditToken> for FallbackCredit {
    #[inline]
    fn from(token: FallbackCreditToken) -> Self {
        Self::WithMode(token)
    }
}

/// A token that makes up for a refused answer, and how strictly it is taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FallbackCreditToken {
    /// The token.
    pub token: Secret,
    /// `strict` or `best_effort`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl FallbackCreditToken {
    /// A token; `mode` is `strict` or `best_effort`.
    pub fn new(token: impl Into<Secret>, mode: impl Into<String>) -> Self {
        Self { token: token.into(), mode: Some(mode.into()), extra: Extra::new() }
    }
}

/// What the answer is to tell about itself, or tells.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diagnostics {
    /// Asked: the answer whose cached prefix this request should have used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_message_id: Option<String>,
    /// Told: why it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_miss_reason: Option<CacheMissReason>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    Diagnostics:
    => into
    previous_message_id: String,
}

impl Diagnostics {
    /// Nothing asked.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

open_enum! {
    /// What kept a request from using the cache.
    pub enum CacheMissKind {
        /// Another model.
        ModelChanged = "model_changed",
        /// Other instructions.
        SystemChanged = "system_changed",
        /// Other tools.
        ToolsChanged = "tools_changed",
        /// Other messages.
        MessagesChanged = "messages_changed",
        /// The answer that was named isn't known.
        PreviousMessageNotFound = "previous_message_not_found",
        /// It can't be told.
        Unavailable = "unavailable",
    }
}

/// Why a request did not use the cache.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CacheMissReason {
    /// Why.
    #[serde(rename = "type")]
    pub kind: CacheMissKind,
    /// Tokens that weren't taken from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_missed_input_tokens: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
