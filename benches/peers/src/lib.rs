//! What the clients have in common: how each is told what to do, and how it tells what that took.

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

pub type Error = Box<dyn std::error::Error + Send + Sync>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The key that the clients send.
pub const KEY: &str = "lr_live_0123456789abcdefghij";

/// What the clients say.
pub const PROMPT: &str = "Go on.";

/// A client, with its own defaults.
#[allow(async_fn_in_trait, reason = "everything runs on one thread")]
pub trait Peer: Sized {
    fn new(base_url: &str) -> Result<Self>;

    /// Asks for a stream, takes each item of it, and gives the bytes of text in them.
    async fn stream(&self, model: &str) -> Result<usize>;

    /// Asks for a whole answer, and gives the bytes of its text.
    async fn create(&self, model: &str) -> Result<usize>;
}

/// Does what the command line says: `BASE_URL MODEL CALLS`. Prints the bytes of text, and the allocations.
pub fn run<P: Peer>() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base_url, model, calls] = &arguments[..] else { return Err("BASE_URL MODEL CALLS are needed".into()) };
    let calls: usize = calls.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let region = Region::new(MEMORY);
    let text: Result<usize> = runtime.block_on(async {
        let peer = P::new(base_url)?;
        let mut text = 0;
        for _ in 0..calls {
            text += if model.starts_with("whole") { peer.create(model).await? } else { peer.stream(model).await? };
        }
        Ok(text)
    });
    let (text, change) = (text?, region.change());
    println!("{text} {}", change.allocations + change.reallocations);
    Ok(())
}
