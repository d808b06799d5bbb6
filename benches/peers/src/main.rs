//! This crate beside other clients: what a chunk or a call costs each, and how many times what it costs a client written by hand.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml` builds each client as a program of its own, with the features that its
//! dependencies have by default and no others, and runs them under valgrind, which must be installed. Words behind `--` pick clients.

#[path = "../../support/bodies.rs"]
#[allow(dead_code, reason = "only chat is compared here")]
mod bodies;
mod server;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use peers::Result;

/// The clients; the first is what the others are compared with.
const PEERS: [&str; 5] = ["by-hand", "arouter", "async-openai", "openrouter-rs", "genai"];

/// What the server answers: so many chunks in frames of 16 KiB; in frames of one event; a whole answer; one event of 4 MiB.
const MODELS: [&str; 6] = ["frames-200", "frames-1200", "events-200", "events-1200", "whole", "long"];

/// How long an event of 4 MiB may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A model, and a number of calls.
type Work = (&'static str, u32);

/// What is counted: a larger piece of work without a smaller one.
struct Scenario {
    name: &'static str,
    less: Work,
    more: Work,
    /// By how many they differ.
    units: f64,
}

const SCENARIOS: [Scenario; 3] = [
    Scenario { name: "a chunk, 16 KiB frames", less: ("frames-200", 1), more: ("frames-1200", 1), units: 1000.0 },
    Scenario { name: "a chunk, one per frame", less: ("events-200", 1), more: ("events-1200", 1), units: 1000.0 },
    Scenario { name: "a whole answer", less: ("whole", 5), more: ("whole", 45), units: 40.0 },
];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "serve") {
        return tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(server::serve());
    }
    let is_asked = |peer: &str| words.is_empty() || peer == PEERS[0] || words.iter().any(|word| word == peer);
    let mut clients = Vec::new();
    for name in PEERS.into_iter().filter(|peer| is_asked(peer)) {
        clients.push(Client { name, program: build(name)? });
    }
    let server = Server::start()?;

    println!("{:<24}{:<16}{:>14}{:>8}{:>14}{:>8}", "", "client", "instructions", "ratio", "allocations", "ratio");
    for Scenario { name, less, more, units } in SCENARIOS {
        let mut first: Option<(f64, f64, f64)> = None;
        for client in &clients {
            let instructions = (client.instructions(&server, more)? - client.instructions(&server, less)?) / units;
            let ([all_text, all_allocations], [_, fewer_allocations]) = (client.figures(&server, more)?, client.figures(&server, less)?);
            let allocations = (all_allocations - fewer_allocations) / units;
            let by_hand = *first.get_or_insert((instructions, allocations, all_text));
            let ratios = (instructions / by_hand.0, allocations / by_hand.1);
            let lost = if all_text == by_hand.2 { String::new() } else { format!("  reads {all_text} of {} bytes of text", by_hand.2) };
            println!("{name:<24}{:<16}{instructions:>14.0}{:>8.2}{allocations:>14.1}{:>8.2}{lost}", client.name, ratios.0, ratios.1);
        }
    }
    println!("\nOne event of 4 MiB in frames of 1 KiB, in seconds from the start of the program to its end:");
    for client in &clients {
        let seconds = client.long_event(&server)?;
        let limit = PATIENCE.as_secs();
        println!("{:<16}{}", client.name, seconds.map_or(format!("> {limit}"), |seconds| format!("{seconds:.2}")));
    }
    Ok(())
}

/// Builds a client by itself; gives its program.
fn build(name: &str) -> Result<PathBuf> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    cargo.args(["build", "--quiet", "--release", "--locked", "--manifest-path", manifest, "--bin", name, "--features", name]);
    if !cargo.status()?.success() {
        return Err(format!("{name} can't be built").into());
    }
    let programs = std::env::current_exe()?;
    Ok(programs.parent().unwrap_or(Path::new("")).join(name))
}

/// A client's program.
struct Client {
    name: &'static str,
    program: PathBuf,
}

impl Client {
    /// All instructions of a run of it.
    fn instructions(&self, server: &Server, work: Work) -> Result<f64> {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(&self.program);
        let output = arguments(&mut valgrind, server, work).output().map_err(|error| format!("valgrind can't be run: {error}"))?;
        let told = String::from_utf8_lossy(&output.stderr);
        let collected = told.lines().find_map(|line| line.split_once("Collected :"));
        match collected {
            Some((_, instructions)) if output.status.success() => Ok(instructions.trim().parse()?),
            _ => Err(format!("{}: {told}", self.name).into()),
        }
    }

    /// The bytes of text that a run of it reads, and all its allocations.
    fn figures(&self, server: &Server, work: Work) -> Result<[f64; 2]> {
        let output = arguments(&mut Command::new(&self.program), server, work).stderr(Stdio::inherit()).output()?;
        let told = String::from_utf8(output.stdout)?;
        let mut figures = told.split_whitespace().map(str::parse);
        match (figures.next(), figures.next()) {
            (Some(Ok(text)), Some(Ok(allocations))) => Ok([text, allocations]),
            _ => Err(format!("{} has failed", self.name).into()),
        }
    }

    /// Seconds for one event of 4 MiB; `None` if they are too many.
    fn long_event(&self, server: &Server) -> Result<Option<f64>> {
        let began = Instant::now();
        let mut process = arguments(&mut Command::new(&self.program), server, ("long", 1)).stdout(Stdio::null()).spawn()?;
        while began.elapsed() < PATIENCE {
            if let Some(status) = process.try_wait()? {
                let took = began.elapsed().as_secs_f64();
                return if status.success() { Ok(Some(took)) } else { Err(format!("{} has failed", self.name).into()) };
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        process.kill()?;
        process.wait()?;
        Ok(None)
    }
}

/// Loopback goes through no proxy, whatever the environment says.
fn arguments<'c>(command: &'c mut Command, server: &Server, (model, calls): Work) -> &'c mut Command {
    command.args([&server.base_url, model, &calls.to_string()]).env("NO_PROXY", "127.0.0.1")
}

/// This program once more, as the server; it ends when this is dropped.
struct Server {
    process: Child,
    base_url: String,
}

impl Server {
    fn start() -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?).arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut base_url = String::new();
        BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut base_url)?;
        Ok(Self { process, base_url: base_url.trim().to_owned() })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It serves until its input ends.
        drop(self.process.stdin.take());
        _ = self.process.wait();
    }
}
