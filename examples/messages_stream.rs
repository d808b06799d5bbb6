//! Streams a message in Anthropic's own protocol: every event, and what they add up to.
//!
//! `cargo run --example messages_stream -- "What is a monad?"` talks to an embedded gateway; with `AROUTER_API_KEY` set, to the live
//! one.

use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use arouter::Client;
use arouter::messages::{ContentDelta, InputMessage, MessagesAccumulator, MessagesEvent, MessagesRequest};
use arouter::testing::Gateway;
use futures::StreamExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let gateway = Gateway::start().await?;
    gateway.set_delta_interval(Duration::from_millis(60));
    let client = if std::env::var_os("AROUTER_API_KEY").is_some() { Client::from_env()? } else { gateway.client() };

    let question = std::env::args().nth(1).unwrap_or_else(|| "Why do streams end?".into());
    let request = MessagesRequest::new("claude-sonnet-4.6", 1024, [InputMessage::user(question)]).system("Be brief.");
    let mut stream = client.messages().stream(&request).await?;

    let mut whole = MessagesAccumulator::new();
    while let Some(event) = stream.next().await {
        // A cut stream ends with an error here, and `whole` keeps what had come.
        let event = event?;
        match &event {
            MessagesEvent::MessageStart(start) => {
                println!("{} begins, {} tokens read", start.message.model, start.message.usage.input_tokens);
            }
            MessagesEvent::ContentBlockDelta(block) => match &block.delta {
                ContentDelta::TextDelta(delta) => print!("{}", delta.text),
                ContentDelta::InputJsonDelta(delta) => print!("{}", delta.partial_json),
                _ => {}
            },
            _ => {}
        }
        std::io::stdout().flush()?;
        whole.push(event)?;
    }

    let whole = whole.into_response();
    let reason = whole.stop_reason.as_ref().map_or("without a reason", |reason| reason.as_str());
    println!("\nended: {reason}, {} tokens written", whole.usage.output_tokens);
    Ok(())
}
