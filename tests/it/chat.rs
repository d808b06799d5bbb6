//! Chat: what is written to the wire, and what pieces add up to.

use arouter::chat::{
    ArouterToolId, ArouterToolOptions, AudioOutput, CacheControl, ChatAccumulator, ChatChunk, ChatRequest, ContentPart, DataCollection,
    FunctionDefinition, ImageDetail, MaxPrice, Message, Modality, ModerationMode, ModerationOptions, Plugin, Prediction,
    ProviderPreferences, ProviderSortBy, Reasoning, ReasoningEffort, ReasoningSummary, ResponseFormat, Role, ServiceTier, StopCondition,
    StreamOptions, Tool, ToolCall, ToolChoice, Trace, UserLocation, Verbosity, WebSearchOptions,
};
use serde_json::{Value, json};

use crate::support::{CHAT, gateway, hello};

/// A request with every option.
pub(crate) fn every_option() -> ChatRequest {
    ChatRequest::new("openai/gpt-5.4", [Message::user("Hi")])
        .models(["a", "b"])
        .route(arouter::chat::Route::Fallback)
        .max_tokens(1)
        .max_completion_tokens(2)
        .temperature(0.5)
        .top_p(0.9)
        .top_k(3)
        .min_p(0.1)
        .top_a(0.2)
        .frequency_penalty(-0.5)
        .presence_penalty(0.25)
        .repetition_penalty(1.5)
        .seed(-7)
        .stop(["END", "STOP"])
        .n(2)
        .logit_bias([("42".to_owned(), -100.0)])
        .logprobs(true)
        .top_logprobs(4)
        .tools([
            Tool::function("f", "does f", json!({"type": "object"})),
            Tool::web_search(),
            Tool::datetime("UTC"),
            Tool::server("openrouter:bash", serde_json::Map::new()),
        ])
        .tool_choice(ToolChoice::function("f"))
        .parallel_tool_calls(false)
        .response_format(ResponseFormat::json_schema("planet", json!({"type": "object"})))
        .reasoning(Reasoning::effort(ReasoningEffort::High).exclude(true).summary(ReasoningSummary::Concise))
        .reasoning_effort(ReasoningEffort::Minimal)
        .verbosity(Verbosity::Low)
        .modalities([Modality::Text, Modality::Audio])
        .audio(AudioOutput::new("alloy", "wav"))
        .prediction(Prediction::new("fn main() {}"))
        .service_tier(ServiceTier::Flex)
        .provider(
            ProviderPreferences::new()
                .order(["openai"])
                .only(["openai", "azure"])
                .ignore(["x"])
                .allow_fallbacks(false)
                .require_parameters(true)
                .data_collection(DataCollection::Deny)
                .zdr(true)
                .sort(ProviderSortBy::Throughput)
                .max_price(MaxPrice::tokens(1.5, "2.50")),
        )
        .plugins([Plugin::web(3), Plugin::context_compression(false), Plugin::auto_router(["anthropic/*"])])
        .transforms(["middle-out"])
        .cache_control(CacheControl::ephemeral().ttl("1h"))
        .prompt_cache_key("k")
        .user("user-42")
        .safety_identifier("s")
        .session_id("session")
        .metadata([("team".to_owned(), "search".to_owned())])
        .store(false)
        .stream_options(StreamOptions::usage(false))
        .extra("next_week", 1)
}

#[test]
fn every_option_is_written_as_the_api_spells_it() {
    let request = every_option();
    let expected = json!({
        "model": "openai/gpt-5.4", "messages": [{"role": "user", "content": "Hi"}],
        "models": ["a", "b"], "route": "fallback", "max_tokens": 1, "max_completion_tokens": 2, "temperature": 0.5, "top_p": 0.9, "top_k": 3,
        "min_p": 0.1, "top_a": 0.2, "frequency_penalty": -0.5, "presence_penalty": 0.25, "repetition_penalty": 1.5, "seed": -7,
        "stop": ["END", "STOP"], "n": 2, "logit_bias": {"42": -100.0}, "logprobs": true, "top_logprobs": 4,
        "tools": [
            {"type": "function", "function": {"name": "f", "description": "does f", "parameters": {"type": "object"}}},
            {"type": "arouter", "arouter": {"id": "web_search"}},
            {"type": "arouter", "arouter": {"id": "datetime", "timezone": "UTC"}},
            {"type": "openrouter:bash", "parameters": {}},
        ],
        "tool_choice": {"type": "function", "function": {"name": "f"}}, "parallel_tool_calls": false,
        "response_format": {"type": "json_schema", "json_schema": {"name": "planet", "schema": {"type": "object"}, "strict": true}},
        "reasoning": {"effort": "high", "exclude": true, "summary": "concise"}, "reasoning_effort": "minimal", "verbosity": "low",
        "modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"},
        "prediction": {"type": "content", "content": "fn main() {}"}, "service_tier": "flex",
        "provider": {"order": ["openai"], "only": ["openai", "azure"], "ignore": ["x"], "allow_fallbacks": false, "require_parameters": true,
            "data_collection": "deny", "zdr": true, "sort": "throughput", "max_price": {"prompt": 1.5, "completion": "2.50"}},
        "plugins": [{"id": "web", "max_results": 3}, {"id": "context-compression", "enabled": false}, {"id": "auto-router", "allowed_models": ["anthropic/*"]}],
        "transforms": ["middle-out"], "cache_control": {"type": "ephemeral", "ttl": "1h"}, "prompt_cache_key": "k", "user": "user-42",
        "safety_identifier": "s", "session_id": "session", "metadata": {"team": "search"}, "store": false,
        "stream_options": {"include_usage": false}, "next_week": 1,
    });
    assert_eq!(serde_json::to_value(&request).unwrap(), expected);
    assert_eq!(serde_json::from_value::<ChatRequest>(expected).unwrap(), request);
}

#[test]
fn messages_of_every_kind_are_written_as_the_api_spells_them() {
    let mut image = ContentPart::image("image/png", [1, 2, 3]);
    if let ContentPart::ImageUrl(part) = &mut image {
        part.image_url.as_mut().unwrap().detail = Some(ImageDetail::High);
    }
    let messages = [
        (Message::system("Be brief."), json!({"role": "system", "content": "Be brief."})),
        (Message::developer("Be brief."), json!({"role": "developer", "content": "Be brief."})),
        (Message::assistant("Hi").name("bot"), json!({"role": "assistant", "content": "Hi", "name": "bot"})),
        (Message::tool("call_1", "{}"), json!({"role": "tool", "content": "{}", "tool_call_id": "call_1"})),
        (Message::new(Role::Other("critic".into())), json!({"role": "critic"})),
        (
            Message::user([
                ContentPart::text("look").cache_control(CacheControl::ephemeral()),
                image,
                ContentPart::audio("wav", [1, 2, 3]),
                ContentPart::file("a.pdf", "application/pdf", [1, 2, 3]),
                ContentPart::video_url("https://example.com/a.mp4"),
            ]),
            json!({"role": "user", "content": [
                {"type": "text", "text": "look", "cache_control": {"type": "ephemeral"}},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AQID", "detail": "high"}},
                {"type": "input_audio", "input_audio": {"data": "AQID", "format": "wav"}},
                {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AQID"}},
                {"type": "video_url", "video_url": {"url": "https://example.com/a.mp4"}},
            ]}),
        ),
    ];
    for (message, expected) in messages {
        assert_eq!(serde_json::to_value(&message).unwrap(), expected);
        assert_eq!(serde_json::from_value::<Message>(expected).unwrap(), message);
    }
}

#[test]
fn a_part_of_a_known_kind_that_is_malformed_is_no_unknown_part() {
    let unknown = json!({"type": "hologram", "depth": 3});
    assert!(matches!(serde_json::from_value(unknown), Ok(ContentPart::Other(_))));
    assert!(serde_json::from_value::<ContentPart>(json!({"type": "video_url", "video_url": 3})).is_err());
    assert!(serde_json::from_value::<ContentPart>(json!({"type": "file"})).is_err());
}

#[tokio::test]
async fn the_method_says_whether_to_stream_and_extra_fields_win() {
    let gateway = gateway().await;
    let client = gateway.client();
    let stored: ChatRequest =
        serde_json::from_value(json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": true})).unwrap();
    let stored = stored.extra("stream", true).extra("stream_options", json!({"include_usage": true}));
    client.chat().create(&stored.temperature(0.1).extra("temperature", 0.9)).await.unwrap();
    let with_options = hello().stream_options(StreamOptions::usage(true));
    client.chat().stream(&hello().extra("stream_options", json!({"include_usage": false}))).await.unwrap();
    client.chat().create(&ChatRequest::fallback(["a", "b"], [Message::user("Hi")])).await.unwrap();

    let bodies: Vec<Value> = gateway.requests().iter().map(arouter::testing::RecordedRequest::json).collect();
    assert_eq!(bodies[0], json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}], "temperature": 0.9}));
    assert_eq!((&bodies[1]["stream"], &bodies[1]["stream_options"]), (&json!(true), &json!({"include_usage": false})));
    client.chat().create(&with_options).await.unwrap();
    assert!(gateway.requests()[3].json().get("stream_options").is_none(), "without a stream, the API refuses its options");
    assert_eq!(bodies[2], json!({"models": ["a", "b"], "route": "fallback", "messages": [{"role": "user", "content": "Hi"}]}));
    let text = String::from_utf8(gateway.requests()[0].body.to_vec()).unwrap();
    assert_eq!(text.matches("temperature").count(), 1);
}

#[tokio::test]
async fn a_tool_is_called_and_answered() {
    #[derive(serde::Deserialize)]
    struct Place {
        city: String,
    }
    let gateway = gateway().await;
    let client = gateway.client();
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    let asked = ChatRequest::new("m", [Message::user("get weather in Paris")]).tools([Tool::function("get_weather", "Weather", schema)]);
    let whole = client.chat().create(&asked).await.unwrap();
    let streamed = client.chat().stream(&asked).await.unwrap().into_response().await.unwrap();
    assert_eq!(streamed, *whole);

    let call = &whole.tool_calls()[0];
    let place: Place = call.arguments().unwrap();
    assert_eq!((call.name(), place.city.as_str(), call.raw_arguments()), ("get_weather", "Paris", r#"{"city":"Paris"}"#));
    let answered = ChatRequest::new("m", [asked.messages[0].clone(), whole.message(), Message::tool(&call.id, "22 °C")]);
    assert_eq!(client.chat().create(&answered).await.unwrap().text(), "The tool says: 22 °C");
    let sent = &gateway.requests()[2].json()["messages"];
    assert_eq!(
        sent[1]["tool_calls"],
        json!([{"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{\"city\":\"Paris\"}"}}])
    );
    assert_eq!(sent[2], json!({"role": "tool", "tool_call_id": "call_1", "content": "22 °C"}));
}

#[test]
fn tool_calls_are_assembled_from_any_pieces() {
    let first = |name: &str, arguments: &str| json!({"name": name, "arguments": arguments});
    let more = |arguments: &str| json!({"arguments": arguments});
    let rows: [(&str, Value, Value); 8] = [
        (
            "by index, interleaved",
            json!([[{"index": 1, "id": "b", "function": first("g", "")}, {"index": 0, "id": "a", "function": first("f", "{")}],
                   [{"index": 0, "function": more("}")}, {"index": 1, "function": more("[]")}]]),
            json!([["a", "f", "{}"], ["b", "g", "[]"]]),
        ),
        (
            "whole calls that all have the index 0",
            json!([[{"index": 0, "id": "a", "function": first("f", "{}")}], [{"index": 0, "id": "b", "function": first("g", "{}")}]]),
            json!([["a", "f", "{}"], ["b", "g", "{}"]]),
        ),
        (
            "without an index, by id",
            json!([[{"id": "a", "function": first("f", "{")}], [{"id": "b", "function": first("g", "{")}], [{"id": "a", "function": more("}")}], [{"id": "b", "function": more("}")}]]),
            json!([["a", "f", "{}"], ["b", "g", "{}"]]),
        ),
        (
            "without an index or id",
            json!([[{"function": first("f", "{")}], [{"function": more("}")}], [{"function": first("g", "{}")}]]),
            json!([["", "f", "{}"], ["", "g", "{}"]]),
        ),
        (
            "ids that are null or empty after the first",
            json!([[{"index": 0, "id": "a", "function": first("f", "{")}], [{"index": 0, "id": "", "function": more("1")}], [{"index": 0, "id": null, "function": more("}")}]]),
            json!([["a", "f", "{1}"]]),
        ),
        (
            "the name again in each piece",
            json!([[{"index": 0, "id": "a", "function": first("f", "{")}], [{"index": 0, "id": "a", "function": first("f", "}")}]]),
            json!([["a", "f", "{}"]]),
        ),
        (
            "arguments that are null",
            json!([[{"index": 0, "id": "a", "function": {"name": "f", "arguments": null}}]]),
            json!([["a", "f", ""]]),
        ),
        ("no calls after all", json!([null, []]), json!([])),
    ];
    for (row, pieces, expected) in rows {
        let mut accumulator = ChatAccumulator::new();
        for calls in pieces.as_array().unwrap() {
            let chunk: ChatChunk = serde_json::from_value(json!({"choices": [{"delta": {"tool_calls": calls}}]})).unwrap();
            accumulator.push(chunk).unwrap();
        }
        let whole = accumulator.into_response();
        let calls: Vec<_> = whole.tool_calls().iter().map(|call| json!([call.id, call.name(), call.raw_arguments()])).collect();
        assert_eq!(Value::from(calls), expected, "{row}");
    }
}

#[test]
fn reasoning_is_joined_by_index() {
    let mut accumulator = ChatAccumulator::new();
    let pieces = [
        json!({"type": "reasoning.text", "index": 0, "text": "I th"}),
        json!({"index": 0, "text": "ink"}),
        json!({"type": "reasoning.text", "index": 0, "signature": "sig"}),
        json!({"type": "reasoning.encrypted", "index": 1, "data": "x"}),
        json!({"type": "reasoning.encrypted", "index": 1, "data": "y"}),
    ];
    for piece in pieces {
        accumulator.push(serde_json::from_value(json!({"choices": [{"delta": {"reasoning_details": [piece]}}]})).unwrap()).unwrap();
    }
    let details = accumulator.into_response().message().reasoning_details;
    let expected = json!([
        {"type": "reasoning.text", "index": 0, "text": "I think", "signature": "sig"},
        {"type": "reasoning.encrypted", "index": 1, "data": "x"},
        {"type": "reasoning.encrypted", "index": 1, "data": "y"},
    ]);
    assert_eq!(serde_json::to_value(details).unwrap(), expected);
}

#[test]
fn what_a_program_stores_it_can_build_again() {
    let tools: Vec<Tool> = vec![
        FunctionDefinition::new("f").strict(true).into(),
        Tool::custom("shell", "runs it"),
        ArouterToolOptions::new(ArouterToolId::WebSearch).max_results(3).include_domains(["arxiv.org"]).into(),
    ];
    let mut turn = Message::new(Role::Assistant);
    turn.tool_calls = Some(vec![ToolCall::function("call_1", "f", "{}")]);
    let request = ChatRequest::new("m", [turn, Message::user([ContentPart::file_id("file_1")])])
        .tools(tools)
        .tool_choice(ToolChoice::allowed("auto", [json!({"type": "function", "function": {"name": "f"}})]))
        .trace(Trace::default().trace_id("t"))
        .moderation(ModerationOptions::new("omni").policy(ModerationMode::Score, ModerationMode::Block))
        .stop_server_tools_when([StopCondition::StepCountIs { step_count: 3 }])
        .web_search_options(WebSearchOptions::default().user_location(UserLocation::approximate("Lisbon", "PT")));
    let expected = json!({
        "model": "m",
        "messages": [
            {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "user", "content": [{"type": "file", "file": {"file_id": "file_1"}}]},
        ],
        "tools": [
            {"type": "function", "function": {"name": "f", "strict": true}},
            {"type": "custom", "custom": {"name": "shell", "description": "runs it"}},
            {"type": "arouter", "arouter": {"id": "web_search", "max_results": 3, "include_domains": ["arxiv.org"]}},
        ],
        "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "f"}}]}},
        "trace": {"trace_id": "t"},
        "moderation": {"model": "omni", "policy": {"input": {"mode": "score"}, "output": {"mode": "block"}}},
        "stop_server_tools_when": [{"type": "step_count_is", "step_count": 3}],
        "web_search_options": {"user_location": {"type": "approximate", "approximate": {"city": "Lisbon", "country": "PT"}}},
    });
    assert_eq!(serde_json::to_value(&request).unwrap(), expected);
    assert_eq!(serde_json::from_value::<ChatRequest>(expected).unwrap(), request);
}

#[test]
fn hostile_indices_are_refused_and_change_nothing() {
    let mut accumulator = ChatAccumulator::new();
    accumulator.push(serde_json::from_value(json!({"choices": [{"index": 0, "delta": {"content": "a"}}]})).unwrap()).unwrap();
    for choice in [
        json!({"index": 128}),
        json!({"index": -1}),
        json!({"index": i64::MAX}),
        json!({"delta": {"content": "b", "tool_calls": [{"index": 1024}]}}),
    ] {
        let chunk: ChatChunk = serde_json::from_value(json!({"choices": [choice]})).unwrap();
        assert!(accumulator.push(chunk).is_err());
        assert_eq!(accumulator.response().text(), "a");
    }
}

#[test]
fn sound_in_padded_pieces_is_one_sound() {
    let mut accumulator = ChatAccumulator::new();
    for data in ["AQ==", "AgM=", "BAUG"] {
        let chunk = json!({"choices": [{"delta": {"audio": {"id": "audio_1", "data": data, "transcript": "x"}}}]});
        accumulator.push(serde_json::from_value(chunk).unwrap()).unwrap();
    }
    let audio = accumulator.into_response().choices.remove(0).message.audio.unwrap();
    assert_eq!((audio.data.as_deref(), audio.transcript.as_deref()), (Some("AQIDBAUG"), Some("xxx")));
}

#[tokio::test]
async fn the_gateway_refuses_what_the_service_would() {
    let gateway = gateway().await;
    let client = gateway.client();
    for request in [ChatRequest::new("m", []), serde_json::from_value(json!({"messages": [{"role": "user", "content": "Hi"}]})).unwrap()] {
        let error = client.chat().create(&request).await.unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.api().unwrap().kind()), (400, Some("invalid_request_error")));
    }
    let error = client.request(arouter::Method::GET, ["v1", "nothing"]).send().await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(gateway.requests().last().unwrap().path, "/v1/nothing");
    assert_eq!(gateway.requests()[0].path, CHAT);
}
