//! What the key scripts share: which gateway they talk to, and how they tell what went wrong.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use arouter::Client;
use arouter::keys::{CreateKeyRequest, LimitReset};
use arouter::testing::Gateway;

/// What both scripts say at the end of their help.
pub(crate) const AFTER_HELP: &str = "\
The gateway and the key come from the environment:
  AROUTER_MANAGEMENT_KEY  lr_mgmt_…
  AROUTER_BASE_URL        https://api.arouter.ai by default

Exit codes:
  0  done
  1  failed, and nothing was changed
  2  wrong usage
  3  failed after something was changed, or may have been: the message says what is left";

/// Why a script ends without having done its work.
pub(crate) struct Failure {
    message: String,
    causes: Vec<String>,
    /// Whether something was changed, or may have been.
    pub(crate) needs_a_look: bool,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), causes: Vec::new(), needs_a_look: false }
    }

    /// An error with its causes.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        let causes = std::iter::successors(error.source(), |cause| (*cause).source()).map(ToString::to_string).collect();
        Self { message: error.to_string(), causes, needs_a_look: false }
    }

    pub(crate) fn needs_a_look(mut self) -> Self {
        self.needs_a_look = true;
        self
    }

    /// With something else to say.
    pub(crate) fn and(mut self, more: String) -> Self {
        self.causes.push(more);
        self
    }

    pub(crate) fn print(&self) {
        let mut out = io::stderr().lock();
        // Where nothing can be said, nothing is to be done about it.
        _ = writeln!(out, "error: {}", self.message);
        for cause in &self.causes {
            _ = writeln!(out, "  {cause}");
        }
    }
}

/// A call that failed. It may have been acted on: for certain, if the answer was a success that couldn't be read.
impl From<arouter::Error> for Failure {
    fn from(error: arouter::Error) -> Self {
        let failure = Self::of(&error);
        let was_acted_on = error.api().is_none() && error.status().is_some_and(|status| status.is_success());
        if error.outcome_unknown() || was_acted_on { failure.needs_a_look() } else { failure }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::of(&error)
    }
}

/// Ends the program. A reader that has gone away (`| head`) is no failure.
pub(crate) fn exit(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::from(if failure.needs_a_look { 3 } else { 1 })
        }
    }
}

/// A line on standard output.
pub(crate) fn say(line: impl Display) -> Result<(), Failure> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// The gateway that a script talks to.
pub(crate) struct House {
    pub(crate) client: Client,
    _demo: Option<Gateway>,
}

impl House {
    /// The live gateway, by the environment; or one inside this program, with three keys, that is gone when the program ends.
    pub(crate) async fn open(is_demo: bool) -> Result<Self, Failure> {
        if !is_demo {
            if std::env::var_os("AROUTER_MANAGEMENT_KEY").is_none() {
                return Err(Failure::new("set AROUTER_MANAGEMENT_KEY to a management key (lr_mgmt_…), or try --demo"));
            }
            return Ok(Self { client: Client::from_env()?, _demo: None });
        }
        let gateway = Gateway::start().await?;
        let client = gateway.client();
        let keys = [
            CreateKeyRequest::new("backend-eu").limit(150.0).limit_reset(LimitReset::Monthly).allowed_providers(["openai", "anthropic"]),
            CreateKeyRequest::new("backend-us").limit(20.0).limit_reset(LimitReset::Daily),
            CreateKeyRequest::new("notebook").expires_at("2999-12-31T23:59:59Z"),
        ];
        for key in keys {
            client.keys().create(&key).await?;
        }
        Ok(Self { client, _demo: Some(gateway) })
    }
}

pub(crate) fn no_such_key(hash: &str) -> Failure {
    Failure::new(format!("there is no key with the hash {}: manage_keys list --all shows those that there are", shown(hash)))
}

/// A key's words may come from anywhere: nothing of them may move the cursor.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}
