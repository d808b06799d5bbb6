//! What an error tells, and that it keeps what came.

use arouter::testing::Reply;
use arouter::{Error, RetryPolicy};
use serde_json::json;

use crate::support::{CHAT, everything_said, gateway, hello};

#[tokio::test]
async fn predicates_follow_status_code_and_type() {
    type Predicate = fn(&Error) -> bool;
    let error = |code: &str, kind: &str| json!({"error": {"message": "m", "code": code, "type": kind}});
    let rows: [(Reply, Predicate, &str); 14] = [
        (Reply::status(401), Error::is_auth, "auth"),
        (Reply::status(402), Error::is_insufficient_credits, "credits"),
        (Reply::status(403), Error::is_permission, "permission"),
        (Reply::status(404), Error::is_not_found, "not found"),
        (Reply::status(429), Error::is_rate_limit, "rate limit"),
        (Reply::status(504), Error::is_timeout, "timeout"),
        (Reply::status(429).json(&error("quota_exceeded", "")), Error::is_quota_exceeded, "quota by 429"),
        (Reply::status(403).json(&error("quota_exceeded", "")), Error::is_quota_exceeded, "quota by 403"),
        (Reply::status(400).json(&error("context_length_exceeded", "")), Error::is_context_overflow, "overflow by code"),
        (
            Reply::status(400).json(&json!({"error": {"message": "This endpoint's maximum context length is 200000 tokens."}})),
            Error::is_context_overflow,
            "overflow by message",
        ),
        (Reply::ok(&error("", "rate_limit_error")), Error::is_rate_limit, "rate limit in a 200"),
        (Reply::ok(&error("402", "")), Error::is_insufficient_credits, "credits in a 200"),
        (Reply::ok(&error("", "overloaded_error")), Error::is_retryable, "overloaded in a 200"),
        (Reply::status(503), Error::is_retryable, "unavailable"),
    ];
    let gateway = gateway().await;
    let client = gateway.client_builder().retry(RetryPolicy::none()).build().unwrap();
    for (reply, predicate, name) in rows {
        gateway.script(CHAT, [reply]);
        let error = client.chat().create(&hello()).await.unwrap_err();
        assert!(predicate(&error), "{name}: {error:?}");
        if name.starts_with("quota") {
            assert!(!error.is_rate_limit() && !error.is_permission() && !error.is_retryable(), "{name}");
        }
    }
}

#[tokio::test]
async fn an_error_is_one_line_that_names_the_request() {
    let gateway = gateway().await;
    let client = gateway.client_builder().retry(RetryPolicy::none()).build().unwrap();
    let body = json!({"error": {"message": "slow\ndown \u{1b}[31m", "type": "rate_limit_error", "code": "rate_limit_exceeded"}});
    gateway.script(CHAT, [Reply::status(429).json(&body).header("retry-after", "9")]);
    let error = client.chat().create(&hello()).await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with(r"429 rate_limit_exceeded: slow\ndown \u{1b}[31m (request id req_1; 1 attempt, "), "{text}");
    assert_eq!((error.request_id(), error.retry_after().map(|wait| wait.as_secs())), (Some("req_1"), Some(9)));
    assert_eq!(error.api().unwrap().kind(), Some("rate_limit_error"));

    gateway.script(CHAT, [Reply::status(500).json(&json!({"error": {"message": "x".repeat(5000)}}))]);
    assert!(client.chat().create(&hello()).await.unwrap_err().to_string().chars().count() < 600);
}

#[tokio::test]
async fn a_broken_reply_gives_an_error_that_keeps_the_body() {
    let gateway = gateway().await;
    let client = gateway.client();
    let rows = [
        (Reply::status(200).body(r#"{"choices":[{"message":{"content":"patient ALICE"#), "could not decode the answer: EOF while parsing"),
        (Reply::status(200).body(r#"{"choices":"ALICE"}"#), "could not decode the answer: invalid type: string, expected a sequence"),
        (Reply::status(200).body("[1,2,\"ALICE\"]"), "could not decode the answer: invalid"),
        (Reply::status(200).body("<html>ALICE</html>").header("content-type", "text/html"), "the answer is text/html"),
        (Reply::status(200).body("<html>ALICE</html>"), "could not decode the answer: expected value"),
    ];
    for (reply, text) in rows {
        gateway.script(CHAT, [reply]);
        let error = client.chat().create(&hello()).await.unwrap_err();
        assert!(error.to_string().starts_with(text), "{error}");
        assert!(!everything_said(&error).contains("ALICE"), "{error:?}");
        assert!(String::from_utf8_lossy(error.raw_body().unwrap()).contains("ALICE"));
        assert_eq!((error.attempts(), error.outcome_unknown(), error.status().unwrap().as_u16()), (1, false, 200));
    }
    gateway.script(CHAT, [Reply::status(200)]);
    assert!(client.chat().create(&hello()).await.unwrap_err().to_string().starts_with("could not decode the answer: the body is empty"));

    for (reply, may_be_truncated) in [(Reply::status(200).body("{").close_delimited(), true), (Reply::status(200).body("{"), false)] {
        gateway.script(CHAT, [reply]);
        let error = client.chat().create(&hello()).await.unwrap_err();
        assert!(matches!(error, Error::Decode { may_be_truncated: told, .. } if told == may_be_truncated), "{error:?}");
    }
}

#[tokio::test]
async fn a_success_without_an_answer_is_an_error() {
    let gateway = gateway().await;
    let client = gateway.client_builder().retry(RetryPolicy::none()).build().unwrap();
    for body in ["{}", r#"{"detail":"Not found"}"#, r#"{"id":"x"}"#] {
        gateway.script(CHAT, [Reply::status(200).body(body)]);
        let error = client.chat().create(&hello()).await.unwrap_err();
        assert!(matches!(error, Error::Decode { .. }) && error.raw_body() == Some(body.as_bytes()), "{body}: {error:?}");
    }
    for body in [
        r#"{"object":"error","message":"boom","code":500}"#,
        r#"{"type":"error","error":{"type":"api_error","message":"boom"}}"#,
        "\u{feff}{\"error\":{\"message\":\"boom\"}}",
        r#"{"error":{"message":"boom","note":"\ud83d"}}"#,
    ] {
        gateway.script(CHAT, [Reply::status(200).body(body)]);
        let error = client.chat().create(&hello()).await.unwrap_err();
        assert_eq!(error.api().map(arouter::ApiError::message), Some("boom"), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn what_came_of_a_body_that_broke_off_is_kept() {
    let gateway = gateway().await;
    gateway.script(CHAT, [Reply::ok(&json!({"choices": [{"message": {"content": "paid for"}}]})).cut_after(48)]);
    let error = gateway.client().chat().create(&hello()).await.unwrap_err();
    assert!(matches!(error, Error::Transport { .. }) && error.outcome_unknown(), "{error:?}");
    assert!(String::from_utf8_lossy(error.raw_body().unwrap()).contains("paid for"), "{:?}", error.raw_body());
}

#[tokio::test]
async fn an_error_keeps_no_more_of_a_body_than_it_may() {
    let gateway = gateway().await;
    let client = gateway.client_builder().no_retry().max_error_bytes(20).build().unwrap();
    let long = "x".repeat(100);
    for reply in [
        Reply::status(500).body(long.clone()),
        Reply::status(200).body(long.clone()).header("content-type", "application/json"),
        Reply::status(200).body(long.clone()).header("content-type", "application/json").cut_after(99),
        Reply::status(200).body(long.clone()).header("content-type", "text/html"),
        Reply::status(200).body(long.clone()).header("content-encoding", "br"),
        Reply::ok(&json!({"error": {"message": long}})),
        Reply::events([&long]),
        Reply::named_events([("error", &long)]),
        Reply::event_stream(long.clone()),
    ] {
        gateway.always(CHAT, reply);
        for ended in [client.chat().create(&hello()).await.map(drop), client.chat().stream(&hello()).await.map(drop)] {
            let error = ended.unwrap_err();
            assert_eq!(error.raw_body().map(<[u8]>::len), Some(20), "{error:?}");
        }
    }
}

#[tokio::test]
async fn an_encoding_that_is_none_is_read() {
    let gateway = gateway().await;
    let answer = json!({"choices": [{"message": {"content": "ok"}}]});
    gateway.script(CHAT, [Reply::ok(&answer).header("content-encoding", "identity")]);
    assert_eq!(gateway.client().chat().create(&hello()).await.unwrap().text(), "ok");
}

#[tokio::test]
async fn a_dripping_error_body_is_read_for_five_seconds() {
    let gateway = gateway().await;
    let client = gateway.client_builder().retry(RetryPolicy::none()).max_error_bytes(100).build().unwrap();
    gateway.script(CHAT, [Reply::status(500).body("x".repeat(1000)).in_pieces(1).interval(std::time::Duration::from_millis(200))]);
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert!(error.elapsed().as_secs() < 9 && error.raw_body().unwrap().len() > 5, "{error}");

    gateway.script(CHAT, [Reply::status(500).body("x".repeat(1000))]);
    assert_eq!(client.chat().create(&hello()).await.unwrap_err().raw_body().unwrap().len(), 100);
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_given_up() {
    let gateway = gateway().await;
    let client = gateway.client_builder().max_response_bytes(1000).build().unwrap();
    for reply in [Reply::status(200).body("x".repeat(1001)), Reply::status(200).body("x".repeat(100)).endless()] {
        gateway.script(CHAT, [reply]);
        let error = client.chat().create(&hello()).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 1000, .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_whole_answer_to_a_stream_is_not_lost() {
    let gateway = gateway().await;
    gateway.script(CHAT, [Reply::ok(&json!({"choices": [{"message": {"content": "paid for"}}]}))]);
    let error = gateway.client().chat().stream(&hello()).await.unwrap_err();
    assert!(
        matches!(error, Error::UnexpectedContentType { .. }) && error.to_string().starts_with("the answer is application/json"),
        "{error}"
    );
    assert!(String::from_utf8_lossy(error.raw_body().unwrap()).contains("paid for"));
}

#[tokio::test]
async fn oddities_of_real_json_are_read() {
    let gateway = gateway().await;
    for body in [
        "\n\n\n  {\"choices\":[{\"message\":{\"content\":\"ok\"}}]}",
        "\u{feff}{\"choices\":[{\"message\":{\"content\":\"ok\"}}]}",
        r#"{"id":null,"model":null,"object":null,"choices":[{"index":0,"message":{"role":"assistant","content":"ok","tool_calls":null}}],"usage":null}"#,
        r#"{"id":"a","id":"b","choices":[{"message":{"content":"no"},"message":{"content":"ok"}}]}"#,
        r#"{"choices":[{"message":{"content":"ok","note":"\ud83d"}}]}"#,
        r#"{"choices":[{"message":{"content":"ok"}}],"usage":{"prompt_tokens":"3","completion_tokens":2.0,"total_tokens":null}}"#,
        r#"{"choices":[{"message":{"content":"ok"},"finish_reason":"","logprobs":0}],"service_tier":"on_demand"}"#,
        r#"{"choices":[{"index":0.0,"message":{"content":"ok","reasoning_details":[{"index":1.0}]}}],"created":3.0}"#,
        r#"{"choices":[{"message":{"content":"ok","tool_calls":[{"id":"a","function":{"name":"f","arguments":{"x":1}}}]}}]}"#,
        r#"{"choices":[{"message":{"content":"ok"}}],"error":null}"#,
        r#"{"choices":[{"message":{"content":"ok"}}],"error":{"message":"a warning beside the answer"}}"#,
    ] {
        gateway.script(CHAT, [Reply::status(200).body(body)]);
        let reply = gateway.client().chat().create(&hello()).await.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(reply.text(), "ok", "{body}");
    }
}
