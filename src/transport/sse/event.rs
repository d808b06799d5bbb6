//! What a decoder gives.

use std::borrow::Cow;

/// One event, borrowed from the decoder until its next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event<'d> {
    pub(super) name: &'d [u8],
    pub(super) data: &'d [u8],
    pub(super) id: &'d [u8],
    pub(super) retry_ms: Option<u64>,
}

impl<'d> Event<'d> {
    /// An event of a stream that isn't made of server-sent events: data, and nothing else.
    pub(crate) fn of_data(data: &'d [u8]) -> Self {
        Self { name: b"", data, id: b"", retry_ms: None }
    }

    /// Name of the event; `message` where the stream gave none.
    pub(crate) fn name(&self) -> Cow<'d, str> {
        if self.name.is_empty() { Cow::Borrowed("message") } else { String::from_utf8_lossy(self.name) }
    }

    /// Bytes of the data, its lines joined by LF.
    pub(crate) fn data(&self) -> &'d [u8] {
        self.data
    }

    /// Last event id that the stream has set; empty if it never did.
    pub(crate) fn id(&self) -> Cow<'d, str> {
        String::from_utf8_lossy(self.id)
    }

    /// Reconnection time that the stream has set, in milliseconds. Nothing here reconnects.
    pub(crate) fn retry_ms(&self) -> Option<u64> {
        self.retry_ms
    }

    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name == name.as_bytes()
    }
}
