//! How far a call had come, and what stood in its way.

use std::fmt;

/// Which step of connecting failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConnectKind {
    /// The host's name could not be resolved.
    Dns,
    /// No TCP connection: refused, unreachable, reset.
    Tcp,
    /// The TLS handshake failed: a certificate that isn't trusted, or a peer that doesn't speak TLS. Not retried.
    Tls,
    /// The proxy refused the tunnel, or could not be reached.
    Proxy,
    /// An HTTP/2 peer refused the request, or was closing the connection, and said that it has not looked at it.
    Refused,
}

impl fmt::Display for ConnectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "the host name does not resolve",
            Self::Tcp => "the host could not be reached",
            Self::Tls => "the TLS handshake failed",
            Self::Proxy => "the proxy failed",
            Self::Refused => "the request was refused unread",
        })
    }
}

/// What a call waited for when its time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// A connection. Nothing was sent; retried.
    Connect,
    /// The head of the answer. The gateway may have acted; safe and idempotent calls are retried.
    Headers,
    /// The next bytes of a stream. Not retried.
    Idle,
    /// A whole event of a stream that kept trickling. Not retried.
    EventGap,
    /// The whole call, all attempts and waits included. Not retried.
    Total,
}

impl fmt::Display for TimeoutPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connection",
            Self::Headers => "response head",
            Self::Idle => "bytes on the stream",
            Self::EventGap => "whole event on the stream",
            Self::Total => "end of the call",
        })
    }
}

/// How far an answer had come when the connection broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportPhase {
    /// Before its head was complete.
    Headers,
    /// Inside its body.
    Body,
}

/// What was larger than its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Oversize {
    /// One event of a stream: see [`max_event_bytes`](crate::ClientBuilder::max_event_bytes).
    Event,
    /// A whole body: see [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    Response,
}

impl fmt::Display for Oversize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Event => "event",
            Self::Response => "response",
        })
    }
}
