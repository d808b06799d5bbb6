//! Anthropic's messages, their token counts and their models.

use std::fmt::Debug;

use arouter::messages::{MessagesEvent, MessagesRequest, MessagesResponse, PageQuery};
use arouter::testing::Gateway;
use arouter::{Client, Error};
use futures::StreamExt as _;
use serde_json::Value;

use super::compare::assert_lossless;
use super::exchange::{Exchange, recorded_events};
use super::untyped::untyped;
use crate::support::{MESSAGES, hello_claude};

/// Fields and kinds that occur and that the wire formats don't list.
const UNLISTED: [&str; 3] = [
    // Bedrock and Vertex take the version of the protocol in the body.
    "MessagesRequest.anthropic_version",
    // Notes of a gateway.
    "Usage.pydantic_ai_gateway",
    // Planted by the maker of the recording.
    "WebSearchResult.snippet",
];

pub(super) async fn check(exchange: &Exchange, gateway: &Gateway, client: &Client, found: &mut Vec<String>) {
    gateway.script(MESSAGES, [exchange.reply()]);
    match exchange.mode.as_str() {
        "json" => check_response(exchange, client, found).await,
        _ => check_stream(exchange, gateway, client, found).await,
    }
}

pub(super) async fn check_tokens(exchange: &Exchange, gateway: &Gateway, client: &Client) {
    gateway.script("/v1/messages/count_tokens", [exchange.reply()]);
    let count = client.messages().count_tokens(&hello_claude()).await.unwrap_or_else(|error| panic!("{}: {error}", exchange.name));
    assert_lossless(&exchange.json(), &serde_json::to_value(&*count).unwrap(), &exchange.name);
}

pub(super) async fn check_models(exchange: &Exchange, gateway: &Gateway, client: &Client, found: &mut Vec<String>) {
    gateway.script("/anthropic/v1/models", [exchange.reply()]);
    let page = client.messages().list_models(&PageQuery::new()).await.unwrap_or_else(|error| panic!("{}: {error}", exchange.name));
    assert_lossless(&exchange.json(), &serde_json::to_value(&*page).unwrap(), &exchange.name);
    note(exchange, &*page, found);
}

pub(super) async fn error(exchange: &Exchange, gateway: &Gateway, client: &Client) -> Error {
    gateway.script(MESSAGES, [exchange.reply()]);
    client.messages().create(&hello_claude()).await.unwrap_err()
}

/// The request as it is read and written again, and what of it has no type; `stream` is the method's business.
pub(super) fn rewritten(request: &Value) -> serde_json::Result<(Value, Vec<String>)> {
    let request: MessagesRequest = serde_json::from_value(request.clone())?;
    Ok((serde_json::to_value(&request)?, unlisted(&request)))
}

async fn check_response(exchange: &Exchange, client: &Client, found: &mut Vec<String>) {
    let response = client.messages().create(&hello_claude()).await.unwrap_or_else(|error| panic!("{}: {error}", exchange.name));
    let recorded = exchange.json();
    assert_lossless(&recorded, &serde_json::to_value(&*response).unwrap(), &exchange.name);
    note(exchange, &*response, found);

    // The turn goes back as it came.
    let message = serde_json::to_value(response.message()).unwrap();
    assert_lossless(&recorded["content"], &message["content"], &exchange.name);
}

async fn check_stream(exchange: &Exchange, gateway: &Gateway, client: &Client, found: &mut Vec<String>) {
    let name = &exchange.name;
    let mut recorded = recorded_events(&exchange.body);
    recorded.retain(|event| event["type"] != "ping");
    let (events, error) = read_stream(client).await;
    if exchange.has_stream_error {
        let error = error.unwrap_or_else(|| panic!("{name}: a recorded error went unseen"));
        let reported = recorded.iter().find_map(|event| event.get("error")).unwrap();
        assert_eq!(Some(error.api().unwrap().message()), reported["message"].as_str(), "{name}");
    } else {
        assert!(error.is_none(), "{name}: {error:?}");
        // One recording holds two answers; the first one's end is the end.
        let end = recorded.iter().position(|event| event["type"] == "message_stop").map_or(recorded.len(), |at| at + 1);
        recorded.truncate(end);
        assert_eq!(events.len(), recorded.len(), "{name}");
    }
    for (event, recorded) in events.iter().zip(&recorded) {
        assert_lossless(recorded, &serde_json::to_value(event).unwrap(), name);
        note(exchange, event, found);
    }

    gateway.script(MESSAGES, [exchange.reply()]);
    match client.messages().stream(&hello_claude()).await {
        Ok(stream) => {
            let (whole, ended) = stream.into_outcome().await;
            assert_eq!(ended.is_err(), exchange.has_stream_error, "{name}: {ended:?}");
            check_sum(name, &recorded[..events.len()], &whole);
        }
        Err(error) => assert!(events.is_empty(), "{name}: {error}"),
    }
}

async fn read_stream(client: &Client) -> (Vec<MessagesEvent>, Option<Error>) {
    let mut stream = match client.messages().stream(&hello_claude()).await {
        Ok(stream) => stream,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut events = Vec::new();
    while let Some(item) = stream.next().await {
        match item {
            Ok(event) => events.push(event),
            Err(error) => return (events, Some(error)),
        }
    }
    (events, None)
}

/// What the events add up to, against a sum made from the recorded JSON alone.
fn check_sum(name: &str, recorded: &[Value], whole: &MessagesResponse) {
    let mut sum = Value::Null;
    let mut inputs = vec![String::new(); 4096];
    for event in recorded {
        let index = usize::try_from(event["index"].as_u64().unwrap_or_default()).unwrap();
        match event["type"].as_str().unwrap_or_default() {
            "message_start" => sum = event["message"].clone(),
            "content_block_start" => {
                let blocks = sum["content"].as_array_mut().unwrap();
                assert_eq!(blocks.len(), index, "{name}");
                blocks.push(event["content_block"].clone());
            }
            "content_block_delta" => {
                let (block, delta) = (&mut sum["content"][index], &event["delta"]);
                for field in ["text", "thinking", "signature", "content", "encrypted_content"] {
                    if let Some(more) = delta[field].as_str() {
                        block[field] = format!("{}{more}", block[field].as_str().unwrap_or_default()).into();
                    }
                }
                if let Some(citation) = delta.get("citation") {
                    let mut citations = block["citations"].as_array().cloned().unwrap_or_default();
                    citations.push(citation.clone());
                    block["citations"] = citations.into();
                }
                if let Some(more) = delta["partial_json"].as_str() {
                    inputs[index].push_str(more);
                    if !inputs[index].is_empty() {
                        block["input"] = serde_json::from_str(&inputs[index]).unwrap_or_default();
                    }
                }
            }
            "message_delta" => {
                for (field, value) in event["delta"].as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
                    sum[field] = value.clone();
                }
                for (field, value) in event["usage"].as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
                    sum["usage"][field] = value.clone();
                }
                if let Some(applied) = event.get("context_management").filter(|applied| !applied.is_null()) {
                    sum["context_management"] = applied.clone();
                }
            }
            _ => {}
        }
    }
    assert_lossless(&sum, &serde_json::to_value(whole).unwrap(), name);
}

fn note(exchange: &Exchange, value: &impl Debug, found: &mut Vec<String>) {
    found.extend(unlisted(value).into_iter().map(|field| format!("{}: {field}", exchange.name)));
}

fn unlisted(value: &impl Debug) -> Vec<String> {
    untyped(value).into_iter().filter(|field| !UNLISTED.contains(&field.as_str())).collect()
}
