//! Gemini's own protocol: `POST /v1beta/models/{model}:generateContent` and its siblings.

mod accumulate;
mod auth;
mod config;
mod content;
mod embeddings;
mod format;
mod function;
mod grounding;
mod logprobs;
mod media;
mod models;
mod partial_args;
mod request;
mod response;
mod retrieval;
mod safety;
mod schema;
mod search;
mod server_tool;
mod speech;
mod stream;
mod tokens;
mod tool;
mod tool_config;
mod usage;

use http::Method;

use serde_json::Value;

pub use accumulate::GeminiAccumulator;
pub use auth::{
    ApiAuth, ApiAuthKeyConfig, ApiKeyConfig, AuthConfig, AuthType, GoogleServiceAccountConfig, HttpBasicAuthConfig, HttpElementLocation,
    OauthConfig, OidcConfig,
};
pub use config::{
    AutoRoutingMode, FeatureSelectionPreference, GenerationConfig, ImageConfig, ImageOutputOptions, ManualRoutingMode, Modality,
    ModelRoutingPreference, ModelSelectionConfig, ProminentPeople, RoutingConfig, ThinkingConfig, ThinkingLevel,
};
pub use content::{Content, Part, Role};
pub use embeddings::{
    BatchEmbedContentsRequest, BatchEmbedContentsResponse, ContentEmbedding, EmbedContentMetadata, EmbedContentRequest,
    EmbedContentResponse, EmbeddingStatistics, TaskType,
};
pub use format::{
    AspectRatio, AudioResponseFormat, Delivery, ImageResponseFormat, ImageSize, ResponseFormat, TextResponseFormat, VideoResponseFormat,
};
pub use function::{FunctionCall, FunctionResponse, FunctionResponsePart, NullValue, PartialArg, Scheduling};
pub use grounding::{
    AuthorAttribution, Citation, CitationMetadata, CustomMetadata, Date, GroundingChunk, GroundingImage, GroundingMaps, GroundingMetadata,
    GroundingSupport, GroundingWeb, MapsRoute, PageSpan, PlaceAnswerSources, RagChunk, RetrievalMetadata, RetrievedContext, ReviewSnippet,
    SearchEntryPoint, Segment, SourceFlaggingUri, StringList, UrlContextMetadata, UrlMetadata, UrlRetrievalStatus,
};
pub use logprobs::{LogprobsResult, TokenLogprob, TopTokens};
pub use media::{Blob, FileData, MediaResolution, MediaResolutionLevel, Transcription, VideoMetadata, WordInfo};
pub use models::{Checkpoint, Endpoint, ListModelsQuery, ListModelsResponse, Model, TunedModelInfo};
pub use request::{GenerateContentRequest, ServiceTier};
pub use response::{BlockReason, Candidate, FinishReason, GenerateContentResponse, ModelStage, ModelStatus, PromptFeedback};
pub use retrieval::{
    ApiSpec, DataStoreSpec, ElasticSearchParams, ExternalApi, HybridSearch, LlmRanker, RagFilter, RagRanking, RagResource,
    RagRetrievalConfig, RankService, Retrieval, SimpleSearchParams, VertexAiSearch, VertexRagStore,
};
pub use safety::{
    HarmBlockMethod, HarmBlockThreshold, HarmCategory, HarmProbability, HarmSeverity, ModelArmorConfig, SafetyRating, SafetySetting,
};
pub use schema::{Schema, SchemaType};
pub use search::{
    DynamicRetrievalConfig, DynamicRetrievalMode, EnterpriseWebSearch, ExaAiSearch, FileSearch, GoogleMaps, GoogleMapsGroundingTypes,
    GoogleMapsPlaces, GoogleMapsRouting, GoogleSearch, GoogleSearchRetrieval, ImageSearch, Interval, ParallelAiSearch, PhishBlockThreshold,
    SearchTypes, WebSearch,
};
pub use server_tool::{CodeExecutionResult, CodeLanguage, CodeOutcome, ExecutableCode, ToolCall, ToolResponse, ToolType};
pub use speech::{
    AudioTranscriptionConfig, LanguageAuto, LanguageHints, MultiSpeakerVoiceConfig, PrebuiltVoiceConfig, ReplicatedVoiceConfig,
    SpeakerVoiceConfig, SpeechConfig, TranslationConfig, VoiceConfig, VoiceConsentSignature,
};
pub use stream::{GeminiStream, GeminiTextStream};
pub use tokens::{ContentTokens, CountTokensRequest, CountTokensResponse};
pub use tool::{
    Behavior, CodeExecution, ComputerUse, Environment, FunctionDeclaration, McpServer, SafetyPolicy, StreamableHttpTransport, Tool,
    UrlContext,
};
pub use tool_config::{FunctionCallingConfig, FunctionCallingMode, LatLng, RetrievalConfig, ToolConfig};
pub use usage::{BillablePromptUsage, ModalityTokenCount, TrafficType, UsageMetadata};

use crate::error::Result;
use crate::json;
use crate::pages::Pages;
use crate::response::Response;
use crate::transport::Transport;
use crate::transport::request::{Pace, Request, check_segment};
use crate::transport::retry::RetryClass;
use response::WholeAnswer;
use stream::GeminiProtocol;

/// Google's Gemini protocol, made by [`Client::gemini`](crate::Client::gemini).
///
/// A call encodes its request at once and owns what it needs: its future can be stored, joined and spawned. A model is named as
/// `gemini-2.5-flash`, or as the list of models has it, `models/gemini-2.5-flash`; the gateway serves no other collection than `models`. Content and embeddings are generations, and all else
/// can be repeated at will: see [`RetryPolicy`](crate::RetryPolicy) for when they are sent again.
///
/// The key goes into the `Authorization` header; [`gemini_key_in_query`](crate::ClientBuilder::gemini_key_in_query) puts it where
/// Google's own clients do.
///
/// See [ARouter: API reference](https://docs.arouter.ai/en/api-reference/introduction).
#[derive(Clone)]
pub struct Gemini {
    transport: Transport,
}

impl Gemini {
    #[inline]
    pub(crate) fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// Asks for a whole answer: `POST /v1beta/models/{model}:generateContent`.
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
    /// A prompt that was blocked is an answer without candidates, and no error.
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client) -> arouter::Result<()> {
    /// use arouter::gemini::{Content, GenerateContentRequest};
    ///
    /// let request = GenerateContentRequest::new([Content::user("Hello!")]);
    /// let reply = client.gemini().generate_content("gemini-2.5-flash", &request).await?;
    /// println!("{}", reply.text());
    ///
    /// let next = GenerateContentRequest::new([Content::user("Hello!"), reply.content(), Content::user("And now?")]);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn generate_content(
        &self,
        model: &str,
        request: &GenerateContentRequest,
    ) -> impl Future<Output = Result<Response<GenerateContentResponse>>> + Send + use<> {
        let request = self.post(model, "generateContent", |call| call.object(request, &request.extra));
        let answer = self.transport.clone().fetch::<WholeAnswer>(request.map(|call| call.result_field("candidates")));
        async { answer.await.map(|answer| answer.map(|WholeAnswer(answer)| answer)) }
    }

    /// Asks for an answer in pieces, and reads up to the first one: `POST /v1beta/models/{model}:streamGenerateContent`.
    ///
    /// What fails before the first piece is an error of this call, and is retried like one.
    ///
    /// # Errors
    ///
    /// As [`generate_content`](Self::generate_content), and [`Truncated`](crate::Error::Truncated) if the stream ends before its first piece.
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client) -> arouter::Result<()> {
    /// use arouter::gemini::{Content, GenerateContentRequest};
    /// use futures::StreamExt;
    ///
    /// let request = GenerateContentRequest::new([Content::user("Hello!")]);
    /// let mut stream = client.gemini().stream_generate_content("gemini-2.5-flash", &request).await?;
    /// while let Some(piece) = stream.next().await {
    ///     print!("{}", piece?.text());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn stream_generate_content(
        &self,
        model: &str,
        request: &GenerateContentRequest,
    ) -> impl Future<Output = Result<GeminiStream>> + Send + use<> {
        let request = self.post(model, "streamGenerateContent", |call| call.object(request, &request.extra));
        let opening = self.transport.clone().open(request.map(|call| call.query("alt", "sse")), GeminiProtocol::default());
        async { opening.await.map(GeminiStream::new) }
    }

    /// Counts the tokens of a prompt: `POST /v1beta/models/{model}:countTokens`.
    ///
    /// # Errors
    ///
    /// As [`generate_content`](Self::generate_content).
    #[inline]
    pub fn count_tokens(
        &self,
        model: &str,
        request: &CountTokensRequest,
    ) -> impl Future<Output = Result<Response<CountTokensResponse>>> + Send + use<> {
        let request = self.post(model, "countTokens", |call| {
            let mut body = json::fields(request)?;
            body.get_mut("generateContentRequest").into_iter().for_each(|request| fill_in_model(request, model));
            call.json(&body)
        });
        self.transport.clone().fetch(request.map(|call| call.class(RetryClass::Safe).result_field("totalTokens")))
    }

    /// Makes a vector of content: `POST /v1beta/models/{model}:embedContent`.
    ///
    /// # Errors
    ///
    /// As [`generate_content`](Self::generate_content).
    #[inline]
    pub fn embed_content(
        &self,
        model: &str,
        request: &EmbedContentRequest,
    ) -> impl Future<Output = Result<Response<EmbedContentResponse>>> + Send + use<> {
        let request = self.post(model, "embedContent", |call| call.object(request, &request.extra));
        self.transport.clone().fetch(request.map(|call| call.result_field("embedding")))
    }

    /// Makes a vector of each of several contents: `POST /v1beta/models/{model}:batchEmbedContents`.
    ///
    /// # Errors
    ///
    /// As [`generate_content`](Self::generate_content).
    #[inline]
    pub fn batch_embed_contents(
        &self,
        model: &str,
        request: &BatchEmbedContentsRequest,
    ) -> impl Future<Output = Result<Response<BatchEmbedContentsResponse>>> + Send + use<> {
        let request = self.post(model, "batchEmbedContents", |call| {
            let mut body = json::fields(request)?;
            let requests = body.get_mut("requests").and_then(Value::as_array_mut);
            requests.into_iter().flatten().for_each(|request| fill_in_model(request, model));
            call.json(&body)
        });
        self.transport.clone().fetch(request.map(|call| call.result_field("embeddings")))
    }

    /// Lists the models, one page: `GET /v1beta/models`.
    ///
    /// # Errors
    ///
    /// As [`generate_content`](Self::generate_content).
    #[inline]
    pub fn list_models(&self, query: &ListModelsQuery) -> impl Future<Output = Result<Response<ListModelsResponse>>> + Send + use<> {
        let request = Request::new(Method::GET, ["v1beta", "models"], "/v1beta/models").map(|call| {
            let size = query.page_size.map(|size| ("pageSize", size.to_string()));
            let token = query.page_token.as_ref().map(|token| ("pageToken", token.clone()));
            let call = size.into_iter().chain(token).fold(call, |call, (name, value)| call.query(name, value));
            self.with_key(call).class(RetryClass::Safe).pace(Pace::Management).result_field("models")
        });
        self.transport.clone().fetch(request)
    }

    /// Lists all models, page by page as the stream is polled.
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client) -> arouter::Result<()> {
    /// use futures::TryStreamExt;
    ///
    /// let mut models = client.gemini().list_all_models();
    /// while let Some(model) = models.try_next().await? {
    ///     println!("{}", model.id());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn list_all_models(&self) -> Pages<Model> {
        let gemini = self.clone();
        Pages::new(move |page_token| {
            let page = gemini.list_models(&ListModelsQuery { page_size: Some(1000), page_token });
            async { page.await.map(|page| page.into_inner()).map(|page| (page.models, page.next_page_token)) }
        })
    }

    /// A call of a model, with the body that `encode` gives it.
    fn post(&self, model: &str, method: &str, encode: impl FnOnce(Request) -> Result<Request>) -> Result<Request> {
        let mut segments = vec!["v1beta".to_owned(), "models".to_owned()];
        for part in bare(model).split('/') {
            // By itself: what is added to the last one would hide a dot segment.
            check_segment(part)?;
            segments.push(part.to_owned());
        }
        if let Some(last) = segments.last_mut() {
            *last = format!("{last}:{method}");
        }
        let call = Request::new(Method::POST, segments, format!("/v1beta/models/{{model}}:{method}"))?;
        encode(self.with_key(call))
    }

    #[inline]
    fn with_key(&self, call: Request) -> Request {
        call.key_place(self.transport.settings().credentials.gemini_place)
    }
}

impl std::fmt::Debug for Gemini {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gemini").finish_non_exhaustive()
    }
}

/// The name of a model without what the list of models puts before it.
#[inline]
fn bare(model: &str) -> &str {
    model.strip_prefix("models/").unwrap_or(model)
}

/// A request inside another must say which model it is for.
#[inline]
fn fill_in_model(request: &mut Value, model: &str) {
    if let Value::Object(fields) = request {
        fields.entry("model").or_insert_with(|| format!("models/{}", bare(model)).into());
    }
}

/// How fuzzers read a stream.
#[cfg(any(fuzzing, arouter_bench))]
#[inline]
pub(crate) fn protocol() -> impl crate::transport::stream::Protocol<Item = GenerateContentResponse> {
    GeminiProtocol::default()
}
