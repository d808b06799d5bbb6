//! HTTP/2, where it is asked for: what one connection for all calls must not do.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arouter::{Client, Error, Method};
use bytes::Bytes;
use futures::StreamExt as _;
use h2::RecvStream;
use h2::server::SendResponse;
use http::{Request, Response};
use rcgen::SanType;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::support::http2_server::{Frame, Http2Server};
use crate::support::raw_server::read_request;
use crate::support::tls::{self, issuer};
use crate::support::{chunk, hello};

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
async fn a_dropped_stream_is_reset_and_its_connection_lives_on() {
    let (first, asked) = (format!("data: {}\n\n", chunk("Hel")), AtomicUsize::new(0));
    let server = Http2Server::start(move || {
        let head = Frame::Head(200, vec![("content-type", "text/event-stream".to_owned())]);
        let is_first = asked.fetch_add(1, Ordering::SeqCst) == 0;
        let rest = if is_first { vec![] } else { vec![Frame::Data(b"data: [DONE]\n\n".to_vec()), Frame::End] };
        [head, Frame::Data(first.clone().into())].into_iter().chain(rest).collect()
    })
    .await;
    let client = client(server.url());
    let mut stream = client.chat().stream(&hello()).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().text(), "Hel");
    drop(stream);
    assert!(server.is_reset(1).await, "the stream is held");
    assert_eq!(client.chat().stream(&hello()).await.unwrap().into_response().await.unwrap().text(), "Hel");
    assert_eq!((server.requests(), server.connections()), (2, 1));
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

#[tokio::test]
async fn http2_is_offered_only_if_it_is_asked_for() {
    let authority = issuer("an authority");
    let server = tls::server(&authority, SanType::IpAddress(Ipv4Addr::LOCALHOST.into()), 2000..=2999);
    let acceptor = TlsAcceptor::from(tls::speaking(&["h2", "http/1.1"], &server));
    let root = reqwest::Certificate::from_der(authority.der()).unwrap();
    for (asked, expected) in [(None, "http/1.1"), (Some(false), "http/1.1"), (Some(true), "h2")] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("https://{}", listener.local_addr().unwrap());
        let builder = Client::builder().api_key("lr_live_1").base_url(base_url).no_proxy().no_retry();
        let builder = if let Some(asked) = asked { builder.http2(asked) } else { builder };
        let root = root.clone();
        let client = builder.http_client(|http| http.tls_certs_merge([root])).build().unwrap();
        let acceptor = acceptor.clone();
        let (negotiating, negotiated) = oneshot::channel();
        let peer = tokio::spawn(async move {
            let mut stream = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
            let protocol = stream.get_ref().1.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
            let is_http2 = protocol.as_deref() == Some("h2");
            negotiating.send(protocol).unwrap();
            if is_http2 {
                return serve(stream).await;
            }
            read_request(&mut stream).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nshort").await.unwrap();
        });
        let answer = client.request(Method::GET, ["short"]).bytes().await;
        assert_eq!((negotiated.await.unwrap().as_deref(), answer.unwrap().as_ref()), (Some(expected), &b"short"[..]), "{asked:?}");
        peer.abort();
    }
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

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut connection = h2::server::handshake(stream).await.unwrap();
    while let Some(Ok((request, respond))) = connection.accept().await {
        tokio::spawn(answer(request, respond));
    }
}

async fn answer(request: Request<RecvStream>, mut respond: SendResponse<Bytes>) {
    assert!(request.uri().authority().is_some() && request.headers().get("host").is_none(), "{request:?}");
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
