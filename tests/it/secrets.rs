//! No key in anything that may be logged: errors, debug output, and the logs themselves at their most talkative.

use std::time::Duration;

use arouter::gemini::{Content, GenerateContentRequest};
use arouter::keys::{CreateKeyRequest, UpdateKeyRequest};
use arouter::messages::{InputMessage, MessagesRequest};
use arouter::testing::{Gateway, Reply};
use arouter::{ApiKey, Client, Error, Method, RetryPolicy};
use futures::StreamExt as _;
use serde_json::{Value, json};

use crate::support::log::Log;
use crate::support::{CHAT, MESSAGES, alone, chunk, everything_said, gateway, hello, is_alone};

const KEY: &str = "lr_live_SENTINEL/of+the=key";
/// The same in a query.
const ENCODED_KEY: &str = "lr_live_SENTINEL%2Fof%2Bthe%3Dkey";
const MANAGEMENT_KEY: &str = "lr_mgmt_SENTINEL/of+the=key";
const NEW_KEY: &str = "lr_live_SENTINEL_of_a_new_key";
const PROMPT: &str = "SENTINEL of the prompt";
const GEMINI: &str = "gemini-2.5-flash";
const GENERATE: &str = "/v1beta/models/gemini-2.5-flash:generateContent";
const KEYS: &str = "/api/v1/keys";
const ONE_KEY: &str = "/api/v1/keys/h";
const CURRENT: &str = "/api/v1/key";
const STREAM_GENERATE: &str = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";

/// In a process of its own, since a program has one log.
#[test]
fn no_key_is_in_errors_debug_output_or_logs() {
    let output = alone("secrets::what_is_said_and_logged", &[]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn what_is_said_and_logged() {
    if !is_alone() {
        return;
    }
    let log = Log::of_this_process();

    let gateway = gateway().await;
    let mut said = String::new();
    for client in clients(&gateway) {
        said.push_str(&format!("{client:?}{client:#?}{:?}{:?}{:?}{:?}", client.chat(), client.messages(), client.gemini(), client.keys()));
        for reply in replies() {
            for path in [CHAT, MESSAGES, GENERATE, STREAM_GENERATE, KEYS, ONE_KEY, CURRENT, "/raw"] {
                gateway.always(path, reply.clone());
            }
            for error in errors(&client).await {
                said.push_str(&everything_said(&error));
                said.push_str(&String::from_utf8_lossy(error.raw_body().unwrap_or_default()));
            }
        }
        let raw = client.request(Method::POST, ["raw"]).query("q", "1").json(&json!({"prompt": PROMPT}));
        said.push_str(&format!("{raw:?}"));
    }
    said.push_str(&new_key(&gateway).await);
    said.push_str(&format!("{:?}{:?}", ApiKey::new(KEY).unwrap(), Client::builder().api_key(KEY).management_key(MANAGEMENT_KEY)));
    let queries: Vec<_> = gateway.requests().into_iter().filter_map(|request| request.query).collect();
    assert!(queries.iter().any(|query| query.contains(ENCODED_KEY)), "no key went into a query: {queries:?}");
    said.push_str(&format!("{:?}", gateway.requests().into_iter().map(|request| request.headers).collect::<Vec<_>>()));

    let logged = log.text();
    for expected in
        ["reqwest", "hyper_util", "arouter.call{method=POST path=/v1/chat/completions", "arouter.attempt{attempt=1", "request_id=\"req_1\""]
    {
        assert!(logged.contains(expected), "{expected} is not logged: {logged}");
    }
    for (where_, text) in [("errors and debug output", &said), ("logs", &logged)] {
        let at = text.find("SENTINEL").map(|at| text[at.saturating_sub(200)..].chars().take(400).collect::<String>());
        assert_eq!(at, None, "a key or prompt in {where_}");
    }
}

/// Doesn't compile if one of them can be serialised: then nobody knows which of the two is meant.
#[test]
fn a_key_is_not_serialised() {
    trait Serialised<A> {
        const UNLESS: () = ();
    }
    struct Somehow;
    impl<T> Serialised<()> for T {}
    impl<T: serde::Serialize> Serialised<Somehow> for T {}

    const { <ApiKey as Serialised<_>>::UNLESS };
    const { <arouter::keys::CreatedKey as Serialised<_>>::UNLESS };
}

/// Clients that hold the sentinel in every place that a key can be in.
fn clients(gateway: &Gateway) -> Vec<Client> {
    let builder = || {
        let builder = Client::builder().base_url(gateway.base_url()).api_key(KEY).management_key(MANAGEMENT_KEY).no_proxy();
        builder.retry(RetryPolicy::default().base_delay(Duration::from_millis(1)).max_attempts(2)).idle_timeout(Duration::from_millis(50))
    };
    let provided = builder().key_provider(|| async { Ok(ApiKey::new(KEY)?) });
    let refused = || builder().base_url("http://127.0.0.1:9");
    let in_query = builder().gemini_key_in_query(true);
    let in_refused_query = refused().gemini_key_in_query(true);
    [builder(), provided, refused(), in_query, in_refused_query].map(|builder| builder.build().unwrap()).into()
}

/// What is said of a key that is made, and of one whose answer can't be read.
async fn new_key(gateway: &Gateway) -> String {
    let keys = gateway.client().keys();
    let made = json!({"key": NEW_KEY, "data": {"hash": "h", "label": NEW_KEY}, "note": format!("it is {NEW_KEY}")});
    let cut = Reply::status(201).json(&made).cut_after(100);
    let replies = [Reply::status(201).json(&made), Reply::ok(&json!({"secret": NEW_KEY})), cut];
    gateway.script("POST /api/v1/keys", replies.map(|reply| reply.header("x-request-id", "req_new")));
    let created = keys.create(&CreateKeyRequest::new("a")).await.unwrap();
    let mut said = format!("{created:?}{:#?}", created.clone().into_inner());
    for _ in 0..2 {
        let error = keys.create(&CreateKeyRequest::new("a")).await.unwrap_err();
        assert!(String::from_utf8_lossy(error.raw_body().unwrap()).contains("SENTINEL"), "{error:?}");
        said.push_str(&everything_said(&error));
    }
    said
}

/// Answers that fail in many ways, and echo both keys wherever they can.
fn replies() -> Vec<Reply> {
    let echo = format!("Incorrect API key provided: {KEY} or {MANAGEMENT_KEY}");
    let envelope =
        json!({"error": {"message": echo, "code": KEY, "type": KEY, "param": KEY, "metadata": {"raw": echo}}, "request_id": KEY});
    vec![
        Reply::status(401).json(&envelope),
        Reply::status(500).body(echo.clone()).header("content-type", "text/plain"),
        Reply::status(503).body(format!("<html>{echo}</html>")),
        Reply::ok(&envelope),
        Reply::status(200).body(format!("{{\"choices\": \"{echo}\"")),
        Reply::status(200).header("content-type", "text/html").body(echo.clone()),
        Reply::events([chunk("a"), envelope.to_string()]),
        Reply::events([chunk("a"), format!("{{not json {echo}")]),
        Reply::event_stream(format!("data: {}\n\n{echo}\n", chunk("a"))),
        Reply::status(500).header("x-request-id", format!("for-{KEY}")),
        Reply::status(200).header("content-type", format!("x/{KEY}")),
        Reply::status(200).header("content-encoding", KEY),
        Reply::status(200).header("content-encoding", "br").body(echo.clone()),
        Reply::status(200).body(format!("{echo}, and more")).cut_after(echo.len()),
        Reply::status(400).header("x-request-id", format!("/v1beta?key={ENCODED_KEY}")),
        Reply::status(200)
            .header("content-type", format!("x/{}", ENCODED_KEY.replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d"))),
        Reply::status(200).header("content-encoding", ENCODED_KEY),
        Reply::status(307).header("location", format!("http://localhost:1/?key={KEY}")),
        Reply::status(302).header("location", format!("https://example.com/v1beta?key={ENCODED_KEY}")),
        Reply::status(400).body(format!("no such page: /v1beta/models?key={ENCODED_KEY}")).header("content-type", "text/plain"),
        Reply::hang_up(),
        Reply::event_stream(format!("data: {}\n\n", chunk("a"))).stall_after(40),
    ]
}

async fn errors(client: &Client) -> Vec<Error> {
    let mut request = hello();
    request.messages[0] = arouter::chat::Message::user(PROMPT);
    let client = client.with_timeout(Duration::from_millis(300));
    let mut errors = Vec::new();
    errors.extend(client.chat().create(&request).await.err());
    match client.chat().stream(&request).await {
        Ok(mut stream) => {
            errors.extend(Vec::from_iter(format!("{stream:?}").contains("SENTINEL").then(|| panic!("a key in a stream's debug output"))));
            while let Some(item) = stream.next().await {
                errors.extend(item.err());
            }
        }
        Err(error) => errors.push(error),
    }
    let messages = MessagesRequest::new("m", 1, [InputMessage::user(PROMPT)]);
    errors.extend(client.messages().create(&messages).await.err());
    match client.messages().stream(&messages).await {
        Ok(stream) => errors.extend(stream.filter_map(async |item| item.err()).collect::<Vec<_>>().await),
        Err(error) => errors.push(error),
    }
    let content = GenerateContentRequest::new([Content::user(PROMPT)]);
    errors.extend(client.gemini().generate_content(GEMINI, &content).await.err());
    match client.gemini().stream_generate_content(GEMINI, &content).await {
        Ok(stream) => errors.extend(stream.filter_map(async |item| item.err()).collect::<Vec<_>>().await),
        Err(error) => errors.push(error),
    }
    let keys = client.keys();
    errors.extend(keys.create(&CreateKeyRequest::new("a")).await.err());
    errors.extend(keys.list_all().next().await.and_then(Result::err));
    errors.extend(keys.update("h", &UpdateKeyRequest::new().disabled(true)).await.err());
    errors.extend(keys.delete("h").await.err());
    errors.extend(keys.current().await.err());
    let raw = client.request(Method::POST, ["raw"]).json(&json!({"prompt": PROMPT}));
    errors.extend(raw.clone().with_management_key().send_as::<Vec<Value>>().await.err());
    errors.extend(raw.events().await.err());
    errors
}
