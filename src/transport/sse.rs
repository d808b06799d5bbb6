//! Server-sent events out of pieces of bytes, as the WHATWG standard reads them.
//!
//! Linear in time and bounded in memory: each byte is copied once and searched once, and an event whose data is one line is borrowed.
//! An event is out as soon as the first byte of its blank line is in.
//!
//! See [WHATWG HTML, 9.2.6](https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).

mod event;
mod line;

use std::ops::Range;

pub(crate) use event::Event;
use line::{LONGEST_FIELD, Line, data_value, digits, without_space};

/// One event is larger than the decoder's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Reads events out of pieces of bytes, by pull: [`push`](Self::push) a piece, then call [`next`](Self::next) until it has none.
#[derive(Debug)]
pub(crate) struct Decoder {
    /// Most bytes of one event: its data, its name, its id and the id before it.
    limit: usize,
    /// What has come and isn't done with.
    ///
    /// A copy, which costs 30 instructions of a chunk's 12,500. A piece is a slice of the buffer that the connection reads into, of up to
    /// 408 KiB, and a reader that pauses in the midst of a piece would make the connection take a second one.
    buffer: Vec<u8>,
    /// Where the line begins that isn't read yet.
    line: usize,
    /// How far that line has been searched for its end.
    searched: usize,
    /// What the line is, as far as its start tells.
    kind: Line,
    /// An LF right after a CR belongs to it.
    skip_lf: bool,
    /// The stream may yet begin with a byte order mark.
    is_new: bool,
    data: Data,
    /// The lines of data, if there are several.
    joined: Vec<u8>,
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

/// Data of the block so far.
#[derive(Debug, Clone)]
enum Data {
    None,
    /// One line, which stays where it is in the buffer.
    Line(Range<usize>),
    Joined,
}

impl Decoder {
    /// A decoder that refuses events of more than `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            buffer: Vec::new(),
            line: 0,
            searched: 0,
            kind: Line::Begun,
            skip_lf: false,
            is_new: true,
            data: Data::None,
            joined: Vec::new(),
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
    #[inline]
    pub(crate) fn push(&mut self, piece: &[u8]) {
        debug_assert!(self.searched >= self.buffer.len(), "the piece before is not read yet");
        let room = self.buffer.capacity() - self.buffer.len();
        if piece.len() > room.min(BLOCK) {
            return self.push_blocks(piece);
        }
        self.buffer.extend_from_slice(piece);
    }

    /// A piece that is long, or for which there is no room.
    #[inline(never)]
    fn push_blocks(&mut self, piece: &[u8]) {
        reserve(&mut self.buffer, piece.len(), self.limit);
        piece.chunks(BLOCK).for_each(|block| self.buffer.extend_from_slice(block));
    }

    /// The next event of what has come; `None` once another piece is needed.
    ///
    /// # Errors
    ///
    /// [`TooLong`] as soon as an event has passed the limit; the decoder is of no use then.
    // Inlined into the loop that reads a stream: a small piece is done with in a few dozen instructions.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Result<Option<Event<'_>>, TooLong> {
        let mut found = None;
        // An event in small pieces: most of them hold nothing but more of its data.
        if self.kind == Line::Field && !self.has_data() {
            found = self.line_end();
            if found.is_none() {
                self.searched = self.buffer.len();
                return self.check_size(self.searched.saturating_sub(LONGEST_FIELD)).map(|()| None);
            }
        }
        self.next_event(found)
    }

    /// As [`next`](Self::next), where the end of the line may have been found before.
    #[inline(always)]
    fn next_event(&mut self, mut found: Option<usize>) -> Result<Option<Event<'_>>, TooLong> {
        if self.spent {
            self.clear_block();
        }
        if self.is_new && !self.is_past_mark() {
            return Ok(None);
        }
        loop {
            if self.skip_lf
                && let Some(first) = self.buffer.get(self.line)
            {
                self.skip_lf = false;
                self.line += usize::from(*first == b'\n');
                self.searched = self.searched.max(self.line);
            }
            let Some(end) = found.take().or_else(|| self.line_end()) else {
                self.keep_unfinished()?;
                return Ok(None);
            };
            let line = self.line..end;
            self.begin_line(line.end);
            if matches!(self.kind, Line::Comment | Line::Stray) {
                self.drop_line(line);
                continue;
            }
            self.kind = Line::Begun;
            if line.is_empty() {
                if self.end_block() {
                    return Ok(Some(self.block()));
                }
                continue;
            }
            self.take_line(line)?;
            // Mostly, the blank line comes at once.
            if let Some(b'\n' | b'\r') = self.buffer.get(self.line)
                && !self.skip_lf
            {
                self.begin_line(self.line);
                if self.end_block() {
                    return Ok(Some(self.block()));
                }
            }
        }
    }

    /// The event that the end of the stream left without its blank line. The standard drops it, and it may be cut.
    pub(crate) fn finish(&mut self) -> Option<Event<'_>> {
        if self.spent {
            self.clear_block();
        }
        let line = self.line..self.buffer.len();
        if matches!(self.kind, Line::Begun | Line::Field) && !line.is_empty() {
            self.line = line.end;
            self.take_line(line).ok()?;
        }
        self.spent = true;
        self.has_data().then(|| self.block())
    }

    /// Lets go of what has come.
    pub(crate) fn release(&mut self) {
        (self.buffer, self.joined, self.data) = (Vec::new(), Vec::new(), Data::None);
        (self.line, self.searched) = (0, 0);
    }

    /// Start of what came outside any field, up to 16 KiB: a page or a bare JSON error in the midst of a stream.
    pub(crate) fn stray(&self) -> &[u8] {
        self.stray.trim_ascii()
    }

    /// Where the line ends, if it has.
    #[inline]
    fn line_end(&self) -> Option<usize> {
        memchr::memchr2(b'\n', b'\r', &self.buffer[self.searched..]).map(|length| self.searched + length)
    }

    /// The line that ends here is read; the next one begins behind it.
    #[inline]
    fn begin_line(&mut self, end: usize) {
        self.skip_lf = self.buffer[end] == b'\r';
        self.line = end + 1;
        self.searched = self.line;
    }

    /// A blank line ends the block; whether there is an event in it.
    #[inline]
    fn end_block(&mut self) -> bool {
        if std::mem::take(&mut self.has_id) {
            std::mem::swap(&mut self.id, &mut self.last_id);
            empty(&mut self.id, KEPT_NAME);
        }
        if !self.has_data() {
            self.clear_block();
            return false;
        }
        self.spent = true;
        true
    }

    /// The end of a comment or of something that is no field.
    #[cold]
    fn drop_line(&mut self, rest: Range<usize>) {
        match std::mem::replace(&mut self.kind, Line::Begun) {
            Line::Stray => keep_stray(&mut self.stray, &self.buffer[rest], true),
            _ => self.comments += 1,
        }
    }

    #[inline]
    fn take_line(&mut self, line: Range<usize>) -> Result<(), TooLong> {
        match data_value(&self.buffer[line.clone()]) {
            Some(value) => self.add_data(line.start + value..line.end),
            None => self.take_other(line),
        }
    }

    /// A line that is no data, or has no colon.
    #[inline(never)]
    fn take_other(&mut self, line: Range<usize>) -> Result<(), TooLong> {
        let buffer = std::mem::take(&mut self.buffer);
        let (name, value) = match memchr::memchr(b':', &buffer[line.clone()]) {
            Some(colon) => (line.start..line.start + colon, without_space(&buffer[line.start + colon + 1..line.end])),
            None => (line.clone(), &b""[..]),
        };
        let taken = match &buffer[name] {
            b"" => {
                self.comments += 1;
                Ok(())
            }
            b"data" => Ok(()),
            name => self.take_field(&buffer[line.clone()], name, value),
        };
        self.buffer = buffer;
        taken?;
        if &self.buffer[line.clone()] == b"data" { self.add_data(line.end..line.end) } else { Ok(()) }
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

    #[inline]
    fn add_data(&mut self, value: Range<usize>) -> Result<(), TooLong> {
        if self.has_data() {
            return self.join_data(value);
        }
        self.check_size(value.len())?;
        self.data = Data::Line(value);
        Ok(())
    }

    #[cold]
    fn join_data(&mut self, value: Range<usize>) -> Result<(), TooLong> {
        self.check_size(1 + value.len())?;
        let first = match std::mem::replace(&mut self.data, Data::Joined) {
            Data::Line(first) => first,
            Data::None | Data::Joined => 0..0,
        };
        reserve(&mut self.joined, first.len() + 1 + value.len(), self.limit);
        self.joined.extend_from_slice(&self.buffer[first]);
        self.joined.push(b'\n');
        self.joined.extend_from_slice(&self.buffer[value]);
        Ok(())
    }

    /// Nothing more can be read of what has come: what can't matter is dropped, and what is left moves to the front.
    fn keep_unfinished(&mut self) -> Result<(), TooLong> {
        self.searched = self.buffer.len();
        if self.kind != Line::Field {
            self.sort_unfinished();
        }
        if self.kind == Line::Field {
            // The field's own name is not part of the event. Whole lines are measured exactly.
            self.check_size((self.searched - self.line).saturating_sub(LONGEST_FIELD))?;
        }
        let done = match &self.data {
            // What came behind the data, comments without end perhaps, is done with: the data is moved away from before it.
            Data::Line(data) if self.line > data.end + LINE_END => {
                self.joined.extend_from_slice(&self.buffer[data.clone()]);
                self.data = Data::Joined;
                self.line
            }
            Data::Line(data) => data.start,
            Data::None | Data::Joined => self.line,
        };
        self.forget(done);
        Ok(())
    }

    /// What the unfinished line is; one that can't matter is dropped.
    fn sort_unfinished(&mut self) {
        let start = &self.buffer[self.line..];
        if self.kind == Line::Begun {
            self.kind = Line::that_begins(start);
        }
        match self.kind {
            Line::Begun | Line::Field => return,
            Line::Comment => {}
            Line::Stray => keep_stray(&mut self.stray, start, false),
        }
        self.buffer.truncate(self.line);
        self.searched = self.line;
    }

    /// Drops this much from the front of the buffer.
    fn forget(&mut self, done: usize) {
        let left = self.buffer.len() - done;
        let held = self.buffer.capacity();
        if held > KEPT_CAPACITY && (left < held / 4 || held > self.limit.saturating_add(SLACK)) {
            self.buffer = self.buffer[done..].to_vec();
        } else if done > 0 {
            self.buffer.copy_within(done.., 0);
            self.buffer.truncate(left);
        }
        self.line -= done;
        self.searched -= done;
        if let Data::Line(data) = &mut self.data {
            *data = data.start - done..data.end - done;
        }
    }

    #[inline]
    fn check_size(&self, more: usize) -> Result<(), TooLong> {
        let data = match &self.data {
            Data::None => 0,
            Data::Line(data) => data.len(),
            Data::Joined => self.joined.len(),
        };
        let size = data + self.name.len() + self.id.len() + self.last_id.len() + more;
        if size > self.limit { Err(TooLong) } else { Ok(()) }
    }

    #[inline]
    fn has_data(&self) -> bool {
        !matches!(self.data, Data::None)
    }

    #[inline]
    fn block(&self) -> Event<'_> {
        let data = match &self.data {
            Data::None => &[],
            Data::Line(data) => &self.buffer[data.clone()],
            Data::Joined => &self.joined[..],
        };
        Event { name: &self.name, data, id: &self.last_id, retry_ms: self.retry_ms }
    }

    #[inline]
    fn clear_block(&mut self) {
        self.spent = false;
        if let Data::Joined = std::mem::replace(&mut self.data, Data::None) {
            empty(&mut self.joined, KEPT_CAPACITY);
        }
        empty(&mut self.name, KEPT_NAME);
    }

    /// Whether it is settled if the stream begins with a byte order mark; one that it begins with is skipped.
    #[cold]
    fn is_past_mark(&mut self) -> bool {
        let common = self.buffer.len().min(BYTE_ORDER_MARK.len());
        let is_alike = self.buffer[..common] == BYTE_ORDER_MARK[..common];
        if is_alike && common < BYTE_ORDER_MARK.len() {
            self.searched = common;
            return false;
        }
        let length = if is_alike { common } else { 0 };
        (self.line, self.searched, self.is_new) = (length, length, false);
        true
    }
}

/// What only tests and fuzzers ask.
#[cfg(any(test, fuzzing, arouter_bench))]
impl Decoder {
    /// Bytes held.
    pub(crate) fn held(&self) -> usize {
        [&self.buffer, &self.joined, &self.name, &self.id, &self.last_id, &self.stray].map(Vec::capacity).iter().sum()
    }

    /// Last event id that was in force at a blank line.
    #[cfg(test)]
    pub(crate) fn last_event_id(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.last_id)
    }

    /// How many comment lines came.
    #[cfg(test)]
    pub(crate) fn comments(&self) -> u64 {
        self.comments
    }
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

fn keep_stray(stray: &mut Vec<u8>, bytes: &[u8], ends: bool) {
    let room = STRAY_BYTES.saturating_sub(stray.len());
    stray.extend_from_slice(&bytes[..bytes.len().min(room)]);
    if ends && room > bytes.len() {
        stray.push(b'\n');
    }
}

/// Makes room for so much more, and half as much again as there is, so that an event of any length is moved a few times only; but none
/// far beyond the limit, and nothing to speak of for pieces that leave little behind.
#[inline]
fn reserve(buffer: &mut Vec<u8>, more: usize, limit: usize) {
    if more > buffer.capacity() - buffer.len() {
        grow(buffer, more, limit);
    }
}

#[cold]
fn grow(buffer: &mut Vec<u8>, more: usize, limit: usize) {
    let needed = buffer.len() + more;
    let grown = needed + buffer.len() / 2;
    buffer.reserve_exact(grown.min(limit.saturating_add(SLACK)).max(needed) - buffer.len());
}

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// A longer copy is one instruction of the processor's for as many bytes as it has, and a count of instructions takes it for as many: in
/// blocks, the count tells what the copy costs. By the clock, both are alike.
const BLOCK: usize = 1024;

/// Bytes of the longest end of a line.
const LINE_END: usize = b"\r\n".len();

/// Room that is kept from one line or event to the next, of a buffer of data, and of a name or id.
const KEPT_CAPACITY: usize = 4 * 1024;
const KEPT_NAME: usize = 1024;

const STRAY_BYTES: usize = 16 * 1024;

const SLACK: usize = 32 * 1024;

#[cfg(test)]
mod tests;
