//! Meets the ways in which a call can fail, and does what each asks for.
//!
//! `cargo run --example handle_errors` talks to an embedded gateway that fails on demand.

use std::error::Error as _;
use std::time::Duration;

use arouter::chat::{ChatRequest, Message};
use arouter::testing::{Gateway, Reply};
use arouter::{Error, RetryPolicy};

const CHAT: &str = "/v1/chat/completions";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let gateway = Gateway::start().await?;
    let client = gateway.client_builder().retry(RetryPolicy::default().base_delay(Duration::from_millis(20))).build()?;
    let request = ChatRequest::new("openai/gpt-5.4", [Message::user("Are you there?")]);

    let failures = [
        ("busy for ever", Reply::status(429)),
        ("out of credits", Reply::status(402)),
        ("hangs up", Reply::hang_up()),
        ("cut in the middle", Reply::event_stream("data: {\"choices\":[{\"delta\":{\"content\":\"I am h\"}}]}\n\n")),
        ("not JSON", Reply::status(200).header("content-type", "text/html").body("<h1>Welcome to the hotel's network</h1>")),
    ];
    for (name, reply) in failures {
        gateway.always(CHAT, reply);
        let streamed = client.chat().stream(&request).await;
        let (text, error) = match streamed {
            Ok(stream) => {
                let (partial, ended) = stream.into_outcome().await;
                (partial.text(), ended.err())
            }
            Err(error) => (String::new(), Some(error)),
        };
        let Some(error) = error else { continue };
        println!("{name:18}  {error}");
        println!("{:18}  {}", "", advice(&error, &text));
    }
    Ok(())
}

fn advice(error: &Error, text: &str) -> String {
    match error {
        Error::Truncated { .. } => format!("what had come is kept: {text:?}"),
        _ if error.is_insufficient_credits() => "top up; trying again is no use".into(),
        _ if error.is_retryable() => format!("try again later; {} attempts were made", error.attempts()),
        _ if error.outcome_unknown() => "it may have run, and been billed: look before trying again".into(),
        _ => error
            .source()
            .map_or_else(|| format!("came: {}", String::from_utf8_lossy(error.raw_body().unwrap_or_default())), ToString::to_string),
    }
}
