//! HTTP/2, where it is asked for: what one connection for all calls must not do.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use arouter::{Client, Error, Method};
use bytes::Bytes;
use futures::StreamExt as _;
use h2::RecvStream;
use h2::server::SendResponse;
use http::{Request, Response};
use rcgen::SanType;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::support::http2_server::{Frame, Http2Server};
use crate::support::{chunk, hello, tls};

#[tokio::test]
async fn streams_that_nobody_reads_starve_no_other_call() {
    let (base_url, _server) = endless_events().await;
    let client = client(base_url);
    let mut unread = Vec::new();
    let beside_them = async {
        for _ in 0..16 {
            let mut events = client.request(Method::POST, ["events"]).events().await.unwrap();
            events.next().await.unwrap().unwrap();
            unread.push(events);
        }
        client.request(Method::GET, ["short"]).bytes().await
    };
    let answered = tokio::time::timeout(Duration::from_secs(20), beside_them).await;
    assert_eq!(answered.expect("an answer beside unread streams").unwrap().as_ref(), b"short");

    // They are as they were left.
    assert!(unread[0].next().await.unwrap().is_ok());
    drop(unread);
    assert!(client.request(Method::GET, ["short"]).bytes().await.is_ok());
}

#[tokio::test]
async fn it_is_offered_only_where_it_is_asked_for() {
    let authority = tls::issuer("an authority");
    let mut config = tls::server(&authority, SanType::IpAddress(Ipv4Addr::LOCALHOST.into()), 2999);
    Arc::make_mut(&mut config).alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let server = TlsAcceptor::from(config);
    for is_asked_for in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("https://{}", listener.local_addr().unwrap());
        let root = reqwest::Certificate::from_der(authority.der()).unwrap();
        let builder = Client::builder().api_key("lr_live_1").base_url(base_url).no_proxy().no_retry().http2(is_asked_for);
        let client = builder.http_client(move |http| http.tls_certs_merge([root])).build().unwrap();
        let accepted = async {
            let stream = server.accept(listener.accept().await.unwrap().0).await.unwrap();
            stream.get_ref().1.alpn_protocol() == Some(b"h2")
        };
        let (is_spoken, _) = tokio::join!(accepted, client.request(Method::GET, ["x"]).bytes());
        assert_eq!(is_spoken, is_asked_for);
    }
}

#[tokio::test]
#[ignore = "takes 30 s, which are the client's own"]
async fn a_connection_that_answers_no_ping_is_given_up() {
    let first = format!("data: {}\n\n", chunk("Hel"));
    let server = Http2Server::start(move || {
        let head = Frame::Head(200, vec![("content-type", "text/event-stream".to_owned())]);
        vec![head, Frame::Data(first.clone().into()), Frame::Deaf]
    })
    .await;
    let client = client(server.url());
    let stream = client.chat().stream(&hello()).await.unwrap();
    let (partial, ended) =
        tokio::time::timeout(Duration::from_secs(60), stream.into_outcome()).await.expect("an end before the idle timeout");
    let error = ended.unwrap_err();
    assert!(matches!(error, Error::Transport { .. }) && partial.text() == "Hel", "{error:?}");
}

fn client(base_url: String) -> Client {
    let builder = Client::builder().api_key("lr_live_1").base_url(base_url).no_proxy().no_retry();
    builder.http2(true).http_client(reqwest::ClientBuilder::http2_prior_knowledge).build().unwrap()
}

/// A server that answers `/events` with as many as the windows take, for ever, and anything else in a word.
async fn endless_events() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    (base_url, server)
}

async fn serve(stream: TcpStream) {
    let mut connection = h2::server::handshake(stream).await.unwrap();
    while let Some(Ok((request, respond))) = connection.accept().await {
        tokio::spawn(answer(request, respond));
    }
}

async fn answer(request: Request<RecvStream>, mut respond: SendResponse<Bytes>) {
    let is_short = request.uri().path() == "/short";
    let head = Response::builder().header("content-type", "text/event-stream").body(()).unwrap();
    let mut body = respond.send_response(head, false).unwrap();
    if is_short {
        body.send_data(Bytes::from_static(b"short"), true).unwrap();
        return;
    }
    let event = Bytes::from(format!("data: {}\n\n", "x".repeat(10_000)));
    loop {
        let mut piece = event.clone();
        while !piece.is_empty() {
            body.reserve_capacity(piece.len());
            let Some(Ok(room)) = std::future::poll_fn(|context| body.poll_capacity(context)).await else { return };
            if body.send_data(piece.split_to(room.min(piece.len())), false).is_err() {
                return;
            }
        }
    }
}
