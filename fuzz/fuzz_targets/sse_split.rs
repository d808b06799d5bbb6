//! How the bytes are cut changes nothing, nor does which line end they have, and what is held is bounded.
//!
//! The first line is the plan: its first byte chooses the limit, and each byte is the length of a piece, in turns. In what comes after
//! it, the byte 1 stands for 8 KiB.
#![no_main]

use arouter::internals::{Events, read_events};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(end) = input.iter().position(|byte| *byte == b'\n') else { return };
    let (plan, stream) = (&input[..end], expanded(&input[end + 1..]));
    let planned = cut(&stream, plan);
    let single: Vec<&[u8]> = if stream.len() <= 512 { stream.chunks(1).collect() } else { planned.clone() };
    let limit = match plan.first() {
        Some(byte @ 0x80..) => usize::from(byte - 0x80) * 2048,
        Some(byte) => usize::from(*byte),
        None => 0,
    };

    for limit in [1 << 30, limit] {
        let whole = read(&[&stream], limit);
        for pieces in [&planned, &single] {
            let split = read(pieces, limit);
            assert_eq!((&split.events, split.is_refused), (&whole.events, whole.is_refused), "limit {limit}, cut in {}", pieces.len());
            assert!(whole.is_refused || split == whole, "limit {limit}, cut in {}", pieces.len());
        }
        if !stream.contains(&b'\r') {
            for line_end in [&b"\r"[..], b"\r\n"] {
                let stream: Vec<u8> = stream.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(line_end);
                let other = read(&cut(&stream, plan), limit);
                assert_eq!((&other.events, other.is_refused), (&whole.events, whole.is_refused), "limit {limit}, {line_end:?}");
                assert!(whole.is_refused || other == whole, "limit {limit}, {line_end:?}");
            }
        }
    }
});

fn read(pieces: &[&[u8]], limit: usize) -> Events {
    let (events, most_held) = read_events(pieces, limit);
    // Twice: buffers grow by doubling, and there may be two long ones, the data's and an unfinished line's.
    assert!(most_held <= limit.saturating_mul(2) + 64 * 1024, "{most_held} bytes held, limit {limit}");
    events
}

fn expanded(input: &[u8]) -> Vec<u8> {
    let mut room = 64;
    let mut stream = Vec::new();
    for byte in input {
        if *byte == 1 && room > 0 {
            room -= 1;
            stream.resize(stream.len() + 8 * 1024, b'x');
        } else {
            stream.push(*byte);
        }
    }
    stream
}

fn cut<'s>(stream: &'s [u8], plan: &[u8]) -> Vec<&'s [u8]> {
    let mut pieces = Vec::new();
    let mut rest = stream;
    if plan.iter().any(|length| *length > 0) {
        // Not without end: a plan may be nearly all zeros.
        for length in plan.iter().cycle().take(1000) {
            // Long streams in longer pieces.
            let length = usize::from(*length) * (1 + stream.len() / 4096);
            let (piece, after) = rest.split_at(length.min(rest.len()));
            pieces.push(piece);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
    }
    pieces.push(rest);
    pieces
}
