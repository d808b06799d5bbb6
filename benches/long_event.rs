//! One event of 1 to 16 MiB, in pieces of 1 KiB, read through the client from an embedded gateway: time may at most grow by 2.6 for
//! each doubling, or something searches or copies what it has already seen.
//!
//! `cargo bench --bench long_event`

use std::time::{Duration, Instant};

use arouter::Client;
use arouter::chat::{ChatRequest, Message};
use arouter::testing::{Gateway, Reply};

const MOST_PER_DOUBLING: f64 = 2.6;
const ROUNDS: usize = 5;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let gateway = Gateway::start().await?;
    let client = gateway.client();
    let mut before: Option<Duration> = None;
    let mut worst = 0.0_f64;
    println!("{:>8}  {:>10}  growth", "event", "median");
    for mebibytes in [1, 2, 4, 8, 16] {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            times.push(read(&gateway, &client, mebibytes).await?);
        }
        times.sort();
        let median = times[ROUNDS / 2];
        let growth = before.map(|before| median.as_secs_f64() / before.as_secs_f64());
        println!(
            "{mebibytes:>4} MiB  {:>7.1} ms  {}",
            median.as_secs_f64() * 1e3,
            growth.map_or("".into(), |growth| format!("{growth:.2}"))
        );
        worst = worst.max(growth.unwrap_or_default());
        before = Some(median);
    }
    if worst > MOST_PER_DOUBLING {
        return Err(format!("grows by {worst:.2} for a doubling").into());
    }
    Ok(())
}

async fn read(gateway: &Gateway, client: &Client, mebibytes: usize) -> Result<Duration, Box<dyn std::error::Error>> {
    let text = "x".repeat(mebibytes << 20);
    gateway.script(
        "/v1/chat/completions",
        [Reply::events([format!("{{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}")]).in_pieces(1024)],
    );
    let request = ChatRequest::new("m", [Message::user("Go on.")]);
    let began = Instant::now();
    let whole = client.chat().stream(&request).await?.into_response().await?;
    let took = began.elapsed();
    assert_eq!(whole.text().len(), text.len());
    Ok(took)
}
