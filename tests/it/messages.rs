//! Messages: what is written to the wire, and what events add up to.

use arouter::chat::{Plugin, ProviderPreferences, Route, StopCondition, Trace};
use arouter::messages::{
    BatchOutcome, BatchRequest, CacheControl, ChangedTool, CitationsConfig, Container, ContentBlock, ContextEdit, ContextManagement,
    Diagnostics, DocumentBlock, Effort, Fallback, FallbackCreditToken, InputMessage, McpServer, McpToolConfig, McpToolConfiguration,
    MessagesAccumulator, MessagesEvent, MessagesRequest, Metadata, OutputConfig, OutputFormat, PageQuery, Role, SearchResultBlock,
    ServiceTier, Skill, Source, Speed, TaskBudget, Thinking, ThinkingDisplay, Threshold, Tool, ToolChoice, UserLocation,
};
use arouter::testing::{Gateway, RecordedRequest, Reply};
use arouter::{Error, RetryPolicy};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use crate::support::{MESSAGES, gateway, hello_claude};

/// A request with every option.
pub(crate) fn every_option() -> MessagesRequest {
    let object = |json: Value| json.as_object().unwrap().clone();
    MessagesRequest::new("claude-sonnet-4.6", 2048, [InputMessage::user("Hi")])
        .system([ContentBlock::text("Be brief.").cache_control(CacheControl::ephemeral().ttl("1h"))])
        .temperature(0.5)
        .top_p(0.9)
        .top_k(3)
        .stop_sequences(["END", "STOP"])
        .tools([
            Tool::new("f", "does f", json!({"type": "object"}))
                .strict(true)
                .eager_input_streaming(true)
                .defer_loading(true)
                .allowed_callers(["direct"])
                .input_examples([object(json!({"a": 1}))])
                .cache_control(CacheControl::ephemeral()),
            Tool::web_search()
                .kind("web_search_20260318")
                .max_uses(3)
                .allowed_domains(["example.com"])
                .blocked_domains(["example.org"])
                .user_location(UserLocation::new("Lisbon", "PT"))
                .response_inclusion("excluded"),
            Tool::web_fetch().citations(CitationsConfig::enabled(true)).max_content_tokens(1000).use_cache(false),
            Tool::code_execution(),
            Tool::bash(),
            Tool::text_editor().max_characters(9),
            Tool::memory(),
            Tool::computer(1024, 768).kind("computer_20251124").display_number(1).enable_zoom(true),
            Tool::tool_search_regex(),
            Tool::tool_search(),
            Tool::advisor("claude-opus-4.6").max_tokens(100).caching(CacheControl::ephemeral()),
            Tool::mcp_toolset("wiki")
                .configs([("search".to_owned(), McpToolConfig::default().enabled(true).defer_loading(false))])
                .default_config(McpToolConfig::default().enabled(false)),
            Tool::of_kind("openrouter:datetime", "datetime").parameters(object(json!({"timezone": "UTC"}))),
        ])
        .tool_choice(ToolChoice::tool("f").disable_parallel_tool_use(true))
        .thinking(Thinking::enabled(1024).display(ThinkingDisplay::Omitted))
        .output_config(
            OutputConfig::new()
                .effort(Effort::Max)
                .format(OutputFormat::json_schema(json!({"type": "object"})))
                .task_budget(TaskBudget::tokens(9000).remaining(8000)),
        )
        .output_format(OutputFormat::json_schema(json!({})))
        .metadata(Metadata::user_id("user-42"))
        .service_tier(ServiceTier::StandardOnly)
        .speed(Speed::Fast)
        .inference_geo("us")
        .cache_control(CacheControl::ephemeral())
        .container(Container::skills([Skill::anthropic("pptx").version("latest"), Skill::custom("s")]).id("c"))
        .context_management(ContextManagement::edits([
            ContextEdit::clear_tool_uses()
                .trigger(Threshold::input_tokens(1000))
                .keep(Threshold::tool_uses(2))
                .clear_at_least(Threshold::input_tokens(50))
                .clear_tool_inputs(true)
                .exclude_tools(["f"]),
            ContextEdit::clear_thinking().keep("all"),
            ContextEdit::clear_thinking().keep(Threshold::thinking_turns(1)),
            ContextEdit::compact().instructions("Keep names.").pause_after_compaction(true),
        ]))
        .mcp_servers([McpServer::new("wiki", "https://example.com/mcp")
            .authorization_token("token")
            .tool_configuration(McpToolConfiguration::default().enabled(true).allowed_tools(["search"]))])
        .fallbacks([Fallback::new("claude-haiku-4.5")
            .max_tokens(10)
            .output_config(OutputConfig::new())
            .speed(Speed::Standard)
            .thinking(Thinking::disabled())])
        .fallback_credit_token("credit")
        .diagnostics(Diagnostics::new().previous_message_id("msg_0"))
        .user_profile_id("profile")
        .models(["a", "b"])
        .route(Route::Fallback)
        .provider(ProviderPreferences::new().only(["anthropic"]))
        .plugins([Plugin::web(3)])
        .stop_server_tools_when([StopCondition::StepCountIs { step_count: 2 }])
        .user("user-42")
        .session_id("session")
        .trace(Trace::default().trace_id("t"))
        .betas(["a-beta"])
        .extra("next_week", 1)
}

#[test]
fn every_option_is_written_as_the_api_spells_it() {
    let request = every_option();
    let expected = json!({
        "model": "claude-sonnet-4.6", "max_tokens": 2048, "messages": [{"role": "user", "content": "Hi"}],
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
        "temperature": 0.5, "top_p": 0.9, "top_k": 3, "stop_sequences": ["END", "STOP"],
        "tools": [
            {"name": "f", "description": "does f", "input_schema": {"type": "object"}, "strict": true, "eager_input_streaming": true,
                "defer_loading": true, "allowed_callers": ["direct"], "input_examples": [{"a": 1}], "cache_control": {"type": "ephemeral"}},
            {"type": "web_search_20260318", "name": "web_search", "max_uses": 3, "allowed_domains": ["example.com"],
                "blocked_domains": ["example.org"], "user_location": {"type": "approximate", "city": "Lisbon", "country": "PT"},
                "response_inclusion": "excluded"},
            {"type": "web_fetch_20250910", "name": "web_fetch", "citations": {"enabled": true}, "max_content_tokens": 1000, "use_cache": false},
            {"type": "code_execution_20250825", "name": "code_execution"},
            {"type": "bash_20250124", "name": "bash"},
            {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool", "max_characters": 9},
            {"type": "memory_20250818", "name": "memory"},
            {"type": "computer_20251124", "name": "computer", "display_width_px": 1024, "display_height_px": 768, "display_number": 1,
                "enable_zoom": true},
            {"type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex"},
            {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"},
            {"type": "advisor_20260301", "name": "advisor", "model": "claude-opus-4.6", "max_tokens": 100, "caching": {"type": "ephemeral"}},
            {"type": "mcp_toolset", "mcp_server_name": "wiki", "configs": {"search": {"enabled": true, "defer_loading": false}},
                "default_config": {"enabled": false}},
            {"type": "openrouter:datetime", "name": "datetime", "parameters": {"timezone": "UTC"}},
        ],
        "tool_choice": {"type": "tool", "name": "f", "disable_parallel_tool_use": true},
        "thinking": {"type": "enabled", "budget_tokens": 1024, "display": "omitted"},
        "output_config": {"effort": "max", "format": {"type": "json_schema", "schema": {"type": "object"}},
            "task_budget": {"type": "tokens", "total": 9000, "remaining": 8000}},
        "output_format": {"type": "json_schema", "schema": {}}, "metadata": {"user_id": "user-42"}, "service_tier": "standard_only",
        "speed": "fast", "inference_geo": "us", "cache_control": {"type": "ephemeral"},
        "container": {"id": "c", "skills": [{"type": "anthropic", "skill_id": "pptx", "version": "latest"}, {"type": "custom", "skill_id": "s"}]},
        "context_management": {"edits": [
            {"type": "clear_tool_uses_20250919", "trigger": {"type": "input_tokens", "value": 1000}, "keep": {"type": "tool_uses", "value": 2},
                "clear_at_least": {"type": "input_tokens", "value": 50}, "clear_tool_inputs": true, "exclude_tools": ["f"]},
            {"type": "clear_thinking_20251015", "keep": "all"},
            {"type": "clear_thinking_20251015", "keep": {"type": "thinking_turns", "value": 1}},
            {"type": "compact_20260112", "instructions": "Keep names.", "pause_after_compaction": true},
        ]},
        "mcp_servers": [{"type": "url", "name": "wiki", "url": "https://example.com/mcp", "authorization_token": "token",
            "tool_configuration": {"enabled": true, "allowed_tools": ["search"]}}],
        "fallbacks": [{"model": "claude-haiku-4.5", "max_tokens": 10, "output_config": {}, "speed": "standard", "thinking": {"type": "disabled"}}],
        "fallback_credit_token": "credit", "diagnostics": {"previous_message_id": "msg_0"}, "user_profile_id": "profile",
        "models": ["a", "b"], "route": "fallback", "provider": {"only": ["anthropic"]}, "plugins": [{"id": "web", "max_results": 3}],
        "stop_server_tools_when": [{"type": "step_count_is", "step_count": 2}], "user": "user-42", "session_id": "session",
        "trace": {"trace_id": "t"}, "next_week": 1,
    });
    assert_eq!(serde_json::to_value(&request).unwrap(), expected);
    let mut read: MessagesRequest = serde_json::from_value(expected).unwrap();
    // Betas are no part of the body.
    read.betas = request.betas.clone();
    assert_eq!(read, request);
    assert!(!format!("{request:?}").contains("\"token\""), "the token of a server is no text to print");
}

#[test]
fn choices_of_one_kind_are_written_as_the_api_spells_them() {
    let rows = [
        (json!(ToolChoice::auto()), json!({"type": "auto"})),
        (json!(ToolChoice::any()), json!({"type": "any"})),
        (json!(ToolChoice::none()), json!({"type": "none"})),
        (json!(Thinking::adaptive()), json!({"type": "adaptive"})),
        (json!(hello_claude().fallbacks("default").fallbacks), json!("default")),
        (json!(hello_claude().container("c").container), json!("c")),
        (
            json!(hello_claude().fallback_credit_token(FallbackCreditToken::new("t", "strict")).fallback_credit_token),
            json!({"token": "t", "mode": "strict"}),
        ),
        (json!(hello_claude().system("Be brief.").system), json!("Be brief.")),
        (json!(InputMessage::assistant("Well,")), json!({"role": "assistant", "content": "Well,"})),
        (json!(InputMessage::new(Role::System, "From here on, shout.")), json!({"role": "system", "content": "From here on, shout."})),
    ];
    for (written, expected) in rows {
        assert_eq!(written, expected);
    }
}

/// Every kind of block, in its API's words. What can be sent has a constructor; all of them are read and written alike.
#[test]
fn blocks_of_every_kind_are_read_and_written_alike() {
    let made = [
        (ContentBlock::text("a"), json!({"type": "text", "text": "a"})),
        (
            ContentBlock::image("image/png", [1, 2, 3]).cache_control(CacheControl::ephemeral()),
            json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AQID"}, "cache_control": {"type": "ephemeral"}}),
        ),
        (
            ContentBlock::image_url("https://example.com/a.png"),
            json!({"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}),
        ),
        (
            ContentBlock::document(Source::base64("application/pdf", [1])),
            json!({"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "AQ=="}}),
        ),
        (
            ContentBlock::document(Source::text("a")),
            json!({"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a"}}),
        ),
        (
            ContentBlock::document(Source::content([ContentBlock::text("a")])),
            json!({"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "a"}]}}),
        ),
        (ContentBlock::document(Source::file("f")), json!({"type": "document", "source": {"type": "file", "file_id": "f"}})),
        (
            DocumentBlock::new(Source::url("u")).title("t").context("c").citations(CitationsConfig::enabled(true)).into(),
            json!({"type": "document", "source": {"type": "url", "url": "u"}, "title": "t", "context": "c", "citations": {"enabled": true}}),
        ),
        (
            SearchResultBlock::new("s", "t", [ContentBlock::text("a")]).citations(CitationsConfig::enabled(true)).into(),
            json!({"type": "search_result", "source": "s", "title": "t", "content": [{"type": "text", "text": "a"}], "citations": {"enabled": true}}),
        ),
        (
            ContentBlock::search_result("s", "t", [ContentBlock::text("a")]),
            json!({"type": "search_result", "source": "s", "title": "t", "content": [{"type": "text", "text": "a"}]}),
        ),
        (ContentBlock::container_upload("f"), json!({"type": "container_upload", "file_id": "f"})),
        (ContentBlock::thinking("hm", "s"), json!({"type": "thinking", "thinking": "hm", "signature": "s"})),
        (ContentBlock::redacted_thinking("d"), json!({"type": "redacted_thinking", "data": "d"})),
        (ContentBlock::tool_use("i", "n", json!({"a": 1})), json!({"type": "tool_use", "id": "i", "name": "n", "input": {"a": 1}})),
        (ContentBlock::tool_reference("n"), json!({"type": "tool_reference", "tool_name": "n"})),
        (
            ContentBlock::mid_conversation_system([ContentBlock::text("a")]),
            json!({"type": "mid_conv_system", "content": [{"type": "text", "text": "a"}]}),
        ),
        (
            ContentBlock::tool_addition(ChangedTool::mcp_tool("s", "n")),
            json!({"type": "tool_addition", "tool": {"type": "mcp_tool_reference", "name": "n", "server_name": "s"}}),
        ),
        (
            ContentBlock::tool_addition(ChangedTool::mcp_toolset("s")),
            json!({"type": "tool_addition", "tool": {"type": "mcp_toolset_reference", "server_name": "s"}}),
        ),
        (
            ContentBlock::tool_removal(ChangedTool::tool("n")),
            json!({"type": "tool_removal", "tool": {"type": "tool_reference", "name": "n"}}),
        ),
        (ContentBlock::tool_result("t", "22 °C"), json!({"type": "tool_result", "tool_use_id": "t", "content": "22 °C"})),
    ];
    for (block, expected) in made {
        assert_eq!(serde_json::to_value(&block).unwrap(), expected);
        assert_eq!(serde_json::from_value::<ContentBlock>(expected).unwrap(), block);
    }
    let read = json!([
        {"type": "text", "text": "a", "citations": [
            {"type": "char_location", "cited_text": "c", "document_index": 1, "document_title": "d", "start_char_index": 2, "end_char_index": 3, "file_id": "f"},
            {"type": "page_location", "cited_text": "c", "document_index": 1, "start_page_number": 2, "end_page_number": 3},
            {"type": "content_block_location", "cited_text": "c", "document_index": 1, "start_block_index": 2, "end_block_index": 3},
            {"type": "web_search_result_location", "cited_text": "c", "encrypted_index": "e", "title": "t", "url": "u"},
            {"type": "search_result_location", "cited_text": "c", "search_result_index": 1, "source": "s", "title": "t", "start_block_index": 2, "end_block_index": 3},
            {"type": "hearsay_location", "who": "they"},
        ]},
        {"type": "search_result", "source": "s", "title": "t", "content": [{"type": "text", "text": "a"}], "citations": {"enabled": true}},
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "redacted_thinking", "data": "d"},
        {"type": "tool_use", "id": "i", "name": "n", "input": {"a": null}, "caller": {"type": "code_execution_20260120", "tool_id": "t"}},
        {"type": "tool_result", "tool_use_id": "t", "is_error": true, "content": [{"type": "tool_reference", "tool_name": "n"}]},
        {"type": "server_tool_use", "id": "i", "name": "web_search", "input": {"query": "q"}},
        {"type": "web_search_tool_result", "tool_use_id": "t", "content": [
            {"type": "web_search_result", "url": "u", "title": "t", "page_age": "1 day", "encrypted_content": "e"}]},
        {"type": "web_search_tool_result", "tool_use_id": "t", "content": {"type": "web_search_tool_result_error", "error_code": "unavailable"}},
        {"type": "web_fetch_tool_result", "tool_use_id": "t", "caller": {"type": "direct"}, "content": {"type": "web_fetch_result", "url": "u",
            "retrieved_at": "r", "content": {"type": "document", "title": "t", "source": {"type": "text", "media_type": "text/plain", "data": "d"}}}},
        {"type": "web_fetch_tool_result", "tool_use_id": "t", "content": {"type": "web_fetch_tool_result_error", "error_code": "url_too_long"}},
        {"type": "code_execution_tool_result", "tool_use_id": "t", "content": {"type": "code_execution_result", "stdout": "o", "stderr": "e",
            "return_code": 1, "content": [{"type": "code_execution_output", "file_id": "f"}], "abort_reason": "a"}},
        {"type": "code_execution_tool_result", "tool_use_id": "t", "content": {"type": "encrypted_code_execution_result",
            "encrypted_stdout": "o", "stderr": "e", "return_code": 1, "content": []}},
        {"type": "code_execution_tool_result", "tool_use_id": "t", "content": {"type": "code_execution_tool_result_error", "error_code": "x"}},
        {"type": "bash_code_execution_tool_result", "tool_use_id": "t", "content": {"type": "bash_code_execution_result", "stdout": "o",
            "stderr": "e", "return_code": 1, "content": [{"type": "bash_code_execution_output", "file_id": "f"}]}},
        {"type": "bash_code_execution_tool_result", "tool_use_id": "t", "content": {"type": "bash_code_execution_tool_result_error", "error_code": "x"}},
        {"type": "text_editor_code_execution_tool_result", "tool_use_id": "t", "content": {"type": "text_editor_code_execution_view_result",
            "file_type": "text", "content": "c", "num_lines": 1, "start_line": 2, "total_lines": 3}},
        {"type": "text_editor_code_execution_tool_result", "tool_use_id": "t", "content": {"type": "text_editor_code_execution_create_result", "is_file_update": true}},
        {"type": "text_editor_code_execution_tool_result", "tool_use_id": "t", "content": {"type": "text_editor_code_execution_str_replace_result",
            "lines": ["-a", "+b"], "old_start": 1, "old_lines": 2, "new_start": 3, "new_lines": 4}},
        {"type": "text_editor_code_execution_tool_result", "tool_use_id": "t", "content": {"type": "text_editor_code_execution_tool_result_error",
            "error_code": "file_not_found", "error_message": "no"}},
        {"type": "tool_search_tool_result", "tool_use_id": "t", "content": {"type": "tool_search_tool_search_result",
            "tool_references": [{"type": "tool_reference", "tool_name": "n"}]}},
        {"type": "tool_search_tool_result", "tool_use_id": "t", "content": {"type": "tool_search_tool_result_error", "error_code": "x"}},
        {"type": "advisor_tool_result", "tool_use_id": "t", "content": {"type": "advisor_result", "text": "do", "stop_reason": "end_turn"}},
        {"type": "advisor_tool_result", "tool_use_id": "t", "content": {"type": "advisor_redacted_result", "encrypted_content": "e"}},
        {"type": "advisor_tool_result", "tool_use_id": "t", "content": {"type": "advisor_tool_result_error", "error_code": "overloaded"}},
        {"type": "mcp_tool_use", "id": "i", "name": "n", "server_name": "s", "input": {}},
        {"type": "mcp_tool_result", "tool_use_id": "t", "is_error": false, "content": [{"type": "text", "text": "a"}]},
        {"type": "container_upload", "file_id": "f"},
        {"type": "compaction", "content": "c", "encrypted_content": "e"},
        {"type": "fallback", "from": {"model": "a"}, "to": {"model": "b"}, "trigger": {"type": "refusal", "category": "bio"}},
        {"type": "mid_conv_system", "content": [{"type": "text", "text": "a"}]},
        {"type": "tool_addition", "tool": {"type": "mcp_tool_reference", "name": "n", "server_name": "s"}},
        {"type": "tool_removal", "tool": {"type": "tool_reference", "name": "n"}},
        {"type": "hologram", "depth": 3},
    ]);
    for block in read.as_array().unwrap() {
        let typed: ContentBlock = serde_json::from_value(block.clone()).unwrap_or_else(|error| panic!("{block}: {error}"));
        assert_eq!(&serde_json::to_value(&typed).unwrap(), block);
        assert_eq!(matches!(typed, ContentBlock::Other(_)), block["type"] == "hologram", "{block}");
        let shown = format!("{typed:?}");
        assert_eq!(shown.matches("extra: {}").count(), shown.matches("extra: ").count(), "a field of {block} has no type");
    }
    for malformed in [json!({"type": "tool_result"}), json!({"type": "image"}), json!({"type": "text", "text": 3})] {
        assert!(serde_json::from_value::<ContentBlock>(malformed.clone()).is_err(), "{malformed}");
    }
}

#[tokio::test]
async fn a_call_carries_the_key_the_version_and_the_betas() {
    let gateway = gateway().await;
    let client = gateway.client();
    client.messages().create(&hello_claude().betas(["b-1", "a-1", "b-1"]).extra("stream", true).extra("top_k", 7)).await.unwrap();
    client.messages().stream(&hello_claude().extra("temperature", 0.5)).await.unwrap();
    let client = client.with_header("anthropic-version", "2099-01-01").unwrap().with_header("anthropic-beta", "of-the-client").unwrap();
    let counted = hello_claude().system("Be brief.").metadata(Metadata::user_id("u")).top_k(3).betas(["mine"]).extra("next_week", 1);
    client.messages().count_tokens(&counted).await.unwrap();

    let requests = gateway.requests();
    let header = |at: usize, name: &str| requests[at].headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    for at in 0..3 {
        assert_eq!((header(at, "x-api-key").as_deref(), header(at, "authorization")), (Some(gateway.api_key()), None));
    }
    assert_eq!((header(0, "anthropic-version").as_deref(), header(0, "anthropic-beta").as_deref()), (Some("2023-06-01"), Some("a-1,b-1")));
    assert_eq!(header(1, "anthropic-beta"), None);
    assert_eq!(
        (header(2, "anthropic-version").as_deref(), header(2, "anthropic-beta").as_deref()),
        (Some("2099-01-01"), Some("mine,of-the-client"))
    );

    let bodies: Vec<Value> = requests.iter().map(RecordedRequest::json).collect();
    let hello = json!({"model": "claude-sonnet-4.6", "max_tokens": 1024, "messages": [{"role": "user", "content": "Hello!"}]});
    let with = |fields: Value| {
        let mut body = hello.as_object().unwrap().clone();
        body.extend(fields.as_object().unwrap().clone());
        Value::Object(body)
    };
    assert_eq!(bodies[0], with(json!({"top_k": 7})));
    assert_eq!(bodies[1], with(json!({"temperature": 0.5, "stream": true})));
    assert_eq!(requests[2].path, "/v1/messages/count_tokens");
    assert_eq!(bodies[2], json!({"model": "claude-sonnet-4.6", "messages": hello["messages"], "system": "Be brief.", "next_week": 1}));
    let error = client.messages().create(&hello_claude().betas(["a\nb"])).await.unwrap_err();
    assert!(matches!(error, Error::Config { .. }) && gateway.requests().len() == 3, "{error}");
}

#[tokio::test]
async fn a_stream_gives_what_a_whole_answer_would() {
    let gateway = gateway().await;
    let client = gateway.client();
    let request = hello_claude().thinking(Thinking::adaptive());
    let whole = client.messages().create(&request).await.unwrap();
    let stream = client.messages().stream(&request).await.unwrap();
    assert!(stream.meta().time_to_first_event().is_some() && stream.meta().request_id() == Some("req_2"));
    assert_eq!(stream.into_response().await.unwrap(), *whole);
    assert_eq!((whole.text().as_str(), whole.thinking().as_str()), ("You said: \"Hello!\"", "They said 1 words."));
    let pieces: Vec<String> = client.messages().stream(&request).await.unwrap().into_text().map(Result::unwrap).collect().await;
    assert_eq!(pieces, ["You ", "said: ", "\"Hello!\""]);
    assert_eq!(client.messages().count_tokens(&request).await.unwrap().input_tokens, whole.usage.input_tokens);
}

#[tokio::test]
async fn a_tool_is_called_and_answered_and_the_thinking_goes_back() {
    #[derive(serde::Deserialize)]
    struct Place {
        city: String,
    }
    let gateway = gateway().await;
    let client = gateway.client();
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    let asked = MessagesRequest::new("m", 4096, [InputMessage::user("get weather in Paris")])
        .tools([Tool::new("get_weather", "Weather", schema)])
        .thinking(Thinking::enabled(1024));
    let whole = client.messages().create(&asked).await.unwrap();
    assert_eq!(client.messages().stream(&asked).await.unwrap().into_response().await.unwrap(), *whole);

    let call = whole.tool_uses()[0];
    let place: Place = call.input_as().unwrap();
    assert_eq!((call.name.as_str(), place.city.as_str()), ("get_weather", "Paris"));
    let results = InputMessage::user([call.result("22 °C"), call.error("a fuse blew")]);
    let mut answered = asked.clone();
    answered.messages.extend([whole.message(), results]);
    assert_eq!(client.messages().create(&answered).await.unwrap().text(), "The tool says: 22 °Ca fuse blew");
    let sent = &gateway.requests()[2].json()["messages"];
    assert_eq!(sent[1]["role"], "assistant");
    assert_eq!(sent[1]["content"][0]["type"], "thinking");
    assert!(sent[1]["content"][0]["signature"].as_str().is_some_and(|signature| !signature.is_empty()));
    assert_eq!(sent[1]["content"][1], json!({"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Paris"}}));
    assert_eq!(
        sent[2]["content"],
        json!([{"type": "tool_result", "tool_use_id": "toolu_1", "content": "22 °C"},
            {"type": "tool_result", "tool_use_id": "toolu_1", "content": "a fuse blew", "is_error": true}])
    );
}

/// Adds events up; of a start, its fields are enough.
fn sum(events: &[Value]) -> Result<Value, Error> {
    let mut accumulator = MessagesAccumulator::new();
    for event in events {
        accumulator.push(serde_json::from_value(event.clone()).unwrap())?;
    }
    assert_eq!(accumulator.response(), accumulator.clone().into_response());
    Ok(serde_json::to_value(accumulator.into_response()).unwrap())
}

fn begin() -> Value {
    json!({"type": "message_start", "message": {"id": "m", "type": "message", "role": "assistant", "content": [], "usage": {"input_tokens": 5, "output_tokens": 1}}})
}

fn block(index: i64, block: &Value) -> Value {
    json!({"type": "content_block_start", "index": index, "content_block": block})
}

fn delta(index: i64, delta: &Value) -> Value {
    json!({"type": "content_block_delta", "index": index, "delta": delta})
}

#[test]
fn a_tools_arguments_are_joined_from_any_pieces() {
    let call = |input: Value| json!({"type": "tool_use", "id": "t", "name": "f", "input": input});
    let rows = [
        ("no pieces at all", json!({}), vec![], json!({})),
        ("empty pieces", json!({}), vec!["", ""], json!({})),
        ("arguments from the start", json!({"a": 1}), vec![""], json!({"a": 1})),
        ("two halves", json!({}), vec![r#"{"a": [1,"#, " 2]}"], json!({"a": [1, 2]})),
        ("text in place of an object", json!(""), vec!["", "{}"], json!({})),
        ("text in place of an object, and no pieces", json!(""), vec![""], json!({})),
        ("cut at its token limit", json!({}), vec![r#"{"a": [1,"#], json!(r#"{"a": [1,"#)),
    ];
    for (name, input, pieces, expected) in rows {
        let mut events = vec![begin(), block(0, &call(input))];
        events.extend(pieces.iter().map(|piece| delta(0, &json!({"type": "input_json_delta", "partial_json": piece}))));
        let whole = sum(&events).unwrap();
        assert_eq!(whole["content"][0]["input"], expected, "{name}");
    }
    let cut: ContentBlock = serde_json::from_value(call(json!("{\"a\": [1,"))).unwrap();
    assert!(matches!(cut.as_tool_use().unwrap().input_as::<Value>(), Err(Error::Decode { .. })));
}

#[test]
fn blocks_are_joined_from_their_deltas() {
    let source = json!({"type": "page_location", "cited_text": "c", "document_index": 0, "start_page_number": 1, "end_page_number": 2});
    let events = [
        begin(),
        block(0, &json!({"type": "thinking", "thinking": "", "signature": ""})),
        delta(0, &json!({"type": "thinking_delta", "thinking": "h", "estimated_tokens": 1})),
        delta(0, &json!({"type": "thinking_delta", "thinking": "m"})),
        delta(0, &json!({"type": "signature_delta", "signature": "si"})),
        delta(0, &json!({"type": "signature_delta", "signature": "gn"})),
        block(2, &json!({"type": "text", "text": "a"})),
        block(1, &json!({"type": "compaction"})),
        delta(1, &json!({"type": "compaction_delta", "content": "c", "encrypted_content": "e"})),
        delta(2, &json!({"type": "text_delta", "text": "b"})),
        delta(2, &json!({"type": "citations_delta", "citation": source})),
        delta(2, &json!({"type": "mood_delta", "mood": "good"})),
        block(3, &json!({"type": "hologram"})),
        delta(3, &json!({"type": "text_delta", "text": "?"})),
        json!({"type": "content_block_stop", "index": 2}),
        json!({"type": "ping"}),
        json!({"type": "event_of_next_week"}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "container": {"id": "c"}, "new": 1},
            "usage": {"output_tokens": 9, "cost": 0.5}, "context_management": {"applied_edits": []}}),
        json!({"type": "message_stop", "metrics": 1}),
    ];
    let expected = json!({
        "id": "m", "type": "message", "role": "assistant", "model": "", "stop_reason": "end_turn", "container": {"id": "c"},
        "context_management": {"applied_edits": []}, "new": 1, "metrics": 1, "usage": {"input_tokens": 5, "output_tokens": 9, "cost": 0.5},
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "sign"},
            {"type": "compaction", "content": "c", "encrypted_content": "e"},
            {"type": "text", "text": "ab", "citations": [source]},
            {"type": "hologram"},
        ],
    });
    assert_eq!(sum(&events).unwrap(), expected);
}

#[test]
fn events_that_do_not_fit_are_refused_and_change_nothing() {
    let text = json!({"type": "text", "text": "a"});
    let begun = [begin(), block(0, &text)];
    let mut accumulator = MessagesAccumulator::new();
    let end = json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}});
    for early in [block(0, &text), delta(0, &json!({"type": "text_delta", "text": "b"})), end] {
        let refused = accumulator.push(serde_json::from_value(early.clone()).unwrap());
        assert!(matches!(refused, Err(Error::Decode { .. })), "{early}: {refused:?}");
    }
    let rows = [
        begin(),
        block(0, &text),
        block(-1, &text),
        block(4096, &text),
        block(i64::MAX, &text),
        delta(1, &json!({"type": "text_delta", "text": "b"})),
        delta(-1, &json!({"type": "text_delta", "text": "b"})),
        delta(0, &json!({"type": "input_json_delta", "partial_json": "b"})),
    ];
    for event in rows {
        let mut accumulator = MessagesAccumulator::new();
        for event in &begun {
            accumulator.push(serde_json::from_value(event.clone()).unwrap()).unwrap();
        }
        let before = accumulator.response();
        let refused = accumulator.push(serde_json::from_value(event.clone()).unwrap());
        assert!(matches!(refused, Err(Error::Decode { .. })), "{event}: {refused:?}");
        assert_eq!(accumulator.response(), before, "{event}");
    }
}

#[test]
fn events_keep_what_is_unknown() {
    for event in [
        json!({"type": "message_stop", "metrics": {"a": 1}}),
        json!({"type": "event_of_next_week", "x": [1]}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "mood_delta", "mood": "good"}, "x": null}),
        json!({"index": 0, "x": 1, "type": "content_block_stop"}),
        json!({"type": "error", "error": {"type": "overloaded_error", "message": "x"}, "request_id": "r"}),
        json!({"type": "ping", "x": 1}),
    ] {
        let typed: MessagesEvent = serde_json::from_value(event.clone()).unwrap();
        assert_eq!(serde_json::to_value(&typed).unwrap(), event);
    }
}

#[tokio::test]
async fn a_cut_stream_keeps_its_text_and_a_report_ends_one() {
    let gateway = gateway().await;
    let events = |more: &[Value]| {
        let first = [begin(), block(0, &json!({"type": "text", "text": ""})), delta(0, &json!({"type": "text_delta", "text": "Hel"}))];
        let events: Vec<Value> = first.into_iter().chain(more.iter().cloned()).collect();
        // Names say nothing: the JSON does.
        Reply::named_events(events.iter().map(|event| ("message", event.to_string())))
    };
    gateway.script(MESSAGES, [events(&[])]);
    let (partial, ended) = gateway.client().messages().stream(&hello_claude()).await.unwrap().into_outcome().await;
    assert!(partial.text() == "Hel" && ended.as_ref().unwrap_err().is_truncated(), "{ended:?}");

    let reports = [
        json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
        json!({"error": {"type": "overloaded_error", "message": "Overloaded"}}),
    ];
    for report in reports {
        gateway.script(MESSAGES, [events(&[report])]);
        let (partial, ended) = gateway.client().messages().stream(&hello_claude()).await.unwrap().into_outcome().await;
        let error = ended.unwrap_err();
        assert_eq!((partial.text().as_str(), error.api().unwrap().message()), ("Hel", "Overloaded"));
        assert_eq!(error.api().unwrap().status_hint().map(|hint| hint.as_u16()), Some(529));
    }

    // An event of that name is a report, even if it is no JSON.
    gateway.script(MESSAGES, [Reply::event_stream(format!("data: {}\n\nevent: error\ndata: gone\n\n", begin()))]);
    let ended = gateway.client().messages().stream(&hello_claude()).await.unwrap().into_response().await;
    assert_eq!(ended.unwrap_err().api().unwrap().message(), "gone");

    // Events that don't fit together are no answer, even if the message ends well.
    gateway.script(MESSAGES, [events(&[delta(7, &json!({"type": "text_delta", "text": "lo"})), json!({"type": "message_stop"})])]);
    let (partial, ended) = gateway.client().messages().stream(&hello_claude()).await.unwrap().into_outcome().await;
    let error = ended.unwrap_err();
    assert!(matches!(error, Error::Decode { .. }) && error.request_id().is_some() && partial.text() == "Hel", "{error:?}");

    // A sign of life need not be JSON, and a null in place of content is none.
    let ping = format!("data: {}\n\nevent: ping\ndata: ping\n\ndata: {{\"type\":\"message_stop\"}}\n\n", begin());
    gateway.script(MESSAGES, [Reply::event_stream(ping)]);
    assert!(gateway.client().messages().stream(&hello_claude()).await.unwrap().into_response().await.is_ok());
    let stored: InputMessage = serde_json::from_value(json!({"role": "assistant", "content": null})).unwrap();
    assert!(stored.blocks().is_empty());

    // A mark of another protocol is no proof that the message is whole.
    gateway.script(MESSAGES, [Reply::event_stream(format!("data: {}\n\ndata: [DONE]\n\n", begin()))]);
    let ended = gateway.client().messages().stream(&hello_claude()).await.unwrap().into_response().await;
    assert!(ended.unwrap_err().is_truncated());
}

#[tokio::test]
async fn errors_of_the_protocol_are_read_and_retried_by_their_status() {
    let gateway = gateway().await;
    let client = gateway.client_builder().retry(RetryPolicy::default().base_delay(std::time::Duration::from_millis(1))).build().unwrap();
    let body = |kind: &str| json!({"type": "error", "error": {"type": kind, "message": "x"}, "request_id": "req_body"});
    gateway.script(MESSAGES, [Reply::status(529).json(&body("overloaded_error")), Reply::ok(&body("rate_limit_error"))]);
    assert_eq!(client.messages().create(&hello_claude()).await.unwrap().meta().attempts(), 3);
    gateway.script(MESSAGES, [Reply::status(400).json(&body("invalid_request_error"))]);
    let error = client.messages().stream(&hello_claude()).await.unwrap_err();
    assert_eq!((error.api().unwrap().kind(), error.api().unwrap().request_id()), (Some("invalid_request_error"), Some("req_4")));
    assert!(error.request_ids().contains(&"req_body".to_owned()) && error.attempts() == 1, "{error:?}");
    // A success without content is no answer.
    gateway.script(MESSAGES, [Reply::ok(&json!({"ok": true}))]);
    assert!(matches!(client.messages().create(&hello_claude()).await, Err(Error::Decode { .. })));
}

fn batch(id: &str, status: &str) -> Value {
    json!({"id": id, "type": "message_batch", "processing_status": status, "created_at": "2026-04-03T12:00:00Z",
        "request_counts": {"processing": 1, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}, "results_url": null})
}

#[tokio::test]
async fn batches_are_created_looked_up_stopped_and_deleted() {
    let gateway = gateway().await;
    let batches = gateway.client().messages().batches();
    let requests = [BatchRequest::new("a", hello_claude().betas(["b-1"])), BatchRequest::new("b", hello_claude().extra("stream", true))];
    gateway.script("POST /v1/messages/batches", [Reply::ok(&batch("b1", "in_progress"))]);
    let created = batches.create(&requests).await.unwrap();
    assert_eq!((created.processing_status.as_str(), created.request_counts.processing), ("in_progress", 1));
    gateway.script("GET /v1/messages/batches/b1", [Reply::status(503), Reply::ok(&batch("b1", "ended"))]);
    assert_eq!(batches.get("b1").await.unwrap().processing_status.as_str(), "ended");
    gateway.script("POST /v1/messages/batches/b1/cancel", [Reply::ok(&batch("b1", "canceling"))]);
    assert_eq!(batches.cancel("b1").await.unwrap().processing_status.as_str(), "canceling");
    gateway.script("DELETE /v1/messages/batches/b1", [Reply::ok(&json!({"id": "b1", "type": "message_batch_deleted"}))]);
    assert_eq!(batches.delete("b1").await.unwrap().id, "b1");
    assert!(matches!(batches.delete("..").await, Err(Error::Config { .. })));

    let sent = &gateway.requests()[0];
    let hello = serde_json::to_value(hello_claude()).unwrap();
    assert_eq!(sent.json(), json!({"requests": [{"custom_id": "a", "params": hello}, {"custom_id": "b", "params": hello}]}));
    assert_eq!(sent.headers["anthropic-beta"], "b-1");
    assert!(gateway.requests().iter().all(|request| request.headers["x-api-key"] == gateway.api_key()));

    // A report in a 200 is an error, whatever was asked.
    let report = Reply::ok(&json!({"error": {"type": "overloaded_error", "message": "x"}}));
    gateway.always("/v1/messages/batches", report.clone());
    gateway.always("/v1/messages/batches/b1", report.clone());
    gateway.always("/v1/messages/batches/b1/results", report.clone());
    gateway.always("/anthropic/v1/models", report.clone());
    gateway.always("/v1/messages/count_tokens", report);
    let messages = gateway.client().with_retry(RetryPolicy::none()).messages();
    let batches = messages.batches();
    let errors = [
        batches.create(&requests).await.err(),
        batches.get("b1").await.err(),
        batches.list(&PageQuery::new()).await.err(),
        batches.delete("b1").await.err(),
        batches.results("b1").await.err(),
        messages.list_models(&PageQuery::new()).await.err(),
        messages.count_tokens(&hello_claude()).await.err(),
    ];
    for error in errors {
        assert_eq!(error.as_ref().and_then(Error::api).and_then(|api| api.status_hint()).map(|hint| hint.as_u16()), Some(529), "{error:?}");
    }

    // Its outcome is unknown, so it is not sent again.
    gateway.script("POST /v1/messages/batches", [Reply::hang_up()]);
    let error = gateway.client().messages().batches().create(&requests).await.unwrap_err();
    assert!(error.attempts() == 1 && error.outcome_unknown(), "{error:?}");
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let gateway = gateway().await;
    let messages = gateway.client().messages();
    let page = |ids: &[&str], more: bool| {
        let data: Vec<Value> = ids.iter().map(|id| batch(id, "ended")).collect();
        Reply::ok(&json!({"data": data, "has_more": more, "first_id": ids.first(), "last_id": ids.last()}))
    };
    let path = "GET /v1/messages/batches";
    gateway.script(path, [page(&["a", "b"], true), page(&["c"], false), page(&["d"], false)]);
    let all: Vec<String> = messages.batches().list_all().map_ok(|batch| batch.id).try_collect().await.unwrap();
    assert_eq!(all, ["a", "b", "c"]);
    messages.batches().list(&PageQuery::new().limit(5).before_id("x")).await.unwrap();
    let queries: Vec<_> = gateway.requests().into_iter().map(|request| request.query.unwrap()).collect();
    assert_eq!(queries, ["limit=100", "limit=100&after_id=b", "limit=5&before_id=x"]);

    // A server that goes in circles, one that claims more without saying where, and one that fails at the second page.
    gateway.script(path, [page(&["a"], true), page(&["a"], true)]);
    let circling: Vec<_> = messages.batches().list_all().collect().await;
    assert!(matches!(circling.as_slice(), [Ok(_), Err(Error::Decode { .. })]), "{circling:?}");
    gateway.script(path, [page(&[], true)]);
    assert_eq!(messages.batches().list_all().count().await, 0);
    gateway.script(path, [page(&["a"], true), Reply::status(403)]);
    let failing: Vec<_> = messages.batches().list_all().collect().await;
    assert!(matches!(failing.as_slice(), [Ok(_), Err(Error::Api(_))]), "{failing:?}");

    let model = |id: &str| json!({"id": id, "type": "model", "display_name": "M", "created_at": "2026-01-01T00:00:00Z"});
    let models = |ids: &[&str], more: bool| {
        Reply::ok(&json!({"data": ids.iter().map(|id| model(id)).collect::<Vec<_>>(), "has_more": more, "last_id": ids.last()}))
    };
    gateway.script("/anthropic/v1/models", [models(&["m"], true), models(&["n"], false), models(&[], false)]);
    let all: Vec<String> = messages.list_all_models().map_ok(|model| model.id).try_collect().await.unwrap();
    assert_eq!(all, ["m", "n"]);
    assert!(messages.list_models(&PageQuery::new().limit(1).after_id("n")).await.unwrap().data.is_empty());
}

#[tokio::test]
async fn results_of_a_batch_are_read_line_by_line() {
    let gateway = gateway().await;
    let batches = gateway.client().messages().batches();
    let message = json!({"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "Hi\n{"}], "usage": {"input_tokens": 1, "output_tokens": 1}});
    let lines = [
        json!({"custom_id": "a", "result": {"type": "succeeded", "message": message}}),
        json!({"custom_id": "b", "result": {"type": "errored", "error": {"type": "error", "error": {"type": "invalid_request_error", "message": "x"}}}}),
        json!({"custom_id": "c", "result": {"type": "canceled"}}),
        json!({"custom_id": "d", "result": {"type": "expired"}}),
        json!({"custom_id": "e", "result": {"type": "postponed"}}),
    ];
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let path = "/v1/messages/batches/b1/results";
    for reply in [Reply::status(200), Reply::status(200).in_pieces(1), Reply::status(200).header("content-type", "application/x-jsonl")] {
        gateway.script(path, [reply.body(body.clone())]);
        let results: Vec<_> = batches.results("b1").await.unwrap().map(Result::unwrap).collect().await;
        assert_eq!(results.iter().map(|result| serde_json::to_value(result).unwrap()).collect::<Vec<_>>(), lines);
        assert_eq!(results[0].result.message().unwrap().text(), "Hi\n{");
        assert!(matches!(&results[4].result, BatchOutcome::Other(_)) && results[1].result.message().is_none());
    }
    assert_eq!(gateway.requests()[0].headers["accept"], "application/x-jsonl");

    gateway.script(path, [Reply::status(200).body(body[..body.len() - 20].to_owned())]);
    let cut: Vec<_> = batches.results("b1").await.unwrap().collect().await;
    assert!(cut.len() == 5 && cut[4].as_ref().unwrap_err().is_truncated(), "{cut:?}");
    // One that can't be read, be it the first, costs no other.
    let odd = r#"{"x":1}"#;
    gateway.script(path, [Reply::status(200).body(format!("{odd}\n{}\n{odd}\n{}\n", lines[2], lines[3])).header("x-request-id", "req_1")]);
    let broken: Vec<_> = batches.results("b1").await.unwrap().collect().await;
    let [Err(first), Ok(_), Err(second), Ok(last)] = broken.as_slice() else { panic!("{broken:?}") };
    assert_eq!(last.custom_id, "d");
    for error in [first, second] {
        assert!(matches!(error, Error::Decode { .. }) && error.raw_body() == Some(odd.as_bytes()), "{error:?}");
        assert_eq!((error.request_id(), error.attempts()), (Some("req_1"), 1));
    }
    // So it is whatever it looks like: cut, plain text, or the report of a failure that names its request.
    for odd in [r#"{"custom_id":"b","result":{"type":"#, r#"{"custom_id":"b","re"#, "upstream connect error: {}", r#""a" {"#, r#"{"x":"\"#]
    {
        for reply in [Reply::status(200), Reply::status(200).in_pieces(1)] {
            gateway.script(path, [reply.body(format!("{odd}\n{}\n{odd}\r\n{}", lines[2], lines[3]))]);
            let broken: Vec<_> = batches.results("b1").await.unwrap().collect().await;
            let [Err(first), Ok(_), Err(second), Ok(_)] = broken.as_slice() else { panic!("{odd}: {broken:?}") };
            for error in [first, second] {
                assert_eq!(error.raw_body().map(<[u8]>::trim_ascii_end), Some(odd.as_bytes()), "{error:?}");
            }
        }
    }
    // As the last, it may have been cut; what came of it is kept. Over several lines, the report of a failure is one.
    for odd in ["upstream connect error", r#"{"custom_id":"b","re"#] {
        gateway.script(path, [Reply::status(200).body(format!("{}\n{odd}", lines[2]))]);
        let ended: Vec<_> = batches.results("b1").await.unwrap().collect().await;
        let [Ok(_), Err(error)] = ended.as_slice() else { panic!("{ended:?}") };
        assert!(error.is_truncated() && error.raw_body() == Some(odd.as_bytes()), "{error:?}");
    }
    let report = "{\n  \"error\": {\n    \"code\": 503,\n    \"message\": \"x\"\n  }\n}\n";
    gateway.script(path, [Reply::status(200).body(report.to_owned()), Reply::status(200).body(body.clone())]);
    let asked = gateway.requests().len();
    assert_eq!((batches.results("b1").await.unwrap().count().await, gateway.requests().len() - asked), (5, 2));
    let named = r#"{"custom_id":"b","response":null,"error":{"code":500,"message":"x"}}"#;
    gateway.script(path, [Reply::status(200).body(format!("{named}\n{}\n", lines[2]))]);
    let named: Vec<_> = batches.results("b1").await.unwrap().collect().await;
    assert!(matches!(named.as_slice(), [Err(Error::Decode { .. }), Ok(_)]), "{named:?}");
    gateway.script(path, [Reply::status(200).body(format!("{}\n{{\"error\": {{\"message\": \"x\"}}}}\n{}\n", lines[2], lines[3]))]);
    let ended: Vec<_> = batches.results("b1").await.unwrap().collect().await;
    assert!(matches!(ended.as_slice(), [Ok(_), Err(Error::Api(_))]), "{ended:?}");
    gateway.script(path, [Reply::status(404), Reply::status(200)]);
    assert!(batches.results("b1").await.unwrap_err().is_not_found());
    assert_eq!(batches.results("b1").await.unwrap().count().await, 0);
}

/// One line is read as soon as it is there.
#[tokio::test]
async fn a_result_does_not_wait_for_the_next_one() {
    let gateway: Gateway = gateway().await;
    let first = format!("{}\n", json!({"custom_id": "a", "result": {"type": "canceled"}}));
    let length = first.len();
    gateway.script("/v1/messages/batches/b1/results", [Reply::status(200).body(first).stall_after(length)]);
    let mut results = gateway.client().messages().batches().results("b1").await.unwrap();
    assert_eq!(results.next().await.unwrap().unwrap().custom_id, "a");
}
