//! Any bytes as a piece of a Gemini stream, of either form: no panic, what can be read is written and read again as the same, and how
//! the bytes are cut changes nothing.
#![no_main]

use arouter::gemini::GenerateContentResponse;
use arouter::internals::{read_gemini, read_json_lines, read_values};
use arouter_fuzz::{assert_printable, assert_round_trip, body};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    for (pieces, error) in [read_gemini(&body(input), false), read_gemini(input, true)] {
        error.iter().for_each(assert_printable);
        for piece in pieces {
            look_at(&piece);
            assert_round_trip(&piece, |body| read_gemini(body, false));
        }
    }
    for read in [read_values, read_json_lines] {
        for limit in [64, usize::MAX] {
            let whole = read(&[input], limit);
            for size in [1, 7, 100] {
                let split = read(&input.chunks(size).collect::<Vec<_>>(), limit);
                assert_eq!(split, whole, "limit {limit}, by {size}");
            }
        }
    }
});

fn look_at(piece: &GenerateContentResponse) {
    _ = (piece.text(), piece.thoughts(), piece.content(), piece.finish_reason());
    for call in piece.function_calls() {
        _ = (call.name(), call.args_as::<serde_json::Value>());
    }
}
