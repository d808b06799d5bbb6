//! Calls and streams dropped at random moments: nothing of them may be left, here or at the server, and the client must work on.
//!
//! They are dropped before the head, in the body, between events and in the wait before a retry. The server is a process of its own. What is
//! held is measured as in `soak`.
//!
//! `cargo bench --bench cancellations [calls]`, 100,000 by default. It needs what `soak` needs.

#[path = "support/calls.rs"]
mod calls;
#[path = "support/process.rs"]
mod process;
#[path = "support/server.rs"]
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use calls::{IDLE, Operation, ROUNDS, Rounds, at_rest, judge};
use process::Held;
use server::{ACT, Act, Result, SERVE, Server};

const CALLS: usize = 100_000;
const CONCURRENT: usize = 256;
const LONGEST: Duration = Duration::from_millis(60);

/// What holds a call up until it is dropped; the last one doesn't.
const ACTS: [Act; 5] = [Act::Stalled, Act::Held, Act::Paced, Act::Limited, Act::Answer];
/// Where it is dropped then.
const PLACES: [&str; 5] = ["before head", "in body", "at events", "in wait", "anywhere"];

#[tokio::main]
async fn main() -> Result<()> {
    if std::env::args().any(|argument| argument == SERVE) {
        return server::serve().await;
    }
    calls::start_with_jemalloc()?;
    let calls = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(CALLS);
    let mut server = Server::start()?;
    let mut track = Vec::with_capacity(ROUNDS);
    let base = Held::now()?;
    let client = server.client().http_client(|http| http.pool_idle_timeout(IDLE)).build()?;
    let dropped: Arc<[AtomicUsize; PLACES.len()]> = Arc::default();

    let (used, counts) = (client.clone(), dropped.clone());
    let mut rounds = Rounds::new(calls, CONCURRENT, move |number| {
        let (client, counts) = (used.clone(), counts.clone());
        async move {
            let act = ACTS[number % ACTS.len()];
            let operation = Operation::ALL[number / ACTS.len() % Operation::ALL.len()];
            let client = client.with_header(ACT, act.header())?;
            let moment = LONGEST.mul_f64(fastrand::f64());
            match tokio::time::timeout(moment, operation.run(&client, "m")).await {
                Ok(Ok(true)) => {}
                Ok(Err(error)) if act == Act::Limited && error.is_rate_limit() => {}
                Ok(ended) => return Err(format!("{operation:?}, {act:?}: {ended:?}").into()),
                Err(_) => _ = counts[place(operation, act)].fetch_add(1, Ordering::Relaxed),
            }
            Ok(())
        }
    });
    println!("  calls, dropped {}  resident      heap  descriptors  tasks  calls/s", PLACES.map(|place| format!("{place:>11}")).join("  "));
    while let Some((number, rate)) = rounds.next().await? {
        let held = at_rest(&base).await?;
        server.is_left().await?;
        let counts = [0, 1, 2, 3, 4].map(|place| format!("{:>11}", dropped[place].load(Ordering::Relaxed))).join("  ");
        let Held { resident, heap, descriptors, tasks } = held;
        println!("{number:>7}          {counts}  {resident:>5} KB  {heap:>5.0} KB  {descriptors:>11}  {tasks:>5}  {rate:>7.0}");
        track.push(held);
    }
    if !Operation::Chat.run(&client, "m").await? {
        return Err("a call after all that has another's answer".into());
    }
    drop((rounds, client));
    base.comes_back().await?;
    server.is_left().await?;
    judge(calls, &track)
}

fn place(operation: Operation, act: Act) -> usize {
    match (act, operation) {
        (Act::Stalled, _) => 0,
        (Act::Held | Act::Paced, Operation::Stream | Operation::HalfStream) => 2,
        (Act::Held | Act::Paced, _) => 1,
        (Act::Limited, _) => 3,
        (_, _) => 4,
    }
}
