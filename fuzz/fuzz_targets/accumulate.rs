//! Any sequence of chunks, of each protocol: no panic, what is refused changes nothing, what comes of it can be written, and no index
//! costs memory.
//!
//! The first byte chooses the protocol (`c`, `m` or `g`); each line after it is a chunk.
#![no_main]

use std::alloc::System;
use std::fmt::Debug;

use arouter::chat::ChatAccumulator;
use arouter::gemini::GeminiAccumulator;
use arouter::internals::{read_chat, read_gemini, read_messages};
use arouter::messages::MessagesAccumulator;
use arouter::{Error, Result};
use arouter_fuzz::{assert_printable, body};
use libfuzzer_sys::fuzz_target;
use peakmem_alloc::{INSTRUMENTED_SYSTEM, PeakMemAlloc, PeakMemAllocTrait};
use serde::Serialize;

#[global_allocator]
static MEMORY: &PeakMemAlloc<System> = &INSTRUMENTED_SYSTEM;

fuzz_target!(|input: &[u8]| {
    let Some((protocol, lines)) = input.split_first() else { return };
    match protocol {
        b'c' => {
            let mut accumulator = ChatAccumulator::new();
            accumulate(lines, read_chat, &mut accumulator, ChatAccumulator::push, ChatAccumulator::response);
            _ = (accumulator.response().text(), accumulator.into_response().message());
        }
        b'm' => {
            let mut accumulator = MessagesAccumulator::new();
            accumulate(lines, read_messages, &mut accumulator, MessagesAccumulator::push, MessagesAccumulator::response);
            _ = (accumulator.response().text(), accumulator.into_response().message());
        }
        b'g' => {
            let mut accumulator = GeminiAccumulator::new();
            accumulate(lines, |body| read_gemini(body, false), &mut accumulator, GeminiAccumulator::push, GeminiAccumulator::response);
            _ = (accumulator.response().text(), accumulator.into_response().content());
        }
        _ => {}
    }
});

fn accumulate<A, T, R: Serialize + Debug>(
    lines: &[u8],
    read: impl Fn(&[u8]) -> (Vec<T>, Option<Error>),
    accumulator: &mut A,
    push: impl Fn(&mut A, T) -> Result<()>,
    response: impl Fn(&A) -> R,
) {
    for line in lines.split(|byte| *byte == b'\n') {
        for item in read(&body(line)).0 {
            let before = format!("{:?}", response(accumulator));
            MEMORY.reset_peak_memory();
            let held = MEMORY.get_peak_memory();
            let pushed = push(accumulator, item);
            let taken = MEMORY.get_peak_memory().saturating_sub(held);
            assert!(taken <= 256 * 1024 + 64 * lines.len(), "{taken} bytes for {} of input", lines.len());
            if let Err(error) = pushed {
                assert_printable(&error);
                assert_eq!(format!("{:?}", response(accumulator)), before);
            }
        }
    }
    let encoded = serde_json::to_string(&response(accumulator));
    assert!(encoded.is_ok_and(|encoded| encoded.len() <= 1024 * 1024 + 16 * lines.len()));
}
