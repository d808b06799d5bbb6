//! What the crate's parts cost in memory, each beside the least that the same work can cost.
//!
//! `RUSTFLAGS="--cfg arouter_bench" cargo bench --bench parts` measures times and allocations. With `-- instructions` it counts
//! instructions, by running itself under valgrind, and fails where a part costs more than it may; with a word behind that, only the
//! parts with the word in their name. `-- run NAME TIMES` does one part so many times and no more, for a profile.

#[cfg(arouter_bench)]
mod answers;
#[cfg(arouter_bench)]
#[path = "../support/bodies.rs"]
mod bodies;
#[cfg(arouter_bench)]
#[path = "../support/callgrind.rs"]
mod callgrind;
#[cfg(arouter_bench)]
mod calls;
#[cfg(arouter_bench)]
mod catalogue;
#[cfg(arouter_bench)]
mod floors;
#[cfg(arouter_bench)]
mod report;
#[cfg(arouter_bench)]
mod streams;
#[cfg(arouter_bench)]
mod table;

use std::alloc::System;

use divan::AllocProfiler;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

/// Counts for divan, and for the table.
#[global_allocator]
static MEMORY: AllocProfiler<&StatsAlloc<System>> = AllocProfiler::new(&INSTRUMENTED_SYSTEM);

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Error>;

#[cfg(not(arouter_bench))]
fn main() -> Result<()> {
    Err("the crate's parts can be reached only in a build with RUSTFLAGS=\"--cfg arouter_bench\"".into())
}

#[cfg(arouter_bench)]
fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["run", name, times] => {
            let mut work = (table::part(name)?.prepare)();
            (0..times.parse::<u32>()?).for_each(|_| work());
        }
        ["instructions"] => report::print("")?,
        ["instructions", word] => report::print(word)?,
        _ => divan::main(),
    }
    Ok(())
}

#[cfg(arouter_bench)]
#[divan::bench(args = table::PARTS)]
fn parts(bencher: divan::Bencher<'_, '_>, part: &table::Part) {
    bencher.counter(divan::counter::ItemsCount::new(part.units)).bench_local((part.prepare)());
}
