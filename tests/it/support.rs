//! What several tests share.

#[cfg(feature = "rustls")]
pub(crate) mod http2_server;
pub(crate) mod log;
#[cfg(feature = "rustls")]
pub(crate) mod raw_server;

use std::io::Write as _;

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

/// Runs a test of this binary by its name in a process of its own, with these variables and no others of the crate's.
pub(crate) fn alone(test: &str, variables: &[(&str, &str)]) -> std::process::Output {
    let mut program = std::process::Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", test, "--nocapture"]).env(ALONE, "1");
    for name in ["AROUTER_API_KEY", "AROUTER_MANAGEMENT_KEY", "AROUTER_BASE_URL"] {
        program.env_remove(name);
    }
    program.envs(variables.iter().copied()).output().unwrap()
}

/// Whether this process was started by [`alone`].
pub(crate) fn is_alone() -> bool {
    std::env::var_os(ALONE).is_some()
}

const ALONE: &str = "AROUTER_TEST_ALONE";
