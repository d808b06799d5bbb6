//! What a program sets of the HTTP library, or another crate switches on there, against the client's promises: it has no effect, or is
//! refused. And what the client's spans tell.

use std::time::Duration;

use arouter::{Client, Error, Result, RetryPolicy};
use reqwest::header::{HeaderMap, HeaderValue, VIA};
use reqwest::redirect::Policy;
use tracing::field::Empty;
use tracing::{Instrument as _, info_span};
use tracing_subscriber::filter::LevelFilter;

use crate::support::log::Log;
use crate::support::raw_server::{Act, RawServer};
use crate::support::{alone, hello, is_alone, passed};

const KEY: &str = "lr_live_SENTINEL/of+the=key";
const PROMPT: &str = "SENTINEL of the prompt";
const ANSWER: &str = r#"{"choices":[{"message":{"content":"fine"},"finish_reason":"stop"}]}"#;

/// In a process of its own, since a program has one log.
#[test]
fn settings_against_a_promise_have_no_effect() {
    passed(&alone("http_client::every_setting_against_a_promise", &[]));
}

#[tokio::test]
async fn every_setting_against_a_promise() {
    if !is_alone() {
        return;
    }
    let log = Log::of_this_process();

    type Expected = fn(&Result<String>) -> bool;
    let elsewhere = RawServer::start(|_| vec![answer("200 OK", "", ANSWER)]).await;
    let location = format!("location: {}/\r\n", elsewhere.url());
    let rows: [(Act, Expected); 4] = [
        (answer("307 Temporary Redirect", &location, ""), |ended| matches!(ended, Err(Error::Redirect { .. }))),
        (answer("200 OK", "content-encoding: gzip\r\n", ANSWER), |ended| matches!(ended, Err(Error::UnexpectedContentType { .. }))),
        (answer("503 Service Unavailable", "", ""), |ended| ended.as_ref().is_err_and(|error| error.attempts() == 1)),
        (answer("200 OK", "", ANSWER), |ended| ended.as_ref().is_ok_and(|text| text == "fine")),
    ];
    for (act, expected) in rows {
        let server = RawServer::start(move |_| vec![act.clone()]).await;
        let builder = Client::builder().api_key(KEY).base_url(server.url()).no_proxy().no_retry();
        let client = builder.http_client(against_every_promise).build().unwrap();
        let mut request = hello();
        request.messages[0] = arouter::chat::Message::user(PROMPT);
        let ended = client.chat().create(&request).await.map(|reply| reply.text());
        assert!(expected(&ended), "{ended:?}");

        let heard = server.heard().concat();
        assert!(heard.starts_with("POST /v1/chat/completions HTTP/1.1\r\n") && heard.contains(PROMPT), "{heard}");
        let lines = |name: &str| heard.to_lowercase().lines().filter(|line| line.starts_with(name)).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!((lines("accept-encoding:"), lines("referer:")), (vec!["accept-encoding: identity".to_owned()], vec![]));
        assert_eq!((server.requests(), elsewhere.connections()), (1, 0));
    }
    let logged = log.text();
    assert!(logged.contains("reqwest::connect") && logged.contains("hyper_util"), "the library's logs are missing: {logged}");
    assert!(!logged.contains("SENTINEL"), "a key or prompt is logged");
}

fn against_every_promise(http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    let retry = reqwest::retry::for_host("127.0.0.1").no_budget().classify_fn(|attempt| match attempt.status() {
        Some(status) if status.is_success() => attempt.success(),
        _ => attempt.retryable(),
    });
    http.redirect(Policy::limited(10)).referer(true).retry(retry).gzip(true).connection_verbose(true).http2_prior_knowledge()
}

/// Its end would look like a broken connection.
#[test]
fn a_limit_of_time_of_the_librarys_own_is_refused() {
    type Configure = fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder;
    const DAY: Duration = Duration::from_secs(86_400);
    let rows: [(Configure, bool); 4] = [
        (|http| http.timeout(DAY), true),
        (|http| http.read_timeout(DAY), true),
        (|http| http.connect_timeout(DAY).pool_idle_timeout(DAY), false),
        (|http| http.default_headers(HeaderMap::from_iter([(VIA, HeaderValue::from_static("} timeout: "))])), false),
    ];
    for (at, (configure, is_refused)) in rows.into_iter().enumerate() {
        let built = Client::builder().api_key(KEY).timeout(DAY).http_client(configure).build();
        let error = built.as_ref().err().map(ToString::to_string);
        assert_eq!(matches!(built, Err(Error::Config { .. })), is_refused, "{at}: {error:?}");
        assert!(error.is_none_or(|error| error.contains("`idle_timeout`")), "{at}");
    }
}

/// What a trace tells of an attempt is the attempt, and not the wait for the next.
#[tokio::test]
async fn the_span_of_an_attempt_ends_before_the_wait_for_the_next() {
    let (log, _guard) = Log::of_this_thread(LevelFilter::DEBUG);
    let server = RawServer::start(|at| vec![answer(if at == 0 { "503 Service Unavailable" } else { "200 OK" }, "", ANSWER)]).await;
    let retry = RetryPolicy::default().base_delay(Duration::from_millis(1));
    let client = Client::builder().api_key(KEY).base_url(server.url()).no_proxy().retry(retry).build().unwrap();
    assert_eq!(client.chat().create(&hello()).await.unwrap().meta().attempts(), 2);
    let logged = log.text();
    let line = |parts: [&str; 2]| logged.lines().position(|line| parts.iter().all(|part| line.contains(part)));
    let (closed, waits) = (line(["attempt{attempt=1 ", ": close "]), line(["arouter.call", " retrying "]));
    assert!(closed.is_some() && waits.is_some() && closed < waits, "{closed:?} {waits:?} {logged}");
}

/// A program that leaves out spans of the crate's level has its own around a call.
#[tokio::test]
async fn a_programs_own_span_keeps_its_fields() {
    let (log, _guard) = Log::of_this_thread(LevelFilter::INFO);
    let server = RawServer::start(|_| vec![answer("200 OK", "x-request-id: req_1\r\n", ANSWER)]).await;
    let client = Client::builder().api_key(KEY).base_url(server.url()).no_proxy().build().unwrap();
    let span = info_span!("handler", request_id = "own", status = Empty, attempts = Empty);
    let reply = client.chat().create(&hello()).instrument(span).await.unwrap();
    assert_eq!(reply.meta().request_id(), Some("req_1"));
    let logged = log.text();
    assert!(logged.contains("handler{request_id=\"own\"}: "), "{logged}");
}

/// The library has a jar for them only if it is asked for.
#[tokio::test]
async fn no_cookie_is_kept() {
    let server = RawServer::start(|_| vec![answer("200 OK", "set-cookie: id=SENTINEL; path=/\r\n", ANSWER)]).await;
    let client = Client::builder().api_key(KEY).base_url(server.url()).no_proxy().build().unwrap();
    for _ in 0..2 {
        assert_eq!(client.chat().create(&hello()).await.unwrap().text(), "fine");
    }
    let heard = server.heard();
    assert_eq!((heard.len(), server.connections()), (2, 1));
    assert!(!heard.concat().to_lowercase().contains("cookie"), "{heard:?}");
}

fn answer(status: &str, header: &str, body: &str) -> Act {
    Act::Send(format!("HTTP/1.1 {status}\r\n{header}content-length: {}\r\n\r\n{body}", body.len()).into_bytes())
}
