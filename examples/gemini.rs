//! Asks in Gemini's own protocol, lets the model think and call a function, and gives it the result.
//!
//! `cargo run --example gemini` talks to an embedded gateway; with `AROUTER_API_KEY` set, to the live one.

use std::error::Error;

use arouter::Client;
use arouter::gemini::{Content, FunctionDeclaration, GenerateContentRequest, GenerationConfig, ThinkingConfig, Tool};
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

    let schema = json!({"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]});
    let weather = FunctionDeclaration::new("get_weather", "The weather in a city, now").parameters(schema);
    let mut request = GenerateContentRequest::new([Content::user("Please get weather in Lisbon.")])
        .tools([Tool::functions([weather])])
        .generation_config(GenerationConfig::new().thinking_config(ThinkingConfig::new().include_thoughts(true)));
    loop {
        let reply = client.gemini().generate_content("gemini-2.5-flash", &request).await?;
        println!("thinks  {}", reply.thoughts());
        let mut results = Vec::new();
        for call in reply.function_calls() {
            let result = match call.args_as::<Place>() {
                Ok(place) => format!("22 °C and sunny in {}", place.city),
                Err(error) => format!("bad arguments: {error}"),
            };
            println!("calls   {} = {result}", call.name());
            results.push(call.response(result));
        }
        if results.is_empty() {
            println!("says    {}", reply.text());
            return Ok(());
        }
        // The model's turn goes back as it came, its signatures on their parts, then one result for each call.
        request.contents.extend([reply.content(), Content::user(results)]);
    }
}
