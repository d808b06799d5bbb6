//! Calls of all kinds, made in rounds: between two of them nothing is under way, so that what is held can be compared.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use arouter::chat::{ChatRequest, Message};
use arouter::embeddings::EmbeddingsRequest;
use arouter::keys::ListKeysQuery;
use arouter::{Client, Error};
use futures::StreamExt as _;
use tokio::task::JoinSet;

use crate::process::{Held, of_process, within_a_second};
use crate::server::{EVENTS, Result};

/// A call, with the reading of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Chat,
    Stream,
    Embeddings,
    Models,
    Keys,
    /// A stream that is dropped in the middle.
    HalfStream,
}

impl Operation {
    /// Those that come to an end, and one that doesn't.
    pub(crate) const ALL: [Self; 6] = [Self::Chat, Self::Stream, Self::Embeddings, Self::Models, Self::Keys, Self::HalfStream];

    /// Makes the call; whether the answer is the one that belongs to it.
    pub(crate) async fn run(self, client: &Client, model: &str) -> Result<bool, Error> {
        let request = ChatRequest::new(model, [Message::user("Is it so?")]);
        Ok(match self {
            Self::Chat => {
                let reply = client.chat().create(&request).await?;
                reply.model == model && reply.text() == "Yes."
            }
            Self::Stream => {
                let reply = client.chat().stream(&request).await?.into_response().await?;
                reply.model == model && reply.text() == (0..EVENTS).map(|number| number.to_string()).collect::<String>()
            }
            Self::HalfStream => {
                let mut stream = client.chat().stream(&request).await?.take(EVENTS / 2);
                let mut is_right = true;
                while let Some(chunk) = stream.next().await.transpose()? {
                    is_right &= chunk.model == model;
                }
                is_right
            }
            Self::Embeddings => {
                let reply = client.embeddings().create(&EmbeddingsRequest::new(model, ["text"])).await?;
                reply.model == model && reply.data.len() == 1
            }
            Self::Models => client.models().list().await?.data.len() == 2,
            Self::Keys => client.keys().list(&ListKeysQuery::new()).await?.data.len() == 2,
        })
    }
}

/// How long the pool keeps an idle connection: so short that none is left when what is held is compared.
pub(crate) const IDLE: Duration = Duration::from_millis(200);

pub(crate) const ROUNDS: usize = 10;

/// Rounds of calls, some at a time.
pub(crate) struct Rounds<C> {
    calls: usize,
    concurrent: usize,
    call: Arc<C>,
    next: Arc<AtomicUsize>,
    rounds: usize,
}

impl<C, F> Rounds<C>
where
    C: Fn(usize) -> F + Send + Sync + 'static,
    F: Future<Output = Result<()>> + Send,
{
    const MOST_TIME: Duration = Duration::from_secs(300);

    /// `call` makes the call of a number.
    pub(crate) fn new(calls: usize, concurrent: usize, call: C) -> Self {
        Self { calls, concurrent, call: Arc::new(call), next: Arc::default(), rounds: 0 }
    }

    /// Makes the calls of the next round; gives how many there have been, and how many a second; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<(usize, f64)>> {
        if self.rounds == ROUNDS {
            return Ok(None);
        }
        self.rounds += 1;
        let (began, first, end) = (Instant::now(), self.next.load(Ordering::Relaxed), self.calls * self.rounds / ROUNDS);
        let mut workers = JoinSet::new();
        for _ in 0..self.concurrent {
            let (next, call) = (self.next.clone(), self.call.clone());
            workers.spawn(async move {
                let take = || next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |number| (number < end).then_some(number + 1));
                while let Ok(number) = take() {
                    call(number).await?;
                }
                Result::Ok(())
            });
        }
        let ended = tokio::time::timeout(Self::MOST_TIME, workers.join_all()).await.map_err(|_| "a round doesn't end")?;
        ended.into_iter().collect::<Result<()>>()?;
        Ok(Some((end, (end - first) as f64 / began.elapsed().as_secs_f64())))
    }
}

/// Waits, for a second at most, until the client has no connection and no task, and until no thread is still giving back what the last ones
/// had; gives what is held then.
pub(crate) async fn at_rest(base: &Held) -> Result<Held> {
    let mut held = Held::now()?;
    within_a_second(|| {
        let before = std::mem::replace(&mut held, Held::now()?);
        let is_at_rest = held.descriptors <= base.descriptors && held.tasks <= base.tasks && held.resident >= before.resident;
        Ok((!is_at_rest).then(|| format!("it is still {held:?}, after {before:?}; it began with {base:?}")))
    })
    .await?;
    Ok(held)
}

/// Starts the program anew, unless it was, with jemalloc in the place of the system's allocator, so set that it gives back at once each page
/// in which nothing is in use. What `LD_PRELOAD` and `MALLOC_CONF` were counts no more.
///
/// glibc's allocator gives back what is above the last block in use: where that block lies is chance, and what is free below it stays
/// resident, by some per cent more or less each time.
pub(crate) fn start_with_jemalloc() -> Result<()> {
    if std::env::var_os(SETTINGS).is_none_or(|value| value != GIVE_BACK_AT_ONCE) {
        let mut anew = std::process::Command::new(std::env::current_exe()?);
        let ended = anew.args(std::env::args_os().skip(1)).env("LD_PRELOAD", JEMALLOC).env(SETTINGS, GIVE_BACK_AT_ONCE).status()?;
        std::process::exit(ended.code().unwrap_or(1));
    }
    if !of_process("maps")?.contains(JEMALLOC) {
        return Err(format!("{JEMALLOC} isn't loaded; Debian and Ubuntu have it as libjemalloc2").into());
    }
    Ok(())
}

/// Fails if after any later round more was allocated, or resident, than so many percent above the lower of what was after the second and the
/// third.
pub(crate) fn judge(calls: usize, track: &[Held]) -> Result<()> {
    let growth = |figure: fn(&Held) -> f64| {
        let most = track[2..].iter().map(figure).fold(f64::MIN, f64::max);
        (most / figure(&track[1]).min(figure(&track[2])) - 1.0) * 100.0
    };
    let (allocated, resident) = (growth(|held| held.heap), growth(|held| held.resident as f64));
    println!("above the lower of the second and third round: {allocated:+.2} % allocated, {resident:+.2} % resident, at most");
    if calls >= ENOUGH_CALLS && allocated.max(resident) > MOST_PERCENT {
        return Err("memory grows".into());
    }
    Ok(())
}

const MOST_PERCENT: f64 = 1.0;

/// By a fifth of these, everything has been used.
const ENOUGH_CALLS: usize = 100_000;

const JEMALLOC: &str = "libjemalloc.so.2";

/// The variable that jemalloc reads.
const SETTINGS: &str = "MALLOC_CONF";

/// One arena, no caches of freed blocks, no waiting before pages are given back, and none that are huge.
const GIVE_BACK_AT_ONCE: &str = "narenas:1,tcache:false,dirty_decay_ms:0,muzzy_decay_ms:0,thp:never";
