//! A server that speaks raw bytes: what no HTTP server would send.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinHandle;

use super::within_patience;

/// What the server does once it has read a request.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Send(Vec<u8>),
    /// Over and over, with a pause each time, until the client goes away.
    Repeat(Vec<u8>, Duration),
    /// Gives the client time to read what was sent.
    Pause,
    /// Waits until whoever reads has given so many permits, one for each item.
    AwaitReader(Arc<Semaphore>, u32),
    /// Waits until the client goes away.
    Silence,
    /// Closes the connection.
    Close,
    /// Resets the connection.
    Reset,
}

/// What is done about the requests of a connection, each by its number there, from 0.
pub(crate) type Script = Arc<dyn Fn(usize) -> Vec<Act> + Send + Sync>;

/// A server on a loopback port. Its connections end with it.
pub(crate) struct RawServer {
    pub(crate) address: SocketAddr,
    counts: Arc<Counts>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Counts {
    connections: AtomicUsize,
    open: AtomicUsize,
    requests: AtomicUsize,
    heard: Mutex<Vec<String>>,
}

impl RawServer {
    pub(crate) async fn start(script: impl Fn(usize) -> Vec<Act> + Send + Sync + 'static) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), script)
    }

    /// On a port that listens already.
    pub(crate) fn on(listener: TcpListener, script: impl Fn(usize) -> Vec<Act> + Send + Sync + 'static) -> Self {
        let (address, counts, script) = (listener.local_addr().unwrap(), Arc::<Counts>::default(), Arc::new(script) as Script);
        let counted = counts.clone();
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                counted.connections.fetch_add(1, Ordering::SeqCst);
                connections.spawn(serve(stream, script.clone(), counted.clone()));
            }
        });
        Self { address, counts, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests it has read whole.
    pub(crate) fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::SeqCst)
    }

    /// The requests that it has read whole, as they came.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.counts.heard.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }

    /// Whether no more than so many connections are open within a time that only a bug can miss.
    pub(crate) async fn settles_at(&self, open: usize) -> bool {
        within_patience(|| self.counts.open.load(Ordering::SeqCst) <= open).await
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Counts a connection as open until it is dropped.
struct Open(Arc<Counts>);

impl Open {
    fn new(counts: Arc<Counts>) -> Self {
        counts.open.fetch_add(1, Ordering::SeqCst);
        Self(counts)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn serve(mut stream: TcpStream, script: Script, counts: Arc<Counts>) {
    _ = stream.set_nodelay(true);
    let _open = Open::new(counts.clone());
    for number in 0.. {
        let Some(request) = read_request(&mut stream).await else { return };
        counts.heard.lock().unwrap().push(request);
        counts.requests.fetch_add(1, Ordering::SeqCst);
        for act in script(number) {
            if !perform(&mut stream, act).await {
                return;
            }
        }
    }
}

/// Does one thing; `false` if the connection is over.
async fn perform(stream: &mut TcpStream, act: Act) -> bool {
    match act {
        Act::Send(bytes) => stream.write_all(&bytes).await.is_ok(),
        Act::Repeat(bytes, pause) => {
            let (mut reading, mut writing) = stream.split();
            tokio::select! {
                () = gone(&mut reading) => {}
                () = async {
                    while writing.write_all(&bytes).await.is_ok() {
                        tokio::time::sleep(pause).await;
                    }
                } => {}
            }
            false
        }
        Act::Pause => {
            tokio::time::sleep(Duration::from_millis(50)).await;
            true
        }
        Act::AwaitReader(items, count) => items.acquire_many(count).await.map(SemaphorePermit::forget).is_ok(),
        Act::Silence => {
            gone(stream).await;
            false
        }
        Act::Close => {
            _ = stream.shutdown().await;
            false
        }
        Act::Reset => {
            _ = stream.set_zero_linger();
            false
        }
    }
}

/// Waits until the client has closed.
async fn gone(stream: &mut (impl AsyncRead + Unpin)) {
    let mut scrap = [0; 1024];
    while stream.read(&mut scrap).await.is_ok_and(|read| read > 0) {}
}

/// Reads a request with its body; `None` if the client goes away first.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Option<String> {
    let mut read = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some(end) = text.find("\r\n\r\n") {
            let length =
                text[..end].lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
            if text.len() >= end + 4 + length.unwrap_or(0_usize) {
                return Some(text);
            }
        }
        let mut piece = [0; 16 << 10];
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        read.extend_from_slice(&piece[..count]);
    }
}
