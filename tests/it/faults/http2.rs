//! The faults that HTTP/2 has of its own, or whose bytes differ there.

use std::sync::Arc;
use std::time::Duration;

use arouter::Client;
use tokio::sync::Semaphore;

use super::operations::{OPERATIONS, Operation};
use super::table::{Cell, Expected, KNOWN, NEVER_SENT, ONCE, OPEN, REPEATABLE, both, expected, fails};
use super::{KEY, MANAGEMENT_KEY, PATIENCE, fast, judge};
use crate::support::http2_server::{Frame, Http2Server};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The stream is refused, as when there are too many.
    RefusedStream,
    /// The connection is given up with the request unread.
    GoAwayBefore,
    /// The connection is given up after the request, which is answered.
    GoAwayAfter,
    /// The connection is given up after the request, which is never answered.
    GoAwayThenFin,
    GoAwayWithError,
    ResetBeforeHead,
    CancelBeforeHead,
    FinBeforeHead,
    RstBeforeHead,
    Garbage,
    EndlessHeader,
    NoAnswer,
    ResetInBody,
    CancelInBody,
    /// A reset that claims that nothing is wrong, which the HTTP library takes for the end.
    SilentResetInBody,
    FinInBody,
    RstInBody,
    LengthNotKept,
    SilenceAfterHead,
    OverLongBody,
    CrossOriginRedirect,
}

use Fault::*;

const TABLE: [(Fault, Cell, Cell); 21] = [
    both(RefusedStream, fails("Connect Refused", NEVER_SENT.0, NEVER_SENT.1)),
    both(GoAwayBefore, fails("Connect Refused", NEVER_SENT.0, NEVER_SENT.1)),
    both(GoAwayAfter, Cell::Succeeds),
    both(GoAwayThenFin, fails("Transport Headers", [3, 3, 2, 1], OPEN)),
    both(GoAwayWithError, fails("Transport Headers", [3, 3, 2, 1], OPEN)),
    both(ResetBeforeHead, fails("Transport Headers", [3, 3, 2, 1], OPEN)),
    both(CancelBeforeHead, fails("Transport Headers", [3, 3, 2, 1], OPEN)),
    both(FinBeforeHead, fails("Transport Headers", [3, 3, 2, 1], OPEN)),
    both(RstBeforeHead, fails("Transport Headers", [3, 3, 2, 1], OPEN)),
    both(Garbage, fails("Transport Headers", ONCE, OPEN)),
    both(EndlessHeader, fails("Transport Headers", ONCE, OPEN)),
    both(NoAnswer, fails("Timeout Headers", REPEATABLE, OPEN)),
    both(ResetInBody, fails("Transport Body", REPEATABLE, OPEN)),
    both(CancelInBody, fails("Transport Body", REPEATABLE, OPEN)),
    (SilentResetInBody, fails("Decode MaybeCut", ONCE, KNOWN), fails("Truncated", ONCE, OPEN)),
    both(FinInBody, fails("Transport Body", REPEATABLE, OPEN)),
    both(RstInBody, fails("Transport Body", REPEATABLE, OPEN)),
    both(LengthNotKept, fails("Transport Body", ONCE, OPEN)),
    (SilenceAfterHead, fails("Timeout Total", ONCE, OPEN), fails("Timeout Idle", ONCE, OPEN)),
    both(OverLongBody, fails("TooLarge", ONCE, KNOWN)),
    both(CrossOriginRedirect, fails("Redirect", ONCE, KNOWN)),
];

/// Error codes of the protocol.
const NO_ERROR: u32 = 0;
const INTERNAL_ERROR: u32 = 2;
const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;

/// More than the limits of the client, and less than its window.
const OVER_LONG: usize = 128 << 10;

impl Fault {
    /// What the server does about a request, given who reads.
    fn frames(self, operation: Operation, reader: &Arc<Semaphore>) -> Vec<Frame> {
        let events = operation.answer();
        let whole = events.concat();
        // Of a whole answer, nobody can tell how much has been read.
        let items = u32::try_from(self.items(operation)).unwrap();
        let read = || if operation.is_stream() { Frame::AwaitReader(reader.clone(), items) } else { Frame::Pause };
        let half = Frame::Data(whole.as_bytes()[..whole.len() / 2].to_vec());
        let kind = if operation.is_stream() { "text/event-stream" } else { "application/json" };
        let head = || Frame::Head(200, vec![("content-type", kind.to_owned())]);
        match self {
            RefusedStream => vec![Frame::Reset(REFUSED_STREAM)],
            GoAwayBefore => vec![Frame::GoAway(0, NO_ERROR), Frame::Close],
            GoAwayAfter => vec![Frame::GoAway(1, NO_ERROR), head(), Frame::Data(whole.into()), Frame::End],
            GoAwayThenFin => vec![Frame::GoAway(1, NO_ERROR), Frame::Close],
            GoAwayWithError => vec![Frame::GoAway(1, INTERNAL_ERROR), Frame::Close],
            ResetBeforeHead => vec![Frame::Reset(INTERNAL_ERROR)],
            CancelBeforeHead => vec![Frame::Reset(CANCEL)],
            FinBeforeHead => vec![Frame::Close],
            RstBeforeHead => vec![Frame::Cut],
            // The start of a frame of 4 GiB, of no kind.
            Garbage => vec![Frame::Raw(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff what is this?".to_vec())],
            // Headers that don't end, in a frame that says that they go on, and 3 MiB of their continuations.
            EndlessHeader => {
                let continuation = [&[0, 0x40, 0, 9, 0, 0, 0, 0, 1][..], &[b'a'; 16 << 10]].concat();
                let start = b"\0\0\x05\x01\0\0\0\0\x01\x88\0\x7f\xff\x7f".to_vec();
                vec![Frame::Raw(start), Frame::Raw(continuation.repeat(200))]
            }
            NoAnswer => vec![],
            ResetInBody => vec![head(), half, read(), Frame::Reset(INTERNAL_ERROR)],
            CancelInBody => vec![head(), half, read(), Frame::Reset(CANCEL)],
            SilentResetInBody => vec![head(), half, read(), Frame::Reset(NO_ERROR)],
            FinInBody => vec![head(), half, read(), Frame::Close],
            RstInBody => vec![head(), half, read(), Frame::Cut],
            LengthNotKept => {
                let headers = vec![("content-type", kind.to_owned()), ("content-length", whole.len().to_string())];
                vec![Frame::Head(200, headers), half, read(), Frame::End]
            }
            SilenceAfterHead => vec![head()],
            OverLongBody => {
                let start = if operation.is_stream() { "data: " } else { "{\"a\":\"" };
                vec![head(), Frame::Data(start.into()), Frame::Data(vec![b'a'; OVER_LONG])]
            }
            CrossOriginRedirect => vec![Frame::Head(307, vec![("location", "http://127.0.0.1:1/SENTINEL".to_owned())]), Frame::End],
        }
    }

    /// How many items a stream has given by then.
    fn items(self, operation: Operation) -> usize {
        match self {
            ResetInBody | CancelInBody | SilentResetInBody | FinInBody | RstInBody | LengthNotKept => {
                operation.items_within(operation.answer().concat().len() / 2)
            }
            _ => 0,
        }
    }

    /// Whether it is the client that gives up on a stream of a connection that lives on.
    fn is_given_up(self) -> bool {
        matches!(self, NoAnswer | SilenceAfterHead | OverLongBody)
    }
}

/// Every cell, as a future that panics if it isn't as it should be.
pub(super) fn cells() -> impl Iterator<Item = impl Future<Output = ()> + Send> {
    let rows = TABLE.into_iter();
    rows.flat_map(|(fault, whole, stream)| {
        OPERATIONS.into_iter().map(move |operation| run(fault, operation, expected(operation, whole, stream)))
    })
}

async fn run(fault: Fault, operation: Operation, expected: Expected) {
    for call in 0..operation.calls() {
        let cell = format!("{fault:?} over HTTP/2 × {operation:?} {call}");
        let reader = Arc::new(Semaphore::new(0));
        let read = reader.clone();
        let server = Http2Server::start(move || fault.frames(operation, &read)).await;
        let client = client(fault, operation, server.url());
        let ended = operation.run(&client, call, &reader).await;
        judge(&cell, &expected, &ended, Some(server.requests()));
        let items = if ended.error.is_some() { fault.items(operation) } else { operation.items() };
        assert_eq!(ended.items, items, "{cell}: items");
        if fault.is_given_up() {
            assert!(server.is_reset(1).await, "{cell}: the stream is held");
        }
        drop(client);
        assert!(server.is_let_go().await, "{cell}: the connection outlives its client");
    }
}

fn client(fault: Fault, operation: Operation, base_url: String) -> Client {
    let limit = |is_reached| if is_reached { PATIENCE } else { PATIENCE * 60 };
    let head = limit(fault == NoAnswer);
    let total = limit(!operation.is_stream() && fault == SilenceAfterHead);
    let builder = Client::builder().api_key(KEY).management_key(MANAGEMENT_KEY).retry(fast()).no_proxy().base_url(base_url);
    let builder = builder.header_timeout(head).management_header_timeout(head).timeout(total).management_timeout(total);
    let builder = builder.idle_timeout(limit(fault == SilenceAfterHead)).event_timeout(Duration::MAX);
    let builder = builder.max_response_bytes(64 << 10).max_event_bytes(64 << 10);
    builder.http2(true).http_client(reqwest::ClientBuilder::http2_prior_knowledge).build().unwrap()
}
