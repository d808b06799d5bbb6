//! Where the secret of a new key goes: to a file, to a command, or to the terminal if told so.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use arouter::keys::CreatedKey;
use clap::Args;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

use crate::scripts::Failure;

#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub(crate) struct Destination {
    /// Write the secret to this file, which only you can read (mode 0600). {name} stands for the key's name, {hash} for the new hash.
    /// What was in the file stays until the new secret is safely written
    #[arg(long, value_name = "FILE")]
    secret_file: Option<String>,
    /// Give the secret to the standard input of this shell command, which finds AROUTER_KEY_NAME and AROUTER_KEY_HASH in its
    /// environment, and whose output is dropped. If it fails, the new key is deleted again; of a pipe, the last command has the say
    #[arg(long, value_name = "COMMAND")]
    secret_command: Option<String>,
    /// Print the secret to standard output, and nothing else there
    #[arg(long, conflicts_with = "json")]
    show_secret: bool,
}

impl Destination {
    pub(crate) fn is_given(&self) -> bool {
        self.secret_file.is_some() || self.secret_command.is_some() || self.show_secret
    }

    /// Whether secrets are printed.
    pub(crate) fn is_terminal(&self) -> bool {
        self.show_secret
    }

    /// Makes sure that the secrets of all these keys could be kept, before there are any.
    pub(crate) fn check(&self, names: &[&str], may_replace: bool) -> Result<(), Failure> {
        let Some(template) = &self.secret_file else { return Ok(()) };
        let mut paths = HashSet::new();
        for name in names {
            let path = file(template, name, "new");
            let refuse = |why: String| Err(Failure::new(format!("no secret can be written to {}: {why}", path.display())));
            if !paths.insert(path.clone()) && !template.contains("{hash}") {
                return refuse("that of another key goes there; put {name} or {hash} into --secret-file".into());
            }
            match fs::metadata(&path) {
                Ok(known) if known.is_dir() => return refuse("it is a folder".into()),
                Ok(known) if known.is_file() && !may_replace && !template.contains("{hash}") => {
                    return refuse("it exists, and may hold another key's; --force replaces it".into());
                }
                Ok(known) if !known.is_file() => {}
                _ => {
                    if let Err(error) = temporary(&target(&path)) {
                        return refuse(error.to_string());
                    }
                }
            }
        }
        Ok(())
    }

    /// Keeps the secret of a key, which went by this name when it was checked.
    pub(crate) async fn keep(self, name: String, created: CreatedKey) -> io::Result<()> {
        if let Some(template) = &self.secret_file {
            let path = file(template, &name, &created.data.hash);
            return write(path, created.key.expose_secret().to_owned()).await;
        }
        if let Some(command) = &self.secret_command {
            return give(command, &name, &created).await;
        }
        let mut out = io::stdout().lock();
        writeln!(out, "{}", created.key.expose_secret())?;
        out.flush()
    }
}

fn file(template: &str, name: &str, hash: &str) -> PathBuf {
    // A name is anybody's choice, and must not lead to another folder.
    let safe = |word: &str| -> String {
        let kept = |character: char| if character.is_alphanumeric() || "-_.@".contains(character) { character } else { '_' };
        word.chars().map(kept).collect::<String>().trim_start_matches('.').to_owned()
    };
    PathBuf::from(template.replace("{name}", &safe(name)).replace("{hash}", &safe(hash)))
}

/// What a link points to is replaced, not the link.
fn target(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new file beside the one that it is to become.
fn temporary(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(".secret-").tempfile_in(folder(path))
}

/// In a thread of its own, since a pipe that nobody reads would hold the program for ever.
async fn write(path: PathBuf, secret: String) -> io::Result<()> {
    let (done, written) = oneshot::channel();
    let shown = path.display().to_string();
    std::thread::spawn(move || done.send(write_now(&path, &secret)));
    let written = written.await.unwrap_or_else(|_| Err(io::Error::other("the thread that writes has died")));
    written.map_err(|error| io::Error::other(format!("{shown}: {error}")))
}

fn write_now(path: &Path, secret: &str) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|known| !known.is_file()) {
        // A device or a pipe, which can't be replaced by a file.
        return writeln!(OpenOptions::new().write(true).open(path)?, "{secret}");
    }
    let path = target(path);
    let mut file = temporary(&path)?;
    writeln!(file, "{secret}")?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    // The new name has to last as well; not every system lets a folder be opened for that.
    _ = File::open(folder(&path)).and_then(|folder| folder.sync_all());
    Ok(())
}

async fn give(command: &str, name: &str, created: &CreatedKey) -> io::Result<()> {
    let mut running = Running::start(command, name, &created.data.hash)?;
    let taken = match running.0.stdin.take() {
        Some(mut input) => input.write_all(format!("{}\n", created.key.expose_secret()).as_bytes()).await,
        None => Err(io::ErrorKind::BrokenPipe.into()),
    };
    // Its exit code tells more than that it closed its input.
    let status = running.0.wait().await?;
    if !status.success() {
        return Err(io::Error::other(format!("the command that keeps the secret failed: {status}")));
    }
    taken.map_err(|error| io::Error::other(format!("the command has ended without taking the secret: {error}")))
}

/// A command that is ended with all that it has started when it takes too long: the key may be gone by then.
struct Running(Child);

impl Running {
    fn start(command: &str, name: &str, hash: &str) -> io::Result<Self> {
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut shell = Command::new(shell);
        shell.args([flag, command]).env("AROUTER_KEY_NAME", name).env("AROUTER_KEY_HASH", hash);
        shell.env_remove("AROUTER_MANAGEMENT_KEY").env_remove("AROUTER_API_KEY");
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true);
        #[cfg(unix)]
        shell.process_group(0);
        shell.spawn().map(Self)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let (true, Some(group)) = (cfg!(unix), self.0.id()) {
            _ = std::process::Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).status();
        }
    }
}
