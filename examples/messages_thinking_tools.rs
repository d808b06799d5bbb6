//! Lets a model think and call a function, and gives its thinking back to it with the function's result.
//!
//! `cargo run --example messages_thinking_tools` talks to an embedded gateway; with `AROUTER_API_KEY` set, to the live one.

use std::error::Error;

use arouter::Client;
use arouter::messages::{InputMessage, MessagesRequest, Thinking, Tool};
use arouter::testing::Gateway;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Place {
    city: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let gateway = Gateway::start().await?;
    let client = if std::env::var_os("AROUTER_API_KEY").is_some() { Client::from_env()? } else { gateway.client() };

    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    let tool = Tool::new("get_weather", "The weather in a city, now", schema);
    let mut request = MessagesRequest::new("claude-sonnet-4.6", 4096, [InputMessage::user("Please get weather in Lisbon.")])
        .thinking(Thinking::enabled(2048))
        .tools([tool]);
    loop {
        let reply = client.messages().create(&request).await?;
        println!("thinks  {}", reply.thinking());
        let mut results = Vec::new();
        for call in reply.tool_uses() {
            println!("calls   {}({})", call.name, call.input);
            results.push(match call.input_as::<Place>() {
                Ok(place) => call.result(format!("22 °C and sunny in {}", place.city)),
                Err(error) => call.error(format!("bad arguments: {error}")),
            });
        }
        if results.is_empty() {
            println!("says    {}", reply.text());
            return Ok(());
        }
        // The model's turn goes back as it came, signed thinking included, then one result for each call.
        request.messages.extend([reply.message(), InputMessage::user(results)]);
    }
}
