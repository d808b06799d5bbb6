//! What a program would write for itself: reqwest, eventsource-stream, serde_json, and types of what it has seen.
#![allow(dead_code, reason = "fields that no figure needs are read all the same")]

use eventsource_stream::Eventsource as _;
use futures::StreamExt as _;
use peers::{KEY, PROMPT, Peer, Result};
use reqwest::{Client, Response};
use serde::Deserialize;
use serde_json::json;

struct ByHand {
    http: Client,
    url: String,
}

impl ByHand {
    async fn post(&self, model: &str, stream: bool) -> Result<Response> {
        let body = json!({"model": model, "stream": stream, "messages": [{"role": "user", "content": PROMPT}]});
        Ok(self.http.post(&self.url).bearer_auth(KEY).json(&body).send().await?.error_for_status()?)
    }
}

impl Peer for ByHand {
    fn new(base_url: &str) -> Result<Self> {
        Ok(Self { http: Client::new(), url: format!("{base_url}/v1/chat/completions") })
    }

    async fn stream(&self, model: &str) -> Result<usize> {
        let mut events = self.post(model, true).await?.bytes_stream().eventsource();
        let mut text = 0;
        while let Some(event) = events.next().await {
            let event = event?;
            if event.data == "[DONE]" {
                break;
            }
            let chunk: Completion = serde_json::from_str(&event.data)?;
            text += chunk.text();
        }
        Ok(text)
    }

    async fn create(&self, model: &str) -> Result<usize> {
        Ok(self.post(model, false).await?.json::<Completion>().await?.text())
    }
}

/// A chunk, or a whole answer.
#[derive(Deserialize)]
struct Completion {
    id: String,
    object: String,
    created: u64,
    model: String,
    provider: Option<String>,
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

impl Completion {
    fn text(&self) -> usize {
        let messages = self.choices.iter().filter_map(|choice| choice.delta.as_ref().or(choice.message.as_ref()));
        messages.filter_map(|message| message.content.as_ref()).map(String::len).sum()
    }
}

#[derive(Deserialize)]
struct Choice {
    index: u32,
    delta: Option<Message>,
    message: Option<Message>,
    finish_reason: Option<String>,
    native_finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    role: Option<String>,
    content: Option<String>,
    refusal: Option<String>,
    reasoning: Option<String>,
    reasoning_details: Option<Vec<ReasoningDetail>>,
    tool_calls: Option<Vec<ToolCall>>,
}

#[derive(Deserialize)]
struct ReasoningDetail {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    format: Option<String>,
    index: Option<u32>,
}

#[derive(Deserialize)]
struct ToolCall {
    index: u32,
    id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
}

fn main() -> Result<()> {
    peers::run::<ByHand>()
}
