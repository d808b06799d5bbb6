//! Streams an answer, piece by piece, and tells how it ended.
//!
//! `cargo run --example chat_stream -- "What is a monad?"` talks to an embedded gateway; with `AROUTER_API_KEY` set, to the live
//! one.

use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use arouter::Client;
use arouter::chat::{ChatAccumulator, ChatRequest, Message};
use arouter::testing::Gateway;
use futures::StreamExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let gateway = Gateway::start().await?;
    gateway.set_delta_interval(Duration::from_millis(60));
    let client = if std::env::var_os("AROUTER_API_KEY").is_some() { Client::from_env()? } else { gateway.client() };

    let question = std::env::args().nth(1).unwrap_or_else(|| "Why do streams end?".into());
    let request = ChatRequest::new("openai/gpt-5.4", [Message::user(question)]);
    let mut stream = client.chat().stream(&request).await?;
    println!("first piece after {:.0?}", stream.meta().time_to_first_event().unwrap_or_default());

    let mut whole = ChatAccumulator::new();
    while let Some(chunk) = stream.next().await {
        // A cut stream ends with an error here, and `whole` keeps what had come.
        let chunk = chunk?;
        print!("{}", chunk.text());
        std::io::stdout().flush()?;
        whole.push(chunk)?;
    }

    let whole = whole.into_response();
    let reason = whole.finish_reason().map_or("without a reason", |reason| reason.as_str());
    let tokens = whole.usage.as_ref().map_or(0, |usage| usage.completion_tokens);
    println!("\nended: {reason}, {tokens} tokens");
    Ok(())
}
