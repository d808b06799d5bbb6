//! Many paced chat streams at once through one client: none may fail or lose an event, each may hold 40 KB of memory at most, and
//! connections and tasks must be gone a second after the last one. A plain HTTP client reads the same, for comparison.
//!
//! Server, client and plain client are processes of their own. Every stream has given its first event before any gives its second.
//!
//! `cargo bench --bench many_streams [number]`, 10,000 by default. It needs Linux, and some more descriptors than streams.

#[path = "support/process.rs"]
mod process;
#[path = "support/server.rs"]
mod server;

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use arouter::Client;
use arouter::chat::{ChatRequest, Message};
use futures::StreamExt as _;
use process::{Held, figure};
use server::{ACT, Act, EVENTS, GO_ON, Result, SERVE, Server};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const NUMBER: usize = 10_000;
const READERS: [&str; 2] = ["reqwest", "arouter"];
const MOST_KILOBYTES_EACH: f64 = 40.0;
/// With fewer, what the process takes anyway counts for too much.
const ENOUGH_STREAMS: usize = 5_000;
/// What the pool keeps, of arouter by default, and of the plain client by this.
const IDLE_CONNECTIONS: usize = 256;
const MOST_TIME: Duration = Duration::from_secs(120);

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == SERVE) {
        return server::serve().await;
    }
    let number = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(NUMBER);
    if let Some(reader) = READERS.into_iter().find(|reader| arguments.iter().any(|argument| argument == reader)) {
        return measure(reader, number).await;
    }
    if figure("limits", "Max open files")? < number as isize + 100 {
        return Err(format!("{number} streams need as many descriptors and 100 more: see `ulimit -n`").into());
    }
    println!("reader   streams  errors  events lost    peak each    heap each    at rest   idle connections");
    for reader in READERS {
        if !Command::new(std::env::current_exe()?).args([reader, &number.to_string()]).status()?.success() {
            return Err(format!("{reader} has broken a bound").into());
        }
    }
    Ok(())
}

async fn measure(reader: &str, number: usize) -> Result<()> {
    let mut server = Server::start()?;
    let client = server.client().build()?.with_header(ACT, Act::Held.header())?;
    let plain = reqwest::Client::builder().no_proxy().http1_only().pool_max_idle_per_host(IDLE_CONNECTIONS).build()?;
    let base = Held::now()?;
    let all_are_open = Arc::new(Barrier::new(number + 1));
    let mut streams = JoinSet::new();
    for stream in 0..number {
        let all_are_open = all_are_open.clone();
        match reader {
            "arouter" => streams.spawn(read(client.clone(), stream, all_are_open)),
            _ => streams.spawn(read_plainly(plain.clone(), server.base_url.clone(), stream, all_are_open)),
        };
    }
    tokio::time::timeout(MOST_TIME, all_are_open.wait()).await.map_err(|_| "the streams don't open")?;
    let open = Held::now()?;
    server.tell(GO_ON)?;

    let (mut errors, mut events) = (0, 0);
    let ended = async {
        while let Some(ended) = streams.join_next().await {
            match ended.map_err(Into::into).and_then(|read| read) {
                Ok(read) => events += read,
                Err(error) => {
                    errors += 1;
                    if errors <= 3 {
                        eprintln!("{error:?}");
                    }
                }
            }
        }
    };
    tokio::time::timeout(MOST_TIME, ended).await.map_err(|_| "the streams don't end")?;

    // While the client lives, its pool keeps what it may; a connection is a descriptor and a task.
    let most = Held {
        descriptors: base.descriptors + IDLE_CONNECTIONS,
        tasks: base.tasks + IDLE_CONNECTIONS + 1,
        heap: base.heap + IDLE_CONNECTIONS as f64 * MOST_KILOBYTES_EACH,
        ..base
    };
    most.comes_back().await?;
    let idle = Held::now()?.descriptors - base.descriptors;
    drop((client, plain));
    base.comes_back().await?;
    server.is_left().await?;

    let each = |kilobytes: f64| kilobytes / number as f64;
    let peak = each((figure("status", "VmHWM:")? - base.resident) as f64);
    let (heap, lost, rest) = (each(open.heap - base.heap), number * EVENTS - events, (Held::now()?.resident - base.resident) as f64 / 1e3);
    println!("{reader:<7}  {number:>7}  {errors:>6}  {lost:>11}  {peak:>8.1} KB  {heap:>8.1} KB  {rest:>5.1} MB  {idle:>17}");
    if errors > 0 || lost > 0 {
        return Err("streams have failed".into());
    }
    if number >= ENOUGH_STREAMS && peak > MOST_KILOBYTES_EACH {
        return Err(format!("each holds more than {MOST_KILOBYTES_EACH} KB").into());
    }
    Ok(())
}

/// Reads a stream whole; gives how many events of it were as they should be.
async fn read(client: Client, number: usize, all_are_open: Arc<Barrier>) -> Result<usize> {
    let model = format!("stream {number}");
    // With the first event.
    let opened = client.chat().stream(&ChatRequest::new(&model, [Message::user("Go on.")])).await;
    all_are_open.wait().await;
    let (mut stream, mut right) = (opened?, 0);
    while let Some(chunk) = stream.next().await.transpose()? {
        right += usize::from(chunk.model == model && chunk.text() == right.to_string());
    }
    Ok(right)
}

/// As `read`, but it looks at nothing but how many events there are.
async fn read_plainly(client: reqwest::Client, base_url: String, number: usize, all_are_open: Arc<Barrier>) -> Result<usize> {
    let body =
        serde_json::json!({"model": format!("stream {number}"), "messages": [{"role": "user", "content": "Go on."}], "stream": true});
    let request = client.post(format!("{base_url}/v1/chat/completions")).header(ACT, Act::Held.header()).body(body.to_string());
    let mut answer = request.send().await;
    let first = match &mut answer {
        Ok(answer) => answer.chunk().await,
        Err(_) => Ok(None),
    };
    all_are_open.wait().await;
    let (mut answer, mut piece, mut ends_of_lines) = (answer?, first?, 0);
    while let Some(bytes) = piece {
        ends_of_lines += memchr::memchr_iter(b'\n', &bytes).count();
        drop(bytes);
        piece = answer.chunk().await?;
    }
    // The end mark is no event.
    Ok((ends_of_lines / 2).saturating_sub(1))
}
