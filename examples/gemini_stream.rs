//! Streams an answer in Gemini's own protocol, and tells how it ended.
//!
//! `cargo run --example gemini_stream -- "What is a monad?"` talks to an embedded gateway; with `AROUTER_API_KEY` set, to the live one.

use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use arouter::Client;
use arouter::gemini::{Content, GeminiAccumulator, GenerateContentRequest};
use arouter::testing::Gateway;
use futures::StreamExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let gateway = Gateway::start().await?;
    gateway.set_delta_interval(Duration::from_millis(60));
    let client = if std::env::var_os("AROUTER_API_KEY").is_some() { Client::from_env()? } else { gateway.client() };

    let question = std::env::args().nth(1).unwrap_or_else(|| "Why do streams end?".into());
    let request = GenerateContentRequest::new([Content::user(question)]);
    let mut stream = client.gemini().stream_generate_content("gemini-2.5-flash", &request).await?;

    let mut whole = GeminiAccumulator::new();
    while let Some(piece) = stream.next().await {
        // A cut stream ends with an error here, and `whole` keeps what had come.
        let piece = piece?;
        print!("{}", piece.text());
        std::io::stdout().flush()?;
        whole.push(piece)?;
    }

    let whole = whole.into_response();
    let reason = whole.finish_reason().map_or("without a reason".into(), ToString::to_string);
    let tokens = whole.usage_metadata.as_ref().and_then(|usage| usage.total_token_count).unwrap_or_default();
    println!("\nended: {reason}, {tokens} tokens in all");
    Ok(())
}
