//! What is sent again, counted at the server.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use arouter::error::TimeoutPhase;
use arouter::testing::{Gateway, Reply};
use arouter::{ApiKey, Client, Error, Method, RetryClass, RetryPolicy};
use serde_json::{Value, json};

use crate::support::full_queue::bound;
use crate::support::raw_server::{Act, RawServer};
use crate::support::{CHAT, chunk, gateway, hello};

/// Long enough for a busy machine, short enough to wait for.
const HEADER_TIMEOUT: Duration = Duration::from_millis(300);

const CLASSES: [RetryClass; 4] = [RetryClass::Safe, RetryClass::Idempotent, RetryClass::Generation, RetryClass::Create];

/// Requests that the server sees in each class, for every row of the table in `RetryPolicy`'s docs.
#[tokio::test]
async fn each_class_is_sent_as_often_as_the_table_says() {
    let should_retry = |status, answer| Reply::status(status).header("x-should-retry", answer);
    let coded = |status, code| Reply::status(status).json(&json!({"error": {"message": "no", "code": code}}));
    let rows: Vec<(&str, Reply, [usize; 4])> = vec![
        ("dies before the head", Reply::hang_up(), [3, 3, 2, 1]),
        ("dies in the body", Reply::ok(&json!({"a": 1})).cut_after(3), [3, 3, 1, 1]),
        ("resets in the body", Reply::ok(&json!({"a": 1})).reset_after(3), [3, 3, 1, 1]),
        ("no head in time", Reply::silence(), [3, 3, 1, 1]),
        ("redirect", Reply::status(307).header("location", "http://localhost:1/"), [1, 1, 1, 1]),
        ("undecodable", Reply::status(200).body("{"), [1, 1, 1, 1]),
        ("encoded", Reply::ok(&json!({})).header("content-encoding", "gzip"), [1, 1, 1, 1]),
        ("spent quota", coded(429, "quota_exceeded"), [1, 1, 1, 1]),
        ("spent quota by another name", coded(429, "insufficient_quota"), [1, 1, 1, 1]),
        ("no credits", coded(429, "insufficient_credits"), [1, 1, 1, 1]),
        ("x-should-retry: false", should_retry(503, "false"), [1, 1, 1, 1]),
        ("x-should-retry: true", should_retry(400, "true"), [3, 3, 3, 1]),
        ("x-should-retry: true with 429", should_retry(429, "true"), [3, 3, 3, 3]),
        ("x-should-retry: true with 402", should_retry(402, "true"), [1, 1, 1, 1]),
        ("retry-after that is too long", Reply::status(429).header("retry-after", "61"), [1, 1, 1, 1]),
    ];
    let statuses =
        [400, 401, 402, 403, 404, 405, 410, 413, 422, 501, 505, 507, 508, 510, 511, 525, 526].map(|status| (status, [1, 1, 1, 1]));
    let transient = [408, 425, 500, 502, 503, 520, 521, 522, 523, 529, 530].map(|status| (status, [3, 3, 3, 1]));
    let others = [(429, [3, 3, 3, 3]), (409, [3, 1, 3, 1]), (504, [3, 3, 1, 1]), (524, [3, 3, 1, 1])];
    let by_status =
        statuses.into_iter().chain(transient).chain(others).map(|(status, expected)| ("status", Reply::status(status), expected));

    let gateway = gateway().await;
    let client = hasty(&gateway).header_timeout(HEADER_TIMEOUT).management_header_timeout(HEADER_TIMEOUT).build().unwrap();
    for (row, reply, expected) in rows.into_iter().chain(by_status) {
        gateway.always("/row", reply.clone());
        let mut sent = [0; 4];
        for (class, sent) in CLASSES.into_iter().zip(&mut sent) {
            let before = gateway.requests().len();
            let error = post(&client, class).await.unwrap_err();
            *sent = gateway.requests().len() - before;
            assert_eq!(error.attempts() as usize, *sent, "{row} {class:?}: {error}");
        }
        assert_eq!(sent, expected, "{row}: {reply:?}");
    }
}

#[tokio::test]
async fn what_was_never_sent_is_tried_again_in_every_class() {
    // It doesn't listen, and keeps its port from others.
    let port = bound();
    let builder = Client::builder().api_key("lr_live_1").base_url(format!("http://{}", port.local_addr().unwrap())).no_proxy();
    let client = builder.retry(fast()).build().unwrap();
    for class in CLASSES {
        let error = post(&client, class).await.unwrap_err();
        assert!(matches!(error, Error::Connect { .. }) && error.is_connect() && error.is_retryable(), "{error:?}");
        assert_eq!((error.attempts(), error.outcome_unknown()), (3, false));
    }
}

#[tokio::test]
async fn a_port_that_listens_at_last_is_found_by_the_third_attempt() {
    for class in CLASSES {
        let port = bound();
        let address = port.local_addr().unwrap();
        let (asked, port, server) = (AtomicU32::new(0), Mutex::new(Some(port)), Arc::new(OnceLock::new()));
        let listening = server.clone();
        // Asked before each attempt.
        let key = move || {
            if asked.fetch_add(1, Ordering::SeqCst) == 2 {
                let listener = port.lock().unwrap().take().unwrap().listen(8).unwrap();
                let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                _ = listening.set(RawServer::on(listener, |_| vec![Act::Send(answer.into())]));
            }
            async { Ok(ApiKey::new("lr_live_1")?) }
        };
        let builder = Client::builder().key_provider(key).base_url(format!("http://{address}")).no_proxy().retry(fast());
        let answer = builder.build().unwrap().request(Method::POST, ["x"]).class(class).send().await.unwrap();
        let server = server.get().unwrap();
        assert_eq!((answer.meta().attempts(), server.connections(), server.requests()), (3, 1, 1), "{class:?}");
    }
}

#[tokio::test]
async fn an_error_tells_whether_the_gateway_may_have_acted() {
    let rows = [
        (Reply::hang_up(), [false, true, true, true]),
        (Reply::silence(), [false, true, true, true]),
        (Reply::ok(&json!({})).cut_after(1), [false, true, true, true]),
        (Reply::status(429), [false, false, false, false]),
        (Reply::status(502), [false, false, false, true]),
        (Reply::status(504), [false, true, true, true]),
        (Reply::status(400), [false, false, false, false]),
    ];
    let gateway = gateway().await;
    let client = hasty(&gateway).header_timeout(HEADER_TIMEOUT).management_header_timeout(HEADER_TIMEOUT).build().unwrap();
    for (reply, expected) in rows {
        gateway.always("/row", reply.clone());
        for (class, unknown) in CLASSES.into_iter().zip(expected) {
            assert_eq!(post(&client, class).await.unwrap_err().outcome_unknown(), unknown, "{class:?} {reply:?}");
        }
    }

    // Even if a later attempt was not ambiguous.
    gateway.script(CHAT, [Reply::hang_up(), Reply::status(400)]);
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts(), error.outcome_unknown()), (400, 2, true));
    assert_eq!(error.request_ids().len(), 1);
}

#[tokio::test]
async fn a_call_that_may_have_run_in_an_earlier_attempt_is_not_retryable() {
    let gateway = gateway().await;
    let client = hasty(&gateway).build().unwrap();
    let unsure = [Reply::hang_up(), Reply::status(503), Reply::status(503)];
    let sure = [Reply::status(503), Reply::status(503), Reply::status(503)];
    for (class, after_unsure, after_sure) in
        [(RetryClass::Safe, true, true), (RetryClass::Idempotent, true, true), (RetryClass::Generation, false, true)]
    {
        for (script, is_retryable) in [(&unsure, after_unsure), (&sure, after_sure)] {
            gateway.script("/row", script.clone());
            let error = post(&client, class).await.unwrap_err();
            assert_eq!((error.attempts(), error.is_retryable()), (3, is_retryable), "{class:?} {script:?}");
        }
    }
}

#[tokio::test]
async fn a_policy_can_be_stricter_or_bolder() {
    let gateway = gateway().await;
    let attempts = async |policy: RetryPolicy, reply: Reply| {
        gateway.always("/row", reply);
        let client = hasty(&gateway).header_timeout(HEADER_TIMEOUT).retry(policy).build().unwrap();
        post(&client, RetryClass::Generation).await.unwrap_err().attempts()
    };
    assert_eq!(attempts(RetryPolicy::none(), Reply::status(503)).await, 1);
    assert_eq!(attempts(fast().max_attempts(5), Reply::status(503)).await, 5);
    assert_eq!(attempts(fast().ambiguous_window(Duration::ZERO), Reply::hang_up()).await, 1);
    assert_eq!(attempts(fast().retry_timeouts(true), Reply::silence()).await, 3);
    assert_eq!(attempts(fast().retry_timeouts(true), Reply::status(504)).await, 3);
    assert_eq!(attempts(fast().max_retry_after(Duration::from_secs(1)), Reply::status(429).header("retry-after", "2")).await, 1);
}

#[tokio::test]
async fn the_method_of_a_raw_call_says_what_a_second_time_would_mean() {
    let gateway = gateway().await;
    let client = hasty(&gateway).build().unwrap();
    for (method, after_503, after_409) in [
        (Method::GET, 3, 3),
        (Method::OPTIONS, 3, 3),
        (Method::PUT, 3, 1),
        (Method::DELETE, 3, 1),
        (Method::POST, 1, 1),
        (Method::PATCH, 1, 1),
    ] {
        for (status, attempts) in [(503, after_503), (409, after_409)] {
            gateway.always("/row", Reply::status(status));
            let error = client.request(method.clone(), ["row"]).send().await.unwrap_err();
            assert_eq!(error.attempts(), attempts, "{method} after {status}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_dies_late_is_not_tried_again() {
    let gateway = gateway().await;
    let client = hasty(&gateway).retry(fast().ambiguous_window(Duration::from_millis(20))).build().unwrap();
    gateway.always("/row", Reply::hang_up().delay(Duration::from_millis(40)));
    assert_eq!(post(&client, RetryClass::Generation).await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn the_wait_that_the_server_names_is_kept() {
    let gateway = gateway().await;
    let client = hasty(&gateway).build().unwrap();
    gateway.script(CHAT, [Reply::status(429).header("retry-after-ms", "40"), Reply::status(503).header("retry-after-ms", "40")]);
    let reply = client.chat().create(&hello()).await.unwrap();
    assert_eq!(reply.meta().attempts(), 3);
    assert!(reply.meta().elapsed() >= Duration::from_millis(80), "{:?}", reply.meta());

    gateway.script(CHAT, [Reply::status(429).header("retry-after", "3600")]);
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert_eq!((error.attempts(), error.retry_after()), (1, Some(Duration::from_secs(3600))));
}

#[tokio::test]
async fn no_wait_goes_past_the_time_for_the_call() {
    let gateway = gateway().await;
    let client = hasty(&gateway).timeout(Duration::from_millis(900)).build().unwrap();
    gateway.always(CHAT, Reply::status(429).header("retry-after", "2"));
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert!(error.is_rate_limit() && error.attempts() == 1 && error.elapsed() < Duration::from_millis(900), "{error:?}");

    gateway.always(CHAT, Reply::silence());
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert!(error.is_timeout() && error.to_string().starts_with("no end of the call within 900 ms"), "{error}");
}

#[tokio::test]
async fn when_everything_fails_retries_run_dry() {
    let gateway = gateway().await;
    // A server that always says "at once" has set no time.
    for failure in [Reply::status(503), Reply::status(429).header("retry-after", "0"), Reply::hang_up()] {
        let client = hasty(&gateway).retry(fast().base_delay(Duration::ZERO)).retry_budget(500).build().unwrap();
        gateway.always(CHAT, failure.clone());
        let (before, mut suppressed) = (gateway.requests().len(), 0);
        for call in 0..1000 {
            // Clones and derived clients draw on the same budget.
            let client = if call % 2 == 0 { client.clone() } else { client.with_timeout(Duration::from_secs(9)) };
            suppressed += usize::from(client.chat().create(&hello()).await.unwrap_err().retry_suppressed());
        }
        assert_eq!(gateway.requests().len() - before, 1100, "{failure:?}");
        assert!(suppressed >= 900, "{suppressed}");
    }
}

#[tokio::test]
async fn successes_fill_the_budget_up_again() {
    let gateway = gateway().await;
    let client = hasty(&gateway).retry(fast().base_delay(Duration::ZERO)).retry_budget(500).build().unwrap();
    let ok = Reply::ok(&json!({"choices": [{"message": {"content": "a"}}]}));
    for round in 0..2 {
        gateway.always(CHAT, Reply::status(503));
        let before = gateway.requests().len();
        for _ in 0..100 {
            client.chat().create(&hello()).await.unwrap_err();
        }
        assert_eq!(gateway.requests().len() - before, 200, "in round {round}");
        gateway.always(CHAT, ok.clone());
        for _ in 0..500 {
            client.chat().create(&hello()).await.unwrap();
        }
    }
    // A success after retries gives back what they took, and no more: the last of these is as well off as the first.
    let client = hasty(&gateway).retry_budget(10).build().unwrap();
    for _ in 0..20 {
        gateway.script(CHAT, [Reply::status(503), Reply::status(503), ok.clone()]);
        assert_eq!(client.chat().create(&hello()).await.unwrap().meta().attempts(), 3);
    }
}

#[tokio::test]
async fn the_time_for_a_call_spans_attempts_and_waits() {
    let gateway = gateway().await;
    let total = Duration::from_secs(2);
    let client = hasty(&gateway).retry(fast().max_attempts(1000)).timeout(total).build().unwrap();
    gateway.always(CHAT, Reply::status(503).delay(Duration::from_millis(200)).header("retry-after-ms", "200"));
    let error = client.chat().create(&hello()).await.unwrap_err();
    // Either a wait would have gone past the end, or the last attempt met it.
    assert!(error.status().is_some_and(|status| status == 503) || error.is_timeout(), "{error:?}");
    assert!((2..=5).contains(&error.attempts()) && error.attempts() as usize == gateway.requests().len(), "{error:?}");
    assert!(error.is_timeout() || error.elapsed() < total, "{error:?}");
}

/// Of what it may take itself and what is left for the call.
#[tokio::test]
async fn an_attempt_may_take_the_lesser_of_two_times() {
    let gateway = gateway().await;
    let millis = Duration::from_millis;
    let first = || Reply::status(503).delay(millis(1000));
    let rows = [
        ("its own is less", millis(300), millis(60_000), vec![], TimeoutPhase::Headers, 1),
        ("what is left is less", millis(60_000), millis(300), vec![], TimeoutPhase::Total, 1),
        ("what is left is less by then", millis(2000), millis(2500), vec![first()], TimeoutPhase::Total, 2),
        ("its own is less even then", millis(2000), millis(60_000), vec![first()], TimeoutPhase::Headers, 2),
    ];
    for (row, own, total, replies, phase, attempts) in rows {
        let builder = hasty(&gateway).header_timeout(own).management_header_timeout(own).timeout(total).management_timeout(total);
        let client = builder.retry(fast().max_attempts(attempts)).build().unwrap();
        for path in [CHAT, "/v1/models"] {
            gateway.script(path, replies.clone());
            gateway.always(path, Reply::silence());
        }
        let both = async { tokio::join!(client.chat().create(&hello()), client.models().list()) };
        let (of_chat, of_models) = tokio::time::timeout(millis(30_000), both).await.expect(row);
        for error in [of_chat.unwrap_err(), of_models.unwrap_err()] {
            let limit = if phase == TimeoutPhase::Total { total } else { own };
            let found = matches!(error, Error::Timeout { phase: found, limit: told, .. } if (found, told) == (phase, limit));
            assert!(found && error.attempts() == attempts && error.elapsed() >= limit, "{row}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_200_that_is_an_error_is_judged_by_the_status_it_names() {
    let gateway = gateway().await;
    let client = hasty(&gateway).build().unwrap();
    let overloaded = Reply::ok(&json!({"error": {"message": "no provider", "code": 503}}));
    gateway.script(CHAT, [overloaded.clone(), overloaded]);
    assert_eq!(client.chat().create(&hello()).await.unwrap().meta().attempts(), 3);

    gateway.script(CHAT, [Reply::ok(&json!({"error": {"message": "no"}}))]);
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert_eq!((error.attempts(), error.api().unwrap().message()), (1, "no"));
}

#[tokio::test]
async fn a_stream_that_begins_with_an_error_is_judged_like_one() {
    let gateway = gateway().await;
    let client = hasty(&gateway).build().unwrap();
    let attempts_of_error = async |reply: Reply| {
        gateway.always(CHAT, reply);
        let error = client.chat().stream(&hello()).await.unwrap_err();
        (error.attempts(), error.outcome_unknown())
    };
    assert_eq!(attempts_of_error(Reply::events([r#"{"error":{"message":"gone","code":502}}"#])).await, (3, false));
    assert_eq!(
        attempts_of_error(Reply::event_stream(": hi\n\nevent: error\ndata: {\"message\":\"gone\",\"code\":502}\n\n")).await,
        (3, false)
    );
    assert_eq!(attempts_of_error(Reply::events([r#"{"error":{"message":"gone"}}"#])).await, (1, false));
    assert_eq!(attempts_of_error(Reply::event_stream("")).await, (1, true));
    assert_eq!(attempts_of_error(Reply::event_stream(": hi\n\n").cut_after(6)).await, (1, true));
    assert_eq!(attempts_of_error(Reply::event_stream(": hi\n\n").reset_after(6)).await, (1, true));
    assert_eq!(attempts_of_error(Reply::status(503)).await, (3, false));

    // Once an item is out, nothing is sent again.
    gateway.always(
        CHAT,
        Reply::event_stream(format!("data: {}\n\ndata: {{\"error\":{{\"code\":502,\"message\":\"gone\"}}}}\n\n", chunk("Hel"))),
    );
    let before = gateway.requests().len();
    let (partial, ended) = client.chat().stream(&hello()).await.unwrap().into_outcome().await;
    assert_eq!((partial.text().as_str(), gateway.requests().len() - before), ("Hel", 1));
    assert!(ended.unwrap_err().is_retryable());
}

async fn post(client: &Client, class: RetryClass) -> Result<Value, Error> {
    client.request(Method::POST, ["row"]).json(&json!({})).class(class).send().await.map(arouter::Response::into_inner)
}

/// The default policy, with waits of milliseconds.
fn fast() -> RetryPolicy {
    RetryPolicy::default().base_delay(Duration::from_millis(1)).max_delay(Duration::from_millis(2))
}

fn hasty(gateway: &Gateway) -> arouter::ClientBuilder {
    gateway.client_builder().retry(fast()).retry_budget(10_000)
}
