//! An embedded gateway, for tests and examples that run without a key or a network.
//!
//! It listens on a free loopback port and behaves like the service as far as programs can tell: it checks keys, answers whole
//! and in streams, in each of the three protocols, thinks if it is told to, calls tools whose name it reads, counts tokens, makes
//! vectors, lists models, and keeps keys in memory: what is made can be used, and is refused once it is disabled. What a test needs
//! beyond that is scripted: errors, waits, cuts and silences, byte by byte. It keeps the requests that it saw.
//!
//! Turn on the crate's feature `testing` under `[dev-dependencies]`, and start a gateway for each test:
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use arouter::chat::{ChatRequest, Message};
//! use arouter::testing::{Gateway, Reply};
//!
//! let gateway = Gateway::start().await?;
//! let client = gateway.client();
//! let request = ChatRequest::new("openai/gpt-5.4", [Message::user("Hello!")]);
//!
//! let reply = client.chat().create(&request).await?;
//! assert_eq!(reply.text(), "You said: \"Hello!\"");
//!
//! // The next two calls find it busy, and the third goes through.
//! gateway.script("/v1/chat/completions", [Reply::status(429).header("retry-after", "0"), Reply::status(429).header("retry-after", "0")]);
//! let reply = client.chat().create(&request).await?;
//! assert_eq!(reply.meta().attempts(), 3);
//! assert_eq!(gateway.requests().len(), 4);
//! # Ok::<(), arouter::Error>(())
//! # }).unwrap();
//! ```

#![allow(clippy::expect_used, reason = "a script that can't be sent is a mistake in a test, told where it is")]

mod answer;
mod chat;
mod embeddings;
mod gemini;
mod keys;
mod messages;
mod models;
mod reply;
mod server;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use tokio::sync::oneshot;

use keys::KeyStore;
pub use reply::Reply;

use crate::client::{Client, ClientBuilder};
use crate::error::{Error, Result};

/// A gateway on loopback, in a thread of its own. It shuts down on drop, and closes every connection.
pub struct Gateway {
    state: Arc<State>,
    base_url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Gateway {
    /// Starts a gateway on a free port of `127.0.0.1`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no port or no thread to be had.
    // Async like the client's calls, though it waits for nothing: a gateway behind a slower start would need it.
    #[expect(clippy::unused_async, reason = "starting may come to wait for something")]
    pub async fn start() -> Result<Self> {
        let failed = |error: std::io::Error| Error::config_from("the embedded gateway can't start", error);
        let listener = std::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let base_url = format!("http://{}", listener.local_addr().map_err(failed)?);
        let state = Arc::new(State::default());
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let served = state.clone();
        let thread = std::thread::Builder::new().name("arouter-gateway".into());
        let thread = thread.spawn(move || runtime.block_on(server::serve(listener, served, stopped))).map_err(failed)?;
        Ok(Self { state, base_url, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The API key that it accepts from the start; its keys are listed like those of the service, this one among them.
    #[must_use]
    pub fn api_key(&self) -> &'static str {
        keys::API_KEY
    }

    /// The management key that it accepts.
    #[must_use]
    pub fn management_key(&self) -> &'static str {
        keys::MANAGEMENT_KEY
    }

    /// A client of this gateway, with both keys and the defaults of [`ClientBuilder`].
    ///
    /// # Panics
    ///
    /// If the HTTP library can't be set up on this machine.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client_builder().build().expect("a client of the embedded gateway needs nothing from outside")
    }

    /// Starts a client of this gateway with settings of its own.
    pub fn client_builder(&self) -> ClientBuilder {
        Client::builder().base_url(&self.base_url).api_key(self.api_key()).management_key(self.management_key()).no_proxy()
    }

    /// Answers the next requests for this path with these replies, one each: `/v1/chat/completions`, or with the method as well,
    /// `DELETE /api/v1/keys/abc`.
    ///
    /// They come before the gateway's own behaviour, whatever the key, and after those that were scripted earlier.
    pub fn script(&self, path: impl Into<String>, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.state.scripts).entry(path.into()).or_default().extend(replies);
    }

    /// Answers every request for this path with this reply, once those of [`script`](Self::script) are used up.
    pub fn always(&self, path: impl Into<String>, reply: Reply) {
        lock(&self.state.standing).insert(path.into(), reply);
    }

    /// Sets the wait between two pieces of a streamed answer. None by default.
    pub fn set_delta_interval(&self, interval: Duration) {
        *lock(&self.state.delta_interval) = interval;
    }

    /// The requests that it saw, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.state.requests).clone()
    }

    /// How many connections it has accepted.
    #[must_use]
    pub fn accepted_connections(&self) -> usize {
        self.state.accepted.load(Ordering::SeqCst)
    }

    /// How many connections are open now.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.state.open.load(Ordering::SeqCst)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // Dropping the sender is the signal.
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// A request as the gateway saw it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// Its method.
    pub method: Method,
    /// Its path, as it came over the wire.
    pub path: String,
    /// Its query, without the `?`.
    pub query: Option<String>,
    /// Its headers; those that carry keys are marked sensitive.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl RecordedRequest {
    /// The body as JSON; `null` if it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What the gateway's thread and its owner share.
#[derive(Default)]
struct State {
    scripts: Mutex<HashMap<String, VecDeque<Reply>>>,
    standing: Mutex<HashMap<String, Reply>>,
    requests: Mutex<Vec<RecordedRequest>>,
    keys: Mutex<KeyStore>,
    delta_interval: Mutex<Duration>,
    accepted: AtomicUsize,
    open: AtomicUsize,
    answered: AtomicU64,
}

impl State {
    /// The reply that was scripted for this request.
    fn scripted(&self, request: &RecordedRequest) -> Option<Reply> {
        let routes = [format!("{} {}", request.method, request.path), request.path.clone()];
        let next = routes.iter().find_map(|route| lock(&self.scripts).get_mut(route).and_then(VecDeque::pop_front));
        next.or_else(|| routes.iter().find_map(|route| lock(&self.standing).get(route).cloned()))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
