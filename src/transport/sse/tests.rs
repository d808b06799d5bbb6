use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eventsource_stream::Eventsource as _;
use serde_json::Value;

use super::*;

fn events(pieces: &[&str]) -> Vec<(String, String)> {
    let mut decoder = Decoder::new(1 << 20);
    let mut events = Vec::new();
    for piece in pieces {
        decoder.push(piece.as_bytes());
        while let Some(event) = decoder.next().unwrap() {
            events.push((event.name().into_owned(), String::from_utf8_lossy(event.data()).into_owned()));
        }
    }
    events
}

#[test]
fn a_block_is_read_the_same_however_it_is_cut() {
    let stream = "\u{feff}: hi\nevent: delta\r\ndata: one\rdata\ndata:  two\n\nid: 7\ndata:{\"a\":1}\n\n<html>\ndata: é\r\n\r\n";
    let whole = events(&[stream]);
    assert_eq!(
        whole,
        [("delta", "one\n\n two"), ("message", "{\"a\":1}"), ("message", "é")].map(|(name, data)| (name.to_owned(), data.to_owned()))
    );

    let bytes = stream.as_bytes();
    for first in 0..=bytes.len() {
        for second in first..=bytes.len() {
            let mut decoder = Decoder::new(1 << 20);
            let mut count = 0;
            for piece in [&bytes[..first], &bytes[first..second], &bytes[second..]] {
                decoder.push(piece);
                while let Some(event) = decoder.next().unwrap() {
                    assert_eq!((event.name().into_owned(), String::from_utf8_lossy(event.data()).into_owned()), whole[count]);
                    count += 1;
                }
            }
            assert_eq!((count, decoder.comments(), decoder.stray()), (3, 1, &b"<html>"[..]), "{first} {second}");
        }
    }
}

#[test]
fn an_event_of_exactly_the_limit_passes_and_one_more_byte_does_not() {
    for (length, passes) in [(1024, true), (1025, false)] {
        for cut in [0, 3, 700, 1030] {
            let stream = format!("data: {}\n\n", "x".repeat(length));
            let mut decoder = Decoder::new(1024);
            let mut outcome = Ok(false);
            for piece in [&stream[..cut], &stream[cut..]] {
                decoder.push(piece.as_bytes());
                outcome = decoder.next().map(|event| event.is_some());
                if outcome.is_err() {
                    break;
                }
            }
            assert_eq!(outcome.is_ok(), passes, "{length} cut at {cut}");
        }
    }
}

#[test]
fn the_limit_is_the_same_however_a_line_is_cut() {
    let rows = [
        ("retry: 1000\ndata: x\n\n", 4, false),
        ("retry: 1000\ndata: x\n\n", 3, true),
        ("id: 1\x00345\ndata: x\n\n", 4, true),
        ("event: abc\nevent: def\ndata\n\n", 6, false),
        ("event: abc\nevent: def\ndata\n\n", 5, true),
        ("id: abc\nid: def\ndata\n\n", 5, true),
    ];
    for (stream, limit, is_refused) in rows {
        for size in 1..=stream.len() {
            let mut decoder = Decoder::new(limit);
            let refused = stream.as_bytes().chunks(size).any(|piece| {
                decoder.push(piece);
                decoder.next().is_err()
            });
            assert_eq!(refused, is_refused, "{stream:?} by {size}, limit {limit}");
        }
    }
}

#[test]
fn long_names_and_ids_are_not_held_on_to() {
    let limit = 128 * 1024;
    let long = "x".repeat(100 * 1024);
    let (first, second) = long.split_at(60 * 1024);
    let stream = format!("event: {long}\ndata: x\n\nid: {long}\n\nid\n\ndata: {first}\ndata: {second}\n\n");
    for piece in [100, 1024, 64 * 1024] {
        let run = LimitRun::of(stream.as_bytes(), limit, piece);
        assert!(!run.too_long && run.events == 2, "{}", run.events);
        assert!(run.most_held <= 2 * limit + 64 * 1024, "{} bytes held, in pieces of {piece}", run.most_held);
    }
}

#[test]
fn what_the_end_of_the_stream_left_is_given_apart() {
    let mut decoder = Decoder::new(1024);
    decoder.push(b"data: a\n\ndata: [DONE]");
    assert_eq!(decoder.next().unwrap().map(|event| event.data().to_vec()), Some(b"a".to_vec()));
    assert_eq!(decoder.next().unwrap(), None);
    assert_eq!(decoder.finish().map(|event| event.data().to_vec()), Some(b"[DONE]".to_vec()));
}

/// Every parser case of the file that `AROUTER_SSE_CASES` names, under every way of cutting that its rules ask for.
#[test]
fn conformance_cases() {
    let Some(cases) = cases() else { return };
    let parser_cases = cases["parser_cases"].as_array().unwrap();
    let mut variants = 0;
    for case in parser_cases {
        let input = STANDARD.decode(case["input_b64"].as_str().unwrap()).unwrap();
        let expected = Outcome::expected(case);
        let mut inputs = vec![input.clone()];
        if case["newline_variants"] == true {
            inputs.push(replace_lf(&input, b"\r\n"));
            inputs.push(replace_lf(&input, b"\r"));
        }
        for input in &inputs {
            for cuts in every_cut(input.len()) {
                variants += 1;
                let outcome = Outcome::of(input, &cuts);
                assert_eq!(outcome, expected, "{} cut at {cuts:?} of {}", case["id"], input.len());
            }
        }
        assert_eq!(availability(&input), numbers(&case["dispatch_after_bytes"]), "{}: bytes after which events are out", case["id"]);
    }
    print_line(&format!("sse parser cases: {0} of {0}, {variants} variants", parser_cases.len()));
}

/// Every limit case of that file, in pieces of 1 KiB (or what the case says) and of 256 KiB.
#[test]
fn limit_cases() {
    let Some(cases) = cases() else { return };
    let limit_cases = cases["limit_cases"].as_array().unwrap();
    for case in limit_cases {
        let input: Vec<u8> = case["parts"].as_array().unwrap().iter().flat_map(part).collect();
        let limits = &case["limits"];
        let limit = usize::try_from(limits["max_event_bytes"].as_u64().unwrap()).unwrap();
        let piece = limits["chunk_bytes"].as_u64().map_or(1024, |bytes| usize::try_from(bytes).unwrap());
        for piece in [piece, 256 * 1024] {
            let run = LimitRun::of(&input, limit, piece);
            let expect = &case["expect"];
            let context = format!("{} in pieces of {piece}", case["id"]);
            assert_eq!(run.events as u64, expect["events"].as_u64().unwrap(), "{context}");
            assert_eq!(run.too_long, expect["error"] == "event_too_large", "{context}");
            if let Some(data) = expect["data"].as_str() {
                assert_eq!(run.last_data, data.as_bytes(), "{context}");
            }
            if let Some(length) = expect["data_len"].as_u64() {
                assert_eq!(run.last_data.len() as u64, length, "{context}");
            }
            if let Some(most) = expect["max_buffered_bytes"].as_u64() {
                assert!(run.most_held as u64 <= most, "{context}: {} bytes held", run.most_held);
            }
        }
    }
    print_line(&format!("sse limit cases: {0} of {0}", limit_cases.len()));
}

/// What `eventsource-stream` gets right (no byte order mark, no bare CR at an end, valid UTF-8), it and we read alike.
#[test]
fn reads_generated_streams_as_eventsource_stream_does() {
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..2_000 {
        let stream = generated(&mut random);
        let mut pieces = Vec::new();
        let mut rest = &stream[..];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(random.usize(1..=rest.len().min(40)));
            pieces.push(piece.to_vec());
            rest = after;
        }

        let mut decoder = Decoder::new(1 << 20);
        let mut ours = Vec::new();
        for piece in &pieces {
            decoder.push(piece);
            while let Some(event) = decoder.next().unwrap() {
                ours.push((event.name().into_owned(), String::from_utf8_lossy(event.data()).into_owned(), event.id().into_owned()));
            }
        }
        let source = futures::stream::iter(pieces.into_iter().map(Ok::<_, std::convert::Infallible>));
        let theirs: Vec<_> = futures::executor::block_on_stream(source.eventsource())
            .map(|event| event.map(|event| (event.event, event.data, event.id)).unwrap())
            .collect();

        assert_eq!(ours, theirs, "round {round}: {:?}", String::from_utf8_lossy(&stream));
    }
}

#[test]
fn a_long_piece_is_not_held_for_what_it_leaves() {
    let limit = 147_456;
    let mut decoder = Decoder::new(limit);
    decoder.push(&[&b"data: a\n\n".repeat(40_000)[..], b"data: ", &vec![b'x'; 120_000]].concat());
    while decoder.next().unwrap().is_some() {}
    assert!(decoder.held() <= limit + 64 * 1024, "{} bytes held", decoder.held());
}

#[test]
fn what_comes_behind_the_data_is_not_held() {
    for line in [": ping\n", "nothing: that counts\n", "retry: 1\n", "event: a\n"] {
        let mut decoder = Decoder::new(1024);
        decoder.push(b"data: a\n");
        assert_eq!(decoder.next(), Ok(None));
        for _ in 0..10_000 {
            decoder.push(line.as_bytes());
            assert_eq!(decoder.next(), Ok(None));
            assert!(decoder.held() <= 64 * 1024, "{} bytes held after {line:?}", decoder.held());
        }
        decoder.push(b"\n");
        assert_eq!(decoder.next().unwrap().map(|event| event.data().to_vec()), Some(b"a".to_vec()), "{line:?}");
    }
}

/// Eight times the event may take a few times eight times the time, and not 64 times it, as a decoder would that searches or copies
/// the unfinished line anew for each piece. `benches/long_event.rs` measures it closely.
#[test]
fn a_long_event_is_read_in_linear_time() {
    let read = |mebibytes: usize| {
        let piece = vec![b'x'; 1024];
        let mut decoder = Decoder::new(64 << 20);
        let began = std::time::Instant::now();
        decoder.push(b"data: ");
        assert_eq!(decoder.next(), Ok(None));
        for _ in 0..(mebibytes << 20) / piece.len() {
            decoder.push(&piece);
            assert_eq!(decoder.next(), Ok(None));
        }
        decoder.push(b"\n\n");
        assert_eq!(decoder.next().unwrap().unwrap().data().len(), mebibytes << 20);
        began.elapsed()
    };
    let best = |mebibytes| (0..5).map(|_| read(mebibytes)).min().unwrap();
    let (short, long) = (best(2), best(16));
    assert!(long < short * 32, "2 MiB took {short:?}, and 16 MiB {long:?}");
}

/// What a decoder made of a whole input.
#[derive(Debug, PartialEq)]
struct Outcome {
    events: Vec<(String, String, String)>,
    last_event_id: String,
    retry_ms: Option<u64>,
    comments: u64,
}

impl Outcome {
    fn of(input: &[u8], cuts: &[usize]) -> Self {
        let mut decoder = Decoder::new(1 << 20);
        let mut events = Vec::new();
        let mut retry_ms = None;
        let starts = std::iter::once(0).chain(cuts.iter().copied());
        let ends = cuts.iter().copied().chain(std::iter::once(input.len()));
        for (start, end) in starts.zip(ends) {
            decoder.push(&input[start..end]);
            while let Some(event) = decoder.next().unwrap() {
                events.push((event.name().into_owned(), String::from_utf8_lossy(event.data()).into_owned(), event.id().into_owned()));
            }
            retry_ms = decoder.retry_ms;
        }
        Self { events, last_event_id: decoder.last_event_id().into_owned(), retry_ms, comments: decoder.comments() }
    }

    fn expected(case: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            events: case["events"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| (text(&event["event"]), text(&event["data"]), text(&event["id"])))
                .collect(),
            last_event_id: text(&case["final_last_event_id"]),
            retry_ms: case["final_retry_ms"].as_u64(),
            comments: case["comment_lines"].as_u64().unwrap(),
        }
    }
}

/// How many events are out after each byte, as the number of bytes that each event took.
fn availability(input: &[u8]) -> Vec<u64> {
    let mut decoder = Decoder::new(1 << 20);
    let mut after = Vec::new();
    for (at, byte) in input.iter().enumerate() {
        decoder.push(&[*byte]);
        while decoder.next().unwrap().is_some() {
            after.push(at as u64 + 1);
        }
    }
    after
}

struct LimitRun {
    events: usize,
    too_long: bool,
    last_data: Vec<u8>,
    most_held: usize,
}

impl LimitRun {
    fn of(input: &[u8], limit: usize, piece: usize) -> Self {
        let mut run = Self { events: 0, too_long: false, last_data: Vec::new(), most_held: 0 };
        let mut decoder = Decoder::new(limit);
        for piece in input.chunks(piece) {
            decoder.push(piece);
            loop {
                match decoder.next() {
                    Ok(Some(event)) => {
                        run.events += 1;
                        run.last_data = event.data().to_vec();
                    }
                    Ok(None) => break,
                    Err(TooLong) => {
                        run.too_long = true;
                        return run;
                    }
                }
            }
            run.most_held = run.most_held.max(decoder.held());
        }
        run
    }
}

/// The whole, every cut in two (with nothing between the parts), byte by byte, and for short inputs every cut in three.
fn every_cut(length: usize) -> Vec<Vec<usize>> {
    let mut cuts = vec![Vec::new(), (1..length.max(1)).collect()];
    cuts.extend((0..=length).map(|at| vec![at, at]));
    if length <= 64 {
        cuts.extend((0..=length).flat_map(|first| (first..=length).map(move |second| vec![first, second])));
    }
    cuts
}

fn replace_lf(input: &[u8], end: &[u8]) -> Vec<u8> {
    input.iter().flat_map(|byte| if *byte == b'\n' { end.to_vec() } else { vec![*byte] }).collect()
}

fn part(part: &Value) -> Vec<u8> {
    match part["text"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => part["repeat"].as_str().unwrap().repeat(usize::try_from(part["times"].as_u64().unwrap()).unwrap()).into_bytes(),
    }
}

fn numbers(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect()
}

/// Lines of every kind in random order, always ended by LF or CRLF.
fn generated(random: &mut fastrand::Rng) -> Vec<u8> {
    let lines = [
        "data: one",
        "data:two",
        "data: {\"a\":1}",
        "data",
        "data:  é",
        "event: delta",
        "event:",
        "id: 7",
        "id",
        "retry: 10",
        ": hi",
        "other: x",
        "",
        "",
        "",
    ];
    let mut stream = Vec::new();
    for _ in 0..random.usize(1..30) {
        stream.extend_from_slice(lines[random.usize(..lines.len())].as_bytes());
        stream.extend_from_slice(if random.bool() { b"\n" } else { b"\r\n" });
    }
    stream.extend_from_slice(b"\n");
    stream
}

fn cases() -> Option<Value> {
    let Some(path) = std::env::var_os("AROUTER_SSE_CASES") else {
        print_line("sse cases: skipped, AROUTER_SSE_CASES is not set");
        return None;
    };
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

/// A passing test's `println!` is swallowed; this isn't.
fn print_line(line: &str) {
    writeln!(std::io::stderr().lock(), "{line}").unwrap();
}
