//! The embedded gateway in a process of its own, so that what it holds isn't counted.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use arouter::Client;
use arouter::testing::Gateway;

pub(crate) type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// Asks this program to be the gateway.
const SERVE: &str = "serve";

/// The other process; it ends with this one, or when this is dropped.
pub(crate) struct Served {
    process: Child,
}

impl Served {
    /// Starts this program once more, as the gateway; gives a client of it.
    pub(crate) fn start() -> Result<(Self, Client)> {
        let mut process = Command::new(std::env::current_exe()?).arg(SERVE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut told = BufReader::new(process.stdout.take().ok_or("no output")?).lines();
        let served = Self { process };
        let (base_url, key) = (told.next().ok_or("no address")??, told.next().ok_or("no key")??);
        Ok((served, Client::builder().base_url(base_url).api_key(key).no_proxy().build()?))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It serves until its input ends.
        drop(self.process.stdin.take());
        _ = self.process.wait();
    }
}

/// Whether this process is to be the gateway.
pub(crate) fn is_asked_for() -> bool {
    std::env::args().any(|argument| argument == SERVE)
}

/// Serves for as long as the other process lives.
pub(crate) async fn serve(script: impl FnOnce(&Gateway)) -> Result<()> {
    let gateway = Gateway::start().await?;
    script(&gateway);
    println!("{}\n{}", gateway.base_url(), gateway.api_key());
    std::io::stdout().flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
