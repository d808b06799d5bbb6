//! A request for a message.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::block::Content;
use super::context::ContextManagement;
use super::message::InputMessage;
use super::options::{
    ContainerChoice, Diagnostics, FallbackCredit, Fallbacks, Metadata, OutputConfig, OutputFormat, ServiceTier, Speed, Thinking,
};
use super::tool::{McpServer, Tool, ToolChoice};
use crate::chat::{CacheControl, Plugin, ProviderPreferences, Route, StopCondition, Trace};
use crate::extra::Extra;
use crate::lenient::Ignored;
use crate::setters::setters;

/// A request for a message: [`new`](Self::new) takes what the service requires, and each option has a setter.
///
/// Options that are unset are not sent.
///
/// ```
/// use arouter::messages::{InputMessage, MessagesRequest, Thinking};
///
/// let request = MessagesRequest::new("claude-sonnet-4.6", 4096, [InputMessage::user("Hello!")])
///     .system("Be brief.")
///     .thinking(Thinking::enabled(2048))
///     .extra("a_field_of_next_week", true);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessagesRequest {
    /// Model to ask, by its own name: `claude-sonnet-4.6`.
    #[serde(default)]
    pub model: String,
    /// Most tokens to write, thinking included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// The conversation so far; if the last message is the model's, the answer goes on from it.
    pub messages: Vec<InputMessage>,
    /// Instructions: text, or text blocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<Content>,
    /// How varied the answer is, 0 to 1; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Share of the likeliest tokens to choose from, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// How many of the likeliest tokens to choose from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u64>,
    /// Where to stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_sequences: Option<Vec<String>>,
    /// Tools that the model may call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// Whether the model may, must or must not call them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// Whether and how the model thinks first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking: Option<Thinking>,
    /// How the answer is made, and its form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_config: Option<OutputConfig>,
    /// Form of the answer, in the older place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_format: Option<OutputFormat>,
    /// On whose behalf it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// How soon to serve it, and at what price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// How fast the model writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<Speed>,
    /// Part of the world to serve it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inference_geo: Option<String>,
    /// Marks the whole prompt as a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// The container that code runs in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerChoice>,
    /// What is dropped of a conversation that grows too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_management: Option<ContextManagement>,
    /// MCP servers whose tools the model may call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mcp_servers: Option<Vec<McpServer>>,
    /// Which models go on where this one refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallbacks: Option<Fallbacks>,
    /// A token from [`StopDetails`](super::StopDetails) that makes up for a refused answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_credit_token: Option<FallbackCredit>,
    /// What the answer is to tell about itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostics: Option<Diagnostics>,
    /// Id of the profile of the person on whose behalf it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_profile_id: Option<String>,
    /// Of the gateway: models to try, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<String>>,
    /// Of the gateway: what to do with `models`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// Of the gateway: which providers may serve it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderPreferences>,
    /// Of the gateway: what else is to work on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugins: Option<Vec<Plugin>>,
    /// Of the gateway: when to stop running its tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_server_tools_when: Option<Vec<StopCondition>>,
    /// Of the gateway: stable id of the person on whose behalf it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Of the gateway: id that groups requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// Of the gateway: names and ids for traces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// Features in trial, sent in the header `anthropic-beta` beside those that a header of the client names: `mcp-client-2025-11-20`,
    /// `context-management-2025-06-27`, … They are no part of the body, and so not of a request that is stored as JSON.
    #[serde(skip)]
    pub betas: Option<Vec<String>>,
    /// Whether a stored request was for a stream; [`Messages`](super::Messages)'s methods decide that anew.
    #[serde(rename = "stream", default, skip_serializing)]
    was_stream: Ignored,
    /// Fields that this version doesn't know; they win over typed ones of the same name.
    #[serde(flatten)]
    pub extra: Extra,
}

impl MessagesRequest {
    /// A request to a model, by its own name, for at most this many tokens.
    pub fn new(model: impl Into<String>, max_tokens: u64, messages: impl Into<Vec<InputMessage>>) -> Self {
        Self { model: model.into(), max_tokens: Some(max_tokens), messages: messages.into(), ..Self::default() }
    }

    /// Sets a field that this version doesn't know; it wins over a typed one of the same name.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name, value);
        self
    }
}

setters! {
    MessagesRequest:
    temperature: f64,
    top_p: f64,
    top_k: u64,
    tool_choice: ToolChoice,
    thinking: Thinking,
    output_config: OutputConfig,
    output_format: OutputFormat,
    metadata: Metadata,
    service_tier: ServiceTier,
    speed: Speed,
    cache_control: CacheControl,
    context_management: ContextManagement,
    diagnostics: Diagnostics,
    route: Route,
    provider: ProviderPreferences,
    trace: Trace,
    => into
    system: Content,
    inference_geo: String,
    container: ContainerChoice,
    fallbacks: Fallbacks,
    fallback_credit_token: FallbackCredit,
    user_profile_id: String,
    user: String,
    session_id: String,
    => each
    stop_sequences: String,
    tools: Tool,
    mcp_servers: McpServer,
    models: String,
    plugins: Plugin,
    stop_server_tools_when: StopCondition,
    betas: String,
}
