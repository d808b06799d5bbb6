//! Keys: every call, every shape of answer, and that none is made twice or lost.

mod rotation;

use std::time::{Duration, SystemTime};

use arouter::keys::{CreateKeyRequest, Key, KeyType, LimitReset, ListKeysQuery, UpdateKeyRequest};
use arouter::testing::{Gateway, Reply};
use arouter::{Error, Pages, RetryPolicy, Timestamp};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use crate::support::{everything_said, gateway, hello, print_line};

const KEYS: &str = "/api/v1/keys";
const POST_KEYS: &str = "POST /api/v1/keys";
const GET_KEYS: &str = "GET /api/v1/keys";
const SECRET: &str = "lr_live_SENTINEL_of_the_new_key";

fn key_path(method: &str, hash: &str) -> String {
    format!("{method} {KEYS}/{hash}")
}

async fn all(keys: Pages<Key>) -> Vec<Key> {
    keys.try_collect().await.unwrap()
}

/// A gateway and a client that waits next to nothing between attempts.
async fn quick() -> (Gateway, arouter::Client) {
    let gateway = gateway().await;
    let client = gateway.client_builder().retry(RetryPolicy::default().base_delay(Duration::from_millis(1))).build().unwrap();
    (gateway, client)
}

#[tokio::test]
async fn a_key_is_made_used_changed_and_deleted() {
    let gateway = gateway().await;
    let client = gateway.client();
    let keys = client.keys();
    let expires_at = SystemTime::now() + Duration::from_secs(3600);
    let request = CreateKeyRequest::new("backend-service").allowed_providers(["openai"]).allowed_models(["gpt-5.4"]);
    let request = request.limit(150.0).limit_reset(LimitReset::Monthly).expires_at(expires_at).extra("team", "search");
    let created = keys.create(&request).await.unwrap();
    assert_eq!(created.meta().status().as_u16(), 201);
    let expires_at = Timestamp::from(expires_at).to_string();
    let sent = json!({"name": "backend-service", "limit": 150.0, "limit_reset": "monthly", "expires_at": expires_at,
        "allowed_providers": ["openai"], "allowed_models": ["gpt-5.4"], "team": "search"});
    assert_eq!(gateway.requests()[0].json(), sent);
    let key = &created.data;
    assert_eq!((key.name.as_str(), key.limit, key.key_type.as_ref()), ("backend-service", Some(150.0), Some(&KeyType::Regular)));
    assert!(!format!("{created:?}").contains(created.key.expose_secret()));

    let user = client.with_api_key(created.key.expose_secret()).unwrap();
    user.chat().create(&hello()).await.unwrap();
    let current = user.keys().current().await.unwrap();
    assert_eq!((current.label.as_str(), current.limit_remaining), ("backend-service", Some(150.0)));

    let got = keys.get(&key.hash).await.unwrap();
    assert_eq!(*got, *key);
    let off = keys.update(&key.hash, &UpdateKeyRequest::new().disabled(true).clear_limit().limit_reset(LimitReset::Daily)).await.unwrap();
    assert!(off.disabled && off.limit.is_none() && off.limit_reset == Some(LimitReset::Daily));
    assert!(user.chat().create(&hello()).await.unwrap_err().is_auth(), "a disabled key is refused at once");
    assert!(user.keys().current().await.unwrap_err().is_auth());
    let renamed = UpdateKeyRequest::new().disabled(false).limit(7.5).clear_limit_reset().clear_expires_at().name("other").extra("x", 1);
    keys.update(&key.hash, &renamed).await.unwrap();
    let body = gateway.requests().last().unwrap().json();
    assert_eq!(body, json!({"disabled": false, "limit": 7.5, "limit_reset": null, "expires_at": null, "name": "other", "x": 1}));
    user.chat().create(&hello()).await.unwrap();

    assert!(keys.delete(&key.hash).await.unwrap().deleted);
    assert!(user.chat().create(&hello()).await.unwrap_err().is_auth());
    assert!(keys.delete(&key.hash).await.unwrap_err().is_not_found());
    assert!(keys.get(&key.hash).await.unwrap_err().is_not_found());
    let expired = keys.create(&CreateKeyRequest::new("old").expires_at("2020-01-01T00:00:00Z")).await.unwrap();
    assert!(client.with_api_key(expired.key.expose_secret()).unwrap().chat().create(&hello()).await.unwrap_err().is_auth());
}

#[tokio::test]
async fn only_a_management_key_manages() {
    let gateway = gateway().await;
    let only_api = arouter::Client::builder().base_url(gateway.base_url()).api_key(gateway.api_key()).no_proxy().build().unwrap();
    let error = only_api.keys().create(&CreateKeyRequest::new("a")).await.unwrap_err();
    assert!(error.is_permission() && error.hint().unwrap().contains("lr_mgmt_"), "{error}");
    let own = all(gateway.client().keys().list_all()).await;
    assert!(only_api.keys().delete(&own[0].hash).await.unwrap_err().is_permission());
    assert_eq!(all(gateway.client().keys().list_all()).await, own, "nothing was made or deleted");
    let only_management = arouter::Client::builder().base_url(gateway.base_url()).management_key(gateway.management_key()).no_proxy();
    let only_management = only_management.build().unwrap();
    only_management.keys().create(&CreateKeyRequest::new("a")).await.unwrap();
    assert!(matches!(only_management.keys().current().await, Err(Error::Config { .. })));
    for hash in ["", "..", ".", "%2e%2e", "a\nb"] {
        let error = only_management.keys().delete(hash).await.unwrap_err();
        assert!(matches!(error, Error::Config { .. }), "{hash:?}: {error}");
    }
    assert!(only_management.keys().delete("a/../b").await.unwrap_err().is_not_found());
    assert_eq!(gateway.requests().last().unwrap().path, "/api/v1/keys/a%2F..%2Fb");
}

#[tokio::test]
async fn a_limit_that_is_no_number_is_refused_and_never_sent_as_no_limit() {
    let gateway = gateway().await;
    let keys = gateway.client().keys();
    for limit in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(matches!(keys.create(&CreateKeyRequest::new("a").limit(limit)).await, Err(Error::Config { .. })), "{limit}");
        assert!(matches!(keys.update("h", &UpdateKeyRequest::new().limit(limit)).await, Err(Error::Config { .. })), "{limit}");
    }
    assert!(gateway.requests().is_empty());
}

#[tokio::test]
async fn all_keys_are_listed_however_the_pages_come() {
    let gateway = gateway().await;
    let keys = gateway.client().keys();
    for number in 0..9 {
        let made = keys.create(&CreateKeyRequest::new(format!("key {number}"))).await.unwrap();
        if number == 8 {
            keys.update(&made.data.hash, &UpdateKeyRequest::new().disabled(true)).await.unwrap();
        }
    }
    let queries = [
        ("the gateway's pages", ListKeysQuery::new(), 9, 2),
        ("pages of three", ListKeysQuery::new().page_size(3), 9, 4),
        ("disabled ones too", ListKeysQuery::new().page_size(4).include_disabled(true), 10, 4),
        ("from an offset", ListKeysQuery::new().offset(7), 2, 2),
    ];
    for (name, query, expected, requests) in queries {
        let before = gateway.requests().len();
        let listed = all(keys.list_all_with(&query)).await;
        assert_eq!((listed.len(), gateway.requests().len() - before), (expected, requests), "{name}");
    }
    assert_eq!(all(keys.list_all()).await.len(), 9);

    let page = |hashes: &[&str]| json!({"data": hashes.iter().map(|hash| json!({"hash": hash, "name": hash})).collect::<Vec<_>>()});
    let with_token = |mut page: Value, token: &str| {
        page["next_page_token"] = token.into();
        Reply::ok(&page)
    };
    let plain = |hashes: &[&str]| Reply::ok(&page(hashes));
    let rows = [
        ("tokens", vec![with_token(page(&["a", "b"]), "t1"), with_token(page(&[]), "t2"), plain(&["c"])], "abc"),
        ("an empty token", vec![with_token(page(&["a"]), ""), plain(&[])], "a"),
        ("the offset is ignored", vec![plain(&["a", "b"]), plain(&["a", "b"])], "ab"),
        ("pages overlap", vec![plain(&["a", "b"]), plain(&["b", "c"]), plain(&["c"])], "abc"),
        ("an older form", vec![Reply::ok(&json!({"keys": [{"hash": "a"}]})), Reply::ok(&json!({"keys": null}))], "a"),
        ("none", vec![Reply::ok(&json!({"data": null}))], ""),
        ("nothing at all", vec![Reply::ok(&json!({}))], ""),
        ("nothing after the last", vec![plain(&["a"]), Reply::ok(&json!({}))], "a"),
        ("a fresh token for the same page", vec![with_token(page(&["a"]), "f1"), with_token(page(&["a"]), "f2")], "a"),
    ];
    for (name, replies, expected) in rows {
        gateway.script(GET_KEYS, replies);
        let hashes: String = all(keys.list_all()).await.into_iter().map(|key| key.hash).collect();
        assert_eq!(hashes, expected, "{name}");
    }
    let tokens: Vec<_> =
        gateway.requests().into_iter().filter_map(|request| request.query).filter(|query| query.contains("token")).collect();
    assert_eq!(tokens, ["page_token=t1", "page_token=t2", "page_token=f1"]);

    // As many as it takes, and no more: what follows has its own.
    gateway.script(GET_KEYS, (0..17).map(|number| with_token(page(&[]), &format!("empty {number}"))));
    let results: Vec<_> = keys.list_all().collect().await;
    assert!(matches!(results.as_slice(), [Err(Error::Decode { .. })]), "empty pages without end are an error: {results:?}");

    gateway.script(GET_KEYS, [with_token(page(&["a"]), "t"), with_token(page(&["b"]), "t")]);
    let results: Vec<_> = keys.list_all().collect().await;
    assert!(results.last().unwrap().is_err(), "a circle is an error: {results:?}");
    gateway.script(GET_KEYS, [Reply::ok(&json!({"something": "else"}))]);
    assert!(matches!(keys.list_all().next().await, Some(Err(Error::Decode { .. }))));
}

/// What the documentation, its older pages and other gateways answer.
#[tokio::test]
async fn a_key_is_read_in_every_shape() {
    let gateway = gateway().await;
    let keys = gateway.client().keys();
    let rows = [
        json!({"data": {"hash": "h", "name": null, "disabled": null, "limit": "12.5", "limit_reset": "", "usage": "3.25", "created_at": 1}}),
        json!({"hash": "h", "limit": 12.5, "limit_reset": "never", "usage": {"cost": "3.25", "prompt_tokens": "7", "x": 1}}),
        json!({"data": {"hash": "h", "limit_usd": 12.5, "limit": null, "usage": 3.25}, "around": true}),
        json!({"data": {"hash": "h", "spending_limit": "12.5", "usage": 3.25}}),
        json!({"data": {"hash": "h", "limit": 12.5, "limit_usd": 99, "spending_limit": 98, "usage": 3.25, "created_at": {"seconds": 1, "nanos": 2}}}),
    ];
    for row in rows {
        gateway.script("/api/v1/keys/h", [Reply::ok(&row)]);
        let key = keys.get("h").await.unwrap_or_else(|error| panic!("{row}: {error}"));
        assert_eq!((key.hash.as_str(), key.effective_limit(), key.usage.cost_usd()), ("h", Some(12.5), 3.25), "{row}");
        assert!(key.limit_reset.as_ref().is_none_or(LimitReset::is_never) && !key.disabled, "{row}");
        let kept = row.get("around").is_none_or(|around| key.extra.get("around") == Some(around));
        assert!(kept, "{row}");
    }
    for row in [json!({"data": {}}), json!({}), json!([]), json!({"data": {"hash": "h", "usage": "much"}})] {
        gateway.script("/api/v1/keys/h", [Reply::ok(&row)]);
        assert!(matches!(keys.get("h").await, Err(Error::Decode { .. })), "{row}");
    }
}

#[tokio::test]
async fn the_current_key_is_looked_for_at_both_paths() {
    let gateway = gateway().await;
    let keys = gateway.client().keys();
    let described = json!({"data": {"label": "my-key", "limit": 100.0, "usage": 27.55, "rate_limit": {"requests": -1, "interval": "10s"}}});
    gateway.script("/api/v1/key", [Reply::status(404), Reply::status(404), Reply::status(403)]);
    gateway.script("/v1/key", [Reply::ok(&described), Reply::status(404)]);
    let current = keys.current().await.unwrap();
    assert_eq!((current.label.as_str(), current.usage.cost_usd()), ("my-key", 27.55));
    assert!(keys.current().await.unwrap_err().is_not_found());
    assert!(keys.current().await.unwrap_err().is_permission());
    let paths: Vec<_> = gateway.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/api/v1/key", "/v1/key", "/api/v1/key", "/v1/key", "/api/v1/key"]);
}

#[tokio::test]
async fn a_deletion_is_understood_in_every_shape() {
    let (gateway, client) = quick().await;
    let delete = key_path("DELETE", "h");
    let rows = [
        (Reply::ok(&json!({"data": {"deleted": true}})), true),
        (Reply::ok(&json!({"deleted": true, "object": "key"})), true),
        (Reply::ok(&json!({"deleted": false})), false),
        (Reply::ok(&json!({"data": {"deleted": false}})), false),
        (Reply::status(204), true),
        (Reply::status(200), true),
        (Reply::ok(&json!({})), true),
        (Reply::ok(&json!("ok")), true),
        (Reply::ok(&json!({"data": null})), true),
        (Reply::ok(&json!({"deleted": "true"})), true),
        (Reply::ok(&json!({"deleted": 1})), true),
        (Reply::ok(&json!({"success": true})), true),
        (Reply::ok(&json!({"success": false})), false),
        (Reply::ok(&json!({"deleted": "false"})), false),
    ];
    for (reply, deleted) in rows {
        gateway.script(&delete, [reply.clone()]);
        assert_eq!(client.keys().delete("h").await.unwrap().deleted, deleted, "{reply:?}");
    }
    gateway.script(&delete, [Reply::status(200).header("content-type", "text/html").body("<h1>Welcome</h1>")]);
    assert!(client.keys().delete("h").await.is_err(), "a page of the hotel's network deletes nothing");
    for body in [json!({"error": {"message": "no", "code": 403}}), json!({"error": "no"})] {
        gateway.script(&delete, [Reply::ok(&body)]);
        assert!(matches!(client.keys().delete("h").await, Err(Error::Api(_))), "{body}");
    }

    // A first attempt that was acted on without an answer makes a later 404 a success; without doubt, a 404 is one.
    let hash = client.keys().create(&CreateKeyRequest::new("a")).await.unwrap().data.hash.clone();
    gateway.script(key_path("DELETE", &hash), [Reply::hang_up().after_acting()]);
    let deleted = client.keys().delete(&hash).await.unwrap();
    assert!(deleted.deleted && deleted.meta().attempts() == 2 && deleted.meta().request_id().is_some());
    gateway.script(key_path("DELETE", &hash), [Reply::status(429), Reply::status(404)]);
    assert!(client.keys().delete(&hash).await.unwrap_err().is_not_found());
}

/// Of a success, the secret is handed over whatever its shape; and it shows up nowhere else.
#[tokio::test]
async fn a_secret_is_never_lost() {
    let gateway = gateway().await;
    let keys = gateway.client().keys();
    let request = CreateKeyRequest::new("a");
    let rows = [
        (json!({"key": SECRET, "data": {"hash": "h", "name": "a"}}), "h"),
        (json!({"key": SECRET, "hash": "h", "name": "a"}), "h"),
        (json!({"data": {"key": SECRET, "hash": "h", "name": "a"}}), "h"),
        (json!({"data": {"key": {"key": SECRET}, "hash": "h"}}), "h"),
        (json!({"data": {"attributes": [{"key": SECRET}], "hash": "h"}}), "h"),
        (json!({"key": SECRET, "data": {"hash": "h", "name": "a", "key": SECRET, "label": SECRET, "note": format!("is {SECRET}")}}), "h"),
        (json!({"key": SECRET, "data": {"hash": "h", "usage": [], "limit": "much"}}), "h"),
        (json!({"key": SECRET, "data": {"hash": 7}}), ""),
        (json!({"key": SECRET, "data": "h"}), ""),
        (json!({"key": SECRET}), ""),
        (json!([{"key": SECRET}]), ""),
        (json!({"key": SECRET, "data": {"hash": "h", SECRET: true}, "x": {SECRET: [SECRET]}}), "h"),
        (json!({"data": {"key": SECRET, "hash": "h"}, "error": {}}), "h"),
        (json!({"data": {"key": SECRET, "hash": "h"}, "error": {"code": 429, "message": "some of it", "key": "limit"}}), "h"),
        (json!({"key": SECRET, "hash": "h", "error": "some of it"}), "h"),
    ];
    for (body, hash) in rows {
        let before = gateway.requests().len();
        gateway.script(POST_KEYS, [Reply::status(201).json(&body)]);
        let created = keys.create(&request).await.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(gateway.requests().len() - before, 1, "{body}");
        assert_eq!((created.key.expose_secret(), created.data.hash.as_str()), (SECRET, hash), "{body}");
        assert!(!format!("{created:?}{created:#?}").contains("SENTINEL"), "{body}");
    }
    let kept = json!({"key": SECRET, "data": {"hash": "h", "usage": [], "x": 1}, "y": 2});
    gateway.script(POST_KEYS, [Reply::status(201).json(&kept)]);
    let created = keys.create(&request).await.unwrap();
    assert_eq!(created.data.name, "a", "it has the name that was asked for, if none came");
    assert_eq!((created.data.extra.get("usage"), created.extra.get("y")), (Some(&json!([])), Some(&json!(2))));

    // What can't be read at all is in the error, and in nothing that is printed.
    let text = format!(r#"{{"key":"{SECRET}","data":{{"hash":"h""#);
    let whole = Reply::status(201).header("content-type", "application/json").body(text.clone());
    let rows = [
        whole.clone(),
        whole.clone().header("content-type", "text/html"),
        whole.clone().body(text.clone() + "}}").cut_after(60),
        whole.clone().body(text.clone() + "}}").stall_after(60),
        Reply::ok(&json!({"secret": SECRET})),
    ];
    for reply in rows {
        let before = gateway.requests().len();
        gateway.script(POST_KEYS, [reply.clone()]);
        let keys = gateway.client().with_timeout(Duration::from_secs(2)).keys();
        let error = keys.create(&request).await.unwrap_err();
        assert!(String::from_utf8_lossy(error.raw_body().unwrap()).contains(SECRET), "{reply:?}: {error:?}");
        assert!(error.hint().unwrap().contains("\"a\""), "{error}");
        assert!(!everything_said(&error).contains("SENTINEL"), "{error}");
        assert_eq!(gateway.requests().len() - before, 1, "{error}");
    }
    for refused in [
        json!({"error": {"message": "no", "code": 400, "key": "limit"}}),
        json!({"error": true, "errors": [{"key": "name", "message": "taken"}]}),
        json!({"error": "invalid", "details": {"key": "limit"}}),
    ] {
        gateway.script(POST_KEYS, [Reply::ok(&refused)]);
        assert!(matches!(keys.create(&request).await, Err(Error::Api(_))), "{refused}");
    }
    let label = &SECRET[..SECRET.len() - 2];
    gateway.script(POST_KEYS, [Reply::status(201).json(&json!({"key": SECRET, "data": {"hash": "h", "label": label}}))]);
    assert!(
        serde_json::to_string(&keys.create(&request).await.unwrap().data).unwrap().contains(label),
        "a part of the secret is no secret"
    );
}

/// Whether a creation is sent again, and what its error says to do.
#[tokio::test]
async fn a_creation_is_sent_again_only_if_it_was_not_acted_on() {
    let (gateway, client) = quick().await;
    let client = client.with_timeout(Duration::from_secs(2));
    let rows = [
        ("429", vec![Reply::status(429)], 2, Ok(())),
        ("402", vec![Reply::status(402)], 1, Err(false)),
        ("403", vec![Reply::status(403)], 1, Err(false)),
        ("500", vec![Reply::status(500).after_acting()], 1, Err(true)),
        ("502", vec![Reply::status(502).after_acting()], 1, Err(true)),
        ("503", vec![Reply::status(503).after_acting()], 1, Err(true)),
        ("hangs up", vec![Reply::hang_up().after_acting()], 1, Err(true)),
        ("silence", vec![Reply::silence().after_acting()], 1, Err(true)),
        ("cut", vec![Reply::own().cut_after(10)], 1, Err(true)),
        ("reset", vec![Reply::own().reset_after(10)], 1, Err(true)),
        ("stalls", vec![Reply::own().stall_after(10)], 1, Err(true)),
    ];
    for (name, replies, sent, expected) in rows {
        let before = gateway.requests().len();
        gateway.script(POST_KEYS, replies);
        let result = client.keys().create(&CreateKeyRequest::new(format!("for {name}"))).await;
        assert_eq!(gateway.requests().len() - before, sent, "{name}");
        assert_eq!(result.as_ref().map(drop).map_err(Error::outcome_unknown), expected, "{name}: {result:?}");
        if let Err(error) = result {
            let says = error.to_string().contains(&format!("a key named \"for {name}\" may exist"));
            assert_eq!(says, error.outcome_unknown(), "{error}");
        }
    }
    let nobody = arouter::Client::builder().base_url("http://127.0.0.1:9").management_key("lr_mgmt_x").no_proxy().build().unwrap();
    let error = nobody.with_retry(RetryPolicy::none()).keys().create(&CreateKeyRequest::new("a")).await.unwrap_err();
    assert!(error.is_connect() && !error.outcome_unknown() && error.hint().is_none(), "{error}");
}

#[tokio::test]
async fn ten_thousand_creations_against_a_gateway_that_fails_make_no_key_twice() {
    const CREATIONS: usize = 10_000;
    let gateway = gateway().await;
    let builder = gateway.client_builder().retry(RetryPolicy::default().base_delay(Duration::from_millis(1)));
    let client = builder.management_timeout(Duration::from_millis(400)).retry_budget(u32::MAX).build().unwrap();
    let faults = [
        Reply::own(),
        Reply::hang_up().after_acting(),
        Reply::own().cut_after(0),
        Reply::own().cut_after(40),
        Reply::own().reset_after(40),
        Reply::status(500).after_acting(),
        Reply::status(504).after_acting(),
        Reply::status(429),
        Reply::hang_up(),
        Reply::status(503),
        Reply::silence().after_acting(),
        Reply::own().stall_after(25),
    ];
    gateway.script(POST_KEYS, (0..CREATIONS).map(|at| faults[at % faults.len()].clone()));
    let calls = futures::stream::iter(0..CREATIONS).map(|number| {
        let keys = client.keys();
        async move { (number, keys.create(&CreateKeyRequest::new(format!("key {number}"))).await) }
    });
    let results: Vec<_> = calls.buffer_unordered(200).collect().await;
    let made = all(gateway.client().keys().list_all()).await;
    let mut names: Vec<_> = made.iter().map(|key| key.name.as_str()).collect();
    names.sort_unstable();
    let total = names.len();
    names.dedup();
    let known = results.iter().filter(|(_, result)| result.is_ok()).count();
    let unknown = results.iter().filter(|(_, result)| result.as_ref().is_err_and(Error::outcome_unknown)).count();
    print_line(&format!("creations: {CREATIONS}, {known} known, {unknown} of unknown outcome, {} keys twice", total - names.len()));
    assert_eq!(total, names.len(), "a key was made twice");
    for (number, result) in &results {
        let exists = names.binary_search(&format!("key {number}").as_str()).is_ok();
        match result {
            Ok(_) => assert!(exists, "key {number}"),
            Err(error) => assert!(error.outcome_unknown() || !exists, "key {number} exists: {error}"),
        }
    }
    assert!(known >= CREATIONS / 12 && unknown >= CREATIONS / 3);
}
