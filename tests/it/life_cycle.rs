//! What becomes of connections and tasks when calls, streams and runtimes end early, and where there is none of them to be had.

mod drops;

use std::time::Duration;

use arouter::embeddings::{BatchOptions, EmbeddingsRequest};
use arouter::error::ConnectKind;
use arouter::testing::{Gateway, Reply};
use arouter::{Client, Error, Method, RetryPolicy};
use futures::executor::block_on;
use futures::{FutureExt as _, StreamExt as _};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use crate::support::{CHAT, MESSAGES, chunk, finish, gateway, hello, hello_claude};

#[tokio::test]
async fn a_finished_stream_gives_its_connection_back() {
    let gateway = gateway().await;
    let client = gateway.client();
    let start = r#"{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],"usage":{}}}"#;
    let stop = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}"#;
    // The last piece of the body comes a little after the end mark.
    let late = |body: String| Reply::event_stream(body).interval(Duration::from_millis(30));
    for _ in 0..5 {
        gateway.script(CHAT, [late(format!("data: {}\n\ndata: {}\n\ndata: [DONE]\n\n: bye\n\n", chunk("a"), finish()))]);
        gateway.script(MESSAGES, [late(format!("data: {start}\n\ndata: {stop}\n\ndata: {{\"type\":\"message_stop\"}}\n\n: bye\n\n"))]);
        assert_eq!(client.chat().stream(&hello()).await.unwrap().into_response().await.unwrap().text(), "a");
        client.messages().stream(&hello_claude()).await.unwrap().into_response().await.unwrap();
    }
    assert_eq!((gateway.requests().len(), gateway.accepted_connections()), (10, 1));
}

#[test]
fn what_outlives_its_runtime_ends_with_an_error_and_the_client_goes_on() {
    let gateway = block_on(gateway());
    for was_waited_for in [false, true] {
        let client = gateway.client_builder().no_retry().build().unwrap();
        let before = runtime();
        let mut stream = before.block_on(begun_stream(&gateway, &client));
        if was_waited_for {
            assert!(before.block_on(async { stream.next().now_or_never() }).is_none());
        }
        gateway.script(CHAT, [Reply::ok(&json!({"choices": []})).stall_after(3)]);
        let (mut call, asked) = (Box::pin(client.chat().create(&hello())), gateway.requests().len());
        before.block_on(async {
            while gateway.requests().len() == asked {
                assert!((&mut call).now_or_never().is_none());
                tokio::task::yield_now().await;
            }
        });
        drop(before);

        let later = runtime();
        let patience = Duration::from_secs(20);
        let ended = later.block_on(async { tokio::time::timeout(patience, async { (stream.next().await, call.await) }).await });
        let (of_stream, of_call) = ended.expect("neither hangs");
        for error in [of_stream.unwrap().unwrap_err(), of_call.unwrap_err()] {
            assert!(matches!(error, Error::Transport { .. }), "{error:?}");
        }
        assert!(later.block_on(stream.next()).is_none());
        assert_eq!(later.block_on(client.chat().create(&hello())).unwrap().text(), "You said: \"Hello!\"");
    }
}

#[test]
fn outside_a_runtime_every_kind_of_call_says_so() {
    let gateway = block_on(gateway());
    let client = gateway.client();
    let inputs = EmbeddingsRequest::new("m", ["a"]);
    let raw = || client.request(Method::GET, ["x"]);
    let errors = [
        block_on(client.chat().stream(&hello())).map(drop),
        block_on(client.messages().create(&hello_claude())).map(drop),
        block_on(client.gemini().list_all_models().next()).unwrap().map(drop),
        block_on(client.keys().list_all().next()).unwrap().map(drop),
        block_on(client.embeddings().create_all(&inputs, &BatchOptions::new())).map(drop).map_err(|error| error.error),
        block_on(raw().send()).map(drop),
        block_on(raw().events()).map(drop),
    ];
    for error in errors.map(Result::unwrap_err) {
        assert!(matches!(error, Error::NoRuntime { .. }), "{error:?}");
    }
    let error = block_on(client.keys().rotate("h").run(async |_| Ok::<(), Error>(()))).unwrap_err();
    assert!(matches!(error.error(), Some(Error::NoRuntime { .. })), "{error:?}");
    assert_eq!(gateway.requests().len(), 0);
}

#[test]
fn a_stream_that_is_polled_outside_of_a_runtime_does_not_panic() {
    let gateway = block_on(gateway());
    let client = gateway.client();
    let hasty = gateway.client_builder().idle_timeout(Duration::from_millis(300)).build().unwrap();
    let own = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();

    // There is no clock to wait by, unless the first item had to be waited for.
    let mut stream = own.block_on(begun_stream(&gateway, &hasty));
    let error = block_on(stream.next()).unwrap().unwrap_err();
    assert!(matches!(error, Error::NoRuntime { .. } | Error::Timeout { .. }) && block_on(stream.next()).is_none(), "{error:?}");

    // There is one, since it was waited for inside; the runtime goes on elsewhere.
    let text = format!("data: {}\n\ndata: {}\n\n", chunk("first"), chunk("second")) + "data: [DONE]\n\n";
    gateway.script(CHAT, [Reply::event_stream(text).interval(Duration::from_millis(100))]);
    let mut stream = own.block_on(client.chat().stream(&hello())).unwrap();
    assert!(own.block_on(stream.next()).unwrap().is_ok());
    assert!(own.block_on(async { stream.next().now_or_never() }).is_none());
    assert_eq!(block_on(stream.next()).unwrap().unwrap().text(), "second");

    // There was one, and it has ended.
    let mut stream = own.block_on(begun_stream(&gateway, &client));
    assert!(own.block_on(async { stream.next().now_or_never() }).is_none());
    drop(own);
    let error = block_on(stream.next()).unwrap().unwrap_err();
    assert!(matches!(error, Error::Transport { .. }) && block_on(stream.next()).is_none(), "{error:?}");
}

#[cfg(unix)]
#[test]
fn a_program_without_a_free_descriptor_is_told_and_goes_on_once_there_is_one() {
    crate::support::passed(&crate::support::alone_within("ulimit -n 64", "life_cycle::without_a_free_descriptor"));
}

#[tokio::test]
async fn without_a_free_descriptor() {
    if !crate::support::is_alone() {
        return;
    }
    let gateway = gateway().await;
    let client = gateway.client_builder().retry(RetryPolicy::default().base_delay(Duration::from_millis(1))).build().unwrap();
    let all: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
    assert!(!all.is_empty() && all.len() < 64, "{} descriptors", all.len());
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert!(matches!(error, Error::Connect { kind: ConnectKind::Tcp, .. }), "{error:?}");
    assert_eq!((error.attempts(), error.outcome_unknown()), (3, false));
    drop(all);
    assert_eq!(client.chat().create(&hello()).await.unwrap().text(), "You said: \"Hello!\"");
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A stream whose first item has been taken, and whose second never comes.
async fn begun_stream(gateway: &Gateway, client: &Client) -> arouter::chat::ChatStream {
    let first = format!("data: {}\n\n", chunk("first"));
    let length = first.len();
    gateway.script(CHAT, [Reply::event_stream(first).stall_after(length)]);
    let mut stream = client.chat().stream(&hello()).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().text(), "first");
    stream
}
