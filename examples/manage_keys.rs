//! Lists, makes, disables and deletes keys: a script for a terminal or for cron.
//!
//! `cargo run --example manage_keys -- --demo list` talks to an embedded gateway; without `--demo`, and with `AROUTER_MANAGEMENT_KEY` set,
//! to the live one. `--help` tells the rest.

#[path = "shared/scripts.rs"]
mod scripts;
#[path = "shared/secret.rs"]
mod secret;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use arouter::Timestamp;
use arouter::keys::{CreateKeyRequest, Key, Keys, LimitReset, ListKeysQuery, UpdateKeyRequest};
use clap::{CommandFactory as _, Parser, Subcommand};
use comfy_table::{Table, presets};
use futures::TryStreamExt as _;
use serde_json::json;

use scripts::{Failure, House, say, shown};
use secret::Destination;

/// Lists, makes, disables and deletes keys of an ARouter account
#[derive(Parser)]
#[command(name = "manage_keys", after_help = scripts::AFTER_HELP)]
struct Arguments {
    /// Talk to a gateway inside this program, which is gone when it ends
    #[arg(long, global = true)]
    demo: bool,
    /// Print JSON, for programs
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// List keys
    List {
        /// List disabled ones too
        #[arg(long)]
        all: bool,
    },
    /// Make a key, and keep its secret
    Create {
        /// Its name; one that no other key has tells later whether it was made
        name: String,
        /// What it may spend, in US dollars
        #[arg(long, value_name = "USD", value_parser = dollars)]
        limit: Option<f64>,
        /// When the limit starts anew; without it, never
        #[arg(long, value_name = "PERIOD", value_parser = ["daily", "weekly", "monthly"], requires = "limit")]
        limit_reset: Option<String>,
        /// When it ends: a span from now, such as 90d, or a time, such as 2030-01-31T12:00:00Z
        #[arg(long, value_name = "WHEN", value_parser = end)]
        expires: Option<Timestamp>,
        /// A provider that it may use; repeat it for more
        #[arg(long = "provider", value_name = "PROVIDER")]
        providers: Vec<String>,
        /// A model that it may use; repeat it for more
        #[arg(long = "model", value_name = "MODEL")]
        models: Vec<String>,
        #[command(flatten)]
        destination: Destination,
        /// Replace the file of --secret-file, though it may hold another key's secret
        #[arg(long, requires = "secret_file")]
        force: bool,
    },
    /// Refuse a key from now on
    Disable { hash: String },
    /// Accept a key again
    Enable { hash: String },
    /// Delete a key for good
    Delete {
        hash: String,
        /// There is no way back
        #[arg(long, required = true)]
        yes: bool,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    scripts::exit(run(Arguments::parse()).await)
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    if let Task::Create { destination, .. } = &arguments.task
        && !destination.is_given()
    {
        let message = "say where the secret goes: --secret-file, --secret-command or --show-secret";
        Arguments::command().error(clap::error::ErrorKind::MissingRequiredArgument, message).exit();
    }
    let house = House::open(arguments.demo).await?;
    let keys = house.client.keys();
    match arguments.task {
        Task::List { all } => {
            let all = ListKeysQuery::new().page_size(100).include_disabled(all);
            let all: Vec<Key> = keys.list_all_with(&all).try_collect().await?;
            say(if arguments.json { json!(all).to_string() } else { table(&all) })
        }
        Task::Create { name, limit, limit_reset, expires, providers, models, destination, force } => {
            destination.check(&[&name], force)?;
            let mut request = CreateKeyRequest::new(name);
            request.limit = limit;
            request.limit_reset = limit_reset.as_deref().map(LimitReset::from);
            request.expires_at = expires;
            request.allowed_providers = Some(providers).filter(|list| !list.is_empty());
            request.allowed_models = Some(models).filter(|list| !list.is_empty());
            create(&keys, &request, destination, arguments.json).await
        }
        Task::Disable { hash } => {
            let key = keys.update(&hash, &UpdateKeyRequest::new().disabled(true)).await.map_err(|error| of_key(error, &hash))?;
            tell(&key, "disabled", arguments.json)
        }
        Task::Enable { hash } => {
            let key = keys.update(&hash, &UpdateKeyRequest::new().disabled(false)).await.map_err(|error| of_key(error, &hash))?;
            tell(&key, "enabled", arguments.json)
        }
        Task::Delete { hash, .. } => {
            let deleted = keys.delete(&hash).await.map_err(|error| of_key(error, &hash))?.deleted;
            if !deleted {
                return Err(Failure::new("the gateway says that it did not delete the key").needs_a_look());
            }
            let told =
                if arguments.json { json!({"hash": hash, "deleted": true}).to_string() } else { format!("deleted {}", shown(&hash)) };
            say(told).map_err(Failure::needs_a_look)
        }
    }
}

async fn create(keys: &Keys, request: &CreateKeyRequest, destination: Destination, as_json: bool) -> Result<(), Failure> {
    let created = match keys.create(request).await {
        Ok(created) => created.into_inner(),
        Err(error) => {
            // The answer to a creation that can't be read may hold the only copy of a secret.
            let answer = error.raw_body().filter(|_| error.status().is_some_and(|status| status.is_success()));
            let kept = answer.map(keep_answer);
            let failure = Failure::from(error);
            return Err(match kept {
                None => failure,
                Some(Ok(path)) => failure.and(format!("the answer, which may hold the secret, is in {}", path.display())),
                Some(Err(error)) => failure.and(format!("the answer, which may hold the secret, could not be kept: {error}")),
            });
        }
    };
    let (key, is_shown) = (created.data.clone(), destination.is_terminal());
    if let Err(error) = destination.keep(request.name.clone(), created).await {
        // A key whose secret nobody has is of no use to anybody.
        let failure = Failure::of(&error);
        let name = format!("{} ({})", shown(&request.name), shown(&key.hash));
        return Err(match keys.delete(&key.hash).await {
            Ok(deletion) if deletion.deleted => failure,
            Ok(_) => failure.needs_a_look().and(format!("the key {name} is left: the gateway says that it did not delete it again")),
            Err(error) => failure.needs_a_look().and(format!("the key {name} is left, and could not be deleted again: {error}")),
        });
    }
    if is_shown { Ok(()) } else { tell(&key, "made", as_json) }
}

/// In a file of this folder that only you can read.
fn keep_answer(answer: &[u8]) -> io::Result<PathBuf> {
    let mut file = tempfile::Builder::new().prefix("answer-to-create-").tempfile_in(".")?;
    file.write_all(answer)?;
    file.as_file().sync_all()?;
    let (_, path) = file.keep().map_err(|error| error.error)?;
    Ok(path)
}

fn of_key(error: arouter::Error, hash: &str) -> Failure {
    if error.is_not_found() { scripts::no_such_key(hash) } else { error.into() }
}

fn tell(key: &Key, done: &str, as_json: bool) -> Result<(), Failure> {
    // It is done, whether or not that can be said.
    say(if as_json { json!(key).to_string() } else { format!("{done} {} ({})", shown(&key.name), shown(&key.hash)) })
        .map_err(Failure::needs_a_look)
}

fn table(keys: &[Key]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["NAME", "HASH", "STATE", "LIMIT", "SPENT", "MADE", "ENDS"]);
    let time = |time: &Option<Timestamp>| time.as_ref().map_or("-".to_owned(), |time| shown(&time.to_string()));
    for key in keys {
        table.add_row([
            shown(&key.name),
            shown(&key.hash),
            if key.disabled { "disabled".into() } else { "in force".into() },
            limit(key),
            format!("${:.2}", key.usage.cost_usd()),
            time(&key.created_at),
            time(&key.expires_at),
        ]);
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// What a key may spend, as people say it.
fn limit(key: &Key) -> String {
    match (key.effective_limit(), &key.limit_reset) {
        (None, _) => "none".to_owned(),
        (Some(limit), Some(reset)) if !reset.is_never() => format!("${limit:.2} {}", shown(reset.as_str())),
        (Some(limit), _) => format!("${limit:.2}"),
    }
}

fn dollars(text: &str) -> Result<f64, String> {
    match text.trim_start_matches('$').parse::<f64>() {
        Ok(limit) if limit.is_finite() && limit >= 0.0 => Ok(limit),
        _ => Err("not an amount of US dollars".to_owned()),
    }
}

fn end(text: &str) -> Result<Timestamp, String> {
    let time = match humantime::parse_duration(text) {
        Ok(span) => SystemTime::now().checked_add(span).map(Timestamp::from),
        Err(_) => Some(Timestamp::from(text)),
    };
    match time {
        Some(time) if time.to_system_time().is_some_and(|time| time > SystemTime::now()) => Ok(time),
        Some(time) if time.to_system_time().is_some() => Err("that is over".to_owned()),
        _ => Err("neither a span such as 90d nor a time such as 2030-01-31T12:00:00Z".to_owned()),
    }
}
