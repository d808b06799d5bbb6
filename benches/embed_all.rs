//! What `create_all` holds in memory beyond its inputs and its results, at ten times as many inputs and at four times as many batches
//! under way: it must not grow with the inputs.
//!
//! The gateway is a process of its own, so that what it keeps isn't counted.
//!
//! `cargo bench --bench embed_all`

use std::alloc::System;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};

use arouter::Client;
use arouter::embeddings::{BatchOptions, EmbeddingsRequest};
use arouter::testing::Gateway;
use peakmem_alloc::{INSTRUMENTED_SYSTEM, PeakMemAlloc, PeakMemAllocTrait as _};

#[global_allocator]
static MEMORY: &PeakMemAlloc<System> = &INSTRUMENTED_SYSTEM;

const SERVE: &str = "serve";
const DIMENSIONS: usize = 100;
/// Enough batches for as many to be under way at the end, when most results are there, as before.
const INPUTS_OF_A_BATCH: usize = 100;
const MOST_FOR_TEN_TIMES_THE_INPUTS: f64 = 2.0;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::args().any(|argument| argument == SERVE) {
        return serve().await;
    }
    let mut gateway = Command::new(std::env::current_exe()?).arg(SERVE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut told = BufReader::new(gateway.stdout.take().ok_or("no output")?).lines();
    let (base_url, key) = (told.next().ok_or("no address")??, told.next().ok_or("no key")??);
    let client = Client::builder().base_url(base_url).api_key(key).no_proxy().build()?;

    let mut worst = 0.0_f64;
    println!("{:>7}  {:>11}  {:>10}  {:>10}  {:>10}  growth", "number", "concurrency", "inputs", "results", "beyond");
    for concurrency in [4, 16] {
        // What the first calls leave behind, connections above all, is no part of it.
        held(&client, 10_000, concurrency).await?;
        let mut before = None;
        for number in [10_000, 100_000] {
            let Held { inputs, results, beyond } = held(&client, number, concurrency).await?;
            let growth = before.map(|before| beyond / before);
            println!(
                "{number:>7}  {concurrency:>11}  {inputs:>7.1} MB  {results:>7.1} MB  {beyond:>7.2} MB  {}",
                growth.map_or("".into(), |growth| format!("{growth:.2}"))
            );
            worst = worst.max(growth.unwrap_or_default());
            before = Some(beyond);
        }
    }
    // It serves until its input ends.
    drop(gateway.stdin.take());
    gateway.wait()?;
    if worst > MOST_FOR_TEN_TIMES_THE_INPUTS {
        return Err(format!("grows by {worst:.2} for ten times the inputs").into());
    }
    Ok(())
}

/// What a call held, in megabytes.
struct Held {
    inputs: f64,
    results: f64,
    /// The most at a time, without inputs and results.
    beyond: f64,
}

async fn held(client: &Client, number: usize, concurrency: usize) -> Result<Held, Box<dyn std::error::Error>> {
    MEMORY.reset_peak_memory();
    let texts: Vec<String> = (0..number).map(|number| format!("text {number}")).collect();
    let request = EmbeddingsRequest::new("m", texts).dimensions(DIMENSIONS as u64);
    let inputs = MEMORY.get_peak_memory() as f64;

    MEMORY.reset_peak_memory();
    let options = BatchOptions::new().max_inputs(INPUTS_OF_A_BATCH).concurrency(concurrency);
    let all = client.embeddings().create_all(&request, &options).await?;
    let peak = MEMORY.get_peak_memory() as f64;
    let results = all.vectors.iter().map(|vector| size_of_val(vector) + size_of_val(&vector[..])).sum::<usize>() as f64;
    Ok(Held { inputs: inputs / 1e6, results: results / 1e6, beyond: (peak - results) / 1e6 })
}

async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let gateway = Gateway::start().await?;
    println!("{}\n{}", gateway.base_url(), gateway.api_key());
    std::io::stdout().flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
