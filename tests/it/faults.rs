//! Thirty-four faults, each tried on eleven operations: the error's kind, how often the server was asked, whether the outcome is
//! known, that no key or prompt is said or logged, and that the connection is let go.

mod fault;
mod http2;
mod operations;
mod peers;
mod table;

use std::sync::Arc;
use std::time::Duration;

use arouter::error::ConnectKind;
use arouter::{Client, ClientBuilder, Error, RetryPolicy};
use futures::StreamExt as _;
use tokio::io::AsyncReadExt as _;
use tokio::sync::Semaphore;

use crate::support::log::Log;
use crate::support::raw_server::RawServer;
use crate::support::{alone, everything_said, is_alone, passed, print_line};
use fault::Fault;
use operations::{Ended, OPERATIONS, Operation};
use peers::{Authority, Peer};
use table::{Expected, NO_EVENTS, ROWS, expected};

const KEY: &str = "lr_live_SENTINEL/of+the=key";
const MANAGEMENT_KEY: &str = "lr_mgmt_SENTINEL/of+the=key";
/// How long what is missing is waited for; whatever comes before it must have come by then, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_handshake_that_the_peer_breaks_off_is_a_failure_of_tls() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::builder().api_key(KEY).base_url(format!("https://{}", listener.local_addr().unwrap())).no_retry().build().unwrap();
    let peer = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        // A close with something unread would be a reset.
        let mut hello = [0; 1 << 14];
        assert!(stream.read(&mut hello).await.unwrap() > 0);
    };
    let (error, ()) = tokio::join!(client.models().list(), peer);
    let error = error.unwrap_err();
    assert!(matches!(error, Error::Connect { kind: ConnectKind::Tls, .. }), "{error:?}");
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_is_shown_once_and_refused() {
    for (cause, peer) in Authority::new().impostors().await {
        let client = peer.reached_by(Client::builder().api_key(KEY).retry(fast()).no_proxy()).build().unwrap();
        let error = client.models().list().await.unwrap_err();
        assert!(matches!(error, Error::Connect { kind: ConnectKind::Tls, .. }), "{cause}: {error:?}");
        let said = everything_said(&error);
        assert!(said.contains(cause) && !said.contains("SENTINEL"), "{cause}: {said}");
        assert_eq!((error.attempts(), error.outcome_unknown(), peer.connections()), (1, false, Some(1)), "{cause}");
        assert!(peer.is_let_go().await, "{cause}: the connection is held");
    }
}

/// In a process of its own, since a program has one log.
#[test]
fn every_fault_of_every_operation() {
    let said = passed(&alone("faults::the_matrix", &[]));
    for start in ["faults: ", "faults over HTTP/2: "] {
        let line = said.lines().find_map(|line| line.find(start).map(|at| &line[at..]));
        print_line(line.expect("the matrix tells its cells"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_matrix() {
    if !is_alone() {
        return;
    }
    let log = Log::of_this_process();

    let authority = Arc::new(Authority::new());
    let cells = ROWS.into_iter().flat_map(|(fault, whole, stream)| {
        OPERATIONS.into_iter().map(move |operation| (fault, operation, expected(operation, whole, stream)))
    });
    let runs = cells.map(|(fault, operation, expected)| {
        let authority = authority.clone();
        // A task of its own tells the cell that fails by its message, and lets others go on.
        async move { tokio::spawn(async move { run_cell(fault, operation, expected, &authority).await }).await.unwrap() }
    });
    let ran: Vec<Result<(), &str>> = futures::stream::iter(runs).buffer_unordered(48).collect().await;
    let over_http2 = http2::cells().map(|cell| async { tokio::spawn(cell).await.unwrap() });
    let over_http2 = futures::stream::iter(over_http2).buffer_unordered(48).count().await;
    let reasons: Vec<&str> = ran.iter().filter_map(|ran| ran.err()).collect();
    assert!(reasons.iter().all(|reason| *reason == NO_EVENTS), "{reasons:?}");
    assert!(!log.text().contains("SENTINEL"), "a key or prompt is logged");
    let run = ran.len() - reasons.len();
    print_line(&format!("faults: {} cells, {run} run, {} not applicable ({NO_EVENTS})", ran.len(), reasons.len()));
    print_line(&format!("faults over HTTP/2: {over_http2} cells, {over_http2} run"));
}

/// Runs a cell, or tells why it has no meaning.
async fn run_cell(fault: Fault, operation: Operation, expected: Expected, authority: &Authority) -> Result<(), &'static str> {
    if let Expected::NotApplicable(reason) = expected {
        return Err(reason);
    }
    for call in 0..operation.calls() {
        let cell = format!("{fault:?} × {operation:?} {call}");
        let elsewhere = RawServer::start(|_| Vec::new()).await;
        let target = elsewhere.url();
        let reader = Arc::new(Semaphore::new(0));
        let peer = Peer::start(fault, operation, target, reader.clone(), authority).await;
        let client = client(fault, operation, &peer);
        if fault == Fault::StaleKeepAlive {
            let first = operation.run(&client, call, &reader).await;
            assert!(first.error.is_none(), "{cell}: {:?}", first.error);
        }
        let before = peer.requests();
        let ended = operation.run(&client, call, &reader).await;
        let requests = peer.requests() - before;
        // Of such a fault, an attempt is a connection.
        let requests = peer.connections().unwrap_or(requests);
        judge(&cell, &expected, &ended, (!fault.is_before_any_connection()).then_some(requests));
        let items = if ended.error.is_some() { fault.items(operation) } else { operation.items() };
        assert_eq!(ended.items, items, "{cell}: items");
        if let Some(error) = &ended.error {
            let said = everything_said(error);
            assert!(fault.cause().is_none_or(|cause| said.contains(cause)), "{cell}: {said}");
        }
        assert_eq!(elsewhere.connections(), 0, "{cell}: a redirect was followed");
        if !fault.leaves_the_connection_whole() {
            assert!(peer.is_let_go().await, "{cell}: the connection is held");
        }
        drop(client);
        assert!(peer.is_let_go().await, "{cell}: the connection outlives its client");
    }
    Ok(())
}

/// Compares how a call ended with how it should have, and looks for keys and prompts in what it says. Requests are those that the server read,
/// or connections if it never comes to a request.
fn judge(cell: &str, expected: &Expected, ended: &Ended, requests: Option<usize>) {
    let attempts = match (expected, &ended.error) {
        (Expected::SucceedsAt { attempts }, None) => *attempts,
        (Expected::Fails { kind, attempts, unknown }, Some(error)) => {
            let found = (self::kind(error), error.attempts(), error.outcome_unknown());
            assert_eq!(found, ((*kind).to_owned(), *attempts, *unknown), "{cell}: {error:?}");
            let said = everything_said(error);
            assert!(!said.contains("SENTINEL"), "{cell}: {said}");
            let body = String::from_utf8_lossy(error.raw_body().unwrap_or_default());
            assert!(!body.contains(KEY) && !body.contains(MANAGEMENT_KEY), "{cell}: {body}");
            *attempts
        }
        (_, error) => panic!("{cell} should be {expected:?} and is {error:?}"),
    };
    // A busy server may not have come to read what was given up for its silence.
    let may_be_fewer = ended.error.as_ref().is_some_and(Error::is_timeout);
    let are_right = |requests: usize| requests == attempts as usize || (may_be_fewer && requests < attempts as usize);
    assert!(requests.is_none_or(are_right), "{cell}: {requests:?} requests");
}

/// Without waits, and with a window that only a bug can miss.
fn fast() -> RetryPolicy {
    RetryPolicy::default().base_delay(Duration::from_millis(1)).ambiguous_window(Duration::from_secs(30))
}

fn client(fault: Fault, operation: Operation, peer: &Peer) -> Client {
    let builder = Client::builder().api_key(KEY).management_key(MANAGEMENT_KEY).retry(fast()).no_proxy().allow_insecure_http(true);
    // Only the limit that a fault is about may be reached: the machine may be busy.
    let limit = |is_reached| if is_reached { PATIENCE } else { PATIENCE * 60 };
    let head = limit(matches!(fault, Fault::NoAnswer | Fault::EndlessEarlyHints));
    let event = limit(matches!(fault, Fault::CommentDrip | Fault::ByteDrip));
    let total = limit(!operation.is_stream() && matches!(fault, Fault::SilenceAfterHead | Fault::ByteDrip));
    let builder: ClientBuilder = builder.header_timeout(head).management_header_timeout(head).timeout(total).management_timeout(total);
    let builder = builder.connect_timeout(limit(fault == Fault::ConnectTimeout)).event_timeout(event);
    let builder = builder.idle_timeout(limit(fault == Fault::SilenceAfterHead)).max_response_bytes(64 << 10).max_event_bytes(64 << 10);
    peer.reached_by(builder).build().unwrap()
}

fn kind(error: &Error) -> String {
    match error {
        Error::Connect { kind, .. } => format!("Connect {kind:?}"),
        Error::Timeout { phase, .. } => format!("Timeout {phase:?}"),
        Error::Transport { phase, .. } => format!("Transport {phase:?}"),
        Error::Api(api) => format!("Api {}", api.status().as_u16()),
        Error::Decode { may_be_truncated, .. } => if *may_be_truncated { "Decode MaybeCut" } else { "Decode" }.to_owned(),
        Error::Truncated { .. } => "Truncated".to_owned(),
        Error::Redirect { .. } => "Redirect".to_owned(),
        Error::UnexpectedContentType { .. } => "UnexpectedContentType".to_owned(),
        Error::TooLarge { .. } => "TooLarge".to_owned(),
        other => format!("{other:?}"),
    }
}
