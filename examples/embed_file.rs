//! Embeds a text file line by line and writes the vectors as JSON Lines, with a progress bar.
//!
//! `cargo run --example embed_file -- README.md --output vectors.jsonl` talks to an embedded gateway; with `AROUTER_API_KEY` set, to the
//! live one. `--help` tells the options.

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Read as _, Write};
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arouter::Client;
use arouter::embeddings::{BatchError, BatchOptions, EmbeddingsRequest, EncodingFormat};
use arouter::testing::Gateway;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tempfile::NamedTempFile;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Embeds a text file line by line and writes the vectors as JSON Lines
#[derive(Parser)]
struct Options {
    /// Text file; - is standard input. Blank lines are skipped
    file: PathBuf,
    /// Model to ask
    #[arg(long, default_value = "openai/text-embedding-3-small")]
    model: String,
    /// File to write, in one piece at the end; standard output by default
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Numbers in a vector, for models that can shorten them
    #[arg(long, value_name = "N")]
    dimensions: Option<NonZeroU64>,
    /// Most lines in a request
    #[arg(long, value_name = "N", default_value = "512")]
    batch: NonZeroUsize,
    /// Requests under way at a time
    #[arg(long, value_name = "N", default_value = "4")]
    concurrency: NonZeroUsize,
    /// Ask for the vectors as base64, which is shorter and cheaper to read
    #[arg(long)]
    base64: bool,
}

/// A line of the file; with its vector, a line of the output.
#[derive(Serialize)]
struct Line {
    /// Its number in the file, from 1.
    line: usize,
    text: String,
    embedding: Option<Vec<f32>>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Options::parse()).await {
        Ok(code) => code,
        Err(error) => {
            say(&format!("error: {}", with_causes(&*error)));
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<ExitCode> {
    let mut lines = read(&options.file)?;
    // Before anything is paid for.
    let output = Output::open(options.output.as_deref())?;

    let gateway = Gateway::start().await?;
    let is_live = std::env::var_os("AROUTER_API_KEY").is_some();
    let client = if is_live { Client::from_env()? } else { gateway.client() };
    if !is_live {
        say("gateway: embedded; set AROUTER_API_KEY for the live one");
    }

    let mut request = EmbeddingsRequest::new(&options.model, lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>());
    request.dimensions = options.dimensions.map(NonZeroU64::get);
    request.encoding_format = options.base64.then_some(EncodingFormat::Base64);
    // Hidden by itself where standard error is no terminal.
    let bar = ProgressBar::new(lines.len() as u64).with_style(ProgressStyle::with_template("{wide_bar} {pos} of {len} lines, {eta} left")?);
    let moving = bar.clone();
    let batches = BatchOptions::new().max_inputs(options.batch.get()).concurrency(options.concurrency.get());
    let outcome = client.embeddings().create_all(&request, &batches.on_progress(move |progress| moving.set_position(progress.done as u64)));
    let outcome = outcome.await;
    bar.finish_and_clear();

    match outcome {
        Ok(all) => {
            lines.iter_mut().zip(all.vectors).for_each(|(line, vector)| line.embedding = Some(vector));
            output.write(&lines)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(BatchError { inputs, error, others, vectors, .. }) => {
            for (inputs, error) in [(inputs, error)].into_iter().chain(others) {
                say(&format!("error: {} failed: {}", numbers(&lines[inputs]), with_causes(&error)));
            }
            lines.iter_mut().zip(vectors).for_each(|(line, vector)| line.embedding = vector);
            let without: Vec<_> = lines.chunk_by(|one, next| one.embedding.is_none() == next.embedding.is_none()).collect();
            let without = without.iter().filter(|run| run[0].embedding.is_none()).map(|run| numbers(run));
            say(&format!("without a vector: {}", without.collect::<Vec<_>>().join(", ")));
            // What is paid for isn't lost.
            if lines.iter().any(|line| line.embedding.is_some()) {
                output.write(&lines)?;
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The lines of a file that aren't blank.
fn read(path: &Path) -> Result<Vec<Line>> {
    let name = if path == "-" { "standard input".into() } else { path.display().to_string() };
    let mut bytes = Vec::new();
    let read = if path == "-" {
        io::stdin().lock().read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.map_err(|error| format!("can't read {name}: {error}"))?;
    let text = str::from_utf8(&bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        format!("{name} isn't UTF-8 at line {line}")
    })?;
    let numbered = (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty());
    let lines: Vec<_> = numbered.map(|(line, text)| Line { line, text: text.into(), embedding: None }).collect();
    if lines.is_empty() { Err(format!("{name} has no lines to embed").into()) } else { Ok(lines) }
}

/// Where the vectors go.
enum Output {
    /// To standard output, a pipe or a device, as they are written.
    Straight(String, Box<dyn Write + Send>),
    /// To a file, which takes its place once it is whole.
    Whole(PathBuf, NamedTempFile),
}

impl Output {
    fn open(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::Straight("standard output".into(), Box::new(io::stdout()))) };
        let opened = || {
            // A link stays one, and what it leads to is written.
            let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
            let permissions = match OpenOptions::new().append(true).open(&path) {
                Ok(there) if !there.metadata()?.is_file() => return Ok(Self::Straight(path.display().to_string(), Box::new(there))),
                Ok(there) => Some(there.metadata()?.permissions()),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(error),
            };
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let mut builder = tempfile::Builder::new();
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            let file = builder.prefix(".embed_file-").tempfile_in(folder)?;
            if let Some(permissions) = permissions {
                file.as_file().set_permissions(permissions)?;
            }
            Ok(Self::Whole(path, file))
        };
        opened().map_err(|error: io::Error| format!("can't write {}: {error}", path.display()).into())
    }

    /// Writes the lines that have a vector.
    fn write(self, lines: &[Line]) -> Result<()> {
        let (name, written) = match self {
            Self::Straight(name, to) => (name, write(to, lines)),
            Self::Whole(path, mut file) => {
                let written = write(file.as_file_mut(), lines);
                (path.display().to_string(), written.and_then(|()| file.persist(path).map(drop).map_err(|error| error.error)))
            }
        };
        match written {
            // The reader has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(|error| format!("can't write {name}: {error}").into()),
        }
    }
}

fn write(to: impl Write, lines: &[Line]) -> io::Result<()> {
    let mut to = BufWriter::new(to);
    for line in lines.iter().filter(|line| line.embedding.is_some()) {
        serde_json::to_writer(&mut to, line)?;
        to.write_all(b"\n")?;
    }
    to.flush()
}

/// The numbers of lines that follow each other, blank ones aside.
fn numbers(lines: &[Line]) -> String {
    match lines {
        [] => "no line".into(),
        [one] => format!("line {}", one.line),
        [first, .., last] => format!("lines {} to {}", first.line, last.line),
    }
}

fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Tells the person at the terminal; if nobody listens, that is no error.
fn say(text: &str) {
    _ = writeln!(io::stderr(), "{text}");
}
