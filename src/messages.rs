//! Anthropic's messages, in their own shape: `POST /v1/messages`.

mod accumulate;
mod batches;
mod block;
mod citation;
mod context;
mod conversation;
mod event;
mod message;
mod models;
mod options;
mod page;
mod request;
mod response;
mod server_tool;
mod source;
mod stop;
mod stream;
mod tool;
mod tool_use;
mod usage;

use http::Method;
use http::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

pub use crate::chat::{CacheControl, UserLocation};
pub use accumulate::MessagesAccumulator;
pub use batches::{
    BatchCounts, BatchEnd, BatchFailure, BatchOutcome, BatchRequest, BatchResult, BatchResults, BatchStatus, BatchSuccess, DeletedBatch,
    MessageBatch, MessageBatches,
};
pub use block::{Content, ContentBlock, DocumentBlock, ImageBlock, RedactedThinkingBlock, SearchResultBlock, TextBlock, ThinkingBlock};
pub use citation::{
    CharLocation, Citation, CitationsConfig, ContentBlockLocation, PageLocation, SearchResultLocation, WebSearchResultLocation,
};
pub use context::{AppliedContextManagement, AppliedEdit, ContextEdit, ContextManagement, Keep, Threshold};
pub use conversation::{
    ChangedTool, CompactionBlock, ContainerUploadBlock, FallbackBlock, FallbackModel, FallbackTrigger, SystemBlock, ToolChangeBlock,
};
pub use event::{
    CitationsDelta, CompactionDelta, ContentBlockDelta, ContentBlockStart, ContentBlockStop, ContentDelta, ErrorEvent, InputJsonDelta,
    MessageChange, MessageDelta, MessageStart, MessageStop, MessagesEvent, Ping, SignatureDelta, TextDelta, ThinkingDelta,
};
pub use message::{InputMessage, Role};
pub use models::{Capabilities, ContextManagementSupport, EffortSupport, ModelInfo, Support, ThinkingSupport, ThinkingTypes};
pub use options::{
    CacheMissKind, CacheMissReason, Container, ContainerChoice, Diagnostics, Effort, Fallback, FallbackCredit, FallbackCreditToken,
    Fallbacks, Metadata, OutputConfig, OutputFormat, ServiceTier, Skill, Speed, TaskBudget, Thinking, ThinkingDisplay, ThinkingKind,
};
pub use page::{Page, PageQuery};
pub use request::MessagesRequest;
pub use response::MessagesResponse;
pub use server_tool::{
    AdvisorResult, Caller, ExecutionOutput, ExecutionResult, ServerToolContent, ServerToolError, ServerToolErrorCode, ServerToolOutput,
    ServerToolResultBlock, TextEditorCreate, TextEditorStrReplace, TextEditorView, ToolSearchResult, WebFetchResult, WebSearchResult,
};
pub use source::{ContentSource, DataSource, FileSource, Source, UrlSource};
pub use stop::{RefusalCategory, StopDetails, StopReason};
pub use stream::{MessagesStream, MessagesTextStream};
pub use tool::{McpServer, McpToolConfig, McpToolConfiguration, Tool, ToolChoice, ToolChoiceKind};
pub use tool_use::{ToolReferenceBlock, ToolResultBlock, ToolUseBlock};
pub use usage::{CacheCreation, FallbackCreditStatus, FallbackCreditUsage, OutputTokensDetails, ServerToolUsage, Usage, UsageIteration};

use crate::credentials::KeyPlace;
use crate::error::{Error, Result};
use crate::extra::Extra;
use crate::json;
use crate::lenient;
use crate::pages::Pages;
use crate::response::Response;
use crate::transport::Transport;
use crate::transport::request::{Pace, Request};
use crate::transport::retry::RetryClass;
use stream::MessagesProtocol;

const PATH: &str = "/v1/messages";

/// Anthropic's messages, made by [`Client::messages`](crate::Client::messages).
///
/// The key goes in `X-Api-Key`, and `anthropic-version: 2023-06-01` with it, unless a header of the client's says otherwise. A call
/// encodes its request at once and owns what it needs: its future can be stored, joined and spawned. `create` and `stream` are
/// generations: see [`RetryPolicy`](crate::RetryPolicy) for when they are sent again.
///
/// See [Anthropic: Messages API](https://docs.anthropic.com/en/api/messages).
#[derive(Clone)]
pub struct Messages {
    transport: Transport,
}

impl Messages {
    #[inline]
    pub(crate) fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// Asks for a whole answer.
    ///
    /// # Errors
    ///
    /// - [`Error::Api`] if the gateway refuses, or its 200 holds an error;
    /// - [`Error::Connect`], [`Error::Timeout`], [`Error::Transport`] if no answer came: see
    ///   [`outcome_unknown`](Error::outcome_unknown);
    /// - [`Error::Decode`], [`Error::UnexpectedContentType`], [`Error::TooLarge`] if the answer can't be used;
    ///   [`raw_body`](Error::raw_body) has it;
    /// - [`Error::Config`] if the request can't be sent.
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client) -> arouter::Result<()> {
    /// use arouter::messages::{InputMessage, MessagesRequest};
    ///
    /// let request = MessagesRequest::new("claude-sonnet-4.6", 1024, [InputMessage::user("Hello!")]);
    /// let reply = client.messages().create(&request).await?;
    /// println!("{}", reply.text());
    ///
    /// let next = [InputMessage::user("Hello!"), reply.message(), InputMessage::user("And now?")];
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn create(&self, request: &MessagesRequest) -> impl Future<Output = Result<Response<MessagesResponse>>> + Send + use<> {
        self.transport.clone().fetch(self.generation(request, None))
    }

    /// Asks for an answer in pieces, and reads up to the first one.
    ///
    /// What fails before the first piece is an error of this call, and is retried like one.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), and [`Error::Truncated`] if the stream ends before its first piece.
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client) -> arouter::Result<()> {
    /// use arouter::messages::{InputMessage, MessagesRequest};
    /// use futures::StreamExt;
    ///
    /// let request = MessagesRequest::new("claude-sonnet-4.6", 1024, [InputMessage::user("Hello!")]);
    /// let mut stream = client.messages().stream(&request).await?;
    /// while let Some(event) = stream.next().await {
    ///     print!("{}", event?.text());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn stream(&self, request: &MessagesRequest) -> impl Future<Output = Result<MessagesStream>> + Send + use<> {
        let opening = self.transport.clone().open(self.generation(request, Some(true)), MessagesProtocol::default());
        async { opening.await.map(MessagesStream::new) }
    }

    /// Counts the tokens of a request without sending it to a model: `POST /v1/messages/count_tokens`. Costs nothing.
    ///
    /// Sends of the request what counts: model, messages, system, tools and their choice, thinking, output and context settings, and its
    /// `extra` fields.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    #[inline]
    pub fn count_tokens(&self, request: &MessagesRequest) -> impl Future<Output = Result<Response<TokenCount>>> + Send + use<> {
        let body = json::fields(request).and_then(|mut fields| {
            fields.retain(|name, _| COUNTED.contains(&name.as_str()) || request.extra.contains_key(name));
            fields.remove("stream");
            let counted = Request::post("/v1/messages/count_tokens").json(&fields)?;
            self.prepared(counted.class(RetryClass::Safe).result_field("input_tokens"), request)
        });
        self.transport.clone().fetch(body)
    }

    /// Message batches: many requests that are answered within a day, at half the price.
    #[must_use]
    #[inline]
    pub fn batches(&self) -> MessageBatches {
        MessageBatches::new(self.transport.clone())
    }

    /// Gives a page of Anthropic's models, by Anthropic's own list: `GET /anthropic/v1/models`, through the gateway's provider proxy.
    ///
    /// The gateway's own list has all providers' models, and another shape.
    ///
    /// # Errors
    ///
    /// [`Error::Api`] if the gateway refuses, and others as the connection goes: see [`Error`].
    #[inline]
    pub fn list_models(&self, query: &PageQuery) -> impl Future<Output = Result<Response<Page<ModelInfo>>>> + Send + use<> {
        let template = "/anthropic/v1/models";
        let request = Request::new(Method::GET, ["anthropic", "v1", "models"], template).map(|request| {
            let request = request.class(RetryClass::Safe).pace(Pace::Management).result_field("data");
            authorized(&self.transport, query.add_to(request))
        });
        self.transport.clone().fetch(request)
    }

    /// Gives all of Anthropic's models, page by page as the stream is polled.
    #[must_use]
    #[inline]
    pub fn list_all_models(&self) -> Pages<ModelInfo> {
        let messages = self.clone();
        Pages::new(move |after| {
            let page = messages.list_models(&PageQuery { limit: Some(1000), after_id: after, ..PageQuery::default() });
            async { page.await.map(|page| page.into_inner().into_items_and_next()) }
        })
    }

    #[inline]
    fn generation(&self, request: &MessagesRequest, stream: Option<bool>) -> Result<Request> {
        let body = Body { request, stream };
        let generation = if request.extra.is_empty() {
            Request::generation(PATH, &body)
        } else {
            let mut fields = json::fields(&body)?;
            if stream.is_none() {
                fields.remove("stream");
            }
            Request::generation(PATH, &fields)
        };
        self.prepared(generation?.result_field("content"), request)
    }

    #[inline]
    fn prepared(&self, prepared: Request, request: &MessagesRequest) -> Result<Request> {
        let betas = request.betas.iter().flatten().map(String::as_str).collect();
        with_betas(&self.transport, authorized(&self.transport, prepared), betas)
    }
}

impl std::fmt::Debug for Messages {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Messages").finish_non_exhaustive()
    }
}

/// The body of a request: what the caller says, and above it what the method decides.
#[derive(Serialize)]
struct Body<'r> {
    #[serde(flatten)]
    request: &'r MessagesRequest,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
}

/// The request with the key where this protocol has it, and the version of the protocol.
#[inline]
fn authorized(transport: &Transport, request: Request) -> Request {
    let request = request.key_place(KeyPlace::XApiKey);
    if transport.settings().headers.contains_key(&VERSION) {
        return request;
    }
    request.header(VERSION, HeaderValue::from_static("2023-06-01"))
}

/// The request with these features in trial beside those of the client's own header, each once.
#[inline]
fn with_betas<'b>(transport: &'b Transport, request: Request, mut betas: Vec<&'b str>) -> Result<Request> {
    if betas.is_empty() {
        return Ok(request);
    }
    let of_the_client = transport.settings().headers.get(&BETA).and_then(|value| value.to_str().ok());
    betas.extend(of_the_client.iter().flat_map(|value| value.split(',')).map(str::trim));
    betas.sort_unstable();
    betas.dedup();
    let value = HeaderValue::from_str(&betas.join(",")).map_err(|_| Error::config("the name of a beta can't be sent"))?;
    Ok(request.header(BETA, value))
}

const VERSION: HeaderName = HeaderName::from_static("anthropic-version");
const BETA: HeaderName = HeaderName::from_static("anthropic-beta");

/// Fields of a request that tokens are counted of.
const COUNTED: [&str; 12] = [
    "cache_control",
    "context_management",
    "mcp_servers",
    "messages",
    "model",
    "output_config",
    "output_format",
    "speed",
    "system",
    "thinking",
    "tool_choice",
    "tools",
];

/// How many tokens a request has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TokenCount {
    /// Tokens that the model would read.
    #[serde(deserialize_with = "lenient::count")]
    pub input_tokens: u64,
    /// How many there would be if nothing was dropped of the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_management: Option<OriginalTokenCount>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How many tokens a request has before anything is dropped of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OriginalTokenCount {
    /// Tokens of the whole conversation.
    #[serde(default, deserialize_with = "lenient::count")]
    pub original_input_tokens: u64,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How fuzzers read a stream.
#[cfg(any(fuzzing, arouter_bench))]
#[inline]
pub(crate) fn protocol() -> impl crate::transport::stream::Protocol<Item = MessagesEvent> {
    MessagesProtocol::default()
}
