//! What several tests share.

pub(crate) mod full_queue;
#[cfg(feature = "rustls")]
pub(crate) mod http2_server;
pub(crate) mod log;
pub(crate) mod raw_server;
#[cfg(feature = "rustls")]
pub(crate) mod tls;

use std::io::Write as _;
use std::process::{Command, Output};
use std::time::Duration;

use arouter::chat::{ChatRequest, Message};
use arouter::messages::{InputMessage, MessagesRequest};
use arouter::testing::Gateway;
use serde_json::Value;

pub(crate) const CHAT: &str = "/v1/chat/completions";
pub(crate) const MESSAGES: &str = "/v1/messages";

pub(crate) async fn gateway() -> Gateway {
    Gateway::start().await.unwrap()
}

pub(crate) fn hello() -> ChatRequest {
    ChatRequest::new("openai/gpt-5.4", [Message::user("Hello!")])
}

pub(crate) fn hello_claude() -> MessagesRequest {
    MessagesRequest::new("claude-sonnet-4.6", 1024, [InputMessage::user("Hello!")])
}

/// A chunk with this text, as the service writes it.
pub(crate) fn chunk(text: &str) -> String {
    serde_json::json!({"id": "gen-1", "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]})
    .to_string()
}

/// A chunk that ends the answer.
pub(crate) fn finish() -> String {
    r#"{"id":"gen-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#.to_owned()
}

/// Everything that an error says to whoever logs it: itself in both forms, and its causes.
pub(crate) fn everything_said(error: &arouter::Error) -> String {
    let mut said = format!("{error}\n{error:?}\n{error:#?}\n");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        said.push_str(&format!("{error}\n{error:?}\n"));
        cause = error.source();
    }
    said
}

/// Whether it comes to be so within a time that only a bug can miss.
pub(crate) async fn within_patience(is_so: impl Fn() -> bool + Send + Sync) -> bool {
    let waited = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waited).await.is_ok()
}

/// A passing test's `println!` is swallowed; this isn't.
pub(crate) fn print_line(line: &str) {
    writeln!(std::io::stderr().lock(), "{line}").unwrap();
}

/// The JSON file that a variable names; without it, says so and gives none.
pub(crate) fn json_of(variable: &str, what: &str) -> Option<Value> {
    let Some(path) = std::env::var_os(variable) else {
        print_line(&format!("{what}: skipped, {variable} is not set"));
        return None;
    };
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

/// Runs a test of this binary by its name in a process of its own, with these variables and no others that the crate reads.
pub(crate) fn alone(test: &str, variables: &[(&str, &str)]) -> Output {
    run_alone(Command::new(std::env::current_exe().unwrap()), test, variables)
}

/// As [`alone`], with a limit that the shell sets before: `ulimit -n 64`.
#[cfg(unix)]
pub(crate) fn alone_within(limit: &str, test: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{limit} && exec \"$0\" \"$@\"")]).arg(std::env::current_exe().unwrap());
    run_alone(shell, test, &[])
}

fn run_alone(mut program: Command, test: &str, variables: &[(&str, &str)]) -> Output {
    program.args(["--exact", test, "--nocapture"]).env(ALONE, "1");
    for name in ["AROUTER_API_KEY", "AROUTER_MANAGEMENT_KEY", "AROUTER_BASE_URL", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        program.env_remove(name).env_remove(name.to_lowercase());
    }
    program.envs(variables.iter().copied()).output().unwrap()
}

/// What a test in a process of its own printed, once it is sure that it ran and passed.
pub(crate) fn passed(output: &Output) -> String {
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    said
}

/// Whether this process was started by [`alone`].
pub(crate) fn is_alone() -> bool {
    std::env::var_os(ALONE).is_some()
}

const ALONE: &str = "AROUTER_TEST_ALONE";
