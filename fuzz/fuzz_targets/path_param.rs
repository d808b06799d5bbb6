//! Any segments of a path: each is refused, or is in the URL as one segment that reads back as it was.
//!
//! The first byte chooses the base URL; each line after it is a segment.
#![no_main]

use arouter::internals::url;
use libfuzzer_sys::fuzz_target;
use url::Url;

const BASES: [&str; 4] = ["https://api.arouter.ai", "http://localhost:1/gateway/", "http://[::1]/a/b", "http://u@h/%2e%41//"];

fuzz_target!(|input: &[u8]| {
    let Some((base, rest)) = input.split_first() else { return };
    let base = Url::parse(BASES[usize::from(*base) % BASES.len()]).expect("a URL");
    let text = String::from_utf8_lossy(rest);
    let segments: Vec<&str> = text.split('\n').collect();
    let url = match url(&base, &segments) {
        Ok(url) => url,
        Err(error) => {
            assert!(matches!(error, arouter::Error::Config { .. }));
            assert!(segments.iter().any(|segment| must_be_refused(segment)), "{segments:?}: {error}");
            return;
        }
    };
    assert!(!segments.iter().any(|segment| must_be_refused(segment)), "{segments:?}: {url}");
    // What is sent is the text, and whoever reads it takes it apart again.
    let read = Url::parse(url.as_str()).expect("a URL");
    assert_eq!(read, url);
    assert_eq!((read.origin(), read.query(), read.fragment()), (base.origin(), None, None), "{url}");
    let path = read.path().strip_prefix(base.path().trim_end_matches('/')).and_then(|path| path.strip_prefix('/'));
    let found: Vec<&str> = path.expect("the base's path").split('/').collect();
    assert_eq!(found.len(), segments.len(), "{url}");
    for (found, segment) in found.iter().zip(&segments) {
        let decoded = decoded(found.as_bytes());
        assert_eq!(decoded, segment.as_bytes(), "{url}");
        assert!(decoded != b"." && decoded != b"..", "{url}");
        assert!(found.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\\".contains(&byte)), "{url}");
    }
});

fn must_be_refused(segment: &str) -> bool {
    let once = decoded(segment.as_bytes());
    // `%2e%2e` is `..` to some readers of URLs even where it stands for itself.
    let is_dots = once == b"." || once == b"..";
    segment.is_empty() || segment.len() > 512 || segment.bytes().any(|byte| byte.is_ascii_control()) || is_dots
}

fn decoded(segment: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = segment;
    while let Some((first, after)) = rest.split_first() {
        let byte =
            after.get(..2).and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok().filter(|d| !d.starts_with('+'))?, 16).ok());
        match byte {
            Some(byte) if *first == b'%' => {
                out.push(byte);
                rest = &after[2..];
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}
