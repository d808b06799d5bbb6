//! Calls to any path: what the crate doesn't type yet, and the provider proxy (`/{provider}/…`).

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use http::Method;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::credentials::Auth;
use crate::error::{Error, Result};
use crate::json;
use crate::response::{Meta, Response};
use crate::transport::Transport;
use crate::transport::request::{Pace, Request, caller_header};
use crate::transport::retry::RetryClass;
use crate::transport::sse;
use crate::transport::stream::{Decoded, EventStream, Protocol, is_event_stream};

/// A call to any path, made by [`Client::request`](crate::Client::request).
///
/// It is sent with the client's key, headers, limits and retries. `GET` and `HEAD` count as [`Safe`](RetryClass::Safe), `PUT` and
/// `DELETE` as [`Idempotent`](RetryClass::Idempotent), anything else as [`Create`](RetryClass::Create); [`class`](Self::class)
/// says otherwise. What isn't a `Create` at first has the time limits of management calls, and the rest those of generations.
/// Mistakes in the parts are reported by the call.
#[derive(Clone)]
#[must_use = "nothing is sent until `send`, `bytes` or `events`"]
pub struct RawRequest {
    transport: Transport,
    request: Result<Request, String>,
}

impl RawRequest {
    pub(crate) fn new<S: AsRef<str>>(transport: Transport, method: Method, segments: impl IntoIterator<Item = S>) -> Self {
        let class = match method {
            Method::GET | Method::HEAD | Method::OPTIONS => RetryClass::Safe,
            Method::PUT | Method::DELETE => RetryClass::Idempotent,
            _ => RetryClass::Create,
        };
        let pace = if class == RetryClass::Create { Pace::Generation } else { Pace::Management };
        // What the segments hold is the caller's business, not the log's.
        let request = Request::new(method, segments, "{raw}").map(|request| request.class(class).pace(pace));
        Self { transport, request: request.map_err(|error| error.to_string()) }
    }

    /// Sets the body, as JSON.
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.and_then(|request| request.json(body))
    }

    /// Sets the body and its content type.
    pub fn body(self, content_type: impl AsRef<str>, body: impl Into<Bytes>) -> Self {
        self.and_then(|mut request| {
            let value = HeaderValue::from_str(content_type.as_ref()).map_err(|_| Error::config("the content type can't be sent"))?;
            request.headers.insert(CONTENT_TYPE, value);
            request.body = Some(body.into());
            Ok(request)
        })
    }

    /// Adds a pair to the query.
    pub fn query(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.and_then(|request| Ok(request.query(name, value)))
    }

    /// Sets a header, in place of one with the same name.
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.and_then(|mut request| {
            let (name, value) = caller_header(name.as_ref(), value.as_ref())?;
            request.headers.insert(name, value);
            Ok(request)
        })
    }

    /// Sets what a second effect of this request would mean, and so when it may be sent again.
    pub fn class(self, class: RetryClass) -> Self {
        self.and_then(|request| Ok(request.class(class)))
    }

    /// Takes the management key in place of the API key.
    pub fn with_management_key(self) -> Self {
        self.and_then(|mut request| {
            request.auth = Auth::Management;
            Ok(request)
        })
    }

    /// Sends the request and gives the answer as JSON; an empty one reads as `null`. A success is one whatever its body says: an `error` in
    /// it is the caller's to read.
    ///
    /// # Errors
    ///
    /// - [`Error::Config`] if a part of the request can't be sent;
    /// - [`Error::Api`] if the gateway refused it;
    /// - [`Error::Decode`] if the answer isn't JSON;
    /// - others as the connection goes: see [`Error`].
    #[inline]
    pub fn send(self) -> impl Future<Output = Result<Response<Value>>> + Send + use<> {
        self.send_as()
    }

    /// As [`send`](Self::send), with the answer decoded into a type of the program's.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and [`Error::Decode`] if the answer isn't a `T`.
    pub fn send_as<T: DeserializeOwned>(self) -> impl Future<Output = Result<Response<T>>> + Send + use<T> {
        self.transport.fetch_by(self.request.map_err(Error::config), json::decode)
    }

    /// Sends the request and gives the body of the answer as it came.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), but for `Decode`.
    #[inline]
    pub fn bytes(self) -> impl Future<Output = Result<Response<Bytes>>> + Send + use<> {
        self.transport.fetch_bytes(self.request.map_err(Error::config))
    }

    /// Sends the request and gives the answer's server-sent events as they come, whatever they mean.
    ///
    /// A `[DONE]` is given as the last event; else the end of the body is the end of the stream.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and [`Error::UnexpectedContentType`] if the answer isn't an event stream.
    #[inline]
    pub fn events(self) -> impl Future<Output = Result<RawEvents>> + Send + use<> {
        let opening = self.transport.open(self.request.map_err(Error::config), RawProtocol);
        async { opening.await.map(RawEvents) }
    }

    fn and_then(self, change: impl FnOnce(Request) -> Result<Request>) -> Self {
        let request = self.request.and_then(|request| change(request).map_err(|error| error.to_string()));
        Self { request, ..self }
    }
}

impl std::fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawRequest").field("method", &self.request.as_ref().map(|request| &request.method)).finish_non_exhaustive()
    }
}

/// One server-sent event, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RawEvent {
    /// Name of the event; `message` where the stream gave none.
    pub event: String,
    /// Data, its lines joined by LF; bytes that aren't UTF-8 are replaced.
    pub data: String,
    /// Last event id that the stream has set; empty if it never did.
    pub id: String,
    /// Reconnection time that the stream has set. Nothing here reconnects.
    pub retry: Option<Duration>,
}

/// A stream of [`RawEvent`]s. Dropping it closes the connection.
pub struct RawEvents(EventStream<RawProtocol>);

impl RawEvents {
    /// Status, ids, limits and timing of the answer.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        self.0.meta()
    }
}

impl Stream for RawEvents {
    type Item = Result<RawEvent>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(context)
    }
}

impl std::fmt::Debug for RawEvents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawEvents").field("meta", self.meta()).finish_non_exhaustive()
    }
}

/// Gives every event.
#[derive(Clone)]
struct RawProtocol;

impl Protocol for RawProtocol {
    type Item = RawEvent;
    type Decoder = sse::Decoder;

    const TAKES_UNFINISHED: bool = false;

    fn decoder(&self, content_type: Option<&str>, max_event_bytes: usize) -> Option<sse::Decoder> {
        is_event_stream(content_type).then(|| sse::Decoder::new(max_event_bytes))
    }

    fn decode(&mut self, event: &sse::Event<'_>) -> Result<Decoded<RawEvent>> {
        let data = String::from_utf8_lossy(event.data()).into_owned();
        let is_end_mark = data == "[DONE]";
        let retry = event.retry_ms().map(Duration::from_millis);
        let item = RawEvent { event: event.name().into_owned(), data, id: event.id().into_owned(), retry };
        Ok(if is_end_mark { Decoded::Last(item) } else { Decoded::Item(item) })
    }

    fn is_complete_without_mark(&self) -> bool {
        true
    }
}
