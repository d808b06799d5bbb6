//! The embedded gateway's sockets, keys and routes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::reply::ReplyBody;
use super::{RecordedRequest, Reply, State, chat, embeddings, gemini, lock, messages, models};

pub(super) const API_KEY: &str = "lr_live_embedded_gateway";
pub(super) const MANAGEMENT_KEY: &str = "lr_mgmt_embedded_gateway";

/// Serves until the owner is gone; then every connection is dropped with the tasks that hold them.
pub(super) async fn serve(listener: std::net::TcpListener, state: Arc<State>, mut stop: oneshot::Receiver<()>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            _ = &mut stop => return,
        };
        if let Ok((stream, _)) = accepted {
            state.accepted.fetch_add(1, Ordering::SeqCst);
            connections.spawn(serve_connection(stream, state.clone()));
        }
    }
}

async fn serve_connection(stream: TcpStream, state: Arc<State>) {
    _ = stream.set_nodelay(true);
    let resets = Arc::new(AtomicBool::new(false));
    state.open.fetch_add(1, Ordering::SeqCst);
    let socket = Socket { stream, resets: resets.clone(), state: state.clone() };
    let service = service_fn(|request| answer(request, state.clone(), resets.clone()));
    // An error is a client that went away, or a script that cuts.
    _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service).await;
}

async fn answer(request: Request<Incoming>, state: Arc<State>, resets: Arc<AtomicBool>) -> Result<Response<ReplyBody>, io::Error> {
    let request = record(request).await?;
    let number = state.answered.fetch_add(1, Ordering::SeqCst) + 1;
    lock(&state.requests).push(request.clone());
    let reply = match state.scripted(&request) {
        Some(reply) => reply,
        None => route(&request, &state),
    };
    tokio::time::sleep(reply.delay).await;
    if reply.head.is_none() {
        if reply.is_silence() {
            std::future::pending::<()>().await;
        }
        return Err(io::Error::other("the script hangs up"));
    }
    let mut response = reply.into_response(move || resets.store(true, Ordering::SeqCst));
    if let Ok(id) = HeaderValue::try_from(format!("req_{number}")) {
        response.headers_mut().entry("x-request-id").or_insert(id);
    }
    Ok(response)
}

async fn record(request: Request<Incoming>) -> Result<RecordedRequest, io::Error> {
    let (head, mut body) = request.into_parts();
    let mut read = Vec::new();
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        if let Ok(data) = frame.map_err(io::Error::other)?.into_data() {
            read.extend_from_slice(&data);
        }
    }
    let mut headers = head.headers;
    for name in ["authorization", "x-api-key", "x-goog-api-key"] {
        if let Some(value) = headers.get_mut(name) {
            value.set_sensitive(true);
        }
    }
    let (path, query) = (head.uri.path().to_owned(), head.uri.query().map(str::to_owned));
    Ok(RecordedRequest { method: head.method, path, query, headers, body: Bytes::from(read) })
}

/// The gateway's own behaviour. To add a route: its area's file, and a line here.
fn route(request: &RecordedRequest, state: &State) -> Reply {
    let key = match Key::of(&request.headers, request.query.as_deref()) {
        Ok(key) => key,
        Err(reply) => return *reply,
    };
    let interval = *lock(&state.delta_interval);
    if let (&Method::POST, Some(target), Key::Api) = (&request.method, request.path.strip_prefix("/v1beta/models/"), key) {
        return gemini::call(target, request, interval);
    }
    if let (&Method::GET, Key::Api, Some(reply)) = (&request.method, key, models::look_up(request)) {
        return reply;
    }
    match (&request.method, request.path.as_str(), key) {
        (&Method::POST, "/v1/chat/completions", Key::Api) => chat::complete(&request.json(), interval),
        (&Method::POST, "/v1/embeddings", Key::Api) => embeddings::create(&request.json()),
        (&Method::POST, "/v1/messages", Key::Api) => messages::create(request, interval),
        (&Method::POST, "/v1/messages/count_tokens", Key::Api) => messages::count_tokens(request),
        (&Method::GET, "/v1beta/models", Key::Api) => gemini::models(request),
        (_, path, Key::Management) if path.starts_with("/v1") => {
            Reply::error(403, "permission_error", "a management key can't be used for inference")
        }
        (_, path, Key::Api) if path.starts_with("/api/v1/keys") => {
            Reply::error(403, "permission_error", "managing keys needs a management key")
        }
        _ => Reply::error(404, "not_found_error", "no such path"),
    }
}

/// The kind of key that a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Api,
    Management,
}

impl Key {
    /// The key as a bearer token, in `x-api-key` or in the query: any of them does for any path.
    fn of(headers: &HeaderMap, query: Option<&str>) -> Result<Self, Box<Reply>> {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        let bearer = text("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let in_query = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("key=")));
        match bearer.or_else(|| text("x-api-key")).or(in_query) {
            Some(API_KEY) => Ok(Self::Api),
            Some(MANAGEMENT_KEY) => Ok(Self::Management),
            Some(_) => Err(Box::new(Reply::error(401, "authentication_error", "invalid api key"))),
            None => Err(Box::new(Reply::error(401, "authentication_error", "missing or invalid Authorization header"))),
        }
    }
}

/// A connection that can end in a reset, and that counts as open until it is dropped.
struct Socket {
    stream: TcpStream,
    resets: Arc<AtomicBool>,
    state: Arc<State>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.resets.load(Ordering::SeqCst) {
            _ = self.stream.set_zero_linger();
        }
        self.state.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
