//! What this process holds. Linux alone tells it, under `/proc/self`.

use std::alloc::System;
use std::time::{Duration, Instant};

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use crate::server::Result;

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What the process holds at a moment at which it does nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    /// Memory that the kernel has given it, in kilobytes, counted page by page: on some kernels `VmRSS` is an estimate.
    pub(crate) resident: isize,
    /// Memory that is allocated, in kilobytes.
    pub(crate) heap: f64,
    pub(crate) descriptors: usize,
    /// Live tasks of the runtime.
    pub(crate) tasks: usize,
}

impl Held {
    pub(crate) fn now() -> Result<Self> {
        let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        let listing = std::fs::read_dir("/proc/self/fd").map_err(|error| needs_linux("/proc/self/fd", &error))?;
        // One is the listing's own.
        Ok(Self { resident: figure("smaps_rollup", "Rss:")?, heap: heap(), descriptors: listing.count() - 1, tasks })
    }

    /// Waits until there is no more of descriptors, tasks and allocated memory than there was: for a second at most.
    pub(crate) async fn comes_back(&self) -> Result<()> {
        within_a_second(|| {
            let now = Self::now()?;
            let is_back = now.descriptors <= self.descriptors && now.tasks <= self.tasks && now.heap <= self.heap + KILOBYTES_MADE_ONCE;
            Ok((!is_back).then(|| format!("it is still {now:?}, not {self:?}")))
        })
        .await
    }
}

/// The first number after a name in a file of `/proc/self`.
pub(crate) fn figure(file: &str, name: &str) -> Result<isize> {
    let text = of_process(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    Ok(line.and_then(|line| line.split_whitespace().next()).ok_or_else(|| format!("no {name} in /proc/self/{file}"))?.parse()?)
}

/// A file of `/proc/self`.
pub(crate) fn of_process(file: &str) -> Result<String> {
    let path = format!("/proc/self/{file}");
    Ok(std::fs::read_to_string(&path).map_err(|error| needs_linux(&path, &error))?)
}

/// Waits until nothing is missing, for a second at most.
pub(crate) async fn within_a_second(mut missing: impl FnMut() -> Result<Option<String>>) -> Result<()> {
    let began = Instant::now();
    loop {
        match missing()? {
            None => return Ok(()),
            Some(missing) if began.elapsed() > Duration::from_secs(1) => return Err(format!("after a second, {missing}").into()),
            Some(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// Kilobytes that are allocated.
fn heap() -> f64 {
    let counts = MEMORY.stats();
    (counts.bytes_allocated as f64 - counts.bytes_deallocated as f64) / 1e3
}

fn needs_linux(path: &str, error: &std::io::Error) -> String {
    format!("{path}: {error}; this program needs Linux, and the files that it has there")
}

/// What the libraries make once and keep.
const KILOBYTES_MADE_ONCE: f64 = 10.0;
