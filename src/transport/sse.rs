//! Server-sent events out of pieces of bytes, as the WHATWG standard reads them.
//!
//! Linear in time and bounded in memory: no byte is searched twice, an event whose data is one line within one piece is borrowed
//! from it, and what a piece leaves unfinished is copied once. An event is out as soon as the first byte of its blank line is in.
//!
//! See [WHATWG HTML, 9.2.6](https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;

/// One event, borrowed from the decoder until its next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event<'d> {
    name: &'d [u8],
    data: &'d [u8],
    id: &'d [u8],
    retry_ms: Option<u64>,
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

/// One event is larger than the decoder's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Reads events out of pieces of bytes, by pull: [`push`](Self::push) a piece, then call [`next`](Self::next) until it has none.
#[derive(Debug)]
pub(crate) struct Decoder {
    /// Most bytes of one event: its data, its name, its id and the id before it.
    limit: usize,
    piece: Bytes,
    /// First byte of the piece that isn't read yet.
    at: usize,
    /// An LF right after a CR belongs to it.
    skip_lf: bool,
    /// How many bytes of a byte order mark the stream has begun with; `None` once that is settled.
    mark: Option<usize>,
    /// What earlier pieces have left of an unfinished line.
    tail: Vec<u8>,
    /// What the unfinished line is.
    line: Line,
    /// Data of the block so far, from `data_from` on: the line that came first was moved here whole.
    data: Vec<u8>,
    data_from: usize,
    has_data: bool,
    name: Vec<u8>,
    /// The id that the block has set, if it has, and the one that was in force at the last blank line.
    id: Vec<u8>,
    has_id: bool,
    last_id: Vec<u8>,
    /// The block was handed out: its name and data go at the next call.
    spent: bool,
    retry_ms: Option<u64>,
    comments: u64,
    stray: Vec<u8>,
}

/// What is known of a line that goes on in the next piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// It may be a field that counts: its start is in the tail.
    Kept,
    /// A comment, dropped as it comes.
    Comment,
    /// No field that counts, dropped as it comes but for what `stray` takes.
    Stray,
}

impl Decoder {
    /// A decoder that refuses events of more than `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            piece: Bytes::new(),
            at: 0,
            skip_lf: false,
            mark: Some(0),
            tail: Vec::new(),
            line: Line::Kept,
            data: Vec::new(),
            data_from: 0,
            has_data: false,
            name: Vec::new(),
            id: Vec::new(),
            has_id: false,
            last_id: Vec::new(),
            spent: false,
            retry_ms: None,
            comments: 0,
            stray: Vec::new(),
        }
    }

    /// Hands over the next piece; only after [`next`](Self::next) had no more.
    pub(crate) fn push(&mut self, piece: Bytes) {
        debug_assert!(self.at >= self.piece.len(), "the piece before is not read yet");
        self.piece = piece;
        self.at = 0;
    }

    /// The next event of the piece; `None` once another piece is needed.
    ///
    /// # Errors
    ///
    /// [`TooLong`] as soon as an event has passed the limit; the decoder is of no use then.
    pub(crate) fn next(&mut self) -> Result<Option<Event<'_>>, TooLong> {
        if self.spent {
            self.clear_block();
        }
        if self.mark.is_some() {
            self.skip_byte_order_mark();
        }
        loop {
            if self.skip_lf && self.at < self.piece.len() {
                self.skip_lf = false;
                self.at += usize::from(self.piece[self.at] == b'\n');
            }
            let rest = &self.piece[self.at..];
            let Some(length) = memchr::memchr2(b'\n', b'\r', rest) else {
                self.keep_unfinished()?;
                return Ok(None);
            };
            let line = self.at..self.at + length;
            self.skip_lf = rest[length] == b'\r';
            self.at += length + 1;

            if !self.tail.is_empty() || self.line != Line::Kept {
                self.finish_line(line)?;
            } else if line.is_empty() {
                self.put_id_in_force();
                self.spent = true;
                if self.has_data {
                    return Ok(Some(self.block()));
                }
                self.clear_block();
            } else if let Some(data) = self.whole_event(&line) {
                self.check_size(data.len())?;
                self.put_id_in_force();
                self.spent = true;
                return Ok(Some(Event { name: &self.name, data: &self.piece[data], id: &self.last_id, retry_ms: self.retry_ms }));
            } else {
                let piece = std::mem::take(&mut self.piece);
                let taken = self.take_line(&piece[line]);
                self.piece = piece;
                taken?;
            }
        }
    }

    /// The event that the end of the stream left without its blank line. The standard drops it, and it may be cut.
    pub(crate) fn finish(&mut self) -> Option<Event<'_>> {
        if self.spent {
            self.clear_block();
        }
        let line = std::mem::take(&mut self.tail);
        if self.line == Line::Kept && !line.is_empty() {
            self.take_line(&line).ok()?;
        }
        self.spent = true;
        self.has_data.then(|| self.block())
    }

    /// Lets go of the piece.
    pub(crate) fn release(&mut self) {
        self.piece = Bytes::new();
        self.at = 0;
    }

    /// Start of what came outside any field, up to 16 KiB: a page or a bare JSON error in the midst of a stream.
    pub(crate) fn stray(&self) -> &[u8] {
        self.stray.trim_ascii()
    }

    /// The data of a block that is this line alone and whose blank line has come too: nothing needs copying then.
    fn whole_event(&mut self, line: &Range<usize>) -> Option<Range<usize>> {
        if self.has_data {
            return None;
        }
        let value = data_value(&self.piece[line.clone()])?;
        let mut blank = self.at;
        if self.skip_lf && *self.piece.get(blank)? == b'\n' {
            blank += 1;
        }
        let end = *self.piece.get(blank)?;
        if end != b'\n' && end != b'\r' {
            return None;
        }
        self.skip_lf = end == b'\r';
        self.at = blank + 1;
        Some(line.start + value..line.end)
    }

    /// Ends the line that began in an earlier piece.
    fn finish_line(&mut self, rest: Range<usize>) -> Result<(), TooLong> {
        self.grow_line(rest)?;
        match std::mem::replace(&mut self.line, Line::Kept) {
            Line::Comment => self.comments += 1,
            Line::Stray => keep_stray(&mut self.stray, b"", true),
            Line::Kept => match data_value(&self.tail) {
                Some(value) if !self.has_data => {
                    self.check_size(self.tail.len() - value)?;
                    std::mem::swap(&mut self.data, &mut self.tail);
                    self.data_from = value;
                    self.has_data = true;
                }
                _ => {
                    let mut line = std::mem::take(&mut self.tail);
                    self.take_line(&line)?;
                    empty(&mut line, KEPT_CAPACITY);
                    self.tail = line;
                }
            },
        }
        Ok(())
    }

    fn take_line(&mut self, line: &[u8]) -> Result<(), TooLong> {
        if let Some(value) = data_value(line) {
            return self.add_data(&line[value..]);
        }
        match memchr::memchr(b':', line) {
            Some(0) => self.comments += 1,
            Some(colon) => self.take_field(line, &line[..colon], without_space(&line[colon + 1..]))?,
            None if line == b"data" => self.add_data(b"")?,
            None => self.take_field(line, line, b"")?,
        }
        Ok(())
    }

    fn take_field(&mut self, line: &[u8], name: &[u8], value: &[u8]) -> Result<(), TooLong> {
        if matches!(name, b"event" | b"id" | b"retry") {
            // Beside what it replaces, as when the line comes in pieces.
            self.check_size(value.len())?;
        }
        match name {
            b"event" => set(&mut self.name, value),
            b"id" if memchr::memchr(0, value).is_none() => {
                set(&mut self.id, value);
                self.has_id = true;
            }
            b"id" => {}
            b"retry" => self.retry_ms = digits(value).or(self.retry_ms),
            _ => keep_stray(&mut self.stray, line, true),
        }
        Ok(())
    }

    fn add_data(&mut self, value: &[u8]) -> Result<(), TooLong> {
        let separator = usize::from(self.has_data);
        self.check_size(separator + value.len())?;
        reserve(&mut self.data, separator + value.len(), self.limit);
        if self.has_data {
            self.data.push(b'\n');
        }
        self.data.extend_from_slice(value);
        self.has_data = true;
        Ok(())
    }

    /// Puts the unfinished line at the end of the piece aside, or drops it if it can't matter.
    fn keep_unfinished(&mut self) -> Result<(), TooLong> {
        if self.at < self.piece.len() {
            self.grow_line(self.at..self.piece.len())?;
        }
        self.release();
        Ok(())
    }

    fn grow_line(&mut self, mut range: Range<usize>) -> Result<(), TooLong> {
        if self.line == Line::Kept {
            let head = range.start..range.end.min(range.start + LONGEST_FIELD.saturating_sub(self.tail.len()));
            range.start = head.end;
            self.tail.extend_from_slice(&self.piece[head]);
            self.line = sort_unfinished(&self.tail);
            if self.line != Line::Kept {
                let start = std::mem::take(&mut self.tail);
                if self.line == Line::Stray {
                    keep_stray(&mut self.stray, &start, false);
                }
            }
        }
        match self.line {
            Line::Comment => {}
            Line::Stray => keep_stray(&mut self.stray, &self.piece[range], false),
            Line::Kept => {
                // The field's own name is not part of the event. Whole lines are measured exactly.
                self.check_size((self.tail.len() + range.len()).saturating_sub(LONGEST_FIELD))?;
                reserve(&mut self.tail, range.len(), self.limit);
                self.tail.extend_from_slice(&self.piece[range]);
            }
        }
        Ok(())
    }

    fn check_size(&self, more: usize) -> Result<(), TooLong> {
        let size = self.data.len() - self.data_from + self.name.len() + self.id.len() + self.last_id.len() + more;
        if size > self.limit { Err(TooLong) } else { Ok(()) }
    }

    fn block(&self) -> Event<'_> {
        Event { name: &self.name, data: &self.data[self.data_from..], id: &self.last_id, retry_ms: self.retry_ms }
    }

    fn clear_block(&mut self) {
        self.spent = false;
        self.has_data = false;
        self.data_from = 0;
        empty(&mut self.name, KEPT_NAME);
        empty(&mut self.data, KEPT_CAPACITY);
    }

    fn put_id_in_force(&mut self) {
        if std::mem::take(&mut self.has_id) {
            std::mem::swap(&mut self.id, &mut self.last_id);
            empty(&mut self.id, KEPT_NAME);
        }
    }

    fn skip_byte_order_mark(&mut self) {
        while let Some(seen) = self.mark {
            let Some(byte) = self.piece.get(self.at) else { return };
            if BYTE_ORDER_MARK[seen] == *byte {
                self.at += 1;
                self.mark = Some(seen + 1).filter(|seen| *seen < BYTE_ORDER_MARK.len());
            } else {
                self.tail.extend_from_slice(&BYTE_ORDER_MARK[..seen]);
                self.mark = None;
            }
        }
    }
}

/// What only tests and fuzzers ask.
#[cfg(any(test, fuzzing, arouter_bench))]
impl Decoder {
    /// Bytes held beside the current piece.
    pub(crate) fn held(&self) -> usize {
        [&self.tail, &self.data, &self.name, &self.id, &self.last_id, &self.stray].map(Vec::capacity).iter().sum()
    }

    /// Last event id that was in force at a blank line.
    #[cfg(test)]
    pub(crate) fn last_event_id(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.last_id)
    }

    /// How many comment lines came.
    #[cfg(test)]
    pub(crate) fn comments(&self) -> u64 {
        self.comments
    }
}

/// Where the value begins in a line that is a data field with a colon.
fn data_value(line: &[u8]) -> Option<usize> {
    let value = line.strip_prefix(b"data:")?;
    Some(b"data:".len() + usize::from(value.first() == Some(&b' ')))
}

fn without_space(value: &[u8]) -> &[u8] {
    value.strip_prefix(b" ").unwrap_or(value)
}

/// Whether the start of a line can still become a field that counts.
fn sort_unfinished(start: &[u8]) -> Line {
    if start.first() == Some(&b':') {
        return Line::Comment;
    }
    let may_become = |field: &&[u8]| {
        let common = field.len().min(start.len());
        field[..common] == start[..common]
    };
    if [&b"data:"[..], b"event:", b"id:", b"retry:"].iter().any(may_become) { Line::Kept } else { Line::Stray }
}

fn empty(buffer: &mut Vec<u8>, kept: usize) {
    if buffer.capacity() > kept {
        *buffer = Vec::new();
    }
    buffer.clear();
}

fn set(buffer: &mut Vec<u8>, value: &[u8]) {
    empty(buffer, KEPT_NAME);
    buffer.extend_from_slice(value);
}

/// ASCII digits and nothing else; a number too large is no number.
fn digits(value: &[u8]) -> Option<u64> {
    let text = str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    text.parse().ok()
}

fn keep_stray(stray: &mut Vec<u8>, bytes: &[u8], ends: bool) {
    let room = STRAY_BYTES.saturating_sub(stray.len());
    stray.extend_from_slice(&bytes[..bytes.len().min(room)]);
    if ends && room > bytes.len() {
        stray.push(b'\n');
    }
}

/// Grows by doubling, as a vector does by itself, but a large one by half, and none far beyond the limit.
fn reserve(buffer: &mut Vec<u8>, more: usize, limit: usize) {
    let needed = buffer.len() + more;
    let held = buffer.capacity();
    if needed > held {
        let grown = held + if held < LARGE { held } else { held / 2 };
        buffer.reserve_exact(grown.min(limit.saturating_add(SLACK)).max(needed) - buffer.len());
    }
}

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// Bytes of the longest field name that counts, with its colon and space.
const LONGEST_FIELD: usize = b"event: ".len();

/// Room that is kept from one line or event to the next, of a buffer of data, and of a name or id.
const KEPT_CAPACITY: usize = 64 * 1024;
const KEPT_NAME: usize = 1024;

const STRAY_BYTES: usize = 16 * 1024;

const SLACK: usize = 32 * 1024;

/// From here on, room for what may come is room that is missing elsewhere.
const LARGE: usize = 1 << 20;

#[cfg(test)]
mod tests;
