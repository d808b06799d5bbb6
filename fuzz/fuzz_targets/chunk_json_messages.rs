//! Any bytes as an event of Anthropic's: no panic, and what can be read is written and read again as the same.
#![no_main]

use arouter::internals::read_messages;
use arouter_fuzz::{assert_printable, assert_round_trip, body};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (events, error) = read_messages(&body(input));
    error.iter().for_each(assert_printable);
    for event in events {
        _ = event.text();
        assert_round_trip(&event, read_messages);
    }
});
