//! A gateway of a few lines, in a process of its own: each request says what is to be done about it, and nothing is kept of any.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arouter::{Client, ClientBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;

use crate::process::within_a_second;

pub(crate) type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// The argument that makes a program serve.
pub(crate) const SERVE: &str = "serve";

/// What the server can be told; it answers each with the number of its open connections.
pub(crate) const OPEN: &str = "open";
pub(crate) const GO_ON: &str = "go on";

/// Events of a stream, without its end mark; the content of each is its number.
pub(crate) const EVENTS: usize = 21;

/// Names an [`Act`].
pub(crate) const ACT: &str = "x-act";

/// What the server does about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Answers.
    Answer,
    /// Sends the first piece of the answer, and the others once it is told to go on, 100 ms apart.
    Held,
    /// Sends the pieces of the answer 2 ms apart.
    Paced,
    /// Refuses with 429.
    Limited,
    /// Fails with 500.
    Failed,
    /// Fails every other time.
    Flaky,
    /// Ends the answer in something that isn't JSON.
    Malformed,
    /// Closes the connection in the middle of the body.
    Cut,
    /// Closes the connection without an answer.
    HangUp,
    /// Resets it.
    Reset,
    /// Says nothing until the client goes away.
    Stalled,
}

impl Act {
    const ALL: [Self; 11] = [
        Self::Answer,
        Self::Held,
        Self::Paced,
        Self::Limited,
        Self::Failed,
        Self::Flaky,
        Self::Malformed,
        Self::Cut,
        Self::HangUp,
        Self::Reset,
        Self::Stalled,
    ];

    /// Its value as a header.
    pub(crate) fn header(self) -> String {
        (self as usize).to_string()
    }

    fn of_header(value: &str) -> Self {
        value.parse().ok().and_then(|number: usize| Self::ALL.get(number)).copied().unwrap_or(Self::Answer)
    }
}

/// The server's process, which ends when this is dropped.
pub(crate) struct Server {
    process: Child,
    told: Lines<BufReader<ChildStdout>>,
    pub(crate) base_url: String,
}

impl Server {
    pub(crate) fn start() -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?).arg(SERVE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut told = BufReader::new(process.stdout.take().ok_or("no output")?).lines();
        let base_url = told.next().ok_or("the server has no address")??;
        Ok(Self { process, told, base_url })
    }

    pub(crate) fn client(&self) -> ClientBuilder {
        Client::builder().base_url(&self.base_url).api_key("lr_live_load").no_proxy()
    }

    /// Tells it something; gives the number of its open connections.
    pub(crate) fn tell(&mut self, word: &str) -> Result<usize> {
        let input = self.process.stdin.as_mut().ok_or("no input")?;
        input.write_all(format!("{word}\n").as_bytes())?;
        Ok(self.told.next().ok_or("the server has ended")??.parse()?)
    }

    /// Waits until no connection is open: for a second at most.
    pub(crate) async fn is_left(&mut self) -> Result<()> {
        within_a_second(|| self.tell(OPEN).map(|open| (open > 0).then(|| format!("the server has {open} connections")))).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It serves until its input ends.
        drop(self.process.stdin.take());
        _ = self.process.wait();
    }
}

/// Serves until the input ends.
pub(crate) async fn serve() -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    let listener = socket.listen(4096)?;
    println!("http://{}", listener.local_addr()?);
    let (going_on, goes_on) = watch::channel(false);
    let open = Arc::new(());
    let counted = open.clone();
    tokio::spawn(async move {
        // No connection at a time is one that has been given up, or want of descriptors.
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                let (goes_on, open) = (goes_on.clone(), counted.clone());
                tokio::spawn(async move {
                    _ = converse(stream, goes_on).await;
                    drop(open);
                });
            }
        }
    });
    for line in std::io::stdin().lines() {
        if line? == GO_ON {
            going_on.send_replace(true);
        }
        // Two are this function's and the listener's.
        println!("{}", Arc::strong_count(&open) - 2);
    }
    Ok(())
}

/// Answers the requests of a connection, until one side has enough.
async fn converse(mut stream: TcpStream, goes_on: watch::Receiver<bool>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    while let Some(request) = read_request(&mut stream).await {
        let (mut reading, mut writing) = stream.split();
        let is_done = tokio::select! {
            answered = request.answer(&mut writing, goes_on.clone()) => answered?,
            () = gone(&mut reading) => false,
        };
        if !is_done {
            if !matches!(request.act, Act::Reset) {
                stream.shutdown().await?;
                gone(&mut stream).await;
            }
            break;
        }
    }
    // Closed by a reset, also where the client was first to close: else each connection keeps its port for a minute.
    stream.set_zero_linger()
}

/// What counts of a request.
struct Request {
    act: Act,
    path: String,
    body: Value,
}

impl Request {
    /// Whether the connection can go on.
    async fn answer(&self, stream: &mut (impl AsyncWrite + Unpin), mut goes_on: watch::Receiver<bool>) -> std::io::Result<bool> {
        static TIMES: AtomicUsize = AtomicUsize::new(0);
        let mut pieces = self.pieces();
        let mut status = "200 OK";
        let mut pause = Duration::ZERO;
        match self.act {
            Act::Answer => {}
            Act::Held => pause = Duration::from_millis(100),
            Act::Paced => pause = Duration::from_millis(2),
            Act::Limited => status = "429 Too Many Requests",
            Act::Failed => status = "500 Internal Server Error",
            Act::Flaky if TIMES.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) => status = "503 Service Unavailable",
            Act::Flaky => {}
            Act::Malformed => _ = pieces.last_mut().map(|last| *last = "data: {\n\n".to_owned()),
            Act::Cut => pieces.truncate(pieces.len() / 2),
            Act::HangUp | Act::Reset => return Ok(false),
            Act::Stalled => std::future::pending().await,
        }
        if !status.starts_with('2') {
            pieces = vec![json!({"error": {"message": "not now", "type": "api_error"}}).to_string()];
        }
        let kind = if self.is_stream() { "text/event-stream" } else { "application/json" };
        let mut text = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nx-request-id: req_1\r\ntransfer-encoding: chunked\r\n\r\n");
        for (number, piece) in pieces.iter().enumerate() {
            if number > 0 && !pause.is_zero() {
                stream.write_all(std::mem::take(&mut text).as_bytes()).await?;
                if self.act == Act::Held {
                    _ = goes_on.wait_for(|goes_on| *goes_on).await;
                }
                tokio::time::sleep(pause).await;
            }
            text += &format!("{:x}\r\n{piece}\r\n", piece.len());
        }
        let is_whole = self.act != Act::Cut;
        text += if is_whole { "0\r\n\r\n" } else { "" };
        stream.write_all(text.as_bytes()).await?;
        Ok(is_whole)
    }

    fn is_stream(&self) -> bool {
        self.body["stream"] == json!(true)
    }

    /// The answer: the events of a stream, or two pieces. It names the model that was asked for, so that it can be told from another's.
    fn pieces(&self) -> Vec<String> {
        let model = &self.body["model"];
        let choice = |number: usize| json!([{"index": 0, "delta": {"content": number.to_string()}}]);
        let event = |number: usize| format!("data: {}\n\n", json!({"id": "1", "model": model, "choices": choice(number)}));
        if self.is_stream() {
            return (0..EVENTS).map(event).chain(["data: [DONE]\n\n".to_owned()]).collect();
        }
        let message = json!({"role": "assistant", "content": "Yes."});
        let body = match self.path.as_str() {
            "/v1/chat/completions" => {
                json!({"id": "1", "model": model, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
            }
            "/v1/embeddings" => json!({"model": model, "data": [{"index": 0, "embedding": [0.5, 0.25, 0.125]}]}),
            "/v1/models" => json!({"data": [{"id": "openai/gpt-5.4"}, {"id": "anthropic/claude"}]}),
            _ => json!({"data": [{"hash": "1", "name": "one"}, {"hash": "2", "name": "two"}]}),
        };
        let mut first = body.to_string();
        let second = first.split_off(first.len() / 2);
        vec![first, second]
    }
}

/// Reads a request; `None` once the client has gone.
async fn read_request(stream: &mut TcpStream) -> Option<Request> {
    let mut read = Vec::with_capacity(1024);
    loop {
        if let Some(end) = memchr::memmem::find(&read, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
            let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned));
            let length: usize = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            if let Some(body) = read.get(end + 4..end + 4 + length) {
                let act = Act::of_header(&header(ACT).unwrap_or_default());
                let path = head.split([' ', '?']).nth(1).unwrap_or_default().to_owned();
                return Some(Request { act, path, body: serde_json::from_slice(body).unwrap_or_default() });
            }
        }
        stream.read_buf(&mut read).await.ok().filter(|count| *count > 0)?;
    }
}

/// Waits until the client has closed.
async fn gone(stream: &mut (impl AsyncRead + Unpin)) {
    let mut scrap = [0; 64];
    while stream.read(&mut scrap).await.is_ok_and(|read| read > 0) {}
}
