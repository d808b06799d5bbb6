//! Message batches: `/v1/messages/batches`.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use http::Method;
use http::header::{ACCEPT, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::page::{Page, PageQuery};
use super::request::MessagesRequest;
use super::response::MessagesResponse;
use crate::error::{ApiError, Result};
use crate::extra::Extra;
use crate::json;
use crate::json_values::ValueDecoder;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::pages::Pages;
use crate::response::{Meta, Response};
use crate::tagged::tagged_enum;
use crate::transport::Transport;
use crate::transport::request::{Pace, Request};
use crate::transport::retry::RetryClass;
use crate::transport::sse::Event;
use crate::transport::stream::{Decoded, EventStream, Protocol};

/// Message batches, made by [`Messages::batches`](super::Messages::batches): many requests that are answered within a day, at half the
/// price.
///
/// ARouter's documentation names the creation of a batch alone; the other calls are Anthropic's, at the same path. Should a gateway not
/// serve them there, [`Client::request`](crate::Client::request) reaches Anthropic's own through the provider proxy, at
/// `/anthropic/v1/messages/batches`.
///
/// See [Anthropic: batch processing](https://docs.anthropic.com/en/docs/build-with-claude/batch-processing).
#[derive(Clone)]
pub struct MessageBatches {
    transport: Transport,
}

impl MessageBatches {
    #[inline]
    pub(super) fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// Creates a batch of requests. Never sent again when its outcome is unknown; [`list`](Self::list) tells then.
    ///
    /// The betas of a request are those of the whole batch: they are sent once, in the header.
    ///
    /// # Errors
    ///
    /// - [`Error::Api`](crate::Error::Api) if the gateway refuses;
    /// - [`Error::Config`](crate::Error::Config) if the requests can't be sent;
    /// - others as the connection goes: see [`Error`](crate::Error), and [`outcome_unknown`](crate::Error::outcome_unknown).
    #[inline]
    pub fn create(&self, requests: &[BatchRequest]) -> impl Future<Output = Result<Response<MessageBatch>>> + Send + use<> {
        let betas: Vec<_> = requests.iter().flat_map(|request| request.params.betas.iter().flatten()).map(String::as_str).collect();
        let body = bodies(requests).and_then(|requests| {
            let request = self.request(Method::POST, &[], "/v1/messages/batches", RetryClass::Create)?;
            // It may be large, and so takes the time limits of a generation.
            let request = request.pace(Pace::Generation).json(&serde_json::json!({"requests": requests}))?;
            super::with_betas(&self.transport, request, betas)
        });
        self.transport.clone().fetch(body)
    }

    /// Looks a batch up.
    ///
    /// # Errors
    ///
    /// [`Error::Api`](crate::Error::Api), [`is_not_found`](crate::Error::is_not_found) among them, and others as the connection goes.
    #[inline]
    pub fn get(&self, id: &str) -> impl Future<Output = Result<Response<MessageBatch>>> + Send + use<> {
        self.transport.clone().fetch(self.request(Method::GET, &[id], "/v1/messages/batches/{id}", RetryClass::Safe))
    }

    /// Gives a page of the batches, newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Api`](crate::Error::Api), and others as the connection goes.
    #[inline]
    pub fn list(&self, query: &PageQuery) -> impl Future<Output = Result<Response<Page<MessageBatch>>>> + Send + use<> {
        let request = self.request(Method::GET, &[], "/v1/messages/batches", RetryClass::Safe);
        let request = request.map(|request| query.add_to(request).result_field("data"));
        self.transport.clone().fetch(request)
    }

    /// Gives all batches, newest first, page by page as the stream is polled.
    #[must_use]
    #[inline]
    pub fn list_all(&self) -> Pages<MessageBatch> {
        let batches = self.clone();
        Pages::new(move |after| {
            let page = batches.list(&PageQuery { limit: Some(100), after_id: after, ..PageQuery::default() });
            async { page.await.map(|page| page.into_inner().into_items_and_next()) }
        })
    }

    /// Stops a batch. Requests that are under way may still be answered.
    ///
    /// # Errors
    ///
    /// [`Error::Api`](crate::Error::Api), and others as the connection goes.
    #[inline]
    pub fn cancel(&self, id: &str) -> impl Future<Output = Result<Response<MessageBatch>>> + Send + use<> {
        let segments = [id, "cancel"];
        self.transport.clone().fetch(self.request(Method::POST, &segments, "/v1/messages/batches/{id}/cancel", RetryClass::Idempotent))
    }

    /// Deletes a batch that has ended, and its results.
    ///
    /// # Errors
    ///
    /// [`Error::Api`](crate::Error::Api), and others as the connection goes.
    #[inline]
    pub fn delete(&self, id: &str) -> impl Future<Output = Result<Response<DeletedBatch>>> + Send + use<> {
        self.transport.clone().fetch(self.request(Method::DELETE, &[id], "/v1/messages/batches/{id}", RetryClass::Idempotent))
    }

    /// Reads the results of a batch that has ended, in no particular order, up to and including the first one.
    ///
    /// # Errors
    ///
    /// [`Error::Api`](crate::Error::Api) if there are none yet, and others as the connection goes.
    #[inline]
    pub fn results(&self, id: &str) -> impl Future<Output = Result<BatchResults>> + Send + use<> {
        let segments = [id, "results"];
        let request = self.request(Method::GET, &segments, "/v1/messages/batches/{id}/results", RetryClass::Safe);
        let request = request.map(|request| request.header(ACCEPT, HeaderValue::from_static("application/x-jsonl")));
        let opening = self.transport.clone().open(request, ResultsProtocol);
        async { opening.await.map(BatchResults) }
    }

    #[inline]
    fn request(&self, method: Method, segments: &[&str], template: &'static str, class: RetryClass) -> Result<Request> {
        let path = ["v1", "messages", "batches"].into_iter().chain(segments.iter().copied());
        let request = Request::new(method, path, template)?.class(class).pace(Pace::Management).result_field("id");
        Ok(super::authorized(&self.transport, request))
    }
}

impl std::fmt::Debug for MessageBatches {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessageBatches").finish_non_exhaustive()
    }
}

/// The requests as they are sent: in a batch, none is for a stream.
#[inline]
fn bodies(requests: &[BatchRequest]) -> Result<Vec<Value>> {
    let body = |request: &BatchRequest| {
        let mut body = json::fields(request)?;
        let mut params = json::fields(&request.params)?;
        params.remove("stream");
        body.insert("params".to_owned(), params.into());
        Ok(Value::Object(body))
    };
    requests.iter().map(body).collect()
}

/// One request of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchRequest {
    /// Id that its result refers to: 1 to 64 letters, digits, `_` and `-`, each once in a batch.
    pub custom_id: String,
    /// The request.
    pub params: MessagesRequest,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl BatchRequest {
    /// A request under an id of the program's.
    pub fn new(custom_id: impl Into<String>, params: MessagesRequest) -> Self {
        Self { custom_id: custom_id.into(), params, extra: Extra::new() }
    }
}

open_enum! {
    /// How far a batch is.
    pub enum BatchStatus {
        /// Its requests are being answered.
        InProgress = "in_progress",
        /// It is being stopped.
        Canceling = "canceling",
        /// Its results can be read.
        Ended = "ended",
    }
}

/// A batch of requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessageBatch {
    /// Its id.
    pub id: String,
    /// What it is: `message_batch`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// How far it is.
    pub processing_status: BatchStatus,
    /// How many of its requests are how far.
    #[serde(default)]
    pub request_counts: BatchCounts,
    /// When it was created, in RFC 3339, as are all times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// When what isn't answered yet expires: a day later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// When its results went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<String>,
    /// When it was told to stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_initiated_at: Option<String>,
    /// Where its results are, once it has ended; [`MessageBatches::results`] reads them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results_url: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How many requests of a batch are how far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchCounts {
    /// Not answered yet.
    #[serde(default, deserialize_with = "lenient::count")]
    pub processing: u64,
    /// Answered.
    #[serde(default, deserialize_with = "lenient::count")]
    pub succeeded: u64,
    /// Failed.
    #[serde(default, deserialize_with = "lenient::count")]
    pub errored: u64,
    /// Stopped.
    #[serde(default, deserialize_with = "lenient::count")]
    pub canceled: u64,
    /// Not answered in time.
    #[serde(default, deserialize_with = "lenient::count")]
    pub expired: u64,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A batch that is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeletedBatch {
    /// Its id.
    pub id: String,
    /// What it is: `message_batch_deleted`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The result of one request of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchResult {
    /// Id of the request.
    pub custom_id: String,
    /// What became of it.
    pub result: BatchOutcome,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

tagged_enum! {
    /// What became of one request of a batch, by its `type`.
    pub enum BatchOutcome by "type" {
        /// It was answered.
        Succeeded(BatchSuccess) = "succeeded",
        /// It failed; not billed.
        Errored(BatchFailure) = "errored",
        /// It was stopped; not billed.
        Canceled(BatchEnd) = "canceled",
        /// It was not answered in time; not billed.
        Expired(BatchEnd) = "expired",
    }
}

impl BatchOutcome {
    /// The answer, if there is one.
    #[must_use]
    #[inline]
    pub fn message(&self) -> Option<&MessagesResponse> {
        match self {
            Self::Succeeded(success) => Some(&success.message),
            Self::Errored(_) | Self::Canceled(_) | Self::Expired(_) | Self::Other(_) => None,
        }
    }
}

/// A request of a batch was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchSuccess {
    /// The answer.
    pub message: Box<MessagesResponse>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A request of a batch failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchFailure {
    /// Why, as an error body tells it: `{"type": "error", "error": {"type": …, "message": …}}`.
    pub error: Value,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A request of a batch was not answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchEnd {
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The results of a batch, one by one: made by [`MessageBatches::results`]. Dropping it closes the connection.
///
/// A line that can't be read is an [`Error::Decode`](crate::Error::Decode), which keeps it in
/// [`raw_body`](crate::Error::raw_body), and the others come after it. Any other error is the last item.
pub struct BatchResults(EventStream<ResultsProtocol>);

impl BatchResults {
    /// Status, ids, limits and timing of the answer.
    #[must_use]
    #[inline]
    pub fn meta(&self) -> &Meta {
        self.0.meta()
    }
}

impl Stream for BatchResults {
    type Item = Result<BatchResult>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(context)
    }
}

impl std::fmt::Debug for BatchResults {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchResults").field("meta", self.meta()).finish_non_exhaustive()
    }
}

/// Reads JSON lines up to the end of the body.
#[derive(Clone)]
struct ResultsProtocol;

impl Protocol for ResultsProtocol {
    type Item = BatchResult;
    type Decoder = ValueDecoder;

    const ITEMS_STAND_ALONE: bool = true;

    #[inline]
    fn decoder(&self, content_type: Option<&str>, max_event_bytes: usize) -> Option<ValueDecoder> {
        let is_page = content_type.is_some_and(|essence| essence.eq_ignore_ascii_case("text/html"));
        (!is_page).then(|| ValueDecoder::of_lines(max_event_bytes))
    }

    #[inline]
    fn decode(&mut self, event: &Event<'_>) -> Result<Decoded<BatchResult>> {
        let line = json::decode_answer(event.data()).map(Decoded::Item);
        // With a `custom_id`, it is of that request alone.
        let is_of_all = |line: Value| line.get("custom_id").is_none() && line.get("error").is_some_and(ApiError::is_reported_by);
        if line.is_err() && json::decode(event.data()).is_ok_and(is_of_all) { Ok(Decoded::Failure) } else { line }
    }

    #[inline]
    fn is_complete_without_mark(&self) -> bool {
        true
    }
}
