//! The embedded gateway's sockets, keys and routes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::keys::Kind;
use super::reply::ReplyBody;
use super::{RecordedRequest, Reply, State, chat, embeddings, gemini, lock, messages, models};

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
        Some(reply) if reply.acts() => reply.on(route(&request, &state)),
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
    let (secret, kind) = match key_of(request, state) {
        Ok(key) => key,
        Err(reply) => return *reply,
    };
    let interval = *lock(&state.delta_interval);
    if let (&Method::POST, Some(target), Kind::Api) = (&request.method, request.path.strip_prefix("/v1beta/models/"), kind) {
        return gemini::call(target, request, interval);
    }
    if let (&Method::GET, Kind::Api, Some(reply)) = (&request.method, kind, models::look_up(request)) {
        return reply;
    }
    if kind == Kind::Management
        && let Some(reply) = lock(&state.keys).manage(request)
    {
        return reply;
    }
    match (&request.method, request.path.as_str(), kind) {
        (&Method::POST, "/v1/chat/completions", Kind::Api) => chat::complete(&request.json(), interval),
        (&Method::POST, "/v1/embeddings", Kind::Api) => embeddings::create(&request.json()),
        (&Method::POST, "/v1/messages", Kind::Api) => messages::create(request, interval),
        (&Method::POST, "/v1/messages/count_tokens", Kind::Api) => messages::count_tokens(request),
        (&Method::GET, "/v1beta/models", Kind::Api) => gemini::models(request),
        (&Method::GET, "/api/v1/key", Kind::Api) => lock(&state.keys).current(&secret),
        (_, path, Kind::Management) if path.starts_with("/v1") => {
            Reply::error(403, "permission_error", "a management key can't be used for inference")
        }
        (_, path, Kind::Api) if path.starts_with("/api/v1/keys") => {
            Reply::error(403, "permission_error", "managing keys needs a management key")
        }
        _ => Reply::error(404, "not_found_error", "no such path"),
    }
}

/// The key of a request, as a bearer token, in `x-api-key` or in the query: any of them does for any path.
fn key_of(request: &RecordedRequest, state: &State) -> Result<(String, Kind), Box<Reply>> {
    let refused = |message: &str| Err(Box::new(Reply::error(401, "authentication_error", message)));
    let text = |name: &str| request.headers.get(name)?.to_str().ok().map(str::to_owned);
    let bearer = text("authorization").and_then(|value| value.strip_prefix("Bearer ").map(str::to_owned));
    let query = request.query.as_deref().unwrap_or_default();
    let in_query = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "key").map(|(_, key)| key.into_owned());
    let Some(secret) = bearer.or_else(|| text("x-api-key")).or(in_query) else {
        return refused("missing or invalid Authorization header");
    };
    let kind = lock(&state.keys).kind(&secret);
    kind.map_or_else(|| refused("invalid api key"), |kind| Ok((secret, kind)))
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
