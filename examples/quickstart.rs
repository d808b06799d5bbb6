//! A whole answer, a streamed one, one in each of the other protocols, and an error, handled.
//!
//! `cargo run --example quickstart` talks to an embedded gateway; with `AROUTER_API_KEY` set, to the live one.

use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use arouter::Client;
use arouter::chat::{ChatRequest, Message};
use arouter::gemini::{Content, GenerateContentRequest};
use arouter::messages::{InputMessage, MessagesRequest};
use arouter::testing::Gateway;
use futures::StreamExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let gateway = Gateway::start().await?;
    gateway.set_delta_interval(Duration::from_millis(60));
    let is_live = std::env::var_os("AROUTER_API_KEY").is_some();
    let client = if is_live { Client::from_env()? } else { gateway.client() };
    println!("gateway     {}", if is_live { "live, by AROUTER_API_KEY" } else { "embedded; set AROUTER_API_KEY for the live one" });

    let request = ChatRequest::new("openai/gpt-5.4", [Message::user("Say hello to the terminal.")]);
    let reply = client.chat().create(&request).await?;
    println!("\nwhole       {}", reply.text());
    println!("  model     {}", reply.model);
    if let Some(usage) = &reply.usage {
        println!("  tokens    {} in, {} out", usage.prompt_tokens, usage.completion_tokens);
        println!("  cost      {}", usage.cost_usd().map_or("not told".into(), |cost| format!("${cost:.6}")));
    }
    println!("  request   {}", reply.meta().request_id().unwrap_or("without an id"));

    print!("\nstreamed    ");
    let mut text = client.chat().stream(&request).await?.into_text();
    while let Some(piece) = text.next().await {
        print!("{}", piece?);
        std::io::stdout().flush()?;
    }
    println!("\n");

    let request = MessagesRequest::new("claude-sonnet-4.6", 1024, [InputMessage::user("Say hello to Anthropic's protocol.")]);
    println!("messages    {}", client.messages().create(&request).await?.text());

    let request = GenerateContentRequest::new([Content::user("Say hello to Gemini's protocol.")]);
    println!("gemini      {}", client.gemini().generate_content("gemini-2.5-flash", &request).await?.text());

    let stranger = client.with_api_key("lr_live_of_nobody")?;
    match stranger.gemini().generate_content("gemini-2.5-flash", &request).await {
        Err(error) if error.is_auth() => println!("\nerror       {error}\n  advice    check the key"),
        Err(error) if error.is_retryable() => println!("\nerror       {error}\n  advice    try again later"),
        Err(error) => return Err(error.into()),
        Ok(_) => println!("\nno error    this gateway knows nobody's key"),
    }
    Ok(())
}
