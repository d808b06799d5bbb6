//! Lets a model call a function of this program, and gives it the result.
//!
//! `cargo run --example chat_tools` talks to an embedded gateway; with `AROUTER_API_KEY` set, to the live one.

use std::error::Error;

use arouter::Client;
use arouter::chat::{ChatRequest, Message, Tool};
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
    let tool = Tool::function("get_weather", "The weather in a city, now", schema);
    let mut conversation = vec![Message::user("Please get weather in Lisbon.")];
    loop {
        let request = ChatRequest::new("openai/gpt-5.4", conversation.clone()).tools([tool.clone()]);
        let reply = client.chat().create(&request).await?;
        if reply.tool_calls().is_empty() {
            println!("model   {}", reply.text());
            return Ok(());
        }
        // The model's turn goes back as it came, then one answer for each call.
        conversation.push(reply.message());
        for call in reply.tool_calls() {
            let result = match call.arguments::<Place>() {
                Ok(place) => format!("22 °C and sunny in {}", place.city),
                Err(error) => format!("bad arguments: {error}"),
            };
            println!("tool    {}({}) = {result}", call.name(), call.raw_arguments());
            conversation.push(Message::tool(&call.id, result));
        }
    }
}
