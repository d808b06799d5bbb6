//! OpenAI-compatible chat completions: `POST /v1/chat/completions`.

mod accumulate;
mod chunk;
mod content;
mod format;
mod message;
mod moderation;
mod options;
mod plugin;
mod reasoning;
mod request;
mod response;
mod router;
mod routing;
mod stream;
mod tool;
mod tool_call;
mod usage;

use serde::Serialize;

pub use accumulate::ChatAccumulator;
pub use chunk::{ChatChunk, ChunkChoice, CustomToolCallDelta, Delta, FunctionCallDelta, ToolCallDelta};
pub use content::{
    AudioPart, AudioSource, Content, ContentPart, FilePart, FileSource, ImageDetail, ImagePart, ImageUrl, InputAudio, RefusalPart,
    TextPart, ThinkingPart, VideoPart, VideoUrl,
};
pub use format::{JsonSchema, Prediction, ResponseFormat};
pub use message::{Annotation, AnnotationKind, Audio, FileAnnotation, GeneratedImage, Message, Role, UrlCitation};
pub use moderation::{Moderation, ModerationKind, ModerationOutcome, ModerationResult};
pub use options::{
    AudioOutput, CacheBreakpoint, CacheControl, DebugOptions, FunctionCallChoice, Modality, ModerationConfig, ModerationMode,
    ModerationOptions, ModerationPolicy, PromptCacheOptions, Stop, StopCondition, StreamOptions, Trace, UsageOptions, UserLocation,
    Verbosity, WebSearchOptions,
};
pub use plugin::{
    AutoRouterPlugin, ContextCompressionPlugin, FileParserPlugin, FusionPlugin, ModerationPlugin, ParetoRouterPlugin, PdfOptions, Plugin,
    ResponseHealingPlugin, WebFetchPlugin, WebPlugin,
};
pub use reasoning::{Reasoning, ReasoningDetail, ReasoningEffort, ReasoningFormat, ReasoningKind, ReasoningSummary};
pub use request::ChatRequest;
pub use response::{ChatObject, ChatResponse, Choice, ChoiceError, FinishReason, LogProbs, ServiceTier, TokenLogProb, TokenLogProbs};
pub use router::{PipelineStage, RouterAttempt, RouterEndpoint, RouterEndpoints, RouterMetadata, RouterParams};
pub use routing::{DataCollection, MaxPrice, Percentiles, Preference, ProviderPreferences, ProviderSort, ProviderSortBy, Route};
pub use stream::{ChatStream, ChatTextStream};
pub use tool::{
    AllowedTools, ArouterTool, ArouterToolId, ArouterToolOptions, CustomFormat, CustomTool, CustomToolDefinition, FunctionDefinition,
    FunctionTool, Grammar, NamedToolChoice, ServerTool, Tool, ToolChoice, ToolName,
};
pub use tool_call::{CustomToolCall, FunctionCall, ToolCall, ToolCallKind};
pub use usage::{CompletionTokensDetails, Cost, CostDetails, CostParts, Price, PromptTokensDetails, ServerToolUseDetails, Usage};

use crate::error::Result;
use crate::json;
use crate::response::Response;
use crate::transport::Transport;
use crate::transport::request::Request;
use stream::ChatProtocol;

const PATH: &str = "/v1/chat/completions";

/// Chat completions, made by [`Client::chat`](crate::Client::chat).
///
/// A call encodes its request at once and owns what it needs: its future can be stored, joined and spawned. Both calls are
/// generations: see [`RetryPolicy`](crate::RetryPolicy) for when they are sent again.
///
/// See [ARouter: API reference](https://docs.arouter.ai/en/api-reference/introduction).
#[derive(Clone)]
pub struct Chat {
    transport: Transport,
}

impl Chat {
    #[inline]
    pub(crate) fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// Asks for a whole answer.
    ///
    /// # Errors
    ///
    /// - [`Error::Api`](crate::Error::Api) if the gateway refuses, or its 200 holds an error;
    /// - [`Connect`](crate::Error::Connect), [`Timeout`](crate::Error::Timeout), [`Transport`](crate::Error::Transport) if no answer
    ///   came: see [`outcome_unknown`](crate::Error::outcome_unknown);
    /// - [`Decode`](crate::Error::Decode), [`UnexpectedContentType`](crate::Error::UnexpectedContentType),
    ///   [`TooLarge`](crate::Error::TooLarge) if the answer can't be used; [`raw_body`](crate::Error::raw_body) has it;
    /// - [`Config`](crate::Error::Config) if the request can't be sent.
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client) -> arouter::Result<()> {
    /// use arouter::chat::{ChatRequest, Message};
    ///
    /// let request = ChatRequest::new("openai/gpt-5.4", [Message::user("Hello!")]);
    /// let reply = client.chat().create(&request).await?;
    /// println!("{}", reply.text());
    ///
    /// let next = ChatRequest::new("openai/gpt-5.4", [Message::user("Hello!"), reply.message(), Message::user("And now?")]);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn create(&self, request: &ChatRequest) -> impl Future<Output = Result<Response<ChatResponse>>> + Send + use<> {
        self.transport.clone().fetch(Body::whole(request).into_request())
    }

    /// Asks for an answer in pieces, and reads up to the first one.
    ///
    /// What fails before the first piece is an error of this call, and is retried like one.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create), and [`Error::Truncated`](crate::Error::Truncated) if the stream ends before its first piece.
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client) -> arouter::Result<()> {
    /// use arouter::chat::{ChatRequest, Message};
    /// use futures::StreamExt;
    ///
    /// let mut stream = client.chat().stream(&ChatRequest::new("openai/gpt-5.4", [Message::user("Hello!")])).await?;
    /// while let Some(chunk) = stream.next().await {
    ///     print!("{}", chunk?.text());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn stream(&self, request: &ChatRequest) -> impl Future<Output = Result<ChatStream>> + Send + use<> {
        let opening = self.transport.clone().open(Body::streamed(request).into_request(), ChatProtocol::new(request.n));
        async { opening.await.map(ChatStream::new) }
    }
}

impl std::fmt::Debug for Chat {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chat").finish_non_exhaustive()
    }
}

/// The body of a request: what the caller says, and above it what the method decides.
#[derive(Serialize)]
struct Body<'r> {
    #[serde(flatten)]
    request: &'r ChatRequest,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
    #[serde(rename = "stream_options", skip_serializing_if = "Option::is_none")]
    default_stream_options: Option<StreamOptions>,
}

impl<'r> Body<'r> {
    #[inline]
    fn whole(request: &'r ChatRequest) -> Self {
        Self { request, stream: None, default_stream_options: None }
    }

    #[inline]
    fn streamed(request: &'r ChatRequest) -> Self {
        let has_options = request.stream_options.is_some() || request.extra.contains_key("stream_options");
        Self { request, stream: Some(true), default_stream_options: (!has_options).then(|| StreamOptions::usage(true)) }
    }

    #[inline]
    fn into_request(self) -> Result<Request> {
        let request = if self.request.extra.is_empty() && (self.request.stream_options.is_none() || self.stream.is_some()) {
            Request::generation(PATH, &self)
        } else {
            let mut fields = json::fields(&self)?;
            if self.stream.is_none() {
                fields.remove("stream");
                // Without `stream`, the API refuses them.
                fields.remove("stream_options");
            }
            Request::generation(PATH, &fields)
        };
        request.map(|request| request.result_field("choices"))
    }
}

/// How fuzzers read a stream.
#[cfg(any(fuzzing, arouter_bench))]
#[inline]
pub(crate) fn protocol() -> impl crate::transport::stream::Protocol<Item = ChatChunk> {
    ChatProtocol::new(None)
}

/// How benchmarks encode a request.
#[cfg(any(fuzzing, arouter_bench))]
#[inline]
pub(crate) fn encode(request: &ChatRequest) -> Result<bytes::Bytes> {
    Ok(Body::whole(request).into_request()?.body.unwrap_or_default())
}
