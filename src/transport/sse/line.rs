//! Lines of a stream of server-sent events.

/// What is known of a line that goes on in the next piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Its start can still become anything.
    Begun,
    /// It may be a field that counts.
    Field,
    /// A comment, dropped as it comes.
    Comment,
    /// No field that counts, dropped as it comes but for what `stray` takes.
    Stray,
}

impl Line {
    /// What a line is that begins so.
    pub(super) fn that_begins(start: &[u8]) -> Self {
        if start.first() == Some(&b':') {
            return Self::Comment;
        }
        let may_become = |field: &&[u8]| {
            let common = field.len().min(start.len());
            field[..common] == start[..common]
        };
        // Mostly data, of which a comparison that needs no lengths tells at once.
        match start.starts_with(b"data:") || [&b"data:"[..], b"event:", b"id:", b"retry:"].iter().any(may_become) {
            true if start.len() < LONGEST_FIELD => Self::Begun,
            true => Self::Field,
            false => Self::Stray,
        }
    }
}

/// Where the value begins in a line that is a data field with a colon.
pub(super) fn data_value(line: &[u8]) -> Option<usize> {
    let value = line.strip_prefix(b"data:")?;
    Some(b"data:".len() + usize::from(value.first() == Some(&b' ')))
}

pub(super) fn without_space(value: &[u8]) -> &[u8] {
    value.strip_prefix(b" ").unwrap_or(value)
}

/// ASCII digits and nothing else; a number too large is no number.
pub(super) fn digits(value: &[u8]) -> Option<u64> {
    let text = str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    text.parse().ok()
}

/// Bytes of the longest field name that counts, with its colon and space.
pub(super) const LONGEST_FIELD: usize = b"event: ".len();
