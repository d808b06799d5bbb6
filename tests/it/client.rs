//! Settings, keys and headers: what is sent, and what is refused before anything is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arouter::error::ConnectKind;
use arouter::testing::{Gateway, Reply};
use arouter::{ApiKey, Client, Error, Method, RetryPolicy};
use serde_json::{Value, json};

use crate::support::{CHAT, alone, everything_said, gateway, hello, is_alone};

#[test]
fn keys_that_can_not_be_sent_are_refused() {
    for key in ["", " ", "a b", "a\nb", "a\tb", "a\0b", "a\u{7f}b", "clé", " lr_live_secret", "lr_live_secret\n", &"x".repeat(1025)] {
        for error in
            [ApiKey::new(key).unwrap_err(), Client::new(key).unwrap_err(), Client::builder().management_key(key).build().unwrap_err()]
        {
            assert!(matches!(error, Error::Config { .. }), "{key:?}");
            assert!(!everything_said(&error).contains("secret"), "{error}");
            assert_eq!((error.attempts(), error.outcome_unknown()), (0, false));
        }
    }
    assert!(ApiKey::new("x".repeat(1024)).is_ok());
    let error = Client::builder().build().unwrap_err().to_string();
    assert!(error.contains("AROUTER_API_KEY"), "{error}");
}

#[tokio::test]
async fn bad_parts_of_a_request_give_a_local_error_and_send_nothing() {
    let gateway = gateway().await;
    let client = gateway.client();
    let raw = |segments: &[&str]| client.request(Method::DELETE, segments.to_vec());
    let refused = [
        raw(&["api", "v1", "keys", ".."]).send().await,
        raw(&["api", "v1", "keys", "%2E%2e"]).send().await,
        raw(&["api", "v1", "keys", ""]).send().await,
        raw(&["api", "v1", "keys", "a\nb"]).send().await,
        raw(&[]).send().await,
        raw(&["x"]).header("Authorization", "Bearer mine").send().await,
        raw(&["x"]).header("bad name", "x").send().await,
        raw(&["x"]).header("x-team", "a\nb").send().await,
        raw(&["x"]).json(&deep(200)).send().await,
    ];
    for refused in refused {
        let error = refused.unwrap_err();
        assert!(matches!(error, Error::Config { .. }), "{error:?}");
    }
    assert!(client.with_api_key("a b").is_err() && client.set_api_key("").is_err());
    let no_key = Client::builder().base_url(gateway.base_url()).management_key("lr_mgmt_1").build().unwrap();
    let error = no_key.chat().create(&hello()).await.unwrap_err();
    assert!(error.to_string().contains("needs an API key"), "{error}");
    assert_eq!(gateway.requests().len(), 0);
}

#[tokio::test]
async fn a_base_url_keeps_its_prefix_and_loses_its_v1() {
    let gateway = gateway().await;
    for base in ["/gateway", "/gateway/", "/gateway/v1", "/gateway/v1/"] {
        gateway.script("/gateway/v1/chat/completions", [Reply::ok(&json!({"choices": [{"message": {"content": "there"}}]}))]);
        let client = gateway.client_builder().base_url(format!("{}{base}", gateway.base_url())).build().unwrap();
        assert_eq!(client.chat().create(&hello()).await.unwrap().text(), "there", "{base}");
    }
}

#[tokio::test]
async fn a_swapped_key_reaches_clones_and_derived_clients() {
    let gateway = gateway().await;
    let client = gateway.client_builder().api_key("lr_live_old").retry(RetryPolicy::none()).build().unwrap();
    let (clone, derived) = (client.clone(), client.with_timeout(Duration::from_secs(9)));
    let own = client.with_api_key("lr_live_own").unwrap();
    let is_let_in = async |client: &Client| client.chat().create(&hello()).await.is_ok();
    assert!(!is_let_in(&client).await && !is_let_in(&clone).await);

    client.set_api_key(gateway.api_key()).unwrap();
    assert!(is_let_in(&client).await && is_let_in(&clone).await && is_let_in(&derived).await);
    assert!(!is_let_in(&own).await);

    // A key that can't be sent leaves the one in use.
    assert!(derived.set_api_key("a b").is_err() && is_let_in(&client).await);
}

#[tokio::test]
async fn a_refused_key_is_tried_once_more_if_it_has_changed() {
    let gateway = gateway().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let (counter, good) = (asked.clone(), gateway.api_key());
    let provider = move || {
        let first = counter.fetch_add(1, Ordering::SeqCst) == 0;
        async move { Ok(ApiKey::new(if first { "lr_live_expired" } else { good })?) }
    };
    let client = gateway.client_builder().key_provider(provider).retry(RetryPolicy::none()).build().unwrap();
    let reply = client.chat().create(&hello()).await.unwrap();
    assert_eq!((reply.meta().attempts(), asked.load(Ordering::SeqCst)), (2, 2));
    assert_eq!(client.chat().create(&hello()).await.unwrap().meta().attempts(), 1);
    assert!(client.set_api_key("lr_live_x").is_err());

    // The same key again is no reason to try again.
    let client = gateway.client_builder().key_provider(|| async { Ok(ApiKey::new("lr_live_expired")?) }).build().unwrap();
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert!(error.is_auth() && error.attempts() == 1, "{error:?}");

    // Nor is there more than one reason in a call, if each key is another.
    let asked = AtomicUsize::new(0);
    let provider = move || {
        let number = asked.fetch_add(1, Ordering::SeqCst);
        async move { Ok(ApiKey::new(format!("lr_live_expired_{number}"))?) }
    };
    let client = gateway.client_builder().key_provider(provider).timeout(Duration::from_secs(5)).build().unwrap();
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert!(error.is_auth() && error.attempts() == 2, "{error:?}");

    let client = gateway.client_builder().key_provider(|| async { Err("the vault is sealed".into()) }).build().unwrap();
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert!(matches!(error, Error::Config { .. }) && everything_said(&error).contains("sealed"), "{error:?}");
}

#[tokio::test]
async fn each_attempt_carries_the_key_of_its_time_and_no_other() {
    let gateway = gateway().await;
    let retry = RetryPolicy::default().base_delay(Duration::from_millis(1));
    let asked = AtomicUsize::new(0);
    let provider = move || {
        let number = asked.fetch_add(1, Ordering::SeqCst);
        async move { Ok(ApiKey::new(format!("lr_live_{number}"))?) }
    };
    let provided = gateway.client_builder().key_provider(provider).retry(retry.clone()).build().unwrap();
    gateway.script(CHAT, [Reply::status(503), Reply::status(503), Reply::ok(&json!({"choices": []}))]);
    provided.chat().create(&hello()).await.unwrap();

    // Swapped while the first attempt waits for its answer.
    let swapped = gateway.client_builder().api_key("lr_live_3").retry(retry).build().unwrap();
    gateway.script(CHAT, [Reply::status(503).delay(Duration::from_millis(200)), Reply::ok(&json!({"choices": []}))]);
    let swap = async {
        while gateway.requests().len() < 4 {
            tokio::task::yield_now().await;
        }
        swapped.set_api_key("lr_live_4").unwrap();
    };
    tokio::join!(swap, async { swapped.chat().create(&hello()).await.unwrap() });

    for (number, request) in gateway.requests().iter().enumerate() {
        let keys: Vec<_> = request.headers.values().filter_map(|value| value.to_str().ok()?.split_once("lr_live_")).collect();
        assert_eq!(keys, [("Bearer ", number.to_string().as_str())]);
        assert!(request.query.is_none() && !String::from_utf8_lossy(&request.body).contains("lr_live_"));
    }
    assert_eq!(gateway.requests().len(), 5);
}

#[tokio::test]
async fn a_key_provider_keeps_to_the_time_and_hides_no_error() {
    let gateway = gateway().await;
    let never = gateway.client_builder().key_provider(std::future::pending).timeout(Duration::from_millis(100)).build().unwrap();
    let called = tokio::time::timeout(Duration::from_secs(20), never.chat().create(&hello())).await.unwrap();
    assert!(called.unwrap_err().is_timeout());

    // It fails at the second attempt: what the first had failed with is the error.
    let asked = AtomicUsize::new(0);
    let good = gateway.api_key();
    let provider = move || {
        let key = if asked.fetch_add(1, Ordering::SeqCst) == 0 { Ok(good) } else { Err("sealed") };
        async move { Ok(ApiKey::new(key?)?) }
    };
    let retry = RetryPolicy::default().base_delay(Duration::from_millis(1));
    let client = gateway.client_builder().key_provider(provider).retry(retry).build().unwrap();
    gateway.always(CHAT, Reply::status(502));
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert_eq!((error.status().map(|status| status.as_u16()), error.attempts()), (Some(502), 1));

    // It says nothing more after the first key, which is refused.
    let asked = AtomicUsize::new(0);
    let provider = move || {
        let is_first = asked.fetch_add(1, Ordering::SeqCst) == 0;
        async move { if is_first { Ok(ApiKey::new("lr_live_old")?) } else { std::future::pending().await } }
    };
    let client = gateway.client_builder().key_provider(provider).timeout(Duration::from_millis(300)).build().unwrap();
    gateway.always(CHAT, Reply::status(401));
    let called = tokio::time::timeout(Duration::from_secs(20), client.chat().create(&hello())).await.unwrap();
    assert!(called.unwrap_err().is_auth());
}

#[tokio::test]
async fn a_derived_client_has_a_policy_of_its_own() {
    let gateway = gateway().await;
    gateway.always(CHAT, Reply::status(503));
    let client = gateway.client();
    assert_eq!(client.with_retry(RetryPolicy::none()).chat().create(&hello()).await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn a_host_that_is_none_and_a_peer_without_tls_are_told_apart() {
    let retry = RetryPolicy::default().base_delay(Duration::from_millis(1));
    let of = |base: String| Client::builder().api_key("lr_live_1").base_url(base).no_proxy().retry(retry.clone()).build().unwrap();
    let error = of("https://no-such-host.invalid".into()).chat().create(&hello()).await.unwrap_err();
    assert!(matches!(error, Error::Connect { kind: ConnectKind::Dns, .. }) && error.attempts() == 3, "{error:?}");

    let gateway = gateway().await;
    let error = of(gateway.base_url().replace("http:", "https:")).chat().create(&hello()).await.unwrap_err();
    assert!(matches!(error, Error::Connect { kind: ConnectKind::Tls, .. }) && error.attempts() == 1, "{error:?}");
}

#[tokio::test]
async fn the_wrong_kind_of_key_is_named() {
    let gateway = gateway().await;
    let client = gateway.client_builder().api_key(gateway.management_key()).build().unwrap();
    let error = client.chat().create(&hello()).await.unwrap_err();
    assert!(error.is_permission() && error.to_string().contains("this is a management key (lr_mgmt_…)"), "{error}");

    let client = Client::builder().base_url(gateway.base_url()).api_key(gateway.api_key()).build().unwrap();
    let keys = client.request(Method::GET, ["api", "v1", "keys"]).with_management_key().send().await;
    let error = keys.unwrap_err();
    assert!(error.is_permission() && error.to_string().contains("needs a management key (lr_mgmt_…)"), "{error}");
}

#[test]
fn outside_a_runtime_a_call_says_so() {
    let client = Client::new("lr_live_1").unwrap();
    let error = futures::executor::block_on(client.chat().create(&hello())).unwrap_err();
    assert!(matches!(error, Error::NoRuntime { .. }), "{error:?}");
}

#[test]
fn the_environment_is_read_by_name() {
    let run =
        |variables: &[(&str, &str)]| String::from_utf8_lossy(&alone("client::the_environment_of_a_child", variables).stdout).into_owned();
    assert!(run(&[]).contains("no key: set one"));
    assert!(run(&[("AROUTER_API_KEY", "  ")]).contains("no key: set one"));
    assert!(run(&[("AROUTER_API_KEY", " lr_live_1\n")]).contains("https://api.arouter.ai/"));
    assert!(
        run(&[("AROUTER_MANAGEMENT_KEY", "lr_mgmt_1"), ("AROUTER_BASE_URL", "http://localhost:7/x/v1")]).contains("http://localhost:7/x")
    );
    assert!(run(&[("AROUTER_API_KEY", "k"), ("AROUTER_BASE_URL", "http://example.com")]).contains("would send the key in the clear"));
}

/// What [`the_environment_is_read_by_name`] runs with an environment of its own.
#[test]
#[allow(clippy::print_stdout, reason = "the parent reads it")]
fn the_environment_of_a_child() {
    if is_alone() {
        match Client::from_env() {
            Ok(client) => println!("{client:?}"),
            Err(error) => println!("{error}"),
        }
    }
}

#[tokio::test]
async fn limits_are_told_in_three_dialects() {
    let gateway = gateway().await;
    let dialects: [&[(&str, &str)]; 3] = [
        &[("x-ratelimit-limit", "20"), ("x-ratelimit-remaining", "7"), ("x-ratelimit-reset", "1775226820000")],
        &[
            ("x-ratelimit-limit-requests", "20"),
            ("x-ratelimit-remaining-requests", "7"),
            ("x-ratelimit-reset-tokens", "6m0s"),
            ("x-ratelimit-remaining-tokens", "9"),
        ],
        &[
            ("anthropic-ratelimit-requests-limit", "20"),
            ("anthropic-ratelimit-requests-remaining", "7"),
            ("anthropic-ratelimit-input-tokens-remaining", "9"),
        ],
    ];
    for headers in dialects {
        let reply = headers.iter().fold(Reply::ok(&json!({"choices": []})), |reply, (name, value)| reply.header(name, value));
        gateway.script(CHAT, [reply]);
        let meta = gateway.client().chat().create(&hello()).await.unwrap().into_parts().1;
        let requests = meta.rate_limits().requests.unwrap();
        assert_eq!((requests.limit, requests.remaining), (Some(20), Some(7)), "{headers:?}");
    }
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(Value::Null, |value, _| json!([value]))
}

/// Compiles only if a gateway can be kept in a test's own struct.
#[allow(dead_code, reason = "compiling is the test")]
struct Fixture {
    gateway: Gateway,
    client: Client,
}
