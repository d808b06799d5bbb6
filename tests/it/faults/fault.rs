//! The thirty-four faults, byte by byte.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::operations::Operation;
use super::{KEY, MANAGEMENT_KEY};
use crate::support::raw_server::Act;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Refused,
    Dns,
    TlsWrongHost,
    TlsExpired,
    TlsUnknownCa,
    /// A peer that speaks no TLS where it should.
    PlainPeer,
    ConnectTimeout,
    FinBeforeHead,
    RstBeforeHead,
    /// A connection that is closed upon its second request.
    StaleKeepAlive,
    FinInHead,
    RstInHead,
    Garbage,
    TwoLengths,
    EndlessHeader,
    EndlessEarlyHints,
    NoAnswer,
    LengthCutByFin,
    LengthCutByRst,
    ChunksCut,
    BadChunkSize,
    CloseDelimitedCut,
    RstBetweenEvents,
    RstInsideEvent,
    SilenceAfterHead,
    CommentDrip,
    ByteDrip,
    Html200,
    UnaskedGzip,
    EndlessErrorBody,
    CrossOriginRedirect,
    GzipBomb,
    OverLongBody,
    ProxyRefuses,
}

/// More than the limits of the tests' clients.
pub(super) const OVER_LONG: usize = 1 << 20;

impl Fault {
    /// Whether it lies in the way to the server, so that nobody there can count attempts.
    pub(super) fn is_before_any_connection(self) -> bool {
        use Fault::*;
        matches!(self, Refused | Dns | ConnectTimeout)
    }

    /// What the error's causes must say, where its kind alone could have another reason.
    pub(super) fn cause(self) -> Option<&'static str> {
        match self {
            Self::TlsWrongHost => Some("NotValidForName"),
            Self::TlsExpired => Some("Expired"),
            Self::TlsUnknownCa => Some("UnknownIssuer"),
            _ => None,
        }
    }

    /// How many items a stream has given by then.
    pub(super) fn items(self, operation: Operation) -> usize {
        match self {
            Self::LengthCutByFin | Self::LengthCutByRst | Self::ChunksCut | Self::BadChunkSize | Self::CloseDelimitedCut => {
                operation.items_within(Answer::of(operation).body.len() / 2)
            }
            Self::RstBetweenEvents | Self::RstInsideEvent => 1,
            _ => 0,
        }
    }

    /// Whether the answer was whole, so that its connection may be used again.
    pub(super) fn leaves_the_connection_whole(self) -> bool {
        use Fault::*;
        matches!(self, StaleKeepAlive | Html200 | UnaskedGzip | GzipBomb | CrossOriginRedirect | ProxyRefuses)
    }

    /// What the server does about a request, given its number on the connection, where a redirect would lead, and who reads.
    pub(super) fn acts(self, operation: Operation, number: usize, elsewhere: &str, reader: &Arc<Semaphore>) -> Vec<Act> {
        let answer = Answer::of(operation);
        let half = answer.body.len() / 2;
        // Of a whole answer, nobody can tell how much has been read.
        let items = u32::try_from(self.items(operation)).unwrap();
        let read = || if operation.is_stream() { Act::AwaitReader(reader.clone(), items) } else { Act::Pause };
        match self {
            Self::Refused
            | Self::Dns
            | Self::TlsWrongHost
            | Self::TlsExpired
            | Self::TlsUnknownCa
            | Self::PlainPeer
            | Self::ConnectTimeout => {
                unreachable!("no request comes through")
            }
            Self::FinBeforeHead => vec![Act::Close],
            Self::RstBeforeHead => vec![Act::Reset],
            Self::StaleKeepAlive if number == 0 => vec![answer.head(&answer.length()), send(&answer.body)],
            Self::StaleKeepAlive => vec![Act::Close],
            Self::FinInHead => vec![send("HTTP/1.1 200 OK\r\ncontent-ty"), Act::Close],
            Self::RstInHead => vec![send("HTTP/1.1 200 OK\r\ncontent-ty"), Act::Reset],
            Self::Garbage => vec![send("\u{16}\u{3}\u{1} what is this?\r\n\r\n"), Act::Close],
            Self::TwoLengths => vec![send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!"), Act::Close],
            Self::EndlessHeader => vec![send("HTTP/1.1 200 OK\r\nx-endless: "), Act::Repeat(vec![b'a'; 16 << 10], Duration::ZERO)],
            Self::EndlessEarlyHints => {
                vec![Act::Repeat(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".to_vec(), Duration::from_millis(5))]
            }
            Self::NoAnswer => vec![Act::Silence],
            Self::LengthCutByFin => vec![answer.head(&answer.length()), send(&answer.body[..half]), Act::Close],
            Self::LengthCutByRst => vec![answer.head(&answer.length()), send(&answer.body[..half]), read(), Act::Reset],
            Self::ChunksCut => vec![answer.head(CHUNKED), chunk(&answer.body[..half]), Act::Close],
            Self::BadChunkSize => vec![answer.head(CHUNKED), chunk(&answer.body[..half]), send("nonsense\r\n"), read(), Act::Close],
            Self::CloseDelimitedCut => vec![answer.head("connection: close"), send(&answer.body[..half]), Act::Close],
            Self::RstBetweenEvents => vec![answer.head(CHUNKED), chunk(&answer.events[0]), read(), Act::Reset],
            Self::RstInsideEvent => {
                let cut = &answer.events[1][..answer.events[1].len() / 2];
                vec![answer.head(CHUNKED), chunk(&answer.events[0]), chunk(cut), read(), Act::Reset]
            }
            Self::SilenceAfterHead => vec![answer.head(CHUNKED), Act::Silence],
            Self::CommentDrip => {
                vec![answer.head("connection: close"), Act::Repeat(b": still here\n\n".to_vec(), Duration::from_millis(20))]
            }
            Self::ByteDrip => {
                vec![answer.head("connection: close"), send("data: "), Act::Repeat(b"x".to_vec(), Duration::from_millis(20))]
            }
            Self::Html200 => vec![send(&with_body("text/html", "", &format!("<h1>Welcome to the hotel's network, {KEY}</h1>")))],
            Self::UnaskedGzip => vec![send(&with_body(
                answer.content_type,
                "content-encoding: gzip\r\n",
                &format!("no gzip at all: {KEY} or {MANAGEMENT_KEY}"),
            ))],
            Self::GzipBomb => {
                // As large as a megabyte of zeros comes to, but no gzip: whoever began to unpack it would say so.
                vec![send(&with_body(answer.content_type, "content-encoding: gzip\r\n", &"\u{1f}\u{7f}".repeat(500)))]
            }
            Self::EndlessErrorBody => {
                let head = "HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n";
                let echo = format!("{MANAGEMENT_KEY} is no key, and neither is {KEY}: ");
                vec![send(head), send(&echo), Act::Repeat(vec![b'e'; 64 << 10], Duration::ZERO)]
            }
            Self::CrossOriginRedirect => {
                vec![send(&format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n"))]
            }
            Self::OverLongBody => {
                let start = if operation.is_stream() { "data: " } else { "{\"a\":\"" };
                vec![answer.head("connection: close"), send(start), send(&"a".repeat(OVER_LONG)), Act::Silence]
            }
            Self::ProxyRefuses => vec![send("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")],
        }
    }
}

const CHUNKED: &str = "transfer-encoding: chunked";

/// An answer that would be right.
struct Answer {
    content_type: &'static str,
    events: Vec<String>,
    body: String,
}

impl Answer {
    fn of(operation: Operation) -> Self {
        let events = operation.answer();
        let content_type = if operation.is_stream() { "text/event-stream" } else { "application/json" };
        Self { content_type, body: events.concat(), events }
    }

    fn length(&self) -> String {
        format!("content-length: {}", self.body.len())
    }

    fn head(&self, framing: &str) -> Act {
        send(&format!("HTTP/1.1 200 OK\r\ncontent-type: {}\r\n{framing}\r\n\r\n", self.content_type))
    }
}

fn with_body(content_type: &str, more: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\n{more}content-length: {}\r\n\r\n{body}", body.len())
}

fn send(text: &str) -> Act {
    Act::Send(text.as_bytes().to_vec())
}

fn chunk(text: &str) -> Act {
    send(&format!("{:x}\r\n{text}\r\n", text.len()))
}
