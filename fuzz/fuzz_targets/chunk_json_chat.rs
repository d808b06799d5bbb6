//! Any bytes as a chunk of a chat stream: no panic, and what can be read is written and read again as the same.
#![no_main]

use arouter::internals::read_chat;
use arouter_fuzz::{assert_printable, assert_round_trip, body};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (chunks, error) = read_chat(&body(input));
    error.iter().for_each(assert_printable);
    for chunk in chunks {
        _ = chunk.text();
        assert_round_trip(&chunk, read_chat);
    }
});
