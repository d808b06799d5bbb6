//! A request for a chat completion.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::format::{Prediction, ResponseFormat};
use super::message::Message;
use super::options::{
    AudioOutput, CacheControl, DebugOptions, FunctionCallChoice, Modality, ModerationOptions, PromptCacheOptions, Stop, StopCondition,
    StreamOptions, Trace, UsageOptions, Verbosity, WebSearchOptions,
};
use super::plugin::Plugin;
use super::reasoning::{Reasoning, ReasoningEffort};
use super::response::ServiceTier;
use super::routing::{ProviderPreferences, Route};
use super::tool::{FunctionDefinition, Tool, ToolChoice};
use crate::extra::Extra;
use crate::lenient::Ignored;
use crate::setters::setters;

/// A request for a chat completion: [`new`](Self::new) takes what the service requires, and each option has a setter.
///
/// Options that are unset are not sent. Those that the model's provider doesn't support are its business: most ignore them.
///
/// See [ARouter: parameters](https://docs.arouter.ai/api-reference/parameters).
///
/// ```
/// use arouter::chat::{ChatRequest, Message};
///
/// let request = ChatRequest::new("openai/gpt-5.4", [Message::user("Hello!")])
///     .temperature(0.2)
///     .max_tokens(200)
///     .extra("a_field_of_next_week", true);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChatRequest {
    /// The conversation so far.
    pub messages: Vec<Message>,
    /// Model to ask, such as `openai/gpt-5.4`; without it, [`models`](Self#structfield.models) or the account's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Models to try, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<String>>,
    /// What to do with `models`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// Most tokens to write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// Most tokens to write, reasoning included, in OpenAI's newer name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_completion_tokens: Option<u64>,
    /// How varied the answer is, 0 to 2; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Share of the likeliest tokens to choose from, above 0 to 1; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// How many of the likeliest tokens to choose from; 0 for all. Not for OpenAI's models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u64>,
    /// Least probability of a token, relative to the likeliest, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_p: Option<f64>,
    /// As `min_p`, but by the square of the likeliest's probability, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_a: Option<f64>,
    /// How much to avoid tokens by how often they came, -2 to 2; 0 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// How much to avoid tokens that came at all, -2 to 2; 0 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// How much to avoid tokens of the prompt, above 0 to 2; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repetition_penalty: Option<f64>,
    /// Seed for answers that repeat, as far as the provider can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Where to stop: up to four sequences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// How many answers to give; each is billed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<u64>,
    /// Bias for tokens by their id, -100 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logit_bias: Option<BTreeMap<String, f64>>,
    /// Whether to tell how likely the tokens were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<bool>,
    /// How many alternatives to tell for each token, 0 to 20; needs `logprobs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_logprobs: Option<u64>,
    /// Tools that the model may call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// Whether the model may, must or must not call them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// Whether it may call several at once; true by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// Form of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<ResponseFormat>,
    /// How to reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Reasoning>,
    /// How much to reason, in OpenAI's form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<ReasoningEffort>,
    /// How long the answer is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbosity: Option<Verbosity>,
    /// What the answer may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modalities: Option<Vec<Modality>>,
    /// Voice and format of a spoken answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioOutput>,
    /// Settings for pictures that the model makes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_config: Option<Map<String, Value>>,
    /// What the answer will mostly be, to have it sooner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prediction: Option<Prediction>,
    /// How soon to serve it, and at what price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// Which providers may serve it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderPreferences>,
    /// What else is to work on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugins: Option<Vec<Plugin>>,
    /// Web search of models that have it built in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_search_options: Option<WebSearchOptions>,
    /// When to stop running server tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_server_tools_when: Option<Vec<StopCondition>>,
    /// Changes to prompts that are too long, in the older form: `middle-out`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transforms: Option<Vec<String>>,
    /// Marks the whole prompt as a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Key by which requests share a cached prefix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_key: Option<String>,
    /// How long to keep the prefix: `in_memory` or `24h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_retention: Option<String>,
    /// How to cache the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_cache_options: Option<PromptCacheOptions>,
    /// Stable id of the person on whose behalf it is, for abuse detection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The same, in OpenAI's newer name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_identifier: Option<String>,
    /// Id that groups requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// Labels to keep with the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Whether the provider is to keep the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<bool>,
    /// Moderation of the request and its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moderation: Option<ModerationOptions>,
    /// Names and ids for traces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// What to echo for debugging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug: Option<DebugOptions>,
    /// What a stream is to tell; [`Chat::stream`](super::Chat::stream) asks for usage unless this is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<StreamOptions>,
    /// Whether to show the reasoning, in the older form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_reasoning: Option<bool>,
    /// Whether to tell the usage, in the older form; it is told by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<UsageOptions>,
    /// Functions that the model may call, in the older form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub functions: Option<Vec<FunctionDefinition>>,
    /// Whether it may call them, in the older form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_call: Option<FunctionCallChoice>,
    /// Whether a stored request was for a stream; [`Chat`](super::Chat)'s methods decide that anew.
    #[serde(rename = "stream", default, skip_serializing)]
    was_stream: Ignored,
    /// Fields that this version doesn't know; they win over typed ones of the same name.
    ///
    /// [`create`](super::Chat::create) sends neither `stream` nor `stream_options`, wherever they are.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ChatRequest {
    /// A request to one model.
    ///
    /// Without a prefix (`gpt-5.4`) it is one of OpenAI's; `auto` lets the gateway choose.
    pub fn new(model: impl Into<String>, messages: impl Into<Vec<Message>>) -> Self {
        Self { model: Some(model.into()), messages: messages.into(), ..Self::default() }
    }

    /// A request to the first of these models that succeeds, in order.
    pub fn fallback<S: Into<String>>(models: impl IntoIterator<Item = S>, messages: impl Into<Vec<Message>>) -> Self {
        Self {
            models: Some(models.into_iter().map(Into::into).collect()),
            route: Some(Route::Fallback),
            messages: messages.into(),
            ..Self::default()
        }
    }

    /// Sets a field that this version doesn't know; it wins over a typed one of the same name.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name, value);
        self
    }
}

setters! {
    ChatRequest:
    route: Route,
    max_tokens: u64,
    max_completion_tokens: u64,
    temperature: f64,
    top_p: f64,
    top_k: u64,
    min_p: f64,
    top_a: f64,
    frequency_penalty: f64,
    presence_penalty: f64,
    repetition_penalty: f64,
    seed: i64,
    n: u64,
    logprobs: bool,
    top_logprobs: u64,
    tool_choice: ToolChoice,
    parallel_tool_calls: bool,
    response_format: ResponseFormat,
    reasoning: Reasoning,
    reasoning_effort: ReasoningEffort,
    verbosity: Verbosity,
    audio: AudioOutput,
    prediction: Prediction,
    service_tier: ServiceTier,
    provider: ProviderPreferences,
    web_search_options: WebSearchOptions,
    cache_control: CacheControl,
    prompt_cache_options: PromptCacheOptions,
    store: bool,
    stream_options: StreamOptions,
    include_reasoning: bool,
    usage: UsageOptions,
    moderation: ModerationOptions,
    trace: Trace,
    debug: DebugOptions,
    function_call: FunctionCallChoice,
    => into
    model: String,
    stop: Stop,
    logit_bias: BTreeMap<String, f64>,
    tools: Vec<Tool>,
    modalities: Vec<Modality>,
    image_config: Map<String, Value>,
    plugins: Vec<Plugin>,
    stop_server_tools_when: Vec<StopCondition>,
    prompt_cache_key: String,
    prompt_cache_retention: String,
    user: String,
    safety_identifier: String,
    session_id: String,
    metadata: BTreeMap<String, String>,
    functions: Vec<FunctionDefinition>,
    => each
    models: String,
    transforms: String,
}
