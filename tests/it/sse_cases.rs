//! The protocol and error-body cases of the file that `AROUTER_SSE_CASES` names.
//!
//! Parser and limit cases are run beside the decoder, in `src/transport/sse/tests.rs`.

use std::time::Duration;

use arouter::chat::ChatChunk;
use arouter::gemini::{GeminiStream, GenerateContentResponse};
use arouter::messages::MessagesEvent;
use arouter::testing::{Gateway, Reply};
use arouter::{Client, Error, Result, RetryPolicy};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::{Stream, StreamExt as _};
use serde_json::Value;

use crate::gemini;
use crate::support::{CHAT, MESSAGES, everything_said, gateway, hello, hello_claude, json_of, print_line};

/// A protocol of the file, as this crate speaks it.
#[derive(Debug, Clone, Copy)]
enum Protocol {
    Openai,
    Anthropic,
    Gemini,
}

impl Protocol {
    fn path(self) -> String {
        match self {
            Self::Openai => CHAT.to_owned(),
            Self::Anthropic => MESSAGES.to_owned(),
            Self::Gemini => gemini::path("streamGenerateContent"),
        }
    }

    /// Reads a stream to its end, and one poll further.
    async fn run(self, client: &Client) -> Run {
        match self {
            Self::Openai => read(client.chat().stream(&hello()).await, |chunk: &ChatChunk| chunk.text().into_owned()).await,
            Self::Anthropic => {
                read(client.messages().stream(&hello_claude()).await, |event: &MessagesEvent| event.text().into_owned()).await
            }
            Self::Gemini => read(gemini_stream(client).await, GenerateContentResponse::text).await,
        }
    }

    /// What became of adding a stream up.
    async fn accumulate(self, client: &Client) -> Result<()> {
        match self {
            Self::Openai => client.chat().stream(&hello()).await?.into_response().await.map(drop),
            Self::Anthropic => client.messages().stream(&hello_claude()).await?.into_response().await.map(drop),
            Self::Gemini => gemini_stream(client).await?.into_response().await.map(drop),
        }
    }
}

async fn gemini_stream(client: &Client) -> Result<GeminiStream> {
    client.gemini().stream_generate_content(gemini::MODEL, &gemini::prompt()).await
}

#[tokio::test]
async fn chat_protocol_cases() {
    protocol_cases("openai", "chat", Protocol::Openai).await;
}

#[tokio::test]
async fn messages_protocol_cases() {
    protocol_cases("anthropic", "messages", Protocol::Anthropic).await;
}

#[tokio::test]
async fn gemini_protocol_cases() {
    protocol_cases("gemini", "gemini", Protocol::Gemini).await;
}

/// Each case with its body whole, one byte per write, and delimited by the end of the connection.
async fn protocol_cases(protocol: &str, name: &str, speaks: Protocol) {
    let Some(cases) = json_of("AROUTER_SSE_CASES", "sse protocol cases") else { return };
    let cases: Vec<_> = cases["protocol_cases"].as_array().unwrap().iter().filter(|case| case["protocol"] == protocol).cloned().collect();
    let gateway = gateway().await;
    let mut runs = 0;
    for case in &cases {
        for framing in framings(case) {
            gateway.script(speaks.path(), [framing]);
            let run = tokio::time::timeout(Duration::from_secs(30), speaks.run(&client(&gateway))).await.expect("a stream ends");
            run.check(case);
            runs += 1;
        }
        if let Some(expected) = case["expect"]["accumulate"].as_str() {
            gateway.script(speaks.path(), [reply(case)]);
            let added = speaks.accumulate(&client(&gateway)).await;
            match expected {
                "ok" => assert!(added.is_ok(), "{}: {added:?}", case["id"]),
                _ => assert!(matches!(added, Err(Error::Decode { .. })), "{}: {added:?}", case["id"]),
            }
        }
    }
    print_line(&format!("sse protocol cases, {name}: {0} of {0}, {runs} runs", cases.len()));
}

#[tokio::test]
async fn error_body_cases() {
    let Some(cases) = json_of("AROUTER_SSE_CASES", "sse error bodies") else { return };
    let cases = cases["error_body_cases"].as_array().unwrap().clone();
    let gateway = gateway().await;
    for case in &cases {
        let reply = error_reply(case, gateway.api_key());
        let before = resident_bytes();
        gateway.script(CHAT, [reply]);
        let error = client(&gateway).chat().create(&hello()).await.unwrap_err();
        check_error_body(case, &error, &gateway);
        if let Some(most) = case["expect"]["rss_growth_max_bytes"].as_u64() {
            let growth = resident_bytes().saturating_sub(before);
            assert!(growth < most, "{}: grew by {growth} bytes", case["id"]);
        }
        if case["expect"]["connection_closed"] == true {
            while gateway.open_connections() > 0 {
                tokio::task::yield_now().await;
            }
        }
    }
    print_line(&format!("sse error bodies: {0} of {0}", cases.len()));
}

/// Waits are short enough for a test and long enough for a busy machine; each call is made once.
fn client(gateway: &Gateway) -> Client {
    let builder = gateway.client_builder().idle_timeout(Duration::from_millis(1500)).event_timeout(Duration::from_millis(2500));
    builder.retry(RetryPolicy::none()).build().unwrap()
}

fn framings(case: &Value) -> Vec<Reply> {
    let length = case["body"].as_str().unwrap().len();
    match case["transport_fault"].as_str() {
        None => vec![
            reply(case),
            reply(case).in_pieces(1 << 20),
            reply(case).in_pieces(1),
            reply(case).close_delimited(),
            reply(case).in_pieces(1).close_delimited(),
        ],
        Some("FIN before the last chunk") => vec![reply(case).cut_after(length), reply(case).in_pieces(1).cut_after(length)],
        Some("RST") => vec![reply(case).reset_after(length), reply(case).in_pieces(1).reset_after(length)],
        Some("no bytes, socket open") => vec![reply(case).stall_after(0)],
        // A comment drips for ever, after the start of an event.
        Some(fault) if fault.starts_with("one byte every 50 ms") => {
            vec![
                reply(case)
                    .body(format!("{}{}", case["body"].as_str().unwrap(), " ".repeat(1000)))
                    .in_pieces(1)
                    .interval(Duration::from_millis(50)),
            ]
        }
        Some(fault) => panic!("a fault that this test doesn't know: {fault}"),
    }
}

fn reply(case: &Value) -> Reply {
    let reply = Reply::status(u16::try_from(case["status"].as_u64().unwrap()).unwrap()).body(case["body"].as_str().unwrap().to_owned());
    match case["content_type"].as_str() {
        Some(content_type) => reply.header("content-type", content_type),
        None => reply,
    }
}

/// What came of a stream.
struct Run {
    items: u64,
    text: String,
    error: Option<Error>,
}

async fn read<T>(opened: Result<impl Stream<Item = Result<T>> + Unpin>, text: impl Fn(&T) -> String) -> Run {
    let mut run = Run { items: 0, text: String::new(), error: None };
    let mut stream = match opened {
        Ok(stream) => stream,
        Err(error) => return Run { error: Some(error), ..run },
    };
    while let Some(item) = stream.next().await {
        match item {
            Ok(item) => {
                run.items += 1;
                run.text.push_str(&text(&item));
            }
            Err(error) => {
                run.error = Some(error);
                break;
            }
        }
    }
    assert!(stream.next().await.is_none(), "a stream goes on after its end or its error");
    run
}

impl Run {
    fn check(self, case: &Value) {
        let (id, expect) = (&case["id"], &case["expect"]);
        assert_eq!(self.items, expect["items"].as_u64().unwrap(), "{id}: items, then {:?}", self.error);
        if let Some(text) = expect["text"].as_str() {
            assert_eq!(self.text, text, "{id}");
        }
        assert_eq!(end_of(&self.error), expect["end"].as_str().unwrap(), "{id}: {:?}", self.error);
        if let Some(error) = &self.error {
            check_stream_error(id, expect, error);
        }
    }
}

fn end_of(error: &Option<Error>) -> &'static str {
    match error {
        None => "complete",
        Some(Error::Truncated { .. }) => "incomplete",
        Some(Error::Api(_)) => "api_error",
        Some(Error::Decode { .. }) => "malformed",
        Some(Error::Transport { .. }) => "transport",
        Some(Error::Timeout { .. }) => "timeout",
        Some(Error::UnexpectedContentType { .. }) => "unexpected_content_type",
        Some(Error::TooLarge { .. }) => "limit",
        Some(_) => "something else",
    }
}

fn check_stream_error(id: &Value, expect: &Value, error: &Error) {
    if let (Some(phase), Error::Timeout { phase: actual, .. }) = (expect["timeout"].as_str(), error) {
        assert_eq!(format!("{actual:?}").to_lowercase(), phase.replace('_', ""), "{id}");
    }
    if expect["payload_in_display"] == false {
        assert!(!everything_said(error).contains("ALICE"), "{id}: {error:?}");
        assert!(error.raw_body().is_some_and(|body| !body.is_empty()), "{id}: the event is kept");
    }
    if let Some(preview) = expect["stray_preview_contains"].as_str() {
        assert!(String::from_utf8_lossy(error.raw_body().unwrap()).contains(preview), "{id}");
    }
    let reported = &expect["error"];
    if !reported.is_object() {
        return;
    }
    let api = error.api().unwrap();
    assert_eq!(reported["message"].as_str().unwrap_or(api.message()), api.message(), "{id}");
    assert_eq!(reported["code"].as_str(), api.code(), "{id}");
    assert_eq!(reported["type"].as_str(), api.kind(), "{id}");
    if let Some(hint) = reported["status_hint"].as_u64() {
        assert_eq!(api.status_hint().map(|status| u64::from(status.as_u16())), Some(hint), "{id}");
    }
    if let Some(provider) = reported["metadata_provider"].as_str() {
        assert_eq!(api.provider(), Some(provider), "{id}");
    }
    if let Some(retryable) = reported["retryable"].as_bool() {
        assert_eq!(error.is_retryable(), retryable, "{id}");
    }
}

fn error_reply(case: &Value, key: &str) -> Reply {
    let reply = Reply::status(u16::try_from(case["status"].as_u64().unwrap()).unwrap());
    let reply = match case["content_type"].as_str() {
        Some(content_type) => reply.header("content-type", content_type),
        None => reply.without_header("content-type"),
    };
    // The embedded gateway's own id would hide the one in the body.
    let reply = reply.header("x-request-id", "");
    let body = &case["body"];
    match (case["encoding"].as_str().unwrap(), body["repeat"].as_str()) {
        ("base64", _) => reply.body(STANDARD.decode(body.as_str().unwrap()).unwrap()),
        ("generated", Some(text)) => match body["times"].as_u64() {
            Some(times) => reply.body(text.repeat(usize::try_from(times).unwrap())),
            None => reply.body(text.repeat(64 * 1024)).endless(),
        },
        _ => reply.body(body.as_str().unwrap().replace("{{API_KEY}}", key)),
    }
}

fn check_error_body(case: &Value, error: &Error, gateway: &Gateway) {
    let (id, expect) = (&case["id"], &case["expect"]);
    let api = error.api().unwrap_or_else(|| panic!("{id}: {error:?}"));
    assert_eq!(u64::from(api.status().as_u16()), case["status"].as_u64().unwrap(), "{id}");
    if let Some(message) = expect["message"].as_str() {
        assert_eq!(api.message(), message, "{id}");
        assert_eq!(api.code(), expect["code"].as_str(), "{id}");
        assert_eq!(api.kind(), expect["type"].as_str(), "{id}");
    }
    if let Some(request_id) = expect["request_id"].as_str() {
        assert_eq!((error.request_id(), api.request_id()), (Some(request_id), Some(request_id)), "{id}");
    }
    if let Some(hint) = expect["status_hint"].as_u64() {
        assert_eq!(api.status_hint().map(|status| u64::from(status.as_u16())), Some(hint), "{id}");
    }
    if let Some(most) = expect["message_max_chars"].as_u64() {
        assert!(api.message().chars().count() as u64 <= most, "{id}");
    }
    if let Some(most) = expect["raw_body_max_bytes"].as_u64() {
        let kept = error.raw_body().unwrap().len() as u64;
        assert!(kept > 0 && kept <= most, "{id}: {kept} bytes kept");
    }
    assert!(error.to_string().chars().count() <= 600 && error.to_string().lines().count() == 1, "{id}: {error}");
    let said = everything_said(error) + &String::from_utf8_lossy(error.raw_body().unwrap());
    assert!(!said.contains(gateway.api_key()), "{id}: the key is in {said}");
}

/// Resident memory of this process.
fn resident_bytes() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let resident = pages.and_then(|pages| pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()));
    resident.unwrap_or_default() * 4096
}
