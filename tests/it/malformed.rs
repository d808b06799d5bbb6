//! JSON that no server should write, in whole answers and in streams of three protocols: refused or read, and never a panic.

use arouter::gemini::{Content, GenerateContentRequest};
use arouter::testing::{Gateway, Reply};
use arouter::{Client, Error, Result};

use crate::support::{CHAT, MESSAGES, gateway, hello, hello_claude};

const GENERATE: &str = "/v1beta/models/m:generateContent";
const STREAM_GENERATE: &str = "/v1beta/models/m:streamGenerateContent";

/// A protocol, and what a text looks like in it, with `FIELD` where another field may stand.
#[derive(Debug, Clone, Copy)]
struct Protocol {
    path: &'static str,
    stream_path: &'static str,
    whole: &'static str,
    events: &'static [&'static str],
}

const PROTOCOLS: [Protocol; 3] = [
    Protocol {
        path: CHAT,
        stream_path: CHAT,
        whole: r#"{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"TEXT" FIELD},"finish_reason":"stop"}]}"#,
        events: &[r#"{"id":"c","choices":[{"index":0,"delta":{"content":"TEXT" FIELD},"finish_reason":"stop"}]}"#, "[DONE]"],
    },
    Protocol {
        path: MESSAGES,
        stream_path: MESSAGES,
        whole: r#"{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"TEXT" FIELD}],"stop_reason":"end_turn","usage":{}}"#,
        events: &[
            r#"{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],"usage":{}}}"#,
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"TEXT" FIELD}}"#,
            r#"{"type":"content_block_stop","index":0}"#,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}"#,
            r#"{"type":"message_stop"}"#,
        ],
    },
    Protocol {
        path: GENERATE,
        stream_path: STREAM_GENERATE,
        whole: r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"TEXT" FIELD}]},"finishReason":"STOP"}]}"#,
        events: &[r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"TEXT" FIELD}]},"finishReason":"STOP"}]}"#],
    },
];

#[tokio::test]
async fn names_twice_and_half_characters_are_read() {
    let gateway = gateway().await;
    let client = gateway.client();
    let rows = [
        ("ok", "", "ok"),
        ("ok", r#", "note": 1, "note": 2"#, "ok"),
        ("ok", r#", "note": {"a": 1, "a": {"b": 1, "b": 2}}"#, "ok"),
        // The last one counts.
        ("no", r#", "content": "ok", "text": "ok""#, "ok"),
        ("ok", r#", "note": "\ud83d""#, "ok"),
        ("ok", r#", "note": "\udc00\ud83d\ud83d\ude00""#, "ok"),
        ("ok", r#", "\ud83d": 1"#, "ok"),
        (r"a\ud83dz", "", "a\u{fffd}z"),
        (r"\ude00", "", "\u{fffd}"),
        (r"\ud83d\ud83d\ude00", "", "\u{fffd}\u{1f600}"),
        (r"\ud83d\u0041", "", "\u{fffd}A"),
        (r"\ud83d\n", "", "\u{fffd}\n"),
        (r"\\ud83d", "", r"\ud83d"),
        (r"\ud83d", r#", "note": 1, "note": 2"#, "\u{fffd}"),
    ];
    for protocol in PROTOCOLS {
        for (text, field, expected) in rows {
            for is_stream in [false, true] {
                let (_, read) = read(&gateway, &client, protocol, is_stream, text, field).await;
                let read = read.unwrap_or_else(|error| panic!("{} {text} {field} (a stream: {is_stream}): {error:?}", protocol.path));
                assert_eq!(read, expected, "{} {text} {field} (a stream: {is_stream})", protocol.path);
            }
        }
    }
}

#[tokio::test]
async fn ten_thousand_levels_are_refused() {
    let gateway = gateway().await;
    let client = gateway.client();
    for levels in [200, 10_000] {
        let nested = [("[".repeat(levels), "]".repeat(levels)), ("{\"a\":".repeat(levels), format!("1{}", "}".repeat(levels)))];
        for (open, close) in nested {
            // Known and unknown, whole and cut, by itself and beside what has to be repaired first.
            let fields = ["note", "content", "text", "parts", "tool_calls", "functionCall", "input", "citations", "error"];
            let fields = fields.into_iter().map(|name| format!(r#", "{name}": {open}{close}"#));
            let others = [
                format!(r#", "a": "\ud83d", "note": {open}{close}"#),
                format!(r#", "a": 1, "a": 2, "note": {open}{close}"#),
                format!(r#", "note": {open}"#),
            ];
            for field in fields.chain(others) {
                for protocol in PROTOCOLS {
                    for is_stream in [false, true] {
                        let (sent, read) = read(&gateway, &client, protocol, is_stream, "a", &field).await;
                        let cell = format!("{levels} levels in {} of {} (a stream: {is_stream})", &field[..12], protocol.path);
                        let error = read.expect_err(&cell);
                        assert!(matches!(error, Error::Decode { .. }), "{cell}: {error:?}");
                        assert_eq!((error.attempts(), sent), (1, 1), "{cell}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_deep_error_body_is_an_error_all_the_same() {
    let gateway = gateway().await;
    let client = gateway.client_builder().no_retry().build().unwrap();
    let deep = format!("{}1{}", "{\"error\":".repeat(10_000), "}".repeat(10_000));
    for reply in [Reply::status(500).body(deep.clone()), Reply::status(500).header("content-type", "application/json").body(deep)] {
        gateway.always(CHAT, reply);
        for error in [client.chat().create(&hello()).await.unwrap_err(), client.chat().stream(&hello()).await.unwrap_err()] {
            assert_eq!(error.api().map(|api| api.status().as_u16()), Some(500), "{error:?}");
        }
    }
}

#[tokio::test]
async fn an_index_that_can_not_be_ends_the_adding_up_and_keeps_what_came() {
    let gateway = gateway().await;
    let client = gateway.client();
    for index in ["-1", "4096", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e300", "\"x\"", "0.5"] {
        let first = r#"{"choices":[{"index":0,"delta":{"content":"kept"}}]}"#;
        let next = format!(r#"{{"choices":[{{"index":{index},"delta":{{"content":"no"}}}}]}}"#);
        gateway.script(CHAT, [Reply::events([first, next.as_str()])]);
        let (partial, ended) = client.chat().stream(&hello()).await.unwrap().into_outcome().await;
        assert!(matches!(ended, Err(Error::Decode { .. })) && partial.text() == "kept", "{index}: {ended:?}");

        let next = format!(r#"{{"type":"content_block_start","index":{index},"content_block":{{"type":"text","text":"no"}}}}"#);
        let events: Vec<_> = PROTOCOLS[1].events[..3].iter().map(|event| event.replace("TEXT", "kept").replace(" FIELD", "")).collect();
        gateway.script(MESSAGES, [Reply::event_stream(data(events.iter().map(String::as_str).chain([next.as_str()])))]);
        let (partial, ended) = client.messages().stream(&hello_claude()).await.unwrap().into_outcome().await;
        assert!(matches!(ended, Err(Error::Decode { .. })) && partial.text() == "kept", "{index}: {ended:?}");

        let first = r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"kept"}]}}]}"#;
        let next = format!(r#"{{"candidates":[{{"index":{index},"content":{{"parts":[{{"text":"no"}}]}}}}]}}"#);
        gateway.script(STREAM_GENERATE, [Reply::event_stream(data([first, next.as_str()]))]);
        let (partial, ended) = client.gemini().stream_generate_content("m", &content()).await.unwrap().into_outcome().await;
        assert!(matches!(ended, Err(Error::Decode { .. })) && partial.text() == "kept", "{index}: {ended:?}");
    }
}

/// How often the answer was asked for, and the text that was read of it.
async fn read(gateway: &Gateway, client: &Client, protocol: Protocol, is_stream: bool, text: &str, field: &str) -> (usize, Result<String>) {
    let filled = |pattern: &str| pattern.replace("TEXT", text).replace(" FIELD", field);
    let before = gateway.requests().len();
    if is_stream {
        let events: Vec<_> = protocol.events.iter().map(|event| filled(event)).collect();
        gateway.script(protocol.stream_path, [Reply::event_stream(data(events.iter().map(String::as_str)))]);
    } else {
        gateway.script(protocol.path, [Reply::status(200).header("content-type", "application/json").body(filled(protocol.whole))]);
    }
    let read = match (protocol.path, is_stream) {
        (CHAT, false) => client.chat().create(&hello()).await.map(|reply| reply.text()),
        (CHAT, true) => match client.chat().stream(&hello()).await {
            Ok(stream) => stream.into_response().await.map(|reply| reply.text()),
            Err(error) => Err(error),
        },
        (MESSAGES, false) => client.messages().create(&hello_claude()).await.map(|reply| reply.text()),
        (MESSAGES, true) => match client.messages().stream(&hello_claude()).await {
            Ok(stream) => stream.into_response().await.map(|reply| reply.text()),
            Err(error) => Err(error),
        },
        (_, false) => client.gemini().generate_content("m", &content()).await.map(|reply| reply.text()),
        (_, true) => match client.gemini().stream_generate_content("m", &content()).await {
            Ok(stream) => stream.into_response().await.map(|reply| reply.text()),
            Err(error) => Err(error),
        },
    };
    (gateway.requests().len() - before, read)
}

fn content() -> GenerateContentRequest {
    GenerateContentRequest::new([Content::user("Hello!")])
}

fn data<'d>(events: impl IntoIterator<Item = &'d str>) -> String {
    events.into_iter().map(|event| format!("data: {event}\n\n")).collect()
}
