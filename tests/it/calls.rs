//! Every call can be joined, raced, spawned and kept: its future owns what it needs.

use arouter::testing::Gateway;
use arouter::{Client, Method};
use futures::StreamExt as _;
use futures::future::join_all;
use serde_json::Value;

use crate::support::{gateway, hello};

#[tokio::test]
async fn whole_answers() {
    let gateway = gateway().await;
    let client = gateway.client();
    let (one, other) = tokio::join!(client.chat().create(&hello()), client.chat().create(&hello()));
    assert_eq!(one.unwrap().text(), other.unwrap().text());

    let requests = [hello(), hello(), hello()];
    assert!(join_all(requests.iter().map(|request| client.chat().create(request))).await.iter().all(Result::is_ok));

    let first = tokio::select! {
        first = client.chat().create(&hello()) => first,
        second = client.chat().create(&hello()) => second,
    };
    assert!(first.is_ok());

    assert!(tokio::spawn(client.chat().create(&hello())).await.unwrap().is_ok());

    let kept = client.chat().create(&hello());
    drop(client);
    assert!(kept.await.is_ok());
}

#[tokio::test]
async fn streams() {
    let gateway = gateway().await;
    let client = gateway.client();
    let (one, other) = tokio::join!(client.chat().stream(&hello()), client.chat().stream(&hello()));
    let (one, other) = tokio::join!(one.unwrap().into_response(), other.unwrap().into_response());
    assert_eq!(one.unwrap().text(), other.unwrap().text());

    let requests = [hello(), hello()];
    assert!(join_all(requests.iter().map(|request| client.chat().stream(request))).await.iter().all(Result::is_ok));

    let first = tokio::select! {
        first = client.chat().stream(&hello()) => first,
        second = client.chat().stream(&hello()) => second,
    };
    assert!(first.is_ok());

    let stream = tokio::spawn(client.chat().stream(&hello())).await.unwrap().unwrap();
    assert_eq!(tokio::spawn(stream.into_text().count()).await.unwrap(), 3);

    let kept = client.chat().stream(&hello());
    drop(client);
    assert!(kept.await.is_ok());
}

#[tokio::test]
async fn raw_calls() {
    let gateway = gateway().await;
    let client = gateway.client();
    let body = hello();
    let raw = || client.request(Method::POST, ["v1", "chat", "completions"]).json(&body);
    let (value, bytes, events) = tokio::join!(raw().send(), raw().bytes(), raw().json(&streamed()).events());
    assert_eq!(value.unwrap()["choices"][0]["finish_reason"], "stop");
    assert!(bytes.unwrap().starts_with(b"{"));
    let events: Vec<_> = events.unwrap().collect().await;
    assert_eq!(events.last().unwrap().as_ref().unwrap().data, "[DONE]");

    assert!(join_all([raw().send(), raw().send()]).await.iter().all(Result::is_ok));
    let first = tokio::select! {
        first = raw().bytes() => first,
        second = raw().bytes() => second,
    };
    assert!(first.is_ok());
    assert!(tokio::spawn(raw().send()).await.unwrap().is_ok());
    let kept = raw().send();
    assert!(kept.await.is_ok());
}

#[test]
fn public_types_cross_threads() {
    fn is_shared<T: Send + Sync + 'static>() {}
    fn is_sent<T: Send + Unpin + 'static>() {}
    is_shared::<Client>();
    is_shared::<arouter::Error>();
    is_shared::<arouter::Response<arouter::chat::ChatResponse>>();
    is_shared::<arouter::RawRequest>();
    is_shared::<Gateway>();
    is_sent::<arouter::chat::ChatStream>();
    is_sent::<arouter::chat::ChatTextStream>();
    is_sent::<arouter::RawEvents>();
}

fn streamed() -> Value {
    let mut body = serde_json::to_value(hello()).unwrap();
    body["stream"] = true.into();
    body
}
