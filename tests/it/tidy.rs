//! Rules of the layout that the compiler can't check.

use std::path::{Path, PathBuf};

const AREAS: [&str; 6] = ["src/chat", "src/embeddings", "src/gemini", "src/keys", "src/messages", "src/models"];

#[test]
fn one_place_touches_the_network() {
    let places = sources().into_iter().flat_map(|(path, text)| std::iter::repeat_n(path, text.matches(".execute(").count()));
    assert_eq!(places.collect::<Vec<_>>(), [PathBuf::from("src/transport.rs")]);
}

#[test]
fn only_client_and_transport_know_the_http_library() {
    for (path, text) in sources() {
        let may = path.starts_with("src/client") || path.starts_with("src/transport") || path == Path::new("src/transport.rs");
        assert!(may || !code(&text).contains("reqwest::"), "{}", path.display());
    }
}

#[test]
fn the_transport_knows_no_area() {
    for (path, text) in sources() {
        let is_transport = path.starts_with("src/transport") || path == Path::new("src/transport.rs");
        let words = [
            "crate::chat",
            "crate::embeddings",
            "crate::keys",
            "crate::messages",
            "crate::models",
            "crate::gemini",
            "[DONE]",
            "message_stop",
            "finishReason",
            "anthropic",
        ];
        assert!(!is_transport || !words.iter().any(|word| code(&text).contains(word)), "{}", path.display());
    }
}

#[test]
fn the_environment_is_read_in_one_place() {
    let readers: Vec<_> = sources().into_iter().filter(|(_, text)| code(text).contains("env::var")).map(|(path, _)| path).collect();
    assert_eq!(readers, [PathBuf::from("src/client/builder.rs")]);
}

/// The HTTP library's names for going without verification begin with it.
#[test]
fn nothing_switches_verification_off() {
    for (path, text) in sources() {
        assert!(!code(&text).contains("danger_"), "{}", path.display());
    }
}

#[test]
fn no_file_is_too_long_to_read() {
    for (path, text) in sources() {
        let lines = code(&text).lines().filter(|line| !line.trim().is_empty()).count();
        assert!(lines <= 400, "{} has {lines} lines of code", path.display());
    }
}

#[test]
fn an_area_begins_with_its_path() {
    for (path, text) in sources() {
        if AREAS.iter().any(|area| path == Path::new(area).with_extension("rs")) {
            assert!(text.lines().next().unwrap_or_default().contains("/v1"), "{}", path.display());
        }
        assert!(text.starts_with("//! "), "{} has no words about itself", path.display());
    }
}

/// Otherwise the code of all areas is compiled with the crate, for programs that use none of it. What is generic waits for its use anyway.
#[test]
fn what_an_area_does_is_compiled_where_it_is_used() {
    let mut functions = 0;
    for (path, text) in sources().into_iter().filter(|(path, _)| AREAS.iter().any(|area| path.with_extension("").starts_with(area))) {
        let text = code(&text);
        let lines: Vec<_> = text.lines().collect();
        let mut implements = "";
        for (number, line) in lines.iter().enumerate() {
            if line.starts_with("impl") {
                implements = line.strip_prefix("impl").unwrap_or_default();
            } else if line.starts_with('}') {
                implements = "";
            }
            let words = ["pub", "(crate)", "(super)", " ", "const ", "async "];
            let Some(function) =
                words.iter().fold(line.trim_start(), |rest, word| rest.strip_prefix(word).unwrap_or(rest)).strip_prefix("fn ")
            else {
                continue;
            };
            let opens = lines[number..].iter().position(|line| line.contains('{')).unwrap_or_default();
            let signature = lines[number..=number + opens].concat();
            let takes_any = signature.split("->").next().unwrap_or_default().contains("impl ");
            let generics = function.trim_start_matches(|letter: char| letter.is_alphanumeric() || letter == '_');
            let is_generic = |list: &str| list.starts_with('<') && list.split('>').next().unwrap_or_default().contains(char::is_uppercase);
            if !takes_any && !is_generic(implements) && !is_generic(generics) {
                assert_eq!(lines[number - 1].trim(), "#[inline]", "{}: {}", path.display(), line.trim());
                functions += 1;
            }
        }
    }
    assert!(functions > 100, "{functions} found");
}

/// What a file does: without its comments and its tests.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    before_tests.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}
