//! More than anybody should send, and less than anybody should send in a time: each is given up at its limit, and let go.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use arouter::error::{Oversize, TimeoutPhase, TransportPhase};
use arouter::testing::Reply;
use arouter::{Client, ClientBuilder, Error};
use futures::StreamExt as _;

use crate::support::raw_server::{Act, RawServer};
use crate::support::{CHAT, chunk, gateway, hello};

const MEBIBYTE: usize = 1 << 20;
/// What only a bug can miss.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn an_event_of_fifty_mebibytes_is_read() {
    let text = "x".repeat(50 * MEBIBYTE);
    let events = event_stream(&format!("data: {}\n\ndata: [DONE]\n\n", chunk(&text)));
    let server = RawServer::start(move |_| vec![events.clone(), Act::Close]).await;
    let mut stream = builder(&server).build().unwrap().chat().stream(&hello()).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().text().len(), text.len());
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn what_never_ends_is_given_up_at_its_limit() {
    type Expected = fn(&Error) -> bool;
    let piece = |byte: u8| Act::Repeat(vec![byte; 256 << 10], Duration::ZERO);
    let head = |kind: &str| send(&format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n"));
    let rows: [(&str, Vec<Act>, bool, Expected); 5] = [
        (
            "an event",
            vec![head("text/event-stream"), send("data: "), piece(b'x')],
            true,
            |error| matches!(error, Error::TooLarge { what: Oversize::Event, limit, .. } if *limit == 64 * MEBIBYTE),
        ),
        (
            "an event in many lines",
            vec![head("text/event-stream"), Act::Repeat(format!("data: {}\n", "x".repeat(4000)).repeat(64).into_bytes(), Duration::ZERO)],
            true,
            |error| matches!(error, Error::TooLarge { what: Oversize::Event, .. }),
        ),
        (
            "an answer",
            vec![head("application/json"), piece(b' ')],
            false,
            |error| matches!(error, Error::TooLarge { what: Oversize::Response, limit, .. } if *limit == 128 * MEBIBYTE),
        ),
        (
            "the body of an error",
            vec![send("HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\n\r\n"), piece(b'e')],
            false,
            |error| error.status().is_some_and(|status| status == 500) && error.raw_body().unwrap().len() == MEBIBYTE,
        ),
        ("a page instead of a stream", vec![head("text/html"), piece(b'p')], true, |error| {
            matches!(error, Error::UnexpectedContentType { .. }) && error.raw_body().unwrap().len() == MEBIBYTE
        }),
    ];
    for (what, acts, is_stream, expected) in rows {
        let server = RawServer::start(move |_| acts.clone()).await;
        let client = builder(&server).no_retry().build().unwrap();
        let began = Instant::now();
        let call = async {
            if is_stream { client.chat().stream(&hello()).await.map(drop) } else { client.chat().create(&hello()).await.map(drop) }
        };
        let error = tokio::time::timeout(PATIENCE, call).await.unwrap().unwrap_err();
        assert!(expected(&error), "{what}, after {:?}: {error:?}", began.elapsed());
        assert!(server.settles_at(0).await, "{what} is still read");
    }
}

#[tokio::test]
async fn a_length_that_can_not_be_allocates_nothing() {
    for (length, is_protocol) in
        [("9223372036854775807", false), ("18446744073709551614", true), ("18446744073709551616", true), ("-1", true)]
    {
        for kind in ["application/json", "text/event-stream"] {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n");
            let server = RawServer::start(move |_| vec![send(&head), send("{\"id\":"), Act::Close]).await;
            let client = builder(&server).no_retry().build().unwrap();
            let stream = kind == "text/event-stream";
            let error =
                if stream { client.chat().stream(&hello()).await.unwrap_err() } else { client.chat().create(&hello()).await.unwrap_err() };
            let phase = if is_protocol { TransportPhase::Headers } else { TransportPhase::Body };
            let is_expected = matches!(error, Error::Transport { phase: found, protocol, .. } if (found, protocol) == (phase, is_protocol));
            assert!(is_expected, "{length} of {kind}: {error:?}");
            assert!(server.settles_at(0).await);
        }
    }
}

#[tokio::test]
async fn five_megabytes_of_headers_are_refused() {
    let many = "x-a: b\r\n".repeat(5 * MEBIBYTE / 8);
    let long = format!("x-a: {}\r\n", "b".repeat(5 * MEBIBYTE));
    for headers in [many, long] {
        let server = RawServer::start(move |_| vec![send("HTTP/1.1 200 OK\r\n"), send(&headers), send("\r\n"), Act::Silence]).await;
        let error = builder(&server).build().unwrap().chat().create(&hello()).await.unwrap_err();
        assert!(matches!(error, Error::Transport { phase: TransportPhase::Headers, protocol: true, .. }), "{error:?}");
        assert_eq!((error.attempts(), server.requests()), (1, 1));
        assert!(server.settles_at(0).await);
    }
}

/// A gzip member that unpacks to 64 KiB of spaces, over and over: 1 MiB of it to 700 MiB.
#[tokio::test]
async fn what_is_packed_stays_packed() {
    let packed = packed().repeat(MEBIBYTE / packed().len() + 2);
    for kind in ["application/json", "text/event-stream"] {
        for encoding in ["gzip", "x-gzip", "GZIP", "br", "zstd", "deflate", "gzip, gzip"] {
            for status in [200, 500] {
                let mut answer = format!("HTTP/1.1 {status} OK\r\ncontent-type: {kind}\r\ncontent-encoding: {encoding}\r\n").into_bytes();
                answer.extend_from_slice(format!("content-length: {}\r\n\r\n", packed.len()).as_bytes());
                answer.extend_from_slice(&packed);
                let server = RawServer::start(move |_| vec![Act::Send(answer.clone())]).await;
                let client = builder(&server).no_retry().build().unwrap();
                for error in [client.chat().create(&hello()).await.unwrap_err(), client.chat().stream(&hello()).await.unwrap_err()] {
                    let cell = format!("{status} {kind} {encoding}: {error:?}");
                    assert_eq!(matches!(error, Error::UnexpectedContentType { .. }), status == 200, "{cell}");
                    assert_eq!(error.raw_body(), Some(&packed[..MEBIBYTE]), "{cell}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_peer_that_only_drips_is_given_up() {
    let drip = |text: &str| Act::Repeat(text.as_bytes().to_vec(), Duration::from_millis(20));
    let limit = Duration::from_millis(500);
    let stream =
        |dripped: Act| vec![send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\ndata: "), dripped];
    let rows = [
        ("the head", vec![send("HTTP/1.1 200 OK\r\nx-a: "), drip("b")], TimeoutPhase::Headers),
        ("early hints", vec![drip("HTTP/1.1 103 Early Hints\r\n\r\n")], TimeoutPhase::Headers),
        ("an event", stream(drip("x")), TimeoutPhase::EventGap),
        ("lines of an event", stream(drip("x\ndata: ")), TimeoutPhase::EventGap),
        ("events without data", stream(drip("\n\nevent: x\nid: 1\n\n")), TimeoutPhase::EventGap),
    ];
    for (what, acts, expected) in rows {
        let server = RawServer::start(move |_| acts.clone()).await;
        let client = builder(&server).no_retry().header_timeout(limit).event_timeout(limit).build().unwrap();
        let called = tokio::time::timeout(PATIENCE, client.chat().stream(&hello())).await.unwrap();
        let error = called.unwrap_err();
        assert!(matches!(error, Error::Timeout { phase, .. } if phase == expected) && error.elapsed() >= limit, "{what}: {error:?}");
        assert!(server.settles_at(0).await, "{what}");
    }
}

/// The other way round: the peer takes the request as slowly as it can.
#[test]
fn a_peer_that_does_not_take_the_request_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let builder = Client::builder().api_key("lr_live_1").base_url(format!("http://{}", listener.local_addr().unwrap())).no_proxy();
    let client = builder.no_retry().header_timeout(Duration::from_millis(500)).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let request = arouter::chat::ChatRequest::new("m", [arouter::chat::Message::user("x".repeat(32 * MEBIBYTE))]);
    let error = runtime.block_on(async { tokio::time::timeout(PATIENCE, client.chat().create(&request)).await }).unwrap().unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: TimeoutPhase::Headers, .. }), "{error:?}");
    assert_eq!((error.attempts(), error.outcome_unknown()), (1, true));
}

/// A server that has always more to say is held back by a reader that doesn't read: by what the system buffers, and one piece.
#[test]
fn a_reader_that_is_away_holds_the_server_back() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let builder = Client::builder().api_key("lr_live_1").base_url(format!("http://{}", listener.local_addr().unwrap())).no_proxy();
    let client = builder.build().unwrap();
    let server = std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        // What can't be written in this time is held back.
        stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n").unwrap();
        let events = format!("data: {}\n\n", chunk("x")).repeat(256);
        let mut written = 0;
        while stream.write_all(events.as_bytes()).is_ok() && written < 1 << 30 {
            written += events.len();
        }
        written
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let mut stream = runtime.block_on(client.chat().stream(&hello())).unwrap();
    assert_eq!(runtime.block_on(stream.next()).unwrap().unwrap().text(), "x");
    let written = server.join().unwrap();
    assert!(written < 64 * MEBIBYTE, "{written} bytes were taken of a server whose reader was away");
    // What had been sent is there.
    assert_eq!(runtime.block_on(stream.next()).unwrap().unwrap().text(), "x");
}

#[tokio::test]
async fn a_time_for_the_call_ends_a_drip_of_a_whole_answer_and_of_a_streams_start() {
    let gateway = gateway().await;
    let limit = Duration::from_millis(500);
    let client = gateway.client_builder().no_retry().timeout(limit).build().unwrap();
    gateway.script(CHAT, [Reply::status(200).body(" ".repeat(1000)).in_pieces(1).interval(Duration::from_millis(20))]);
    let error = tokio::time::timeout(PATIENCE, client.chat().create(&hello())).await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: TimeoutPhase::Total, .. }) && error.elapsed() >= limit, "{error:?}");
    // What has come of it may be paid for.
    assert!(error.raw_body().is_some_and(|body| !body.is_empty() && body.iter().all(|byte| *byte == b' ')), "{error:?}");

    gateway.script(CHAT, [Reply::event_stream(": still here\n\n").interval(Duration::from_millis(20)).endless()]);
    let error = tokio::time::timeout(PATIENCE, client.chat().stream(&hello())).await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: TimeoutPhase::Total, .. }) && error.elapsed() >= limit, "{error:?}");
}

fn builder(server: &RawServer) -> ClientBuilder {
    Client::builder().api_key("lr_live_1").base_url(server.url()).no_proxy()
}

fn send(text: &str) -> Act {
    Act::Send(text.as_bytes().to_vec())
}

fn event_stream(body: &str) -> Act {
    send(&format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{body}"))
}

/// 64 KiB of spaces, packed.
fn packed() -> Vec<u8> {
    let (head, tail) = ([31, 139, 8, 0, 0, 0, 0, 0, 2, 3], [106, 148, 25, 44, 180, 0, 0, 1, 0]);
    let (start, end) = ([237, 193, 129, 0, 0, 0, 0, 128, 32, 149, 253, 41, 23, 169, 10], [0_u8; 62]);
    [&head[..], &start, &end, &tail].concat()
}
