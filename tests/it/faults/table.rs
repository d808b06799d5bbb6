//! What each fault must come to: for whole answers and for streams, in each retry class.

use super::fault::Fault::{self, *};
use super::operations::Operation;
use arouter::RetryClass;

/// What a cell must come to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell {
    /// An error of this kind; how often the request is sent and whether its outcome is unknown, for classes A to D: safe, idempotent,
    /// generation, create.
    Fails { kind: &'static str, attempts: [u32; 4], unknown: [bool; 4] },
    /// Success after a retry, or, of a creation, an error of this kind.
    SucceedsLater { kind: &'static str },
    /// Success at once.
    Succeeds,
    /// It has no meaning, for this reason.
    NotApplicable(&'static str),
}

pub(super) const fn fails(kind: &'static str, attempts: [u32; 4], unknown: [bool; 4]) -> Cell {
    Cell::Fails { kind, attempts, unknown }
}

/// Sent again whatever it is.
pub(super) const NEVER_SENT: ([u32; 4], [bool; 4]) = ([3, 3, 3, 3], [false; 4]);
/// Sent again unless it may have cost money or made something.
pub(super) const REPEATABLE: [u32; 4] = [3, 3, 1, 1];
pub(super) const ONCE: [u32; 4] = [1, 1, 1, 1];
/// Known for what has no effect.
pub(super) const OPEN: [bool; 4] = [false, true, true, true];
pub(super) const KNOWN: [bool; 4] = [false; 4];

/// Why a fault of events is not tried on whole answers.
pub(super) const NO_EVENTS: &str = "a whole answer has no events";

/// Each fault, what it comes to for whole answers, and for streams.
pub(super) const ROWS: [(Fault, Cell, Cell); 34] = [
    both(Refused, fails("Connect Tcp", NEVER_SENT.0, NEVER_SENT.1)),
    both(Dns, fails("Connect Dns", NEVER_SENT.0, NEVER_SENT.1)),
    both(TlsWrongHost, fails("Connect Tls", ONCE, KNOWN)),
    both(TlsExpired, fails("Connect Tls", ONCE, KNOWN)),
    both(TlsUnknownCa, fails("Connect Tls", ONCE, KNOWN)),
    both(PlainPeer, fails("Connect Tls", ONCE, KNOWN)),
    both(ConnectTimeout, fails("Timeout Connect", NEVER_SENT.0, NEVER_SENT.1)),
    both(FinBeforeHead, fails("Transport Headers", [3, 3, 2, 1], OPEN)),
    both(RstBeforeHead, fails("Transport Headers", [3, 3, 2, 1], OPEN)),
    both(StaleKeepAlive, Cell::SucceedsLater { kind: "Transport Headers" }),
    both(FinInHead, fails("Transport Headers", [3, 3, 2, 1], OPEN)),
    both(RstInHead, fails("Transport Headers", [3, 3, 2, 1], OPEN)),
    both(Garbage, fails("Transport Headers", ONCE, OPEN)),
    both(TwoLengths, fails("Transport Headers", ONCE, OPEN)),
    both(EndlessHeader, fails("Transport Headers", ONCE, OPEN)),
    both(EndlessEarlyHints, fails("Timeout Headers", REPEATABLE, OPEN)),
    both(NoAnswer, fails("Timeout Headers", REPEATABLE, OPEN)),
    both(LengthCutByFin, fails("Transport Body", REPEATABLE, OPEN)),
    both(LengthCutByRst, fails("Transport Body", REPEATABLE, OPEN)),
    both(ChunksCut, fails("Transport Body", REPEATABLE, OPEN)),
    both(BadChunkSize, fails("Transport Body", REPEATABLE, OPEN)),
    (CloseDelimitedCut, fails("Decode MaybeCut", ONCE, KNOWN), fails("Truncated", ONCE, OPEN)),
    (RstBetweenEvents, Cell::NotApplicable(NO_EVENTS), fails("Transport Body", ONCE, OPEN)),
    (RstInsideEvent, Cell::NotApplicable(NO_EVENTS), fails("Transport Body", ONCE, OPEN)),
    (SilenceAfterHead, fails("Timeout Total", ONCE, OPEN), fails("Timeout Idle", ONCE, OPEN)),
    (CommentDrip, Cell::NotApplicable(NO_EVENTS), fails("Timeout EventGap", ONCE, OPEN)),
    (ByteDrip, fails("Timeout Total", ONCE, OPEN), fails("Timeout EventGap", ONCE, OPEN)),
    both(Html200, fails("UnexpectedContentType", ONCE, KNOWN)),
    both(UnaskedGzip, fails("UnexpectedContentType", ONCE, KNOWN)),
    both(EndlessErrorBody, fails("Api 500", [3, 3, 3, 1], [false, false, false, true])),
    both(CrossOriginRedirect, fails("Redirect", ONCE, KNOWN)),
    both(GzipBomb, fails("UnexpectedContentType", ONCE, KNOWN)),
    both(OverLongBody, fails("TooLarge", ONCE, KNOWN)),
    both(ProxyRefuses, fails("Connect Proxy", NEVER_SENT.0, NEVER_SENT.1)),
];

/// The same for whole answers and for streams.
pub(super) const fn both<F: Copy>(fault: F, cell: Cell) -> (F, Cell, Cell) {
    (fault, cell, cell)
}

/// What a cell must come to for one operation.
#[derive(Debug)]
pub(super) enum Expected {
    Fails { kind: &'static str, attempts: u32, unknown: bool },
    SucceedsAt { attempts: u32 },
    NotApplicable(&'static str),
}

pub(super) fn expected(operation: Operation, whole: Cell, stream: Cell) -> Expected {
    let class = match operation.class() {
        RetryClass::Safe => 0,
        RetryClass::Idempotent => 1,
        RetryClass::Generation => 2,
        _ => 3,
    };
    match if operation.is_stream() { stream } else { whole } {
        Cell::Fails { kind, attempts, unknown } => Expected::Fails { kind, attempts: attempts[class], unknown: unknown[class] },
        Cell::SucceedsLater { kind } if class == 3 => Expected::Fails { kind, attempts: 1, unknown: true },
        Cell::SucceedsLater { .. } => Expected::SucceedsAt { attempts: 2 },
        Cell::Succeeds => Expected::SucceedsAt { attempts: 1 },
        Cell::NotApplicable(reason) => Expected::NotApplicable(reason),
    }
}
