//! A server that speaks HTTP/2 frame by frame: what no HTTP server would send.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

use super::within_patience;

/// What the server does once it has read a request.
#[derive(Debug, Clone)]
pub(crate) enum Frame {
    /// The head of the answer: its status, and headers.
    Head(u16, Vec<(&'static str, String)>),
    Data(Vec<u8>),
    /// The end of the answer.
    End,
    /// Ends the stream with this code.
    Reset(u32),
    /// Announces that no stream after this one has been read, with this code.
    GoAway(u32, u32),
    /// What is no frame.
    Raw(Vec<u8>),
    /// Gives the client time to read what was sent.
    Pause,
    /// Waits until whoever reads has given so many permits, one for each item.
    AwaitReader(Arc<Semaphore>, u32),
    /// Reads and answers nothing any more; the connection stays.
    Deaf,
    /// Closes the connection.
    Close,
    /// Resets the connection.
    Cut,
}

/// A server on a loopback port. Its connections end with it.
pub(crate) struct Http2Server {
    pub(crate) address: SocketAddr,
    counts: Arc<Counts>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Counts {
    connections: AtomicUsize,
    open: AtomicUsize,
    requests: AtomicUsize,
    resets: AtomicUsize,
}

type Script = Arc<dyn Fn() -> Vec<Frame> + Send + Sync>;

impl Http2Server {
    pub(crate) async fn start(script: impl Fn() -> Vec<Frame> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, counts, script) = (listener.local_addr().unwrap(), Arc::<Counts>::default(), Arc::new(script) as Script);
        let counted = counts.clone();
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                counted.connections.fetch_add(1, Ordering::SeqCst);
                let (script, counted) = (script.clone(), counted.clone());
                connections.spawn(async move {
                    counted.open.fetch_add(1, Ordering::SeqCst);
                    _ = serve(stream, script, &counted).await;
                    counted.open.fetch_sub(1, Ordering::SeqCst);
                });
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

    pub(crate) fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }

    /// Whether the client resets so many streams, within a time that only a bug can miss.
    pub(crate) async fn is_reset(&self, streams: usize) -> bool {
        within_patience(|| self.counts.resets.load(Ordering::SeqCst) >= streams).await
    }

    /// Whether no connection stays open, within such a time.
    pub(crate) async fn is_let_go(&self) -> bool {
        within_patience(|| self.counts.open.load(Ordering::SeqCst) == 0).await
    }
}

impl Drop for Http2Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GO_AWAY: u8 = 7;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// Largest payload of a frame that any peer takes.
const FRAME_BYTES: usize = 16 << 10;

async fn serve(mut stream: TcpStream, script: Script, counts: &Counts) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await?;
    write_frame(&mut stream, SETTINGS, 0, 0, &[]).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let [a, b, c, kind, flags, id @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        stream.read_exact(&mut payload).await?;
        match kind {
            SETTINGS | PING if flags & ACK == 0 => {
                let payload = if kind == PING { &payload[..] } else { &[] };
                write_frame(&mut stream, kind, ACK, 0, payload).await?;
            }
            RST_STREAM => _ = counts.resets.fetch_add(1, Ordering::SeqCst),
            HEADERS | DATA if flags & END_STREAM != 0 => {
                counts.requests.fetch_add(1, Ordering::SeqCst);
                for frame in script() {
                    if !perform(&mut stream, u32::from_be_bytes(id), frame).await? {
                        return Ok(());
                    }
                }
            }
            _ => {}
        }
    }
}

/// Does one thing; `false` if the connection is over.
async fn perform(stream: &mut TcpStream, id: u32, frame: Frame) -> std::io::Result<bool> {
    match frame {
        Frame::Head(status, headers) => {
            let mut block = Vec::new();
            let status = status.to_string();
            for (name, value) in [(":status", &status)].into_iter().chain(headers.iter().map(|(name, value)| (*name, value))) {
                // A literal that is not indexed, its name new, neither of them in Huffman's code.
                block.push(0);
                for text in [name, value] {
                    block.push(u8::try_from(text.len()).unwrap());
                    block.extend_from_slice(text.as_bytes());
                }
            }
            write_frame(stream, HEADERS, END_HEADERS, id, &block).await?;
        }
        Frame::Data(bytes) => {
            for piece in bytes.chunks(FRAME_BYTES) {
                write_frame(stream, DATA, 0, id, piece).await?;
            }
        }
        Frame::End => write_frame(stream, DATA, END_STREAM, id, &[]).await?,
        Frame::Reset(code) => write_frame(stream, RST_STREAM, 0, id, &code.to_be_bytes()).await?,
        Frame::GoAway(last, code) => write_frame(stream, GO_AWAY, 0, 0, &[last.to_be_bytes(), code.to_be_bytes()].concat()).await?,
        Frame::Raw(bytes) => stream.write_all(&bytes).await?,
        Frame::Pause => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        Frame::AwaitReader(items, count) => items.acquire_many(count).await.unwrap().forget(),
        Frame::Deaf => std::future::pending::<()>().await,
        Frame::Close => {
            stream.shutdown().await?;
            return Ok(false);
        }
        Frame::Cut => {
            stream.set_zero_linger()?;
            return Ok(false);
        }
    }
    Ok(true)
}

async fn write_frame(stream: &mut TcpStream, kind: u8, flags: u8, id: u32, payload: &[u8]) -> std::io::Result<()> {
    let [_, a, b, c] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![a, b, c, kind, flags];
    frame.extend(id.to_be_bytes());
    frame.extend_from_slice(payload);
    stream.write_all(&frame).await
}
