//! The decoder and a naive reader make the same events of the same bytes.
#![no_main]

use arouter::internals::{Event, read_events};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (read, _) = read_events(&[input], usize::MAX);
    let (events, unfinished) = naive::read(input);
    let ours: Vec<_> = read.events.iter().map(comparable).collect();
    assert_eq!(ours, events);
    assert_eq!(read.unfinished.as_ref().map(comparable), unfinished);
    assert!(!read.is_refused);
});

fn comparable(event: &Event) -> naive::Event {
    naive::Event {
        name: event.name.clone(),
        data: String::from_utf8_lossy(&event.data).into_owned(),
        id: event.id.clone(),
        retry_ms: event.retry_ms,
    }
}

/// The HTML standard's 9.2.6, sentence by sentence, over a whole input.
mod naive {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Event {
        pub name: String,
        pub data: String,
        pub id: String,
        pub retry_ms: Option<u64>,
    }

    #[derive(Default)]
    struct Reader {
        events: Vec<Event>,
        data: String,
        event_type: String,
        last_event_id_buffer: String,
        last_event_id: String,
        retry_ms: Option<u64>,
    }

    /// The events, and the one that the end of the stream left, which the standard drops.
    pub fn read(input: &[u8]) -> (Vec<Event>, Option<Event>) {
        // "Streams must be decoded using the UTF-8 decode algorithm", which "strips one leading byte order mark".
        let text = String::from_utf8_lossy(input);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        // Lines end with "a CRLF character pair, a single LF not preceded by CR, and a single CR not followed by LF".
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut lines: Vec<&str> = text.split('\n').collect();
        let unfinished_line = lines.pop().unwrap_or_default();

        let mut reader = Reader::default();
        for line in lines {
            reader.line(line);
        }
        if !unfinished_line.is_empty() {
            reader.line(unfinished_line);
        }
        let unfinished = (!reader.data.is_empty()).then(|| reader.event());
        (reader.events, unfinished)
    }

    impl Reader {
        fn line(&mut self, line: &str) {
            if line.is_empty() {
                self.dispatch();
            } else if line.starts_with(':') {
                // "Ignore the line."
            } else if let Some((field, value)) = line.split_once(':') {
                self.field(field, value.strip_prefix(' ').unwrap_or(value));
            } else {
                self.field(line, "");
            }
        }

        fn field(&mut self, field: &str, value: &str) {
            match field {
                "event" => self.event_type = value.to_owned(),
                "data" => {
                    self.data.push_str(value);
                    self.data.push('\n');
                }
                "id" if !value.contains('\0') => self.last_event_id_buffer = value.to_owned(),
                // No digits are no number, and neither are more of them than any clock can wait for.
                "retry" if value.chars().all(|character| character.is_ascii_digit()) => {
                    self.retry_ms = value.parse().ok().or(self.retry_ms)
                }
                _ => {}
            }
        }

        fn dispatch(&mut self) {
            self.last_event_id = self.last_event_id_buffer.clone();
            if !self.data.is_empty() {
                let event = self.event();
                self.events.push(event);
            }
            self.data.clear();
            self.event_type.clear();
        }

        fn event(&self) -> Event {
            let name = if self.event_type.is_empty() { "message" } else { &self.event_type };
            let data = self.data.strip_suffix('\n').unwrap_or(&self.data);
            Event { name: name.to_owned(), data: data.to_owned(), id: self.last_event_id.clone(), retry_ms: self.retry_ms }
        }
    }
}
