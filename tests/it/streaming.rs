//! How streams live and end, over real sockets.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arouter::gemini::{self, GenerateContentRequest};
use arouter::testing::{Gateway, Reply};
use arouter::{Client, Error, Method, RetryPolicy};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _, TryFutureExt as _, TryStreamExt as _};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::support::raw_server::{Act, RawServer};
use crate::support::{CHAT, MESSAGES, chunk, finish, gateway, hello, hello_claude};

#[tokio::test]
async fn a_stream_gives_what_a_whole_answer_would() {
    let gateway = gateway().await;
    let client = gateway.client();
    let whole = client.chat().create(&hello()).await.unwrap();
    let stream = client.chat().stream(&hello()).await.unwrap();
    assert!(stream.meta().time_to_first_event().is_some() && stream.meta().request_id() == Some("req_2"));
    let streamed = stream.into_response().await.unwrap();

    assert_eq!(streamed, *whole);
    assert_eq!(gateway.requests()[1].json()["stream_options"]["include_usage"], true);
}

#[tokio::test]
async fn text_comes_in_pieces_and_is_never_empty() {
    let gateway = gateway().await;
    let pieces: Vec<String> = gateway.client().chat().stream(&hello()).await.unwrap().into_text().map(Result::unwrap).collect().await;
    assert_eq!(pieces, ["You ", "said: ", "\"Hello!\""]);
}

#[tokio::test]
async fn an_end_mark_alone_is_an_empty_stream() {
    let gateway = gateway().await;
    gateway.script(CHAT, [Reply::event_stream("data: [DONE]\n\n")]);
    let mut stream = gateway.client().chat().stream(&hello()).await.unwrap();
    assert!(stream.next().await.is_none() && stream.next().await.is_none());
}

#[tokio::test]
async fn a_cut_stream_keeps_its_text() {
    let gateway = gateway().await;
    let cut = r#"{"id":"c"#;
    gateway.script(CHAT, [Reply::event_stream(format!("data: {}\n\ndata: {}\n\ndata: {cut}", chunk("Hel"), chunk("lo")))]);
    let (partial, ended) = gateway.client().chat().stream(&hello()).await.unwrap().into_outcome().await;
    let error = ended.unwrap_err();
    assert_eq!((partial.text().as_str(), error.raw_body()), ("Hello", Some(cut.as_bytes())));
    assert!(error.is_truncated() && error.outcome_unknown() && error.request_id() == Some("req_1") && error.attempts() == 1, "{error:?}");
}

#[tokio::test]
async fn items_come_as_soon_as_they_are_sent() {
    let gateway = gateway().await;
    let first = format!("data: {}\n\n", chunk("first"));
    let length = first.len();
    gateway.script(CHAT, [Reply::event_stream(first).stall_after(length)]);
    let mut stream = gateway.client().chat().stream(&hello()).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().text(), "first");
}

#[tokio::test]
async fn a_silent_stream_times_out_and_a_slow_reader_does_not() {
    let gateway = gateway().await;
    let idle = Duration::from_millis(400);
    let client = gateway.client_builder().idle_timeout(idle).build().unwrap();
    let first = format!("data: {}\n\n", chunk("a"));
    let length = first.len();
    gateway.script(CHAT, [Reply::event_stream(first).stall_after(length)]);
    let mut stream = client.chat().stream(&hello()).await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    let began = Instant::now();
    let ended = tokio::time::timeout(Duration::from_secs(20), stream.next()).await.unwrap();
    let error = ended.unwrap().unwrap_err();
    assert!(error.is_timeout() && error.to_string().starts_with("no bytes on the stream within 400 ms"), "{error}");
    assert!(began.elapsed() >= idle, "{:?}", began.elapsed());

    // The reader is away for longer than the limit, while the server goes on.
    gateway.set_delta_interval(Duration::from_millis(10));
    let mut stream = client.chat().stream(&hello()).await.unwrap();
    let mut items = 0;
    while let Some(item) = stream.next().await {
        item.unwrap();
        items += 1;
        if items == 2 {
            tokio::time::sleep(idle * 3).await;
        }
    }
    assert_eq!(items, 6);
}

#[tokio::test]
async fn comments_keep_a_stream_alive_until_the_event_gap() {
    let gateway = gateway().await;
    let builder = gateway.client_builder().idle_timeout(Duration::from_millis(800)).event_timeout(Duration::from_millis(1500));
    let client = builder.build().unwrap();
    let drip = Reply::event_stream(": still here\n\n".repeat(100)).interval(Duration::from_millis(50));
    gateway.script(CHAT, [drip]);
    let called = tokio::time::timeout(Duration::from_secs(20), client.chat().stream(&hello())).await.unwrap();
    let error = called.unwrap_err();
    assert!(error.to_string().starts_with("no whole event on the stream within 1.5 s"), "{error}");
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection() {
    let gateway = gateway().await;
    gateway.set_delta_interval(Duration::from_millis(20));
    let mut stream = gateway.client().chat().stream(&hello()).await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    assert_eq!(gateway.open_connections(), 1);
    drop(stream);
    none_open_within(&gateway, Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_server_that_lingers_after_the_end_mark_is_left() {
    let gateway = gateway().await;
    let body = format!("data: {}\n\ndata: [DONE]\n\n", finish());
    let length = body.len();
    gateway.script(CHAT, [Reply::event_stream(body).stall_after(length)]);
    let mut stream = gateway.client().chat().stream(&hello()).await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    assert!(stream.next().await.is_none());
    none_open_within(&gateway, Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_reset_after_the_end_mark_is_no_error() {
    let chat = format!("data: {}\n\ndata: {}\n\ndata: [DONE]\n\n", chunk("Hel"), finish());
    let stop = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}"#;
    let messages = format!("data: {stop}\n\ndata: {{\"type\":\"message_stop\"}}\n\n");
    for (open, body) in [(OPENERS[0], chat), (OPENERS[1], messages)] {
        let items = Arc::new(Semaphore::new(0));
        let acts = vec![send(&format!("{HEAD}{body}")), Act::AwaitReader(items.clone(), 1), Act::Reset];
        let server = RawServer::start(move |_| acts.clone()).await;
        let mut stream = open(&client_of(&server)).await.unwrap();
        for _ in 0..2 {
            stream.next().await.unwrap().unwrap();
        }
        items.add_permits(1);
        assert!(server.settles_at(0).await, "it is reset");
        assert!(stream.next().await.is_none() && stream.next().await.is_none(), "{body}");
    }
}

#[tokio::test]
async fn an_error_on_a_stream_lets_go_of_a_server_that_goes_on() {
    let starts = [
        chunk("Hel"),
        r#"{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],"usage":{}}}"#.to_owned(),
        json!({"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": "Hel"}]}}]}).to_string(),
    ];
    for (open, start) in OPENERS.into_iter().zip(starts) {
        for (event, is_api) in [("{not json", false), (r#"{"type":"error","error":{"code":500,"message":"gone"}}"#, true)] {
            let goes_on = Act::Repeat(b": still here\n\n".to_vec(), Duration::from_millis(5));
            let acts = vec![send(&format!("{HEAD}data: {start}\n\ndata: {event}\n\n")), goes_on];
            let server = RawServer::start(move |_| acts.clone()).await;
            let mut stream = open(&client_of(&server)).await.unwrap();
            stream.next().await.unwrap().unwrap();
            let error = stream.next().await.unwrap().unwrap_err();
            assert!(if is_api { matches!(error, Error::Api(_)) } else { matches!(error, Error::Decode { .. }) }, "{event}: {error:?}");
            // The stream is still there.
            assert!(server.settles_at(0).await, "{event} after {start}: the connection is held");
            assert!(stream.next().await.is_none());
        }
    }
}

#[tokio::test]
async fn a_stream_is_known_by_its_type_however_it_is_written() {
    let gateway = gateway().await;
    let client = gateway.client();
    let (yes, no) = (true, false);
    for (kind, is_stream) in [
        ("text/event-stream", yes),
        ("Text/Event-Stream; charset=utf-8", yes),
        ("TEXT/EVENT-STREAM;charset=\"UTF-8\";q=1", yes),
        (" text/event-stream ; charset=utf-8", yes),
        ("", yes),
        ("text/event-streams", no),
        ("text/plain; text/event-stream", no),
        ("application/octet-stream", no),
    ] {
        let answer = |body: &str| Reply::status(200).header("content-type", kind).body(body.to_owned());
        gateway.always(CHAT, answer("data: [DONE]\n\n"));
        gateway.always(MESSAGES, answer("data: {\"type\":\"message_stop\"}\n\n"));
        let stop = json!({"candidates": [{"index": 0, "finishReason": "STOP"}]});
        gateway.always("/v1beta/models/m:streamGenerateContent", answer(&format!("data: {stop}\n\n")));
        for (protocol, open) in OPENERS.into_iter().enumerate() {
            match open(&client).await {
                Ok(stream) => assert!(is_stream && stream.all(async |item| item.is_ok()).await, "{kind:?} {protocol}"),
                Err(error) => assert!(!is_stream && matches!(error, Error::UnexpectedContentType { .. }), "{kind:?} {protocol}: {error:?}"),
            }
        }
    }
}

#[tokio::test]
async fn an_event_beyond_the_limit_ends_the_stream() {
    let gateway = gateway().await;
    let client = gateway.client_builder().max_event_bytes(1000).build().unwrap();
    gateway.script(CHAT, [Reply::events([chunk("a"), chunk(&"x".repeat(2000))])]);
    let (partial, ended) = client.chat().stream(&hello()).await.unwrap().into_outcome().await;
    assert_eq!(partial.text(), "a");
    assert!(matches!(ended, Err(Error::TooLarge { limit: 1000, .. })), "{ended:?}");
}

#[tokio::test]
async fn an_empty_finish_reason_is_none() {
    let gateway = gateway().await;
    let chunk = |text: &str, reason: &str| json!({"choices": [{"delta": {"content": text}, "finish_reason": reason}]}).to_string();
    gateway.script(CHAT, [Reply::event_stream(format!("data: {}\n\n", chunk("Hel", "")))]);
    let (partial, ended) = gateway.client().chat().stream(&hello()).await.unwrap().into_outcome().await;
    assert!(partial.text() == "Hel" && ended.unwrap_err().is_truncated());

    gateway.script(CHAT, [Reply::events([chunk("a", ""), chunk("b", "stop"), chunk("", "")])]);
    let whole = gateway.client().chat().stream(&hello()).await.unwrap().into_response().await.unwrap();
    assert_eq!(whole.finish_reason().map(ToString::to_string).as_deref(), Some("stop"));
}

#[tokio::test]
async fn every_answer_that_was_asked_for_must_end() {
    let gateway = gateway().await;
    let answer =
        |index: u32| format!("data: {}\n\n", json!({"choices": [{"index": index, "delta": {"content": "a"}, "finish_reason": "stop"}]}));
    let ended = async |body: String| {
        gateway.script(CHAT, [Reply::event_stream(body)]);
        gateway.client().chat().stream(&hello().n(2)).await.unwrap().into_response().await
    };
    assert!(ended(answer(0)).await.unwrap_err().is_truncated());
    assert_eq!(ended(answer(0) + &answer(1)).await.unwrap().choices.len(), 2);
    // Whether one beyond the 127th has ended is not known without the end mark.
    assert!(ended(answer(0) + &answer(127)).await.unwrap_err().is_truncated());
    assert_eq!(ended(answer(0) + &answer(127) + "data: [DONE]\n\n").await.unwrap().choices.len(), 2);
}

#[tokio::test]
async fn a_provider_that_breaks_off_ends_the_stream_with_its_report() {
    let gateway = gateway().await;
    let broken = json!({"choices": [{"delta": {"content": "lo"}, "finish_reason": "error", "error": {"code": 502, "message": "gone"}}]});
    gateway.script(CHAT, [Reply::events([chunk("Hel"), broken.to_string()])]);
    let (partial, ended) = gateway.client().chat().stream(&hello()).await.unwrap().into_outcome().await;
    let error = ended.unwrap_err();
    assert_eq!((partial.text().as_str(), error.api().unwrap().message()), ("Hello", "gone"));
    assert_eq!(error.api().unwrap().status_hint().map(|hint| hint.as_u16()), Some(502));

    for flat in [r#"{"object":"error","message":"gone","code":502}"#, r#"{"detail":"gone"}"#] {
        gateway.script(CHAT, [Reply::events([chunk("a"), flat.to_owned()])]);
        let (_, ended) = gateway.client().chat().stream(&hello()).await.unwrap().into_outcome().await;
        assert_eq!(ended.unwrap_err().api().unwrap().message(), "gone");
    }
}

#[tokio::test]
async fn a_stream_without_end_is_not_added_up_without_end() {
    let gateway = gateway().await;
    let client = gateway.client_builder().max_response_bytes(100_000).build().unwrap();
    gateway.script(CHAT, [Reply::event_stream(format!("data: {}\n\n", chunk("again "))).endless()]);
    let (partial, ended) = client.chat().stream(&hello()).await.unwrap().into_outcome().await;
    let error = ended.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 100_000, .. }) && error.attempts() == 1, "{error:?}");
    assert!(partial.text().starts_with("again again "));
}

#[tokio::test]
async fn a_flood_of_comments_does_not_hold_the_clock() {
    let gateway = gateway().await;
    let client = gateway.client_builder().event_timeout(Duration::from_millis(200)).build().unwrap();
    gateway.script(CHAT, [Reply::event_stream(": still here\n\n").endless()]);
    let called = tokio::time::timeout(Duration::from_secs(20), client.chat().stream(&hello())).await.unwrap();
    assert!(called.unwrap_err().to_string().starts_with("no whole event on the stream within 200 ms"));
}

#[tokio::test]
async fn errors_of_a_stream_remember_the_attempts_before_it() {
    let gateway = gateway().await;
    let client = gateway.client_builder().retry(RetryPolicy::default().base_delay(Duration::from_millis(1))).build().unwrap();
    let cut = Reply::event_stream(format!("data: {}\n\n", chunk("a"))).interval(Duration::from_millis(1));
    gateway.script(CHAT, [Reply::status(503), cut]);
    let error = client.chat().stream(&hello()).await.unwrap().into_response().await.unwrap_err();
    assert_eq!((error.attempts(), error.request_ids()), (2, &["req_1".to_owned(), "req_2".to_owned()][..]));

    // The first attempt may have been acted on, whatever became of the second.
    gateway.script(CHAT, [Reply::hang_up(), Reply::status(200).body("{")]);
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert!(matches!(error, Error::Decode { .. }) && error.attempts() == 2 && error.outcome_unknown(), "{error:?}");
}

#[tokio::test]
async fn the_age_of_a_stream_error_is_that_of_the_call() {
    let gateway = gateway().await;
    let client = gateway.client_builder().idle_timeout(Duration::from_millis(500)).build().unwrap();
    let first = format!("data: {}\n\n", chunk("a"));
    let length = first.len();
    gateway.script(CHAT, [Reply::event_stream(first).stall_after(length)]);
    let stream = client.chat().stream(&hello()).await.unwrap();
    let error = tokio::time::timeout(Duration::from_secs(20), stream.into_response()).await.unwrap().unwrap_err();
    assert!(error.elapsed() >= Duration::from_millis(500), "{error}");
}

#[tokio::test]
async fn raw_events_come_as_they_are() {
    let gateway = gateway().await;
    let text = ": hi\n\nevent: delta\nid: 7\nretry: 50\ndata: one\ndata: two\n\ndata: not json\n\n";
    gateway.always("/x", Reply::event_stream(text));
    let events = gateway.client().request(Method::POST, ["x"]).events().await.unwrap();
    let events: Vec<_> = events.map(Result::unwrap).collect().await;
    assert_eq!((events[0].event.as_str(), events[0].data.as_str(), events[0].id.as_str()), ("delta", "one\ntwo", "7"));
    assert_eq!((events[0].retry, events[1].data.as_str(), events.len()), (Some(Duration::from_millis(50)), "not json", 2));

    gateway.always("/x", Reply::event_stream("data: one\n\ndata: cut"));
    let events: Vec<_> = gateway.client().request(Method::POST, ["x"]).events().await.unwrap().collect().await;
    let [Ok(_), Err(error)] = events.as_slice() else { panic!("{events:?}") };
    assert!(error.is_truncated() && error.raw_body() == Some(b"cut".as_slice()), "{error:?}");

    gateway.always("/x", Reply::status(204));
    let error = gateway.client().request(Method::POST, ["x"]).events().await.unwrap_err();
    assert!(error.is_truncated() && error.status().is_some_and(|status| status == 204), "{error:?}");
}

/// Opens a stream of a protocol, of which only the errors matter.
type Opener = fn(&Client) -> BoxFuture<'static, Result<BoxStream<'static, Result<(), Error>>, Error>>;

const OPENERS: [Opener; 3] = [
    |client| client.chat().stream(&hello()).map_ok(|stream| stream.map_ok(drop).boxed()).boxed(),
    |client| client.messages().stream(&hello_claude()).map_ok(|stream| stream.map_ok(drop).boxed()).boxed(),
    |client| {
        let request = GenerateContentRequest::new([gemini::Content::user("Hello!")]);
        client.gemini().stream_generate_content("m", &request).map_ok(|stream| stream.map_ok(drop).boxed()).boxed()
    },
];

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

fn send(text: &str) -> Act {
    Act::Send(text.as_bytes().to_vec())
}

fn client_of(server: &RawServer) -> Client {
    Client::builder().api_key("lr_live_1").base_url(server.url()).no_proxy().build().unwrap()
}

async fn none_open_within(gateway: &Gateway, limit: Duration) {
    let closing = async {
        while gateway.open_connections() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(limit, closing).await.expect("the connection is closed");
}
