use super::*;

fn events(pieces: &[&str]) -> Vec<(String, String)> {
    let mut decoder = Decoder::new(1 << 20);
    let mut events = Vec::new();
    for piece in pieces {
        decoder.push(Bytes::copy_from_slice(piece.as_bytes()));
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
                decoder.push(Bytes::copy_from_slice(piece));
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
                decoder.push(Bytes::copy_from_slice(piece.as_bytes()));
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
fn what_the_end_of_the_stream_left_is_given_apart() {
    let mut decoder = Decoder::new(1024);
    decoder.push(Bytes::from_static(b"data: a\n\ndata: [DONE]"));
    assert_eq!(decoder.next().unwrap().map(|event| event.data().to_vec()), Some(b"a".to_vec()));
    assert_eq!(decoder.next().unwrap(), None);
    assert_eq!(decoder.finish().map(|event| event.data().to_vec()), Some(b"[DONE]".to_vec()));
}
