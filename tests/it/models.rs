//! The catalogue: paths, both envelopes, and prices.

use arouter::Error;
use arouter::chat::{ChatRequest, Message, Usage};
use arouter::models::{ListModelsQuery, Pricing};
use arouter::testing::Reply;
use serde_json::json;

use crate::support::gateway;

#[tokio::test]
async fn models_are_listed_and_filtered() {
    let gateway = gateway().await;
    let models = gateway.client().models();
    let all = models.list().await.unwrap();
    assert!(all.get("openai/gpt-5.4").is_some() && all.get("openai/text-embedding-3-small").is_none());
    assert_eq!(all.supporting("tools").count(), all.data.len());
    let vectors = models.list_with(&ListModelsQuery::new().output_modalities(["embeddings"]).supported_parameters(["dimensions", "x"]));
    assert!(vectors.await.unwrap().data.is_empty());
    let queries: Vec<_> = gateway.requests().into_iter().map(|request| request.query).collect();
    assert_eq!(queries, [None, Some("output_modalities=embeddings&supported_parameters=dimensions%2Cx".to_owned())]);
}

#[tokio::test]
async fn a_model_is_looked_up_by_its_id_bare_or_in_an_envelope() {
    let gateway = gateway().await;
    let models = gateway.client().models();
    let bare = models.get("openai/gpt-5.4").await.unwrap();
    gateway.script("/v1/models/openai/gpt-5.4", [Reply::ok(&json!({"data": *bare}))]);
    assert_eq!(*models.get("openai/gpt-5.4").await.unwrap(), *bare);
    assert!(bare.supports("tools") && !bare.supports("telepathy"));
    assert!(models.get("nobody/nothing").await.unwrap_err().is_not_found());
    for id in ["", "a//b", "..", "a/../b"] {
        assert!(matches!(models.get(id).await, Err(Error::Config { .. })), "{id}");
    }
    gateway.script("/v1/models/m", [Reply::ok(&json!({"id": "m", "created": "7", "pricing": {"input": 10}, "x": 1}))]);
    let basic = models.get("m").await.unwrap();
    assert_eq!((basic.created, basic.extra.get("x"), basic.pricing.as_ref().unwrap().extra.len()), (Some(7), Some(&json!(1)), 1));
}

#[tokio::test]
async fn endpoints_come_in_two_envelopes() {
    let gateway = gateway().await;
    let models = gateway.client().models();
    let bare = models.endpoints("openai/gpt-5.4").await.unwrap();
    assert_eq!((bare.endpoints.len(), bare.endpoints[0].provider_id.as_deref()), (1, Some("OpenAI")));
    let described = json!({"data": {"id": "openai/gpt-5.4", "name": "GPT-5.4", "created": 7, "endpoints": bare.endpoints, "y": 2}, "x": 1});
    gateway.script("/api/v1/models/openai/gpt-5.4/endpoints", [Reply::ok(&described), Reply::ok(&json!({"data": {}}))]);
    let rich = models.endpoints("openai/gpt-5.4").await.unwrap();
    assert_eq!((rich.endpoints.len(), rich.name.as_deref(), rich.created), (1, Some("GPT-5.4"), Some(7)));
    assert_eq!((rich.extra.get("x"), rich.extra.get("y")), (Some(&json!(1)), Some(&json!(2))));
    assert!(matches!(models.endpoints("openai/gpt-5.4").await, Err(Error::Decode { .. })));
    let providers = models.providers().await.unwrap();
    assert_eq!(providers.data.iter().map(|provider| provider.name.as_str()).collect::<Vec<_>>(), ["OpenAI", "Anthropic", "Google"]);
}

#[test]
fn a_cost_is_the_sum_of_what_was_used() {
    let pricing = |json| serde_json::from_value::<Pricing>(json).unwrap();
    let usage = |json| serde_json::from_value::<Usage>(json).unwrap();
    let plain = usage(json!({"prompt_tokens": 100, "completion_tokens": 10}));
    let cached = usage(
        json!({"prompt_tokens": 100, "completion_tokens": 10, "prompt_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 20}}),
    );
    let rows = [
        (json!({"prompt": "0.5", "completion": "2"}), &plain, Some(70.0)),
        (json!({"prompt": 0.5, "completion": 2, "request": "3"}), &plain, Some(73.0)),
        (json!({"prompt": "0.5", "completion": "2", "input_cache_read": "0.25", "input_cache_write": "1"}), &cached, Some(65.0)),
        (json!({"prompt": "0.5", "completion": "2"}), &cached, Some(70.0)),
        (json!({"prompt": "-1", "completion": "-1"}), &plain, None),
        (json!({"prompt": "0.5"}), &plain, None),
        (json!({}), &plain, None),
    ];
    for (prices, usage, expected) in rows {
        assert_eq!(pricing(prices.clone()).cost(usage), expected, "{prices}");
    }
    let exact = json!({"prompt": "0.00000125"});
    assert_eq!(serde_json::to_value(pricing(exact.clone())).unwrap(), exact, "prices keep their digits");
}

#[tokio::test]
async fn the_embedded_gateway_bills_at_the_price_that_it_lists() {
    let gateway = gateway().await;
    let client = gateway.client();
    let reply = client.chat().create(&ChatRequest::new("openai/gpt-5.4", [Message::user("Hello!")])).await.unwrap();
    let model = client.models().get("openai/gpt-5.4").await.unwrap();
    let (usage, cost) = (reply.usage.as_ref().unwrap(), reply.usage.as_ref().unwrap().cost_usd().unwrap());
    assert!((model.pricing.as_ref().unwrap().cost(usage).unwrap() - cost).abs() < 1e-12);
}
