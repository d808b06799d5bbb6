//! What several targets share.

use std::fmt::Debug;

use arouter::Error;
use serde::Serialize;

/// The body of a stream of this one event, or the input itself if it is the text of one.
pub fn body(input: &[u8]) -> Vec<u8> {
    if [&b"data:"[..], b"event:"].iter().any(|field| input.starts_with(field)) {
        return input.to_vec();
    }
    let mut body = Vec::new();
    for line in input.split(|byte| *byte == b'\n') {
        body.extend_from_slice(b"data: ");
        body.extend_from_slice(line);
        body.push(b'\n');
    }
    body.push(b'\n');
    body
}

/// An item is written and read again as the same.
pub fn assert_round_trip<T: Serialize + Debug>(item: &T, read: impl Fn(&[u8]) -> (Vec<T>, Option<Error>)) {
    let json = serde_json::to_string(item).expect("an item can be encoded");
    let (again, error) = read(&body(json.as_bytes()));
    assert!(again.len() == 1, "{json} gives {} items and {error:?}", again.len());
    assert_eq!(json, serde_json::to_string(&again[0]).expect("an item can be encoded"));
    // Not `==`: what isn't a number equals nothing.
    assert_eq!(format!("{item:?}"), format!("{:?}", again[0]), "{json}");
}

/// An error is one line that a terminal can show.
pub fn assert_printable(error: &Error) {
    let shown = error.to_string();
    assert!(!shown.is_empty() && shown.chars().count() <= 600 && !shown.chars().any(char::is_control), "{shown:?}");
    assert!(!format!("{error:?}").is_empty());
}
