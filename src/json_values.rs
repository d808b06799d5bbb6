//! JSON values out of pieces of bytes: the elements of an array that is still being written, or one value after another, as in JSON
//! lines.

use std::ops::Range;

use bytes::Bytes;

use crate::transport::sse::{Event, TooLong};
use crate::transport::stream::Decoder;

/// Cuts values out of pieces of bytes, each as soon as its last byte is in. Linear in time, bounded in memory.
///
/// It only tells values apart and checks nothing else: what is malformed is found by whoever decodes the value. The brackets of an
/// array around all values, and the commas between them, are dropped; the closing bracket comes as a value of its own, `]`.
#[derive(Debug)]
pub(crate) struct ValueDecoder {
    /// Most bytes of one value.
    limit: usize,
    piece: Bytes,
    /// First byte of the piece that isn't read yet.
    at: usize,
    /// What earlier pieces have brought of an unfinished value.
    begun: Vec<u8>,
    /// Open brackets within the value.
    depth: usize,
    place: Place,
    /// An array is open around the values.
    in_array: bool,
    /// Each value has a line of its own.
    by_lines: bool,
    /// The value in `begun` was handed out.
    spent: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before a value.
    Between,
    /// In an object, in an array, or in a number or word at the top.
    Inside,
    /// In a string.
    Text,
    /// In a string, right after a backslash.
    Escape,
    /// Inside, at the start of a line.
    LineStart,
    /// In what is no object, up to the end of its line.
    Stray,
}

impl ValueDecoder {
    /// A decoder that refuses values of more than `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            piece: Bytes::new(),
            at: 0,
            begun: Vec::new(),
            depth: 0,
            place: Place::Between,
            in_array: false,
            by_lines: false,
            spent: false,
        }
    }

    /// A decoder of JSON lines, all objects: what is malformed ends where a line begins with the next, and what is no object with its own
    /// line.
    pub(crate) fn of_lines(limit: usize) -> Self {
        Self { by_lines: true, ..Self::new(limit) }
    }

    /// Reads on to the end of a value. Of a value that ends in this piece, gives where it lies in the piece.
    fn scan(&mut self) -> Option<Range<usize>> {
        let mut start = self.at;
        while let Some(byte) = self.piece.get(self.at).copied() {
            self.at += 1;
            match self.place {
                Place::Between => {
                    start = self.at - 1;
                    match byte {
                        b' ' | b'\t' | b'\r' | b'\n' => {}
                        // No value begins with a byte of a byte order mark.
                        0xef | 0xbb | 0xbf => {}
                        b',' if self.in_array => {}
                        b'[' if !self.in_array => self.in_array = true,
                        b']' => {
                            self.in_array = false;
                            return Some(start..self.at);
                        }
                        _ if self.by_lines && byte != b'{' => self.place = Place::Stray,
                        b'"' => self.place = Place::Text,
                        b'{' | b'[' => {
                            self.place = Place::Inside;
                            self.depth = 1;
                        }
                        _ => self.place = Place::Inside,
                    }
                }
                // A value over several lines is none of JSON lines, but readable; its inner braces are indented.
                Place::LineStart if byte == b'{' => {
                    self.at -= 1;
                    return self.end_of_value(start);
                }
                Place::LineStart => {
                    self.at -= 1;
                    self.place = Place::Inside;
                }
                Place::Inside if byte == b'\n' && self.by_lines => self.place = Place::LineStart,
                Place::Stray if byte == b'\n' => {
                    self.at -= 1;
                    return self.end_of_value(start);
                }
                Place::Stray => {}
                Place::Inside => match byte {
                    b'"' => self.place = Place::Text,
                    b'{' | b'[' => self.depth += 1,
                    // A number or a word ends with what follows it.
                    b',' | b']' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => {
                        self.at -= 1;
                        return self.end_of_value(start);
                    }
                    b'}' | b']' if self.depth <= 1 => return self.end_of_value(start),
                    b'}' | b']' => self.depth -= 1,
                    _ => {}
                },
                // No string holds a line end: the value is malformed, and what follows may be another.
                Place::Text | Place::Escape if byte == b'\n' => return self.end_of_value(start),
                Place::Text => match byte {
                    b'"' if self.depth == 0 => return self.end_of_value(start),
                    b'"' => self.place = Place::Inside,
                    b'\\' => self.place = Place::Escape,
                    _ => {
                        // Long texts are most of what there is.
                        let rest = &self.piece[self.at..];
                        self.at += memchr::memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len());
                    }
                },
                Place::Escape => self.place = Place::Text,
            }
        }
        if self.place != Place::Between {
            self.begun.extend_from_slice(&self.piece[start..]);
        }
        None
    }

    fn end_of_value(&mut self, start: usize) -> Option<Range<usize>> {
        self.place = Place::Between;
        self.depth = 0;
        Some(start..self.at)
    }
}

impl Decoder for ValueDecoder {
    fn push(&mut self, piece: Bytes) {
        self.piece = piece;
        self.at = 0;
    }

    fn next(&mut self) -> Result<Option<Event<'_>>, TooLong> {
        if std::mem::take(&mut self.spent) {
            self.begun = Vec::new();
        }
        let ended = self.scan();
        let rest = ended.clone().map_or(0, |value| value.len());
        if self.begun.len() + rest > self.limit {
            return Err(TooLong);
        }
        let Some(value) = ended else {
            self.release();
            return Ok(None);
        };
        if self.begun.is_empty() {
            return Ok(Some(Event::of_data(&self.piece[value])));
        }
        self.begun.extend_from_slice(&self.piece[value]);
        self.spent = true;
        Ok(Some(Event::of_data(&self.begun)))
    }

    fn finish(&mut self) -> Option<Event<'_>> {
        if std::mem::take(&mut self.spent) {
            self.begun = Vec::new();
        }
        (!self.begun.is_empty()).then(|| Event::of_data(&self.begun))
    }

    fn stray(&self) -> &[u8] {
        b""
    }

    fn release(&mut self) {
        self.piece = Bytes::new();
        self.at = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of a body in pieces of this size, and what is left at its end.
    fn values(mut decoder: ValueDecoder, body: &str, size: usize) -> (Vec<String>, Option<String>) {
        let mut values = Vec::new();
        let text = |event: Event<'_>| String::from_utf8(event.data().to_vec()).unwrap();
        for piece in body.as_bytes().chunks(size) {
            decoder.push(Bytes::copy_from_slice(piece));
            while let Some(value) = decoder.next().unwrap() {
                values.push(text(value));
            }
        }
        (values, decoder.finish().map(text))
    }

    #[test]
    fn values_are_told_apart_however_the_bytes_come() {
        let cases: [(&str, &[&str], Option<&str>); 15] = [
            ("", &[], None),
            ("[]", &["]"], None),
            ("\u{feff}[{}]", &["{}", "]"], None),
            (r#"[{"a":1},{"b":[2,{}]}]"#, &[r#"{"a":1}"#, r#"{"b":[2,{}]}"#, "]"], None),
            ("[{}\r\n,\r\n{}\r\n]\r\n", &["{}", "{}", "]"], None),
            (r#"{"a":"]}[{\"\\"} "#, &[r#"{"a":"]}[{\"\\"}"#], None),
            ("{\"a\":1}\n{\"b\":2}\n\n{\"c\":3}", &[r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#], None),
            (r#"[[1,2],"x,]",null , -1.5e3,true]"#, &["[1,2]", r#""x,]""#, "null", "-1.5e3", "true", "]"], None),
            ("12 34", &["12"], Some("34")),
            (r#"[{"a":1},{"b"#, &[r#"{"a":1}"#], Some(r#"{"b"#)),
            (r#"{"a":"cut"#, &[], Some(r#"{"a":"cut"#)),
            ("{\"a\":\"no end\n{\"b\":2}\n", &["{\"a\":\"no end\n", r#"{"b":2}"#], None),
            ("[1]]", &["1", "]", "]"], None),
            ("[{}][{}]", &["{}", "]", "{}", "]"], None),
            (r#"{"é":"日本\u0022"}"#, &[r#"{"é":"日本\u0022"}"#], None),
        ];
        told_apart(&cases, ValueDecoder::new);
    }

    /// Of each body, its values and what is left at its end, in pieces of any size.
    fn told_apart(cases: &[(&str, &[&str], Option<&str>)], decoder: fn(usize) -> ValueDecoder) {
        for (body, expected, left) in cases {
            for size in 1..=body.len().max(1) {
                let (values, rest) = values(decoder(1000), body, size);
                let values: Vec<_> = values.iter().map(String::as_str).collect();
                assert_eq!((values.as_slice(), rest.as_deref()), (*expected, *left), "{body} by {size}");
            }
        }
    }

    #[test]
    fn what_is_malformed_costs_no_other_line() {
        let cases: [(&str, &[&str], Option<&str>); 12] = [
            ("\u{feff}{\"a\":[1]}\r\n\n {\"b\":2}", &[r#"{"a":[1]}"#, r#"{"b":2}"#], None),
            ("{\"a\":{\n{\"b\":2}\n", &["{\"a\":{\n", r#"{"b":2}"#], None),
            ("{\n\n{\n", &["{\n\n"], Some("{\n")),
            ("{\n  \"a\": [\n    {}\n  ]\n}\n{}", &["{\n  \"a\": [\n    {}\n  ]\n}", "{}"], None),
            ("{\"a\":\nno\n", &[], Some("{\"a\":\nno\n")),
            ("{\"a\":\"no end\n{\"b\":2}\n", &["{\"a\":\"no end\n", r#"{"b":2}"#], None),
            ("{\"a\":\"\\\n{\"b\":2}\n", &["{\"a\":\"\\\n", r#"{"b":2}"#], None),
            ("no {json}, [at] all\n{}", &["no {json}, [at] all", "{}"], None),
            ("\"a\" 1\n12 34\n", &["\"a\" 1", "12 34"], None),
            ("{}}\n{}\n", &["{}", "}", "{}"], None),
            ("[{},\n{}]\n", &["{}", "{}", "]"], None),
            ("{}\nno end", &["{}"], Some("no end")),
        ];
        told_apart(&cases, ValueDecoder::of_lines);
    }

    #[test]
    fn a_value_beyond_the_limit_is_refused() {
        for size in [1, 7, 4096] {
            let body = format!("[{{\"a\":\"{}\"}}]", "x".repeat(2000));
            let mut decoder = ValueDecoder::new(1000);
            let mut pieces = body.as_bytes().chunks(size);
            let refused = pieces.any(|piece| {
                decoder.push(Bytes::copy_from_slice(piece));
                decoder.next().is_err()
            });
            assert!(refused && decoder.begun.len() < 1000 + size.max(2100), "{size}");
        }
    }
}
