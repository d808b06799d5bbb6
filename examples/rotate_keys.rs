//! Rotates keys: one, or all that are old or have a name of some kind. A script for a terminal or for cron.
//!
//! `cargo run --example rotate_keys -- --demo --name 'backend-*' --dry-run` talks to an embedded gateway; without `--demo`, and with
//! `AROUTER_MANAGEMENT_KEY` set, to the live one. `--help` tells the rest.

#[path = "shared/scripts.rs"]
mod scripts;
#[path = "shared/secret.rs"]
mod secret;

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use arouter::keys::{Key, KeyType, Keys, ListKeysQuery, Rotated, RotationError, RotationPlan, Twin};
use clap::{CommandFactory as _, Parser};
use futures::TryStreamExt as _;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use wildmatch::WildMatch;

use scripts::{Failure, House, say, shown};
use secret::Destination;

/// Replaces keys of an ARouter account by twins while they are in use
///
/// Each key gets a twin with its name, limits, providers, models and expiry. The twin is proven by a call, its secret is handed over, and
/// after the grace time the old key is disabled. Until the secret is kept, a failure deletes the twin again and leaves the old key as it
/// was. A run that was killed leaves a twin at worst; --dry-run shows it as a key of the same name.
#[derive(Parser)]
#[command(name = "rotate_keys", after_help = scripts::AFTER_HELP)]
struct Arguments {
    /// Hashes of the keys to rotate
    #[arg(value_name = "HASH")]
    hashes: Vec<String>,
    /// Rotate keys with names like this one: * stands for any text, ? for a character
    #[arg(long, value_name = "PATTERN")]
    name: Option<String>,
    /// Rotate keys that were made longer ago than this, such as 90d
    #[arg(long, value_name = "SPAN", value_parser = humantime::parse_duration)]
    older_than: Option<Duration>,
    /// Only tell what would be done
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    destination: Destination,
    /// How long each old key goes on after its twin's secret is kept
    #[arg(long, value_name = "SPAN", default_value = "60s", value_parser = humantime::parse_duration)]
    grace: Duration,
    /// How long the secret may take to be kept; a command that takes longer is ended, and the new key is deleted again
    #[arg(long, value_name = "SPAN", default_value = "60s", value_parser = humantime::parse_duration)]
    store_timeout: Duration,
    /// Delete each old key in the end, rather than leave it disabled
    #[arg(long)]
    delete_old: bool,
    /// Go on with the next key when one can't be rotated
    #[arg(long)]
    keep_going: bool,
    /// Talk to a gateway inside this program, which is gone when it ends
    #[arg(long)]
    demo: bool,
    /// Print JSON, for programs: a line for each key, without secrets
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    scripts::exit(run(Arguments::parse()).await)
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let wrong = |message: &str| Arguments::command().error(clap::error::ErrorKind::MissingRequiredArgument, message).exit();
    if arguments.hashes.is_empty() && arguments.name.is_none() && arguments.older_than.is_none() {
        wrong("say which keys: by hash, by --name or by --older-than");
    }
    if !arguments.dry_run && !arguments.destination.is_given() {
        wrong("say where the secrets go: --secret-file, --secret-command or --show-secret; or look first with --dry-run");
    }
    let house = House::open(arguments.demo).await?;
    let keys = house.client.keys();
    let chosen = choose(&keys, &arguments).await?;
    if chosen.is_empty() {
        note("no key fits, and none was rotated");
        return Ok(());
    }
    if !arguments.dry_run {
        arguments.destination.check(&chosen.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), true)?;
    }
    let progress = Progress::new(chosen.len() as u64, &arguments.destination);
    let (mut done, mut failed, mut needs_a_look) = (0, 0, false);
    for key in &chosen {
        progress.begin(key);
        let result = one(&keys, key, &arguments, &progress).await;
        progress.end();
        match result {
            Ok(()) => done += 1,
            Err(failure) => {
                failed += 1;
                needs_a_look |= failure.needs_a_look;
                progress.suspend(|| failure.print());
                if !arguments.keep_going {
                    break;
                }
            }
        }
    }
    progress.finish();
    let left = chosen.len() - done - failed;
    if failed > 0 {
        let failure = Failure::new(format!("{done} of {} keys done, {failed} failed, {left} not begun", chosen.len()));
        let was_changed = done > 0 && !arguments.dry_run;
        return Err(if needs_a_look || was_changed { failure.needs_a_look() } else { failure });
    }
    Ok(())
}

/// The keys that the arguments name, oldest first as the gateway lists them.
async fn choose(keys: &Keys, arguments: &Arguments) -> Result<Vec<Key>, Failure> {
    let all: Vec<Key> = keys.list_all_with(&ListKeysQuery::new().page_size(100).include_disabled(true)).try_collect().await?;
    let (named, others): (Vec<Key>, Vec<Key>) = all.into_iter().partition(|key| arguments.hashes.contains(&key.hash));
    let mut chosen = named;
    for hash in &arguments.hashes {
        if !chosen.iter().any(|key| key.hash == *hash) {
            // Whatever the list leaves out, the key may exist.
            let key = keys.get(hash).await;
            chosen.push(key.map_err(|error| if error.is_not_found() { scripts::no_such_key(hash) } else { error.into() })?.into_inner());
        }
    }
    let pattern = arguments.name.as_deref().map(WildMatch::new);
    let now = SystemTime::now();
    let is_old = |key: &Key, span: Duration| {
        let made = key.created_at.as_ref().and_then(|time| time.to_system_time());
        made.is_some_and(|made| now.duration_since(made).is_ok_and(|age| age >= span))
    };
    let is_over = |key: &Key| key.expires_at.as_ref().and_then(|time| time.to_system_time()).is_some_and(|time| time <= now);
    let fits = |key: &Key| {
        (pattern.is_some() || arguments.older_than.is_some())
            && !key.disabled
            && key.key_type != Some(KeyType::Management)
            && pattern.as_ref().is_none_or(|pattern| pattern.matches(&key.name))
            && arguments.older_than.is_none_or(|span| is_old(key, span))
    };
    let (over, fitting): (Vec<Key>, Vec<Key>) = others.into_iter().filter(fits).partition(is_over);
    for key in over {
        note(&format!("left out: {} ({}) has expired", shown(&key.name), shown(&key.hash)));
    }
    // One of two may be what a run that was killed has left, and nobody can tell which is in use.
    let mut names = HashSet::new();
    if let Some(twice) = fitting.iter().find(|key| !names.insert(key.name.clone())) {
        let hashes: Vec<_> = fitting.iter().filter(|key| key.name == twice.name).map(|key| shown(&key.hash)).collect();
        let failure = Failure::new(format!("{} keys are named {}: {}", hashes.len(), shown(&twice.name), hashes.join(", ")));
        return Err(failure.and("one may be left by a run that was killed: delete what nobody uses, or rotate by hash".to_owned()));
    }
    chosen.extend(fitting);
    Ok(chosen)
}

/// Something by the way, on standard error.
fn note(text: &str) {
    _ = writeln!(io::stderr().lock(), "{text}");
}

async fn one(keys: &Keys, key: &Key, arguments: &Arguments, progress: &Progress) -> Result<(), Failure> {
    let bar = progress.bar.clone();
    let mut rotation = keys
        .rotate(&key.hash)
        .grace(arguments.grace)
        .store_timeout(arguments.store_timeout)
        .on_event(move |event| bar.set_message(event.to_string()));
    if arguments.delete_old {
        rotation = rotation.delete_old();
    }
    if arguments.dry_run {
        let plan = rotation.dry_run().await.map_err(|error| failure(&error))?;
        return progress.suspend(|| say(if arguments.json { planned(&plan) } else { format!("{plan}\n") }));
    }
    let destination = arguments.destination.clone();
    let rotated = rotation.run(|created| destination.keep(key.name.clone(), created)).await.map_err(|error| failure(&error))?;
    if arguments.destination.is_terminal() {
        // Standard output is the secrets' alone.
        note(&told(&rotated));
        return Ok(());
    }
    // It is done, whether or not that can be said.
    progress.suspend(|| say(if arguments.json { done(&rotated) } else { told(&rotated) })).map_err(Failure::needs_a_look)
}

fn failure(error: &RotationError) -> Failure {
    let failure = Failure::of(error);
    if matches!(error.twin, Twin::None | Twin::Deleted { .. }) { failure } else { failure.needs_a_look() }
}

fn planned(plan: &RotationPlan) -> String {
    let beside: Vec<_> = plan.same_name.iter().map(|key| &key.hash).collect();
    json!({"name": plan.old.name, "old_hash": plan.old.hash, "twin": plan.twin, "same_name": beside, "dry_run": true}).to_string()
}

fn done(rotated: &Rotated) -> String {
    let beside: Vec<_> = rotated.same_name.iter().map(|key| &key.hash).collect();
    json!({"name": rotated.old.name, "old_hash": rotated.old.hash, "new_hash": rotated.new.data.hash, "same_name": beside}).to_string()
}

fn told(rotated: &Rotated) -> String {
    let mut told = format!("rotated {}: {} is now {}", shown(&rotated.old.name), shown(&rotated.old.hash), shown(&rotated.new.data.hash));
    for key in rotated.same_name.iter().filter(|key| !key.disabled) {
        told.push_str(&format!("\n  beside it is {}, of the same name: delete it if nobody uses it", shown(&key.hash)));
    }
    told
}

/// A bar over the keys and a line for the step, on standard error if it is a terminal.
struct Progress {
    bars: MultiProgress,
    total: ProgressBar,
    bar: ProgressBar,
}

impl Progress {
    fn new(keys: u64, destination: &Destination) -> Self {
        let bars = MultiProgress::new();
        if destination.is_terminal() {
            // Nothing may get between the lines of the secrets.
            bars.set_draw_target(ProgressDrawTarget::hidden());
        }
        let style = |template: &str| ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let total = bars.add(ProgressBar::new(keys).with_style(style("{bar:30} {pos} of {len} keys")));
        let bar = bars.add(ProgressBar::new_spinner().with_style(style("{spinner} {prefix}: {msg}")));
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bars, total, bar }
    }

    fn begin(&self, key: &Key) {
        self.total.tick();
        self.bar.set_prefix(shown(&key.name));
        self.bar.set_message("planning");
    }

    fn end(&self) {
        self.total.inc(1);
    }

    fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bars.suspend(write)
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
        self.total.finish_and_clear();
    }
}
