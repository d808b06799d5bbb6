//! What `create_all` holds in memory beyond its inputs and its results, at ten times as many inputs and at four times as many batches
//! under way: it must not grow with the inputs.
//!
//! `cargo bench --bench embed_all`

#[path = "support/gateway.rs"]
mod gateway;

use std::alloc::System;

use arouter::Client;
use arouter::embeddings::{BatchOptions, EmbeddingsRequest};
use gateway::{Result, Served};
use peakmem_alloc::{INSTRUMENTED_SYSTEM, PeakMemAlloc, PeakMemAllocTrait as _};

#[global_allocator]
static MEMORY: &PeakMemAlloc<System> = &INSTRUMENTED_SYSTEM;

const DIMENSIONS: usize = 100;
/// Enough batches for as many to be under way at the end, when most results are there, as before.
const INPUTS_OF_A_BATCH: usize = 100;
const MOST_FOR_TEN_TIMES_THE_INPUTS: f64 = 2.0;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    if gateway::is_asked_for() {
        return gateway::serve(|_| {}).await;
    }
    let (_served, client) = Served::start()?;

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

async fn held(client: &Client, number: usize, concurrency: usize) -> Result<Held> {
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
