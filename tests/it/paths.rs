//! Names and hashes in paths, byte for byte in the request line: none changes where a call goes.

use arouter::gemini::{Content, GenerateContentRequest};
use arouter::{Client, Error};

use crate::support::print_line;
use crate::support::raw_server::{Act, RawServer};

/// What a caller gives, and what stands for it in the path.
const SENT: [(&str, &str); 44] = [
    ("gemini-2.5-flash", "gemini-2.5-flash"),
    ("0123456789abcdef", "0123456789abcdef"),
    ("a b", "a%20b"),
    (" ", "%20"),
    ("a+b", "a+b"),
    ("a%b", "a%25b"),
    ("%", "%25"),
    ("%20", "%2520"),
    ("%2F", "%252F"),
    ("%252e%252e", "%25252e%25252e"),
    ("%2e%2e%2f", "%252e%252e%252f"),
    ("..%2f", "..%252f"),
    ("%00", "%2500"),
    ("%0d%0aHost: evil", "%250d%250aHost:%20evil"),
    ("a?b", "a%3Fb"),
    ("?key=x", "%3Fkey=x"),
    ("a#b", "a%23b"),
    ("#", "%23"),
    ("a\\b", "a%5Cb"),
    ("..\\..", "..%5C.."),
    ("\\\\host", "%5C%5Chost"),
    ("...", "..."),
    ("..a", "..a"),
    ("a..", "a.."),
    (".hidden", ".hidden"),
    ("~", "~"),
    ("a:b@c", "a:b@c"),
    ("http:", "http:"),
    ("user:pass@host", "user:pass@host"),
    ("!$&'()*+,;=:@-._~", "!$&'()*+,;=:@-._~"),
    ("\"<>", "%22%3C%3E"),
    ("[x]", "%5Bx%5D"),
    ("{hash}", "%7Bhash%7D"),
    ("a|b^c`d", "a%7Cb%5Ec%60d"),
    ("\u{e9}", "%C3%A9"),
    ("e\u{301}", "e%CC%81"),
    ("\u{6a21}\u{578b}", "%E6%A8%A1%E5%9E%8B"),
    ("\u{1f980}", "%F0%9F%A6%80"),
    ("\u{202e}gpj", "%E2%80%AEgpj"),
    ("\u{feff}x", "%EF%BB%BFx"),
    ("\u{ff0e}\u{ff0e}", "%EF%BC%8E%EF%BC%8E"),
    ("\u{2215}", "%E2%88%95"),
    ("\u{85}", "%C2%85"),
    ("\u{ad}", "%C2%AD"),
];

const REFUSED: [&str; 18] = [
    "",
    ".",
    "..",
    "%2e",
    "%2E",
    "%2e%2e",
    "%2E%2e",
    ".%2e",
    "%2e.",
    "\0",
    "\n",
    "\r\n",
    "\t",
    "a\tb",
    "a\r\nHost: evil",
    "\u{1b}[0m",
    "a\u{7f}",
    "..\n",
];

#[tokio::test]
async fn what_a_caller_names_is_one_segment_of_the_path() {
    let server = server().await;
    for prefix in ["", "/gateway/of%20ours"] {
        let client = client(&server, prefix);
        for (hash, segment) in SENT {
            _ = client.keys().delete(hash).await;
            assert_eq!(last_line(&server), format!("DELETE {prefix}/api/v1/keys/{segment} HTTP/1.1"), "{hash:?}");
            _ = generate(&client, hash).await;
            assert_eq!(last_line(&server), format!("POST {prefix}/v1beta/models/{segment}:generateContent HTTP/1.1"), "{hash:?}");
        }
    }
    let longest = "x".repeat(512);
    _ = client(&server, "").keys().delete(&longest).await;
    assert_eq!(last_line(&server), format!("DELETE /api/v1/keys/{longest} HTTP/1.1"));
    print_line(&format!("paths: {} names sent, {} refused", SENT.len(), REFUSED.len()));
}

#[tokio::test]
async fn a_solidus_parts_a_model_and_not_a_hash() {
    let server = server().await;
    let client = client(&server, "");
    for (name, of_key, of_model) in [
        ("a/b", "a%2Fb", "a/b"),
        ("google/gemini-2.5-flash", "google%2Fgemini-2.5-flash", "google/gemini-2.5-flash"),
        ("models/gemini", "models%2Fgemini", "gemini"),
        ("models/a/b c", "models%2Fa%2Fb%20c", "a/b%20c"),
        ("https://host", "https:%2F%2Fhost", ""),
        ("a/../b", "a%2F..%2Fb", ""),
        ("a/%2e%2e/b", "a%2F%252e%252e%2Fb", ""),
        ("../keys", "..%2Fkeys", ""),
        ("a/..", "a%2F..", ""),
        ("a/.", "a%2F.", ""),
        ("/a", "%2Fa", ""),
        ("a/", "a%2F", ""),
        ("a//b", "a%2F%2Fb", ""),
    ] {
        _ = client.keys().get(name).await;
        assert_eq!(last_line(&server), format!("GET /api/v1/keys/{of_key} HTTP/1.1"));
        let before = server.requests();
        let error = generate(&client, name).await.unwrap_err();
        let was_sent = server.requests() > before;
        assert_eq!((was_sent, matches!(error, Error::Config { .. })), (!of_model.is_empty(), of_model.is_empty()), "{name}: {error:?}");
        if was_sent {
            assert_eq!(last_line(&server), format!("POST /v1beta/models/{of_model}:generateContent HTTP/1.1"));
        }
    }
}

#[tokio::test]
async fn what_would_change_the_path_is_refused_and_nothing_is_sent() {
    let server = server().await;
    let client = client(&server, "");
    let too_long = "x".repeat(513);
    for name in REFUSED.into_iter().chain([too_long.as_str()]) {
        let errors = [
            client.keys().get(name).await.map(drop),
            client.keys().delete(name).await.map(drop),
            generate(&client, name).await,
            generate(&client, &format!("models/{name}")).await,
            generate(&client, &format!("google/{name}")).await,
            client.gemini().stream_generate_content(name, &request()).await.map(drop),
        ];
        for error in errors.map(Result::unwrap_err) {
            assert!(matches!(error, Error::Config { .. }), "{name:?}: {error:?}");
        }
    }
    assert_eq!(server.connections(), 0);
}

async fn server() -> RawServer {
    RawServer::start(|_| vec![Act::Send(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec())]).await
}

fn client(server: &RawServer, prefix: &str) -> Client {
    let builder = Client::builder().base_url(server.url() + prefix).api_key("lr_live_1").management_key("lr_mgmt_1");
    builder.no_proxy().build().unwrap()
}

fn request() -> GenerateContentRequest {
    GenerateContentRequest::new([Content::user("Hello!")])
}

async fn generate(client: &Client, model: &str) -> Result<(), Error> {
    client.gemini().generate_content(model, &request()).await.map(drop)
}

fn last_line(server: &RawServer) -> String {
    server.heard().pop().unwrap().lines().next().unwrap().to_owned()
}
