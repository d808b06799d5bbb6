//! Rotation: under load, with a fault at each step, and what is left after each.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arouter::chat::{ChatRequest, Message};
use arouter::keys::{
    CreateKeyRequest, CreatedKey, Key, LimitReset, ListKeysQuery, Rotation, RotationError, RotationEvent, RotationStep, Twin,
    UpdateKeyRequest,
};
use arouter::testing::{Gateway, Reply};
use arouter::{ApiKey, Client, Error, RetryPolicy, Timestamp};
use futures::StreamExt as _;
use futures::future::join_all;
use serde_json::json;

use super::{GET_KEYS, POST_KEYS, all, key_path};
use crate::support::{everything_said, gateway, hello, print_line};

const CURRENT: &str = "/api/v1/key";

/// What the key of these tests is made with, and so its twin.
fn backend() -> CreateKeyRequest {
    CreateKeyRequest::new("backend").limit(20.0).limit_reset(LimitReset::Weekly).allowed_models(["openai/gpt-5.4"])
}

/// A gateway, its managing client, and a key with a live client that uses it.
struct House {
    gateway: Arc<Gateway>,
    manager: Client,
    live: Client,
    old: CreatedKey,
    patience: Duration,
}

impl House {
    async fn new() -> Self {
        Self::with_patience(Duration::from_secs(30)).await
    }

    /// With a limit for each answer, which only one that is missing may reach: the machine may be busy.
    async fn with_patience(patience: Duration) -> Self {
        let gateway = Arc::new(gateway().await);
        let retry = RetryPolicy::default().base_delay(Duration::from_millis(1));
        let builder = gateway.client_builder().retry(retry).retry_budget(u32::MAX);
        let builder = builder.connect_timeout(Duration::from_secs(60));
        let manager = builder.management_header_timeout(patience).build().unwrap();
        let old = manager.keys().create(&backend()).await.unwrap().into_inner();
        let live = manager.with_api_key(old.key.expose_secret()).unwrap();
        Self { gateway, manager, live, old, patience }
    }

    fn rotation(&self) -> Rotation {
        let rotation = self.manager.keys().rotate(&self.old.data.hash).swap_into(&self.live).grace(Duration::ZERO).delete_old();
        rotation.verify_within(self.patience).store_timeout(self.patience)
    }

    async fn named(&self, name: &str) -> Vec<Key> {
        let keys = all(self.manager.keys().list_all_with(&ListKeysQuery::new().include_disabled(true))).await;
        keys.into_iter().filter(|key| key.name == name).collect()
    }

    async fn works(&self, key: &ApiKey) -> bool {
        self.manager.with_api_key(key.expose_secret()).unwrap().chat().create(&hello()).await.is_ok()
    }
}

/// What became of the twin, and the names that go with it.
fn fate(error: &RotationError) -> (&'static str, Vec<&str>) {
    match &error.twin {
        Twin::None => ("none", Vec::new()),
        Twin::Deleted { hash, .. } => ("deleted", vec![hash]),
        Twin::MayExist { name, .. } => ("may exist", vec![name]),
        Twin::Left { hashes, .. } => ("left", hashes.iter().map(String::as_str).collect()),
        Twin::Stored { hash, .. } => ("stored", vec![hash]),
        other => panic!("{other:?}"),
    }
}

/// A store that keeps what it is given.
#[derive(Clone, Default)]
struct Vault(Arc<Mutex<Option<CreatedKey>>>);

impl Vault {
    async fn put(self, created: CreatedKey) -> Result<(), Error> {
        *self.0.lock().unwrap() = Some(created);
        Ok(())
    }

    fn get(&self) -> Option<CreatedKey> {
        self.0.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn a_key_is_replaced_by_its_twin() {
    let house = House::new().await;
    let (vault, told) = (Vault::default(), Arc::new(Mutex::new(Vec::new())));
    let telling = told.clone();
    let rotation = house.rotation().grace(Duration::from_millis(1)).on_event(move |event| telling.lock().unwrap().push(event.to_string()));

    let plan = rotation.dry_run().await.unwrap();
    assert_eq!(plan.twin, backend());
    let text = plan.to_string();
    assert!(text.contains("a limit of $20.00 weekly; models openai/gpt-5.4") && text.contains("and delete it"), "{text}");
    assert_eq!(house.named("backend").await.len(), 1, "a dry run changes nothing");

    let rotated = rotation.run(|created| vault.clone().put(created)).await.unwrap();
    assert_eq!(vault.get().as_ref(), Some(&rotated.new));
    let (old, new) = (&house.old.data.hash, &rotated.new.data.hash);
    let expected = [
        format!("planned: backend ({old})"),
        format!("created a twin ({new})"),
        "verified the new key".into(),
        "stored the secret".into(),
        "swapped it into 1 live client".into(),
        "waiting 1ms".into(),
        format!("disabled the old key ({old})"),
        format!("deleted the old key ({old})"),
    ];
    assert_eq!(*told.lock().unwrap(), expected);
    assert_eq!(house.named("backend").await.iter().map(|key| &key.hash).collect::<Vec<_>>(), [new]);
    assert!(house.works(&rotated.new.key).await && !house.works(&house.old.key).await);
    house.live.chat().create(&hello()).await.unwrap();
    assert!(!format!("{rotated:?}{told:?}").contains(rotated.new.key.expose_secret()));
}

#[tokio::test]
async fn a_twin_can_differ_and_the_old_key_can_stay() {
    let house = House::new().await;
    let mut rotation = house.manager.keys().rotate(&house.old.data.hash).grace(Duration::ZERO);
    rotation = rotation
        .twin(|twin| twin.limit(99.0).allowed_models(["m"]).expires_at("2999-01-01T00:00:00Z"))
        .verify(|client: Client| async move { client.chat().create(&hello()).await.map(drop) });
    let rotated = rotation.run(|created| Vault::default().put(created)).await.unwrap();
    assert_eq!((rotated.new.data.limit, rotated.new.data.allowed_models), (Some(99.0), Some(vec!["m".to_owned()])));
    assert!(rotated.old.disabled && house.named("backend").await.len() == 2);
    assert!(house.live.chat().create(&hello()).await.unwrap_err().is_auth(), "a client that wasn't named keeps the old key");
}

/// A twin may do no more than the old key, in whatever words the gateway describes that.
#[tokio::test]
async fn a_twin_may_do_what_the_old_key_may_and_no_more() {
    let house = House::new().await;
    let odd = |fields: serde_json::Value| {
        let mut key = json!({"hash": "odd", "name": "odd"});
        key.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        house.gateway.script(GET_KEYS, [Reply::ok(&json!({"data": [key]})), Reply::ok(&json!({"data": []}))]);
        house.manager.keys().rotate("odd").dry_run()
    };
    let twin = || CreateKeyRequest::new("odd");
    let end = "2099-12-31T00:00:00Z";
    let rows = [
        (json!({"limit_usd": 5, "limit_reset": "never", "workspace_id": "w"}), twin().limit(5.0).workspace_id("w")),
        (json!({"spending_limit": "5", "limit_reset": "weekly"}), twin().limit(5.0).limit_reset(LimitReset::Weekly)),
        (json!({"limit_reset": "yearly", "allowed_models": []}), twin().limit_reset("yearly".into()).allowed_models([] as [&str; 0])),
        (json!({"expires_at": 4_102_358_400_u64}), twin().expires_at(end)),
        (json!({"expires_at": 4_102_358_400_000_u64}), twin().expires_at(end)),
        (json!({"expires_at": {"seconds": 4_102_358_400_u64}}), twin().expires_at(end)),
        (json!({"expires_at": "2099-12-31T02:00:00+02:00"}), twin().expires_at(end)),
        (json!({"expires_at": ""}), twin()),
        (json!({"expires_at": "0001-01-01T00:00:00Z"}), twin()),
    ];
    for (fields, expected) in rows {
        assert_eq!(odd(fields.clone()).await.unwrap().twin, expected, "{fields}");
    }
    assert!(odd(json!({"expires_at": "soon"})).await.unwrap_err().source.to_string().contains("expires_at"));
    let plan =
        odd(json!({"limit": 150, "usage": 149, "rate_limit": {"requests": 5}, "allowed_ips": ["10.0.0.1"], "note": null})).await.unwrap();
    assert_eq!(plan.not_copied, ["rate_limit", "allowed_ips"]);
    let text = plan.to_string();
    assert!(text.contains("without rate_limit, allowed_ips") && text.contains("has spent $149.00"), "{text}");
}

#[tokio::test]
async fn what_cant_be_rotated_is_refused_before_anything_is_done() {
    let house = House::new().await;
    let keys = house.manager.keys();
    let hash = house.old.data.hash.clone();
    let provider = house.gateway.client_builder().key_provider(|| async { Ok(ApiKey::new("lr_live_x")?) }).build().unwrap();
    let expired = keys.create(&CreateKeyRequest::new("expired").expires_at("2020-01-01T00:00:00Z")).await.unwrap().data.hash.clone();
    let disabled = keys.create(&CreateKeyRequest::new("disabled")).await.unwrap().data.hash.clone();
    keys.update(&disabled, &UpdateKeyRequest::new().disabled(true)).await.unwrap();
    let managing = json!({"data": [{"hash": "m", "name": "m", "key_type": "management"}]});
    let before = house.gateway.requests().len();
    let run = |rotation: Rotation| async move { rotation.run(|created| Vault::default().put(created)).await.unwrap_err() };
    let mut errors = vec![
        ("no such key", run(keys.rotate("nobody")).await),
        ("no such path", run(keys.rotate("..")).await),
        ("provider", run(keys.rotate(&hash).swap_into(&provider)).await),
        ("expired", run(keys.rotate(&expired)).await),
        ("disabled", run(keys.rotate(&disabled)).await),
    ];
    house.gateway.script(GET_KEYS, [Reply::ok(&managing), Reply::ok(&json!({"data": []}))]);
    errors.push(("management", run(keys.rotate("m")).await));
    for (name, error) in errors {
        assert_eq!((error.step, &error.twin), (RotationStep::Plan, &Twin::None), "{name}: {error}");
        assert!(std::error::Error::source(&error).is_some() && error.error().is_some(), "{name}");
    }
    assert!(house.gateway.requests()[before..].iter().all(|request| request.method == "GET"));
    let fixed = keys.rotate(&expired).twin(|mut twin| {
        twin.expires_at = None;
        twin
    });
    assert!(fixed.dry_run().await.is_ok());
}

/// Looking a key up by its hash is not documented; listing keys is.
#[tokio::test]
async fn it_works_where_a_key_cant_be_looked_up_and_where_it_isnt_listed() {
    let house = House::new().await;
    let get = key_path("GET", &house.old.data.hash);
    house.gateway.always(get.clone(), Reply::status(404));
    house.rotation().dry_run().await.unwrap();
    let hidden = json!({"data": house.old.data});
    house.gateway.always(GET_KEYS, Reply::ok(&json!({"data": []})));
    assert!(house.rotation().dry_run().await.unwrap_err().error().unwrap().is_not_found());
    house.gateway.always(get, Reply::ok(&hidden));
    house.rotation().dry_run().await.unwrap();
}

#[tokio::test]
async fn a_gateway_that_learns_of_a_key_late_is_waited_for() {
    let house = House::new().await;
    house.gateway.script(CURRENT, [Reply::status(401), Reply::status(401)]);
    house.rotation().run(|created| Vault::default().put(created)).await.unwrap();
    // Where the key can't describe itself, the list of models proves it.
    let house = House::new().await;
    house.gateway.always(CURRENT, Reply::status(404));
    house.rotation().run(|created| Vault::default().put(created)).await.unwrap();
    assert!(house.gateway.requests().iter().any(|request| request.path == "/v1/models"));
}

/// A run that was killed after it had made the twin: the next one tells, and leaves it alone.
#[tokio::test]
async fn what_a_killed_run_left_is_found_by_the_next() {
    let house = House::new().await;
    let (storing, stores) = tokio::sync::oneshot::channel();
    let killed = house.rotation().store_timeout(Duration::MAX).run(|_| async move {
        storing.send(()).unwrap();
        std::future::pending::<Result<(), Error>>().await
    });
    tokio::select! {
        result = killed => panic!("{result:?}"),
        stores = stores => stores.unwrap(),
    }
    let left = house.named("backend").await.into_iter().find(|key| key.hash != house.old.data.hash).unwrap();
    assert_eq!(house.rotation().dry_run().await.unwrap().same_name, std::slice::from_ref(&left));
    assert!(house.rotation().dry_run().await.unwrap().to_string().contains(&left.hash));
    // A creation of unknown outcome, beside it: only the new one is the orphan.
    house.gateway.script(POST_KEYS, [Reply::hang_up().after_acting()]);
    let error = house.rotation().run(|created| Vault::default().put(created)).await.unwrap_err();
    assert!(fate(&error).0 == "deleted" && fate(&error).1 != [&left.hash], "{error}");
    let rotated = house.rotation().run(|created| Vault::default().put(created)).await.unwrap();
    assert_eq!(rotated.same_name, [left]);
}

/// After a creation of unknown outcome, only a key that can be nothing but the twin is deleted.
#[tokio::test]
async fn keys_that_somebody_else_makes_meanwhile_are_never_deleted() {
    let now = || Timestamp::from(std::time::SystemTime::now()).to_string();
    let alike = json!({"name": "backend", "limit": 20, "limit_reset": "weekly", "allowed_models": ["openai/gpt-5.4"]});
    let other = |hash: &str, changes: serde_json::Value| {
        let mut key = alike.clone();
        let fields = key.as_object_mut().unwrap();
        fields.extend([("hash".to_owned(), hash.into()), ("created_at".to_owned(), now().into())]);
        fields.extend(changes.as_object().unwrap().clone());
        key
    };
    let rows = [
        ("two of them", vec![other("x", json!({})), other("y", json!({}))], "left"),
        ("used", vec![other("x", json!({"usage": 0.5}))], "left"),
        ("another limit", vec![other("x", json!({"limit": 21}))], "left"),
        ("no limit", vec![other("x", json!({"limit": null}))], "left"),
        ("other models", vec![other("x", json!({"allowed_models": ["m"]}))], "left"),
        ("other providers", vec![other("x", json!({"allowed_providers": ["p"]}))], "left"),
        ("another end", vec![other("x", json!({"expires_at": "2999-01-01T00:00:00Z"}))], "left"),
        ("an older one that the first list left out", vec![other("x", json!({"created_at": "2021-01-01T00:00:00Z"}))], "left"),
        ("made at no time", vec![other("x", json!({"created_at": null}))], "left"),
        ("another name", vec![other("x", json!({"name": "other"}))], "may exist"),
        ("the twin itself", vec![other("x", json!({}))], "deleted"),
    ];
    for (name, keys, expected) in rows {
        let house = House::new().await;
        let listed = |keys: &[serde_json::Value]| {
            let old = other(&house.old.data.hash, json!({}));
            let all = [&[old][..], keys].concat();
            [Reply::ok(&json!({"data": all})), Reply::ok(&json!({"data": []}))]
        };
        house.gateway.script(GET_KEYS, listed(&[]));
        house.gateway.script(GET_KEYS, (0..3).flat_map(|_| listed(&keys)));
        house.gateway.script(POST_KEYS, [Reply::hang_up()]);
        house.gateway.always("DELETE /api/v1/keys/x", Reply::status(204));
        let error = house.rotation().run(|created| Vault::default().put(created)).await.unwrap_err();
        assert_eq!(fate(&error).0, expected, "{name}: {error}");
        let deletions = house.gateway.requests().iter().filter(|request| request.method == "DELETE").count();
        assert_eq!(deletions, usize::from(expected == "deleted"), "{name}");
    }
}

/// An answer that names a key which was there before: it must not be rolled back, nor disabled in favour of itself.
#[tokio::test]
async fn the_old_key_is_never_taken_for_its_twin() {
    for hash_of in ["old", "beside"] {
        let house = House::new().await;
        let beside = house.manager.keys().create(&CreateKeyRequest::new("backend")).await.unwrap().data.hash.clone();
        let hash = if hash_of == "old" { &house.old.data.hash } else { &beside };
        house
            .gateway
            .script(POST_KEYS, [Reply::status(201).json(&json!({"key": "lr_live_new", "data": {"hash": hash, "name": "backend"}}))]);
        house.gateway.always(CURRENT, Reply::status(500));
        let error = house.rotation().run(|created| Vault::default().put(created)).await.unwrap_err();
        assert_eq!((error.step, fate(&error).0), (RotationStep::Create, "may exist"), "{error}");
        assert_eq!(error.created.unwrap().key.expose_secret(), "lr_live_new");
        assert_eq!(house.named("backend").await.iter().filter(|key| !key.disabled).count(), 2);
    }
}

/// Somebody deletes the twin while the old key has its grace.
#[tokio::test]
async fn the_old_key_is_not_ended_while_the_new_one_does_not_work() {
    let house = House::new().await;
    let (gateway, hash) = (house.gateway.clone(), Arc::new(Mutex::new(String::new())));
    let manager = house.manager.clone();
    let rotation =
        house.rotation().verify_within(Duration::from_millis(50)).grace(Duration::from_millis(1)).on_event(move |event| match event {
            RotationEvent::Created { hash: made, .. } => hash.lock().unwrap().clone_from(made),
            RotationEvent::Waiting { .. } => gateway.always(CURRENT, Reply::status(401)),
            _ => {}
        });
    let error = rotation.run(|created| Vault::default().put(created)).await.unwrap_err();
    assert_eq!((error.step, fate(&error).0), (RotationStep::Disable, "stored"), "{error}");
    assert!(manager.keys().get(&house.old.data.hash).await.is_ok_and(|old| !old.disabled));
    house.live.chat().create(&hello()).await.unwrap();
    assert_eq!(last_key(&house), house.old.key.expose_secret(), "the live client is back at the key that works");
}

/// The key of the last request that the gateway saw.
fn last_key(house: &House) -> String {
    let request = house.gateway.requests().pop().unwrap();
    request.headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ").to_owned()
}

#[tokio::test]
async fn a_swap_that_fails_gives_clients_their_key_back_and_no_other() {
    let house = House::new().await;
    let shared = house.live.with_timeout(Duration::from_secs(60));
    let fails_live = |house: &House| {
        let gateway = house.gateway.clone();
        house.rotation().on_event(move |event| {
            if matches!(event, RotationEvent::Stored) {
                gateway.script(CURRENT, [Reply::status(403)]);
            }
        })
    };
    // A clone shares its key with the client that it was made of.
    let error = fails_live(&house).swap_into(&shared).run(|created| Vault::default().put(created)).await.unwrap_err();
    assert_eq!((error.step, fate(&error).0), (RotationStep::Swap, "stored"), "{error}");
    house.live.chat().create(&hello()).await.unwrap();
    assert_eq!(last_key(&house), house.old.key.expose_secret());

    // One that was given yet another key meanwhile keeps that.
    let third = house.manager.keys().create(&CreateKeyRequest::new("third")).await.unwrap().key.clone();
    let (given, live) = (third.clone(), house.live.clone());
    let proofs = Arc::new(AtomicUsize::new(0));
    let rotation = house.rotation().verify(move |_| {
        let is_live = proofs.fetch_add(1, Ordering::SeqCst) > 0;
        if is_live {
            live.set_api_key(given.expose_secret()).unwrap();
        }
        std::future::ready(if is_live { Err("no") } else { Ok(()) })
    });
    assert_eq!(rotation.run(|created| Vault::default().put(created)).await.unwrap_err().step, RotationStep::Swap);
    house.live.chat().create(&hello()).await.unwrap();
    assert_eq!(last_key(&house), third.expose_secret());
}

/// What the answer to disabling says doesn't matter, if the list says that it is done.
#[tokio::test]
async fn an_old_key_that_is_disabled_is_seen_to_be() {
    for reply in [Reply::status(204), Reply::ok(&json!({"success": true})), Reply::ok(&json!({"data": {"hash": "h"}})), Reply::hang_up()] {
        let house = House::new().await;
        let patch = key_path("PATCH", &house.old.data.hash);
        house.gateway.script(patch.clone(), vec![reply.clone().after_acting(); 3]);
        house.rotation().run(|created| Vault::default().put(created)).await.unwrap_or_else(|error| panic!("{reply:?}: {error}"));
        let house = House::new().await;
        house.gateway.script(key_path("PATCH", &house.old.data.hash), vec![reply.clone(); 3]);
        let error = house.rotation().run(|created| Vault::default().put(created)).await.unwrap_err();
        assert_eq!(error.step, RotationStep::Disable, "{reply:?}");
    }
}

#[tokio::test]
async fn answers_without_a_hash_are_made_good_by_the_list() {
    let house = House::new().await;
    let own = house.manager.keys().create(&backend()).await.unwrap().into_inner();
    let listed = |keys: Vec<&Key>| Reply::ok(&json!({"data": keys}));
    let answer = Reply::status(201).json(&json!({"key": own.key.expose_secret()}));
    house.gateway.script(GET_KEYS, [listed(vec![&house.old.data]), listed(vec![])]);
    house.gateway.script(POST_KEYS, [answer.clone()]);
    let rotated = house.rotation().run(|created| Vault::default().put(created)).await.unwrap();
    assert_eq!(rotated.new.data.hash, own.data.hash);

    let house = House::new().await;
    house.gateway.script(POST_KEYS, [answer]);
    let error = house.rotation().run(|created| Vault::default().put(created)).await.unwrap_err();
    assert_eq!((error.step, fate(&error)), (RotationStep::Create, ("may exist", vec!["backend"])));
    assert_eq!(error.created.unwrap().key, own.key, "the secret is handed over");
}

/// Step, fault, whether the gateway acted on the request first, and the reply: each combination that differs from all others.
fn cells() -> Vec<(&'static str, &'static str, bool, Reply)> {
    let plain = [
        ("refused", Reply::status(403)),
        ("500", Reply::status(500)),
        ("503", Reply::status(503)),
        ("303", Reply::status(303).header("location", "/elsewhere")),
        ("cut", Reply::status(200).body("{}").cut_after(1)),
        ("hangs up", Reply::hang_up()),
        ("hang", Reply::silence()),
    ];
    // What is refused isn't acted on, and looking something up has no effect.
    let acted = plain.clone().into_iter().filter(|(fault, _)| *fault != "refused");
    let acted = acted.map(|(fault, reply)| (fault, if fault == "cut" { Reply::own().cut_after(12) } else { reply.after_acting() }));
    let steps = ["create", "verify", "swap", "disable", "disable: proof", "delete"];
    let unacted = steps.into_iter().flat_map(|step| plain.clone().map(|(fault, reply)| (step, fault, false, reply)));
    let writes = ["create", "disable", "delete"].into_iter();
    let acted = writes.flat_map(|step| acted.clone().map(move |(fault, reply)| (step, fault, true, reply)));
    // The gateway has no part in storing.
    let store = ["fails", "hang"].map(|fault| ("store", fault, false, Reply::own()));
    unacted.chain(acted).chain(store).collect()
}

#[tokio::test]
async fn a_fault_at_each_step_leaves_a_working_key_no_unnamed_orphan_and_no_lost_secret() {
    let runs = cells().into_iter().map(|(step, fault, acted, reply)| async move {
        let patience = Duration::from_secs(if fault == "hang" { 3 } else { 30 });
        let house = House::with_patience(patience).await;
        let result = one_fault(&house, step, fault, &reply).await;
        check_what_is_left(&house, &format!("{step} {fault} acted {acted}"), result).await;
    });
    let cells = futures::stream::iter(runs).buffer_unordered(20).count().await;
    print_line(&format!("rotation: {cells} faults, 0 without a working key, 0 unnamed orphans, 0 lost secrets"));
}

/// Runs a rotation into a fault; gives the error, and what was stored.
async fn one_fault(house: &House, step: &str, fault: &str, reply: &Reply) -> (Result<(), RotationError>, Vault) {
    // As often as the retry policy tries; each is one request of a step.
    let replies = vec![reply.clone(); 3];
    let old = &house.old.data.hash;
    match step {
        "create" => house.gateway.script(POST_KEYS, replies),
        "verify" => house.gateway.script(CURRENT, replies),
        "swap" => house.gateway.script(CURRENT, [vec![Reply::own()], replies].concat()),
        "disable: proof" => house.gateway.script(CURRENT, [vec![Reply::own(); 2], replies].concat()),
        "disable" => house.gateway.script(key_path("PATCH", old), replies),
        "delete" => house.gateway.script(key_path("DELETE", old), replies),
        _ => {}
    }
    let vault = Vault::default();
    let (fails, hangs) = (step == "store" && fault != "hang", step == "store" && fault == "hang");
    let store = |created| {
        let vault = vault.clone();
        async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            if fails {
                Err(std::io::Error::other("the disk is full").into())
            } else {
                vault.put(created).await.map_err(arouter::error::BoxError::from)
            }
        }
    };
    let result = house.rotation().run(store).await.map(drop);
    (result, vault)
}

async fn check_what_is_left(house: &House, name: &str, (result, vault): (Result<(), RotationError>, Vault)) {
    let stored = vault.get();
    house.live.chat().create(&hello()).await.unwrap_or_else(|error| panic!("{name}: the live client has no working key: {error}"));
    let old_works = house.works(&house.old.key).await;
    let Err(error) = result else {
        // An end of the old key that was acted on without an answer, and then found done.
        let is_end = name.starts_with("delete") || (name.starts_with("disable") && !name.contains("proof"));
        assert!(is_end && name.ends_with("acted true") && !old_works && house.works(&stored.unwrap().key).await, "{name}");
        return;
    };
    let handed_over = error.created.as_deref();
    let (fate, named) = fate(&error);
    let is_stored = fate == "stored";
    assert!(old_works || (is_stored && house.works(&stored.as_ref().unwrap().key).await), "{name}: {error}");
    assert!(is_stored || old_works, "{name}: {error}");
    let named: HashSet<&str> = if fate == "deleted" { HashSet::new() } else { named.into_iter().collect() };
    for key in house.named("backend").await {
        let is_old = key.hash == house.old.data.hash;
        assert!(is_old || named.contains(key.hash.as_str()), "{name}: {} is left and not named: {error}", key.hash);
        let known = [handed_over, stored.as_ref()].into_iter().flatten().any(|created| created.data.hash == key.hash);
        assert!(is_old || known, "{name}: the secret of {} is lost", key.hash);
    }
    if is_stored {
        assert!(house.works(&stored.unwrap().key).await, "{name}: what was stored works");
    }
    let said = format!("{error}\n{error:?}\n{}", error.error().map(everything_said).unwrap_or_default());
    let secrets = [Some(&house.old.key), handed_over.map(|created| &created.key)];
    assert!(!secrets.into_iter().flatten().any(|key| said.contains(key.expose_secret())), "{name}: {said}");
    let step = error.step.to_string();
    assert!(name.starts_with(&step) && said.contains(&step), "{name}: {error}");
}

#[tokio::test]
async fn a_twin_that_cant_be_deleted_is_named_with_its_secret() {
    let house = House::new().await;
    house.gateway.always(CURRENT, Reply::status(500));
    let gateway = house.gateway.clone();
    let rotation = house.rotation().on_event(move |event| {
        if let RotationEvent::Created { hash, .. } = event {
            gateway.always(key_path("DELETE", hash), Reply::status(403));
        }
    });
    let error = rotation.run(|created| Vault::default().put(created)).await.unwrap_err();
    let created = error.created.as_deref().unwrap();
    assert_eq!((error.step, fate(&error)), (RotationStep::Verify, ("left", vec![created.data.hash.as_str()])));
    assert!(house.works(&created.key).await && error.to_string().contains(&created.data.hash), "{error}");
}

/// Calls and streams go on while their key is replaced, disabled and deleted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_fails_while_a_key_rotates() {
    const CALLS: usize = 200;
    const STREAMS: usize = 20;
    let house = House::new().await;
    house.gateway.set_delta_interval(Duration::from_millis(10));
    let live = house.live.with_retry(RetryPolicy::none());
    let long = ChatRequest::new("openai/gpt-5.4", [Message::user("word ".repeat(100))]);
    let streams = join_all((0..STREAMS).map(|_| live.chat().stream(&long))).await;
    let whole = live.chat().create(&long).await.unwrap().text();

    let (done, calls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let callers = (0..CALLS).map(|_| {
        let (live, done, calls) = (live.clone(), done.clone(), calls.clone());
        tokio::spawn(async move {
            loop {
                let is_last = done.load(Ordering::SeqCst);
                live.chat().create(&hello()).await?;
                calls.fetch_add(1, Ordering::SeqCst);
                if is_last {
                    return Ok::<_, Error>(());
                }
            }
        })
    });
    let callers: Vec<_> = callers.collect();
    // The managing client has its usual time here: two cores are busy with the calls.
    let (manager, vault) = (house.gateway.client(), Vault::default());
    let rotation = manager.keys().rotate(&house.old.data.hash).swap_into(&house.live).grace(Duration::from_millis(100)).delete_old();
    rotation.run(|created| vault.clone().put(created)).await.unwrap();
    assert!(!house.works(&house.old.key).await, "the old key is gone while the streams are open");
    done.store(true, Ordering::SeqCst);

    let mut failed = 0;
    for caller in join_all(callers).await {
        failed += usize::from(caller.unwrap().is_err());
    }
    for stream in streams {
        let (reply, ended) = stream.unwrap().into_outcome().await;
        failed += usize::from(ended.is_err() || reply.text() != whole);
    }
    let calls = calls.load(Ordering::SeqCst);
    print_line(&format!("rotation under load: {calls} calls by {CALLS} callers and {STREAMS} open streams, {failed} failed"));
    assert_eq!(failed, 0);
}
