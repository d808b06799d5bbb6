//! What is sent, and the clients that send it.

use std::hint::black_box;
use std::time::Duration;

use arouter::Client;
use arouter::chat::{ChatRequest, Message, Tool};
use arouter::internals::encode_chat;
use serde::Serialize;
use serde_json::{Value, json};

use crate::table::Work;

/// Messages of the history, each of a kilobyte.
pub(crate) const MESSAGES: usize = 200;
/// Clients that are made of one at a time.
pub(crate) const CLIENTS: usize = 100;

const MODEL: &str = "example/model-5.4";
const NAME: &str = "look_up";
const WHAT: &str = "Looks a word up in a dictionary.";
const TOOLS: usize = 4;

fn said() -> String {
    "He said \"no\", and went on.\n".repeat(1024 / 27)
}

fn parameters() -> Value {
    json!({"type": "object", "properties": {"word": {"type": "string", "description": "What to look up."},
        "language": {"type": "string", "enum": ["en", "de", "ja"]}}, "required": ["word"]})
}

pub(crate) fn encode() -> Work {
    let message = |number: usize| if number.is_multiple_of(2) { Message::user(said()) } else { Message::assistant(said()) };
    let request = ChatRequest::new(MODEL, (0..MESSAGES).map(message).collect::<Vec<_>>());
    let request = request.tools((0..TOOLS).map(|_| Tool::function(NAME, WHAT, parameters())).collect::<Vec<_>>());
    assert_eq!(serde_json::from_slice::<Value>(&encode_chat(&request).expect("a body")).ok(), serde_json::to_value(flat()).ok());
    Box::new(move || drop(black_box(encode_chat(black_box(&request)).expect("a body"))))
}

pub(crate) fn encode_floor() -> Work {
    let request = flat();
    Box::new(move || drop(black_box(serde_json::to_vec(black_box(&request)).expect("a body"))))
}

/// The same request in types that have its fields and no others.
fn flat() -> FlatRequest {
    let message = |number: usize| FlatMessage { role: if number.is_multiple_of(2) { "user" } else { "assistant" }, content: said() };
    let tool = || FlatTool { kind: "function", function: FlatFunction { name: NAME, description: WHAT, parameters: parameters() } };
    FlatRequest { messages: (0..MESSAGES).map(message).collect(), model: MODEL, tools: (0..TOOLS).map(|_| tool()).collect() }
}

#[derive(Serialize)]
struct FlatRequest {
    messages: Vec<FlatMessage>,
    model: &'static str,
    tools: Vec<FlatTool>,
}

#[derive(Serialize)]
struct FlatMessage {
    role: &'static str,
    content: String,
}

#[derive(Serialize)]
struct FlatTool {
    #[serde(rename = "type")]
    kind: &'static str,
    function: FlatFunction,
}

#[derive(Serialize)]
struct FlatFunction {
    name: &'static str,
    description: &'static str,
    parameters: Value,
}

fn client() -> Client {
    Client::builder().api_key("lr_live_0123456789abcdefghij").build().expect("a client")
}

pub(crate) fn clone() -> Work {
    let client = client();
    Box::new(move || (0..CLIENTS).for_each(|_| drop(black_box(black_box(&client).clone()))))
}

pub(crate) fn derive() -> Work {
    let client = client();
    Box::new(move || (0..CLIENTS).for_each(|_| drop(black_box(black_box(&client).with_timeout(Duration::from_secs(5))))))
}

pub(crate) fn build() -> Work {
    Box::new(|| drop(black_box(client())))
}

/// A client of the HTTP library alone, with the same TLS.
pub(crate) fn build_floor() -> Work {
    Box::new(|| {
        let client = reqwest::Client::builder();
        #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
        let client = client.tls_backend_rustls();
        drop(black_box(client.build().expect("a client")));
    })
}
