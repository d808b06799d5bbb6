//! Every call can be joined, raced, spawned and kept: its future owns what it needs.

use std::time::Duration;

use arouter::embeddings::{BatchOptions, EmbeddingsRequest, EncodingFormat};
use arouter::gemini::{self, BatchEmbedContentsRequest, CountTokensRequest, EmbedContentRequest};
use arouter::keys::{CreateKeyRequest, ListKeysQuery, UpdateKeyRequest};
use arouter::messages::{BatchRequest, PageQuery};
use arouter::testing::{Gateway, Reply};
use arouter::{Client, Method, Result};
use futures::StreamExt as _;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::gemini::{MODEL, prompt};
use crate::support::{gateway, hello, hello_claude};

/// Makes a call in each of the ways; what it is made of is gone by the time that its future runs.
async fn owns_what_it_needs<T, E, F>(call: impl Fn() -> F)
where
    T: Send + 'static,
    E: Send + 'static,
    F: Future<Output = Result<T, E>> + Send + 'static,
{
    let (one, other) = tokio::join!(call(), call());
    assert!(one.is_ok() && other.is_ok());
    assert!(join_all([call(), call(), call()]).await.iter().all(Result::is_ok));
    let first = tokio::select! {
        first = call() => first,
        second = call() => second,
    };
    assert!(first.is_ok());
    assert!(tokio::spawn(call()).await.unwrap().is_ok());
    let kept = call();
    drop(call);
    assert!(kept.await.is_ok());
}

#[tokio::test]
async fn chat() {
    let gateway = gateway().await;
    let client = || gateway.client();
    owns_what_it_needs(|| client().chat().create(&hello())).await;
    owns_what_it_needs(|| client().chat().stream(&hello())).await;

    let stream = tokio::spawn(client().chat().stream(&hello())).await.unwrap().unwrap();
    assert_eq!(tokio::spawn(stream.into_text().count()).await.unwrap(), 3);
    let (one, other) = tokio::join!(client().chat().stream(&hello()), client().chat().stream(&hello()));
    let (one, other) = tokio::join!(one.unwrap().into_response(), other.unwrap().into_response());
    assert_eq!(one.unwrap().text(), other.unwrap().text());
}

#[tokio::test]
async fn embeddings() {
    let gateway = gateway().await;
    let request = || EmbeddingsRequest::new("m", "a");
    owns_what_it_needs(|| gateway.client().embeddings().create(&request())).await;
    owns_what_it_needs(|| gateway.client().embeddings().create(&request().encoding_format(EncodingFormat::Base64))).await;
    owns_what_it_needs(|| gateway.client().embeddings().create_all(&request(), &BatchOptions::new())).await;
}

#[tokio::test]
async fn messages() {
    let gateway = gateway().await;
    let messages = || gateway.client().messages();
    owns_what_it_needs(|| messages().create(&hello_claude())).await;
    owns_what_it_needs(|| messages().stream(&hello_claude())).await;
    owns_what_it_needs(|| messages().count_tokens(&hello_claude())).await;
    let stream = tokio::spawn(messages().stream(&hello_claude())).await.unwrap().unwrap();
    assert_eq!(tokio::spawn(stream.into_text().count()).await.unwrap(), 3);

    let batch = json!({"id": "b1", "processing_status": "ended"});
    let page = Reply::ok(&json!({"data": [batch], "has_more": false}));
    gateway.always("/anthropic/v1/models", Reply::ok(&json!({"data": []})));
    gateway.always("POST /v1/messages/batches", Reply::ok(&batch));
    gateway.always("GET /v1/messages/batches", page);
    gateway.always("/v1/messages/batches/b1", Reply::ok(&batch));
    gateway.always("/v1/messages/batches/b1/cancel", Reply::ok(&batch));
    gateway.always("/v1/messages/batches/b1/results", Reply::status(200));
    owns_what_it_needs(|| messages().list_models(&PageQuery::new())).await;
    owns_what_it_needs(|| messages().batches().create(&[BatchRequest::new("a", hello_claude())])).await;
    owns_what_it_needs(|| messages().batches().get("b1")).await;
    owns_what_it_needs(|| messages().batches().list(&PageQuery::new())).await;
    owns_what_it_needs(|| messages().batches().cancel("b1")).await;
    owns_what_it_needs(|| messages().batches().delete("b1")).await;
    owns_what_it_needs(|| messages().batches().results("b1")).await;
    assert_eq!(tokio::spawn(messages().batches().list_all().count()).await.unwrap(), 1);
}

#[tokio::test]
async fn gemini() {
    let gateway = gateway().await;
    let gemini = || gateway.client().gemini();
    owns_what_it_needs(|| gemini().generate_content(MODEL, &prompt())).await;
    owns_what_it_needs(|| gemini().stream_generate_content(MODEL, &prompt())).await;
    owns_what_it_needs(|| gemini().count_tokens(MODEL, &CountTokensRequest::from(prompt()))).await;
    owns_what_it_needs(|| gemini().embed_content(MODEL, &EmbedContentRequest::new("Hello!"))).await;
    let batch = || BatchEmbedContentsRequest::new([EmbedContentRequest::new("Hello!")]);
    owns_what_it_needs(|| gemini().batch_embed_contents(MODEL, &batch())).await;
    owns_what_it_needs(|| gemini().list_models(&gemini::ListModelsQuery::new())).await;

    let stream = tokio::spawn(gemini().stream_generate_content(MODEL, &prompt())).await.unwrap().unwrap();
    assert_eq!(tokio::spawn(stream.into_text().count()).await.unwrap(), 3);
    assert_eq!(tokio::spawn(gemini().list_all_models().count()).await.unwrap(), 3);
}

#[tokio::test]
async fn models() {
    let gateway = gateway().await;
    let models = || gateway.client().models();
    owns_what_it_needs(|| models().list()).await;
    owns_what_it_needs(|| models().list_with(&arouter::models::ListModelsQuery::new())).await;
    owns_what_it_needs(|| models().get("openai/gpt-5.4")).await;
    owns_what_it_needs(|| models().endpoints("openai/gpt-5.4")).await;
    owns_what_it_needs(|| models().providers()).await;
}

#[tokio::test]
async fn keys() {
    let gateway = gateway().await;
    let keys = || gateway.client().keys();
    let hash = keys().create(&CreateKeyRequest::new("a")).await.unwrap().data.hash.clone();
    gateway.always(format!("DELETE /api/v1/keys/{hash}"), Reply::status(204));
    owns_what_it_needs(|| keys().create(&CreateKeyRequest::new("b"))).await;
    owns_what_it_needs(|| keys().list(&ListKeysQuery::new())).await;
    owns_what_it_needs(|| keys().get(&hash)).await;
    owns_what_it_needs(|| keys().update(&hash, &UpdateKeyRequest::new().limit(1.0))).await;
    owns_what_it_needs(|| keys().delete(&hash)).await;
    owns_what_it_needs(|| keys().current()).await;
    assert!(tokio::spawn(keys().list_all().count()).await.unwrap() > 2);
    let rotation = keys().rotate(&hash).grace(Duration::ZERO);
    assert!(tokio::spawn(rotation.dry_run()).await.unwrap().is_ok());
    assert!(tokio::spawn(rotation.run(|_| async { Ok::<_, arouter::Error>(()) })).await.unwrap().is_ok());
}

#[tokio::test]
async fn raw_calls() {
    let gateway = gateway().await;
    let raw = |body: &Value| gateway.client().request(Method::POST, ["v1", "chat", "completions"]).json(body);
    let (whole, streamed) = (serde_json::to_value(hello()).unwrap(), streamed());
    owns_what_it_needs(|| raw(&whole).send()).await;
    owns_what_it_needs(|| raw(&whole).send_as::<Value>()).await;
    owns_what_it_needs(|| raw(&whole).bytes()).await;
    owns_what_it_needs(|| raw(&streamed).events()).await;
    let events: Vec<_> = raw(&streamed).events().await.unwrap().collect().await;
    assert_eq!(events.last().unwrap().as_ref().unwrap().data, "[DONE]");
    assert_eq!(raw(&whole).send().await.unwrap()["choices"][0]["finish_reason"], "stop");
}

#[test]
fn public_types_cross_threads() {
    fn is_shared<T: Send + Sync + 'static>() {}
    fn is_sent<T: Send + Unpin + 'static>() {}
    is_shared::<Client>();
    is_shared::<arouter::Error>();
    is_shared::<arouter::Response<arouter::chat::ChatResponse>>();
    is_shared::<arouter::Response<arouter::messages::MessagesResponse>>();
    is_shared::<arouter::RawRequest>();
    is_shared::<arouter::keys::CreatedKey>();
    is_shared::<arouter::keys::Rotation>();
    is_shared::<arouter::keys::RotationError>();
    is_shared::<Gateway>();
    is_sent::<arouter::chat::ChatStream>();
    is_sent::<arouter::chat::ChatTextStream>();
    is_sent::<arouter::messages::MessagesStream>();
    is_sent::<arouter::messages::MessagesTextStream>();
    is_sent::<arouter::messages::BatchResults>();
    is_sent::<arouter::Pages<arouter::messages::ModelInfo>>();
    is_sent::<arouter::Pages<arouter::keys::Key>>();
    is_sent::<gemini::GeminiStream>();
    is_sent::<gemini::GeminiTextStream>();
    is_sent::<arouter::RawEvents>();
}

fn streamed() -> Value {
    let mut body = serde_json::to_value(hello()).unwrap();
    body["stream"] = true.into();
    body
}
