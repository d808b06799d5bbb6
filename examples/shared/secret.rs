//! Where the secret of a new key goes: to a file, to a command, or to the terminal if told so.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use arouter::keys::CreatedKey;
use clap::Args;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::scripts::Failure;

#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub(crate) struct Destination {
    /// Write the secret to this file, which only you can read (mode 0600). {name} stands for the key's name, {hash} for the new hash.
    /// What was in the file stays until the new secret is safely written
    #[arg(long, value_name = "FILE")]
    secret_file: Option<String>,
    /// Give the secret to the standard input of this shell command, which finds AROUTER_KEY_NAME and AROUTER_KEY_HASH in its
    /// environment; if it fails, the new key is deleted again
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
    pub(crate) fn check(&self, names: &[&str]) -> Result<(), Failure> {
        let Some(template) = &self.secret_file else { return Ok(()) };
        let mut paths = HashSet::new();
        for name in names {
            let path = file(template, name, "new");
            if !paths.insert(path.clone()) && !template.contains("{hash}") {
                return Err(Failure::new(format!(
                    "two secrets would go to {}: put {{name}} or {{hash}} into --secret-file",
                    path.display()
                )));
            }
            if !is_special(&path) {
                temporary(&path).map_err(|error| Failure::new(format!("no secret can be written to {}: {error}", path.display())))?;
            }
        }
        Ok(())
    }

    /// Keeps a secret.
    pub(crate) async fn keep(self, created: CreatedKey) -> io::Result<()> {
        let secret = created.key.expose_secret();
        if let Some(template) = &self.secret_file {
            let path = file(template, &created.data.name, &created.data.hash);
            return write(&path, secret).map_err(|error| io::Error::other(format!("{}: {error}", path.display())));
        }
        if let Some(command) = &self.secret_command {
            return give(command, &created).await;
        }
        let mut out = io::stdout().lock();
        writeln!(out, "{secret}")?;
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

/// A device or a pipe, which can't be replaced by a file.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|known| !known.is_file())
}

/// A new file beside the one that it is to become.
fn temporary(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(".secret-").tempfile_in(folder)
}

fn write(path: &Path, secret: &str) -> io::Result<()> {
    if is_special(path) {
        let mut device = fs::OpenOptions::new().write(true).open(path)?;
        return writeln!(device, "{secret}");
    }
    // What a link points to is replaced, not the link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut file = temporary(&path)?;
    writeln!(file, "{secret}")?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

async fn give(command: &str, created: &CreatedKey) -> io::Result<()> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut child = Command::new(shell)
        .args([flag, command])
        .env("AROUTER_KEY_NAME", &created.data.name)
        .env("AROUTER_KEY_HASH", &created.data.hash)
        .env_remove("AROUTER_MANAGEMENT_KEY")
        .stdin(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        match input.write_all(format!("{}\n", created.key.expose_secret()).as_bytes()).await {
            // A command that ends without reading has its say in its exit code.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    let status = child.wait().await?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("the command that keeps the secret failed: {status}"))) }
}
