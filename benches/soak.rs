//! Mixed calls through one client, one in ten with a fault: each must end as it should, and what the client holds must not grow.
//!
//! The server is a process of its own. What is held is measured after each tenth of the calls, when none is under way and the pool has let
//! go of its connections. It runs on jemalloc, which gives back each page in which nothing is in use.
//!
//! `cargo bench --bench soak [calls]`, 1,000,000 by default, which take some minutes. It needs Linux, and jemalloc's library (`libjemalloc2`
//! in Debian and Ubuntu).

#[path = "support/calls.rs"]
mod calls;
#[path = "support/process.rs"]
mod process;
#[path = "support/server.rs"]
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arouter::{Error, RetryPolicy};
use calls::{IDLE, Operation, ROUNDS, Rounds, at_rest, judge};
use process::Held;
use server::{ACT, Act, Result, SERVE, Server};

const CALLS: usize = 1_000_000;
const CONCURRENT: usize = 64;
/// One call in so many has a fault.
const FAULTS_EACH: usize = 10;
const FAULTS: [Act; 8] = [Act::Limited, Act::Failed, Act::Flaky, Act::Malformed, Act::Cut, Act::HangUp, Act::Reset, Act::Stalled];

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Right,
    Limited,
    Failed,
    Broken,
    Late,
    Undecodable,
    /// As no call should.
    Wrong,
}

impl End {
    fn of(result: &Result<bool, Error>) -> Self {
        match result {
            Ok(true) => Self::Right,
            Err(error) if error.is_rate_limit() => Self::Limited,
            Err(Error::Api(_)) => Self::Failed,
            Err(Error::Transport { .. }) => Self::Broken,
            Err(Error::Timeout { .. }) => Self::Late,
            Err(Error::Decode { .. }) => Self::Undecodable,
            Ok(false) | Err(_) => Self::Wrong,
        }
    }

    fn is_due_to(self, act: Act) -> bool {
        match act {
            Act::Answer | Act::Paced | Act::Held => self == Self::Right,
            Act::Limited => self == Self::Limited,
            Act::Failed => self == Self::Failed,
            Act::Flaky => matches!(self, Self::Right | Self::Failed),
            Act::Malformed => self == Self::Undecodable,
            Act::Cut | Act::HangUp | Act::Reset => self == Self::Broken,
            Act::Stalled => self == Self::Late,
        }
    }
}

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
    let retry = RetryPolicy::default().base_delay(Duration::from_millis(2));
    let client = server.client().retry(retry).http_client(|http| http.pool_idle_timeout(IDLE)).build()?;
    let ends: Arc<[AtomicUsize; End::Wrong as usize]> = Arc::default();

    let counts = ends.clone();
    let mut rounds = Rounds::new(calls, CONCURRENT, move |number| {
        let (client, counts) = (client.clone(), counts.clone());
        async move {
            let (operation, act) = chosen(number);
            let mut client = client.with_header(ACT, act.header())?;
            if act == Act::Stalled {
                client = client.with_timeout(Duration::from_millis(30));
            }
            let result = operation.run(&client, &format!("model {number}")).await;
            let end = End::of(&result);
            if !end.is_due_to(act) {
                return Err(format!("call {number}, {operation:?}, with the fault {act:?}: {result:?}").into());
            }
            counts[end as usize].fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
    });
    println!("  calls    right    429    500  broken   late  bad JSON  resident      heap  descriptors  tasks  calls/s");
    while let Some((number, rate)) = rounds.next().await? {
        let held = at_rest(&base).await?;
        let [right, limited, failed, broken, late, undecodable] = [0, 1, 2, 3, 4, 5].map(|end| ends[end].load(Ordering::Relaxed));
        let Held { resident, heap, descriptors, tasks } = held;
        print!("{number:>7}  {right:>7}  {limited:>5}  {failed:>5}  {broken:>6}  {late:>5}  {undecodable:>8}  ");
        println!("{resident:>5} KB  {heap:>5.0} KB  {descriptors:>11}  {tasks:>5}  {rate:>7.0}");
        track.push(held);
    }
    // The client goes with it.
    drop(rounds);
    base.comes_back().await?;
    server.is_left().await?;
    judge(calls, &track)
}

/// The call of a number, the same in every run.
fn chosen(number: usize) -> (Operation, Act) {
    let mut random = fastrand::Rng::with_seed(number as u64);
    let has_fault = random.usize(..FAULTS_EACH) == 0;
    let fault = FAULTS[random.usize(..FAULTS.len())];
    match Operation::ALL[random.usize(..Operation::ALL.len())] {
        // A fault may come after the middle.
        Operation::HalfStream if has_fault => (Operation::Stream, fault),
        operation if has_fault => (operation, fault),
        Operation::HalfStream => (Operation::HalfStream, Act::Paced),
        operation => (operation, Act::Answer),
    }
}
