//! Which headers go out, counted on the wire: each once, the nearest setting's, and no key but the client's own.

use arouter::gemini::{Content, GenerateContentRequest};
use arouter::{Client, ClientBuilder, Error, Method};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use crate::support::raw_server::{Act, RawServer};
use crate::support::{everything_said, hello, hello_claude};

const RESERVED: [&str; 6] = ["authorization", "x-api-key", "x-goog-api-key", "host", "content-length", "transfer-encoding"];

#[tokio::test]
async fn the_nearest_setting_of_a_header_is_sent_and_no_other() {
    let server = echo().await;
    let names = ["x-team", "user-agent", "accept", "accept-encoding", "content-type", "cookie", "http-referer"];
    // From the farthest to the nearest: each takes the place of those before it.
    for levels in 1..=3 {
        for name in names {
            let mut builder = builder(&server).header(name, "replaced").header(name.to_uppercase(), "of/the-client");
            builder = builder.http_client(move |http| http.default_headers(one(name, "default")));
            let mut client = builder.build().unwrap();
            if levels >= 2 {
                client = client.with_header(name, "of/the-derived-client").unwrap();
            }
            let mut request = client.request(Method::POST, ["x"]).json(&json!({}));
            if levels >= 3 {
                request = request.header(name, "of/the-request");
            }
            request.send().await.unwrap();
            let expected = match (levels, name) {
                // What the body is, only its own request can tell.
                (1 | 2, "content-type") => "application/json",
                (1, _) => "of/the-client",
                (2, _) => "of/the-derived-client",
                _ => "of/the-request",
            };
            assert_eq!(last(&server, name), [expected], "{name} at {levels}");
        }
    }
}

#[tokio::test]
async fn each_call_carries_its_own_headers_once() {
    let server = echo().await;
    let client = builder(&server).app("My App", "https://my.app").gemini_key_in_query(true).build().unwrap();
    let agent = concat!("arouter-rust/", env!("CARGO_PKG_VERSION"));
    let host = server.address.to_string();
    let common = [
        ("host", host.as_str()),
        ("content-type", "application/json"),
        ("accept-encoding", "identity"),
        ("user-agent", agent),
        ("x-title", "My App"),
        ("http-referer", "https://my.app"),
    ];
    let assert_sent = |own: &[(&str, &str)]| {
        let heard = server.heard().pop().unwrap();
        let (head, body) = heard.split_once("\r\n\r\n").unwrap();
        let length = body.len().to_string();
        let mut expected: Vec<_> = common.iter().chain(own).chain(&[("content-length", length.as_str())]).copied().collect();
        let mut sent: Vec<_> = head.lines().skip(1).map(|line| line.split_once(": ").unwrap()).collect();
        expected.sort_unstable();
        sent.sort_unstable();
        assert_eq!(sent, expected);
        head.lines().next().unwrap().to_owned()
    };

    _ = client.chat().create(&hello()).await;
    assert_sent(&[("authorization", "Bearer lr_live_1"), ("accept", "application/json")]);
    _ = client.chat().stream(&hello()).await;
    assert_sent(&[("authorization", "Bearer lr_live_1"), ("accept", "text/event-stream")]);
    _ = client.messages().create(&hello_claude()).await;
    assert_sent(&[("x-api-key", "lr_live_1"), ("accept", "application/json"), ("anthropic-version", "2023-06-01")]);
    _ = client.gemini().generate_content("m", &GenerateContentRequest::new([Content::user("Hello!")])).await;
    let line = assert_sent(&[("accept", "application/json")]);
    assert_eq!(line, "POST /v1beta/models/m:generateContent?key=lr_live_1 HTTP/1.1");
    _ = client.request(Method::POST, ["x"]).body("text/plain", "").send().await;
    assert_eq!((last(&server, "content-type"), last(&server, "content-length")), (vec!["text/plain".to_owned()], vec!["0".to_owned()]));
    // That there is no body is told where one is expected.
    for (method, length) in [(Method::POST, "0"), (Method::PUT, "0"), (Method::PATCH, "0"), (Method::GET, ""), (Method::DELETE, "")] {
        _ = client.request(method.clone(), ["x"]).send().await;
        assert_eq!(last(&server, "content-length").concat(), length, "{method}");
    }
}

#[tokio::test]
async fn no_way_of_setting_headers_sets_one_of_the_clients_own() {
    let server = echo().await;
    let client = builder(&server).build().unwrap();
    for name in RESERVED {
        let spellings = [name.to_owned(), name.to_uppercase(), title_case(name), alternating_case(name)];
        for spelling in spellings {
            let default = one(&spelling, "sentinel");
            let mut hidden = default.clone();
            hidden.values_mut().for_each(|value| value.set_sensitive(true));
            let refused = [
                builder(&server).header(&spelling, "sentinel").build().map(drop),
                client.with_header(&spelling, "sentinel").map(drop),
                client.request(Method::GET, ["x"]).header(&spelling, "sentinel").send().await.map(drop),
                builder(&server).http_client(|http| http.default_headers(default)).build().map(drop),
                builder(&server).http_client(|http| http.default_headers(hidden).user_agent("x")).build().map(drop),
            ];
            for (way, refused) in refused.into_iter().enumerate() {
                let error = refused.expect_err(&format!("{spelling} by way {way}"));
                assert!(matches!(error, Error::Config { .. }) && error.to_string().contains(name), "{spelling} by way {way}: {error}");
                assert!(!everything_said(&error).contains("sentinel"), "{spelling} by way {way}: {error:?}");
            }
        }
    }
    assert_eq!(server.connections(), 0);

    for (name, value) in [("", "x"), ("bad name", "x"), ("x:", "x"), ("x-\u{e9}", "x"), ("x-team", "a\nb"), ("x-team", "a\0b")] {
        assert!(client.with_header(name, value).is_err() && builder(&server).header(name, value).build().is_err(), "{name:?}: {value:?}");
    }
}

#[tokio::test]
async fn a_default_header_that_only_speaks_of_keys_is_none() {
    let server = echo().await;
    let note = one("x-note", r#"{"authorization": "none", "host": "none"}"#);
    // The name of a host, too, that is to be found at an address.
    let builder = builder(&server).http_client(|http| http.default_headers(note).resolve("host", ([127, 0, 0, 1], 1).into()));
    builder.build().unwrap().chat().create(&hello()).await.unwrap_err();
    assert_eq!((last(&server, "authorization"), last(&server, "host").len()), (vec!["Bearer lr_live_1".to_owned()], 1));
}

/// A server that answers everything with an empty object.
async fn echo() -> RawServer {
    RawServer::start(|_| vec![Act::Send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}".to_vec())])
        .await
}

fn builder(server: &RawServer) -> ClientBuilder {
    Client::builder().base_url(server.url()).api_key("lr_live_1").no_proxy()
}

fn one(name: &str, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())])
}

/// The values of all lines of a name in the last request, in whatever case.
fn last(server: &RawServer, name: &str) -> Vec<String> {
    let heard = server.heard().pop().unwrap();
    let lines = heard.split("\r\n").skip(1).take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(": "));
    lines.filter(|(named, _)| named.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).collect()
}

fn title_case(name: &str) -> String {
    name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect::<Vec<_>>().join("-")
}

fn alternating_case(name: &str) -> String {
    let letter = |(at, letter): (usize, char)| if at % 2 == 0 { letter } else { letter.to_ascii_uppercase() };
    name.chars().enumerate().map(letter).collect()
}
