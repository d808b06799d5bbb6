//! The eleven operations that each fault is tried on, with an answer that would be right.

use arouter::embeddings::EmbeddingsRequest;
use arouter::keys::{CreateKeyRequest, ListKeysQuery, UpdateKeyRequest};
use arouter::{Client, Error, Result, RetryClass};
use futures::{Stream, StreamExt as _};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

/// What a client must tell nobody but the server.
const PROMPT: &str = "SENTINEL of the prompt";
const CHAT: &str = r#"{"model":"m","messages":[{"role":"user","content":"SENTINEL of the prompt"},
    {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":\"SENTINEL\"}"}}]},
    {"role":"tool","tool_call_id":"c","content":"SENTINEL of the result"}]}"#;
const MESSAGES: &str = r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"SENTINEL of the prompt"},
    {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"a":"SENTINEL of an argument"}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"SENTINEL of the result"}]}]}"#;
const CONTENTS: &str = r#"{"contents":[{"role":"user","parts":[{"text":"SENTINEL of the prompt"}]},
    {"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":"SENTINEL of an argument"}}}]},
    {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"a":"SENTINEL of the result"}}}]}]}"#;

/// An operation of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Chat,
    ChatStream,
    Messages,
    MessagesStream,
    Generate,
    GenerateStream,
    Embeddings,
    Models,
    KeyCreate,
    /// Two calls, which stand for the writes that can be repeated.
    KeyUpdateAndDelete,
    /// Two calls, which stand for looking keys up.
    KeyListAndCurrent,
}

pub(super) const OPERATIONS: [Operation; 11] = [
    Operation::Chat,
    Operation::ChatStream,
    Operation::Messages,
    Operation::MessagesStream,
    Operation::Generate,
    Operation::GenerateStream,
    Operation::Embeddings,
    Operation::Models,
    Operation::KeyCreate,
    Operation::KeyUpdateAndDelete,
    Operation::KeyListAndCurrent,
];

/// What a call came to.
pub(super) struct Ended {
    /// Items that a stream gave before it ended.
    pub(super) items: usize,
    pub(super) error: Option<Error>,
}

impl Operation {
    pub(super) fn is_stream(self) -> bool {
        matches!(self, Self::ChatStream | Self::MessagesStream | Self::GenerateStream)
    }

    pub(super) fn class(self) -> RetryClass {
        match self {
            Self::Models | Self::KeyListAndCurrent => RetryClass::Safe,
            Self::KeyUpdateAndDelete => RetryClass::Idempotent,
            Self::KeyCreate => RetryClass::Create,
            _ => RetryClass::Generation,
        }
    }

    /// How many calls it makes.
    pub(super) fn calls(self) -> usize {
        if matches!(self, Self::KeyUpdateAndDelete | Self::KeyListAndCurrent) { 2 } else { 1 }
    }

    /// How many items its answer has.
    pub(super) fn items(self) -> usize {
        self.items_within(usize::MAX)
    }

    /// How many items are whole in so many bytes of its answer.
    pub(super) fn items_within(self, bytes: usize) -> usize {
        let mut end = 0;
        let whole = self.answer().into_iter().take_while(|event| {
            end += event.len();
            end <= bytes
        });
        if self.is_stream() { whole.filter(|event| !event.contains("[DONE]")).count() } else { 0 }
    }

    /// Makes one of its calls, and gives a permit for each item that it reads.
    pub(super) async fn run(self, client: &Client, call: usize, reader: &Semaphore) -> Ended {
        let (chat, messages, contents) = (request(CHAT), request(MESSAGES), request(CONTENTS));
        match (self, call) {
            (Self::Chat, _) => whole(client.chat().create(&chat).await),
            (Self::ChatStream, _) => streamed(client.chat().stream(&chat).await, reader).await,
            (Self::Messages, _) => whole(client.messages().create(&messages).await),
            (Self::MessagesStream, _) => streamed(client.messages().stream(&messages).await, reader).await,
            (Self::Generate, _) => whole(client.gemini().generate_content("m", &contents).await),
            (Self::GenerateStream, _) => streamed(client.gemini().stream_generate_content("m", &contents).await, reader).await,
            (Self::Embeddings, _) => whole(client.embeddings().create(&EmbeddingsRequest::new("m", PROMPT)).await),
            (Self::Models, _) => whole(client.models().list().await),
            (Self::KeyCreate, _) => whole(client.keys().create(&CreateKeyRequest::new("a")).await),
            (Self::KeyUpdateAndDelete, 0) => whole(client.keys().update("h", &UpdateKeyRequest::new().disabled(true)).await),
            (Self::KeyUpdateAndDelete, _) => whole(client.keys().delete("h").await),
            (Self::KeyListAndCurrent, 0) => whole(client.keys().list(&ListKeysQuery::new()).await),
            (Self::KeyListAndCurrent, _) => whole(client.keys().current().await),
        }
    }

    /// An answer that would be right for any of its calls: of a stream, event by event.
    pub(super) fn answer(self) -> Vec<String> {
        let data = |events: &[&str]| events.iter().map(|event| format!("data: {event}\n\n")).collect();
        let named = |events: &[(&str, &str)]| events.iter().map(|(name, data)| format!("event: {name}\ndata: {data}\n\n")).collect();
        match self {
            Self::ChatStream => data(&[
                r#"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"SENTINEL of the answer"}}]}"#,
                r#"{"id":"c","choices":[{"index":0,"delta":{"content":" there"}}]}"#,
                r#"{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
                "[DONE]",
            ]),
            Self::MessagesStream => named(&[
                (
                    "message_start",
                    r#"{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}"#,
                ),
                ("content_block_start", r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#),
                (
                    "content_block_delta",
                    r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"SENTINEL of the answer"}}"#,
                ),
                ("content_block_stop", r#"{"type":"content_block_stop","index":0}"#),
                ("message_delta", r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}"#),
                ("message_stop", r#"{"type":"message_stop"}"#),
            ]),
            Self::GenerateStream => data(&[
                r#"{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"SENTINEL of the answer"}]}}]}"#,
                r#"{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":" there"}]}}]}"#,
                r#"{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"!"}]},"finishReason":"STOP"}]}"#,
            ]),
            Self::Chat => whole_answer(
                r#"{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"SENTINEL of the answer"},"finish_reason":"stop"}]}"#,
            ),
            Self::Messages => whole_answer(
                r#"{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"SENTINEL of the answer"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"#,
            ),
            Self::Generate => whole_answer(
                r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"SENTINEL of the answer"}]},"finishReason":"STOP"}]}"#,
            ),
            Self::Embeddings => {
                whole_answer(r#"{"object":"list","model":"m","data":[{"object":"embedding","index":0,"embedding":[0.25,0.5]}]}"#)
            }
            Self::Models => whole_answer(r#"{"object":"list","data":[{"id":"openai/gpt-5.4"}]}"#),
            Self::KeyCreate => whole_answer(r#"{"key":"lr_live_SENTINEL_of_the_new_key","data":{"hash":"h","name":"a"}}"#),
            Self::KeyUpdateAndDelete => whole_answer(r#"{"data":{"hash":"h","name":"a","deleted":true,"disabled":true}}"#),
            Self::KeyListAndCurrent => whole_answer(r#"{"data":[],"label":"a key by any other name"}"#),
        }
    }
}

fn request<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

fn whole_answer(json: &str) -> Vec<String> {
    vec![json.to_owned()]
}

fn whole<T>(answer: Result<T>) -> Ended {
    Ended { items: 0, error: answer.err() }
}

async fn streamed<T, S: Stream<Item = Result<T>> + Unpin>(stream: Result<S>, reader: &Semaphore) -> Ended {
    let mut stream = match stream {
        Ok(stream) => stream,
        Err(error) => return Ended { items: 0, error: Some(error) },
    };
    let mut items = 0;
    while let Some(item) = stream.next().await {
        match item {
            Ok(_) => {
                items += 1;
                reader.add_permits(1);
            }
            Err(error) => {
                assert!(stream.next().await.is_none() && stream.next().await.is_none(), "an error is the end");
                return Ended { items, error: Some(error) };
            }
        }
    }
    Ended { items, error: None }
}
