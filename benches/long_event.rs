//! One event of 1 to 50 MiB, in pieces of 1 KiB, read through the client: time may at most grow by 2.6 for each doubling, or something
//! searches or copies what it has already seen; and of one from 8 MiB on the client may at most hold 3 times its size.
//!
//! `cargo bench --bench long_event`

#[path = "support/gateway.rs"]
mod gateway;

use std::alloc::System;
use std::time::{Duration, Instant};

use arouter::Client;
use arouter::chat::{ChatRequest, Message};
use arouter::testing::{Gateway, Reply};
use gateway::{Result, Served};
use peakmem_alloc::{INSTRUMENTED_SYSTEM, PeakMemAlloc, PeakMemAllocTrait as _};

#[global_allocator]
static MEMORY: &PeakMemAlloc<System> = &INSTRUMENTED_SYSTEM;

const MOST_PER_DOUBLING: f64 = 2.6;
const MOST_HELD: f64 = 3.0;
/// From this size on, in MiB, the buffers of a connection hardly count.
const LARGE: u32 = 8;
const MEBIBYTES: [u32; 6] = [1, 2, 4, 8, 16, 50];
const ROUNDS: usize = 5;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    if gateway::is_asked_for() {
        return gateway::serve(script).await;
    }
    let (_served, client) = Served::start()?;
    let mut before: Option<(u32, Duration)> = None;
    let (mut growth, mut most_held) = (0.0_f64, 0.0_f64);
    println!("{:>8}  {:>10}  growth for a doubling  held at most", "event", "median");
    for mebibytes in MEBIBYTES {
        let mut times = Vec::new();
        let mut held = 0.0_f64;
        for _ in 0..ROUNDS {
            MEMORY.reset_peak_memory();
            times.push(read(&client, mebibytes).await?);
            held = held.max(MEMORY.get_peak_memory() as f64 / f64::from(mebibytes << 20));
        }
        times.sort();
        let median = times[ROUNDS / 2];
        let grown = before.map(|(smaller, before)| {
            let doublings = (f64::from(mebibytes) / f64::from(smaller)).log2();
            (median.as_secs_f64() / before.as_secs_f64()).powf(1.0 / doublings)
        });
        let told = grown.map_or("".into(), |grown| format!("{grown:.2}"));
        println!("{mebibytes:>4} MiB  {:>7.1} ms  {told:>21}  {held:.2} times its size", median.as_secs_f64() * 1e3);
        growth = growth.max(grown.unwrap_or_default());
        if mebibytes >= LARGE {
            most_held = most_held.max(held);
        }
        before = Some((mebibytes, median));
    }
    if growth > MOST_PER_DOUBLING {
        return Err(format!("grows by {growth:.2} for a doubling").into());
    }
    if most_held > MOST_HELD {
        return Err(format!("holds {most_held:.2} times the event").into());
    }
    Ok(())
}

fn script(gateway: &Gateway) {
    let event = |mebibytes| format!("{{\"choices\":[{{\"delta\":{{\"content\":\"{}\"}}}}]}}", "x".repeat(mebibytes as usize * (1 << 20)));
    let replies = MEBIBYTES.into_iter().flat_map(|mebibytes| {
        let reply = Reply::events([event(mebibytes)]).in_pieces(1024);
        std::iter::repeat_n(reply, ROUNDS)
    });
    gateway.script("/v1/chat/completions", replies);
}

async fn read(client: &Client, mebibytes: u32) -> Result<Duration> {
    let request = ChatRequest::new("m", [Message::user("Go on.")]);
    let began = Instant::now();
    let whole = client.chat().stream(&request).await?.into_response().await?;
    let took = began.elapsed();
    assert_eq!(whole.text().len(), (mebibytes << 20) as usize);
    Ok(took)
}
