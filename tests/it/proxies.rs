//! Proxies, named by the environment or by the program: they are used, they see no key, and their own credentials are not told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use arouter::error::ConnectKind;
use arouter::testing::Gateway;
use arouter::{Client, ClientBuilder, Error, RetryPolicy};
use rcgen::SanType;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::support::full_queue::bound;
use crate::support::raw_server::{Act, RawServer, read_request};
use crate::support::{alone, everything_said, gateway, hello, is_alone, passed, tls};

const KEY: &str = "lr_live_SENTINEL/of+the=key";
const CREDENTIALS: &str = "user:SENTINEL-of-the-proxy";
/// `CREDENTIALS` as a proxy is told them.
const BASIC: &str = "Basic dXNlcjpTRU5USU5FTC1vZi10aGUtcHJveHk=";
const ANSWER: &str = r#"{"choices":[{"message":{"content":"through the proxy"},"finish_reason":"stop"}]}"#;
const HOST: &str = "gateway.invalid";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_environment_names_proxies_and_the_builder_goes_past_them() {
    let proxy = answering(&format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{ANSWER}", ANSWER.len())).await;
    let gateway = gateway().await;
    let (through, here) = (url_of(proxy.address), gateway.base_url());
    let (far, direct) = (format!("http://{HOST}"), "You said: \\\"Hello!\\\"");

    let said = child(&[("HTTP_PROXY", &through), ("BASE", &far)]).await;
    assert!(said.contains("through the proxy"), "{said}");
    let heard = proxy.heard().pop().unwrap();
    assert!(heard.starts_with("POST http://gateway.invalid/v1/chat/completions HTTP/1.1\r\n"), "{heard}");
    assert_eq!(heard.lines().filter(|line| line.to_lowercase().starts_with("proxy-authorization: ")).count(), 1);
    assert!(heard.contains(BASIC), "{heard}");
    let said = child(&[("http_proxy", &through), ("BASE", &far)]).await;
    assert!(said.contains("through the proxy"), "{said}");

    // Each of these goes straight to the gateway.
    let heard = proxy.requests();
    for rest in [
        &[("NO_PROXY", "elsewhere.example,127.0.0.1")][..],
        &[("NO_PROXY", "127.0.0.0/8")],
        &[("no_proxy", "127.0.0.1")],
        &[("GO_PAST", "1")],
    ] {
        let said = child(&[&[("HTTP_PROXY", through.as_str()), ("ALL_PROXY", &through), ("BASE", here)], rest].concat()).await;
        assert!(said.contains(direct), "{rest:?}: {said}");
    }
    assert_eq!((proxy.requests(), gateway.requests().len()), (heard, 4));

    // Another host's exception is none.
    let said = child(&[("HTTP_PROXY", &through), ("NO_PROXY", "elsewhere.example"), ("BASE", here)]).await;
    assert!(said.contains("through the proxy"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_of_the_environment_that_refuses_is_told_without_a_secret() {
    let base = format!("https://{HOST}");
    for status in ["407 Proxy Authentication Required", "502 Bad Gateway", "302 Found\r\nlocation: http://elsewhere.example/SENTINEL"] {
        let proxy =
            answering(&format!("HTTP/1.1 {status}\r\nproxy-authenticate: Basic realm=\"SENTINEL\"\r\ncontent-length: 0\r\n\r\n")).await;
        let said = child(&[("HTTPS_PROXY", &url_of(proxy.address)), ("BASE", &base)]).await;
        assert!(said.contains("the proxy failed (3 attempts,") && !said.contains("SENTINEL"), "{status}: {said}");
        let heard = proxy.heard();
        assert_eq!(heard.len(), 3, "{status}: {heard:?}");
        for connect in heard {
            assert!(connect.starts_with("CONNECT gateway.invalid:443 HTTP/1.1\r\n"), "{connect}");
            assert!(
                connect.contains(BASIC) && !connect.contains("lr_live") && !connect.to_lowercase().contains("\r\nauthorization"),
                "{connect}"
            );
        }
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_told_without_a_secret() {
    let port = bound();
    let proxy = url_of(port.local_addr().unwrap());
    // Without a tunnel, the proxy is the peer.
    for (scheme, expected) in [("http", ConnectKind::Tcp), ("https", ConnectKind::Proxy)] {
        let error = by_proxy(&proxy).base_url(format!("{scheme}://{HOST}")).build().unwrap().chat().create(&hello()).await.unwrap_err();
        assert!(matches!(error, Error::Connect { kind, .. } if kind == expected), "{error:?}");
        assert_eq!((error.attempts(), error.outcome_unknown()), (3, false));
        assert!(!everything_said(&error).contains("SENTINEL"), "{error:?}");
    }
}

#[tokio::test]
async fn tls_goes_through_a_proxy_that_learns_nothing() {
    let authority = tls::issuer("an authority");
    let server = TlsAcceptor::from(tls::server(&authority, SanType::DnsName(HOST.try_into().unwrap()), 2000..=2999));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = server.accept(stream).await.unwrap();
            let request = read_request(&mut stream).await.unwrap();
            assert!(request.contains(KEY));
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{ANSWER}", ANSWER.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
            _ = stream.shutdown().await;
        }
    });
    let proxy = Tunnel::to(target).await;

    let root = reqwest::Certificate::from_der(authority.der()).unwrap();
    let through = reqwest::Proxy::all(format!("http://{}", proxy.address)).unwrap().basic_auth("user", "SENTINEL-of-the-proxy");
    let builder = Client::builder().api_key(KEY).base_url(format!("https://{HOST}"));
    let client = builder.http_client(move |http| http.proxy(through).tls_certs_merge([root])).build().unwrap();
    assert_eq!(client.chat().create(&hello()).await.unwrap().text(), "through the proxy");

    let carried = proxy.carried.lock().unwrap().clone();
    let head = String::from_utf8_lossy(&carried);
    assert!(head.starts_with(&format!("CONNECT {HOST}:443 HTTP/1.1\r\n")) && head.contains(BASIC), "{head}");
    for secret in [KEY, "SENTINEL/of", "Bearer", "openai/gpt-5.4", "Hello!"] {
        assert!(memchr::memmem::find(&carried, secret.as_bytes()).is_none(), "{secret} went through in the clear");
    }
    serving.abort();
}

/// A proxy that makes a tunnel to one place, and keeps what it carries there.
struct Tunnel {
    address: SocketAddr,
    carried: Arc<Mutex<Vec<u8>>>,
}

impl Tunnel {
    async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, carried) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<u8>>>::default());
        let log = carried.clone();
        tokio::spawn(async move {
            let (mut client, _) = listener.accept().await.unwrap();
            let connect = read_request(&mut client).await.unwrap();
            log.lock().unwrap().extend_from_slice(connect.as_bytes());
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
            let (mut reading, mut writing) = client.split();
            let mut server = TcpStream::connect(target).await.unwrap();
            let (mut answers, mut requests) = server.split();
            let there = async {
                let mut piece = [0; 4096];
                while let Ok(count @ 1..) = reading.read(&mut piece).await {
                    log.lock().unwrap().extend_from_slice(&piece[..count]);
                    requests.write_all(&piece[..count]).await.unwrap();
                }
            };
            tokio::select! {
                () = there => {}
                _ = tokio::io::copy(&mut answers, &mut writing) => {}
            }
        });
        Self { address, carried }
    }
}

async fn answering(bytes: &str) -> RawServer {
    let bytes = bytes.as_bytes().to_vec();
    RawServer::start(move |_| vec![Act::Send(bytes.clone()), Act::Close]).await
}

fn url_of(proxy: SocketAddr) -> String {
    format!("http://{CREDENTIALS}@{proxy}")
}

fn builder() -> ClientBuilder {
    let retry = RetryPolicy::default().base_delay(std::time::Duration::from_millis(1));
    Client::builder().api_key(KEY).allow_insecure_http(true).retry(retry)
}

fn by_proxy(url: &str) -> ClientBuilder {
    let proxy = reqwest::Proxy::all(url).unwrap();
    builder().http_client(move |http| http.proxy(proxy))
}

/// What a client says in a process with this environment.
async fn child(variables: &[(&str, &str)]) -> String {
    let variables: Vec<_> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let run = move || {
        let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        passed(&alone("proxies::in_an_environment_of_its_own", &variables))
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

#[tokio::test]
#[allow(clippy::print_stdout, reason = "the parent reads it")]
async fn in_an_environment_of_its_own() {
    if !is_alone() {
        return;
    }
    let client = builder().base_url(std::env::var("BASE").unwrap());
    let client = if std::env::var_os("GO_PAST").is_some() { client.no_proxy() } else { client };
    // The gateway of the parent has a key of its own.
    let client = if std::env::var("BASE").unwrap().contains("127.0.0.1") {
        client.api_key(Gateway::start().await.unwrap().api_key())
    } else {
        client
    };
    let client = client.build().unwrap();
    match client.chat().create(&hello()).await {
        Ok(reply) => println!("{:?} {client:?}", reply.text()),
        Err(error) => println!("{} {client:?}", everything_said(&error)),
    }
}
