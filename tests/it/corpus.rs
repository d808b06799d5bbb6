//! Recorded traffic of real services, under the folder that `AROUTER_CORPUS` names.
//!
//! Each exchange is served again by the embedded gateway, read through the client, encoded again and compared: nothing may be
//! lost, and nothing that the wire formats list may be left untyped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arouter::chat::{
    ChatChunk, ChatRequest, ChatResponse, Choice, Content, ContentPart, Delta, LogProbs, Message, ReasoningDetail, ToolCall, Usage,
};
use arouter::testing::{Gateway, Reply};
use arouter::{Client, Error, Extra, RetryPolicy};
use futures::StreamExt as _;
use serde_json::Value;

use crate::support::{CHAT, gateway, hello, print_line};

const PROTOCOLS: [&str; 3] = ["openai", "openrouter", "compat"];

#[tokio::test]
async fn every_exchange_is_read_whole() {
    let Some(corpus) = Corpus::find() else { return };
    let gateway = gateway().await;
    let client = once(&gateway);
    let mut untyped = Vec::new();
    for protocol in PROTOCOLS {
        let (chats, errors) = (corpus.exchanges(protocol, "chat"), corpus.exchanges(protocol, "errors"));
        for exchange in &chats {
            gateway.script(CHAT, [exchange.reply()]);
            match exchange.mode.as_str() {
                "json" => check_response(exchange, &client, &mut untyped).await,
                _ => check_stream(exchange, &gateway, &client, &mut untyped).await,
            }
        }
        for exchange in &errors {
            gateway.script(CHAT, [exchange.reply()]);
            check_error(exchange, &client.chat().create(&hello()).await.unwrap_err());
        }
        print_line(&format!("corpus {protocol}: {0} of {0} (chat {1}, errors {2})", chats.len() + errors.len(), chats.len(), errors.len()));
    }
    assert_eq!(untyped, Vec::<String>::new());
    print_line(&format!("corpus untyped: {}", untyped.len()));
}

#[test]
fn chat_requests_are_read_and_written_alike() {
    let Some(corpus) = Corpus::find() else { return };
    let mut count = 0;
    for protocol in PROTOCOLS {
        for exchange in corpus.exchanges(protocol, "chat") {
            let Some(mut recorded) = exchange.request else { continue };
            let request: ChatRequest =
                serde_json::from_value(recorded.clone()).unwrap_or_else(|error| panic!("{}: {error}", exchange.name));
            // The method of the call says whether to stream.
            recorded.as_object_mut().unwrap().remove("stream");
            assert_lossless(&recorded, &serde_json::to_value(&request).unwrap(), &exchange.name);
            count += 1;
        }
    }
    print_line(&format!("corpus chat requests: {count} of {count}"));
}

async fn check_response(exchange: &Exchange, client: &Client, untyped: &mut Vec<String>) {
    let response = client.chat().create(&hello()).await.unwrap_or_else(|error| panic!("{}: {error}", exchange.name)).into_inner();
    let recorded: Value = serde_json::from_slice(&exchange.body).unwrap();
    assert_lossless(&recorded, &serde_json::to_value(&response).unwrap(), &exchange.name);
    let mut typed = Typed { exchange: &exchange.name, untyped };
    typed.response(&response, &recorded);

    // The turn goes back as it came.
    if let Some(message) = recorded["choices"][0].get("message") {
        assert_lossless(message, &serde_json::to_value(response.message()).unwrap(), &exchange.name);
    }
}

async fn check_stream(exchange: &Exchange, gateway: &Gateway, client: &Client, untyped: &mut Vec<String>) {
    let recorded = recorded_events(&exchange.body);
    let (chunks, error) = read_stream(client).await;
    if exchange.has_stream_error {
        let error = error.unwrap_or_else(|| panic!("{}: a recorded error went unseen", exchange.name));
        let reported = recorded.iter().find_map(|event| event.get("error")).unwrap();
        assert_eq!(Some(error.api().unwrap().message()), reported["message"].as_str(), "{}", exchange.name);
    } else {
        assert!(error.is_none(), "{}: {error:?}", exchange.name);
        assert_eq!(chunks.len(), recorded.len(), "{}", exchange.name);
    }
    for (chunk, recorded) in chunks.iter().zip(&recorded) {
        assert_lossless(recorded, &serde_json::to_value(chunk).unwrap(), &exchange.name);
        Typed { exchange: &exchange.name, untyped }.chunk(chunk);
    }

    gateway.script(CHAT, [exchange.reply()]);
    let whole = match client.chat().stream(&hello()).await {
        Ok(stream) => stream.into_outcome().await.0,
        Err(error) => {
            assert!(chunks.is_empty(), "{}: {error}", exchange.name);
            return;
        }
    };
    check_sum(exchange, &recorded[..chunks.len()], &whole);
}

async fn read_stream(client: &Client) -> (Vec<ChatChunk>, Option<Error>) {
    let mut stream = match client.chat().stream(&hello()).await {
        Ok(stream) => stream,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut chunks = Vec::new();
    while let Some(item) = stream.next().await {
        match item {
            Ok(chunk) => chunks.push(chunk),
            Err(error) => return (chunks, Some(error)),
        }
    }
    (chunks, None)
}

/// What the chunks add up to, against sums made from the recorded JSON alone.
fn check_sum(exchange: &Exchange, recorded: &[Value], whole: &ChatResponse) {
    let name = &exchange.name;
    for choice in &whole.choices {
        let deltas: Vec<&Value> = recorded
            .iter()
            .flat_map(|event| event["choices"].as_array().into_iter().flatten())
            .filter(|recorded| recorded["index"].as_i64().unwrap_or(0) == choice.index)
            .collect();
        let joined = |field: &str| deltas.iter().filter_map(|choice| choice["delta"][field].as_str()).collect::<String>();
        assert_eq!(choice.message.text(), joined("content"), "{name}");
        assert_eq!(choice.message.reasoning.clone().unwrap_or_default(), joined("reasoning"), "{name}");
        assert_eq!(choice.message.reasoning_content.clone().unwrap_or_default(), joined("reasoning_content"), "{name}");
        let last = |field: &str| deltas.iter().rev().find_map(|choice| choice[field].as_str());
        assert_eq!(choice.finish_reason.as_ref().map(|reason| reason.as_str()), last("finish_reason"), "{name}");
        let pieces = deltas.iter().flat_map(|choice| choice["delta"]["tool_calls"].as_array().into_iter().flatten());
        let mut arguments = BTreeMap::<_, String>::new();
        // A piece with a name begins a call, unless it has index and id of one that has begun.
        let mut begun = Vec::new();
        for piece in pieces {
            arguments.entry(piece["index"].as_i64()).or_default().push_str(piece["function"]["arguments"].as_str().unwrap_or_default());
            let call = (piece["index"].as_i64(), piece["id"].as_str());
            if piece["function"]["name"].as_str().is_some_and(|name| !name.is_empty()) && (call.0.is_none() || !begun.contains(&call)) {
                begun.push(call);
            }
        }
        let calls = choice.message.tool_calls();
        assert_eq!(calls.len(), begun.len(), "{name}: {calls:?}");
        assert!(calls.iter().map(ToolCall::raw_arguments).eq(arguments.values()), "{name}: {calls:?}, recorded {arguments:?}");
        check_reasoning(name, &deltas, choice.message.reasoning_details.as_deref().unwrap_or_default());
    }
    let usage = recorded.iter().rev().find_map(|event| event.get("usage").filter(|usage| !usage.is_null()));
    match (usage, &whole.usage) {
        (Some(recorded), Some(usage)) => assert_lossless(recorded, &serde_json::to_value(usage).unwrap(), name),
        (recorded, usage) => assert!(recorded.is_none() && usage.is_none(), "{name}: {usage:?}"),
    }
}

/// Each recorded block of reasoning comes out once, with all of its text and its signature.
fn check_reasoning(name: &str, deltas: &[&Value], details: &[ReasoningDetail]) {
    let pieces: Vec<&Value> =
        deltas.iter().flat_map(|choice| choice["delta"]["reasoning_details"].as_array().into_iter().flatten()).collect();
    for field in ["text", "summary", "signature", "data"] {
        let recorded: usize = pieces.iter().filter_map(|piece| piece[field].as_str()).map(str::len).sum();
        let joined: usize = details.iter().map(|detail| serde_json::to_value(detail).unwrap()[field].as_str().map_or(0, str::len)).sum();
        assert_eq!(joined, recorded, "{name}: {field}");
    }
    let mut blocks: Vec<_> = pieces.iter().map(|piece| (piece["index"].as_i64(), piece["type"].as_str())).collect();
    // Pieces of one block have its index; without one, each is a block of its own.
    blocks.dedup_by(|next, block| block.0.is_some() && next == block);
    assert!(details.len() <= blocks.len(), "{name}: {} of {}", details.len(), blocks.len());
}

fn check_error(exchange: &Exchange, error: &Error) {
    let name = &exchange.name;
    let api = error.api().unwrap_or_else(|| panic!("{name}: {error:?}"));
    assert_eq!(u64::from(api.status().as_u16()), exchange.status, "{name}");
    assert_eq!(error.raw_body(), Some(&exchange.body[..]), "{name}");
    assert!(!api.message().is_empty(), "{name}");
    let Ok(recorded) = serde_json::from_slice::<Value>(&exchange.body) else { return };
    let reported = if recorded["error"].is_object() { &recorded["error"] } else { &recorded };
    let texts = ["message", "detail", "error", "msg"].map(|field| reported[field].as_str());
    if let Some(message) = texts.into_iter().flatten().next() {
        assert_eq!(api.message(), message.chars().take(512).collect::<String>(), "{name}");
    } else {
        assert!(!api.message().starts_with("HTTP "), "{name}: {recorded} gave {}", api.message());
    }
    let code = match &reported["code"] {
        Value::String(code) => Some(code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    };
    assert_eq!(api.code(), code.as_deref(), "{name}");
    if exchange.status == 200 {
        assert!(api.status_hint().is_some_and(|hint| hint.as_u16() >= 400), "{name}: {api:?}");
    }
}

/// Equal but for the order of fields, `null` against absent, the spelling of numbers, and defaults of what was left out.
fn assert_lossless(recorded: &Value, encoded: &Value, name: &str) {
    if let Err(difference) = compare(recorded, encoded, "$") {
        panic!("{name}: {difference}");
    }
}

fn compare(recorded: &Value, encoded: &Value, path: &str) -> Result<(), String> {
    match (recorded, encoded) {
        (Value::Object(recorded), Value::Object(encoded)) => {
            for (field, value) in recorded.iter().filter(|(_, value)| !value.is_null()) {
                let Some(encoded) = encoded.get(field) else { return Err(format!("{path}.{field} is lost: {value}")) };
                compare(value, encoded, &format!("{path}.{field}"))?;
            }
            let added = encoded.iter().find(|(field, value)| recorded.get(*field).is_none_or(Value::is_null) && !is_default(field, value));
            added.map_or(Ok(()), |(field, value)| Err(format!("{path}.{field} is made up: {value}")))
        }
        (Value::Array(recorded), Value::Array(encoded)) if recorded.len() == encoded.len() => recorded
            .iter()
            .zip(encoded)
            .enumerate()
            .try_for_each(|(at, (recorded, encoded))| compare(recorded, encoded, &format!("{path}[{at}]"))),
        (Value::Number(recorded), Value::Number(encoded)) if recorded.as_f64() == encoded.as_f64() => Ok(()),
        (recorded, encoded) if recorded == encoded => Ok(()),
        (recorded, encoded) => Err(format!("{path} was {recorded} and is {encoded}")),
    }
}

fn is_default(field: &str, value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || (field == "role" && text == "assistant"),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.iter().all(|(field, value)| is_default(field, value)),
        Value::Bool(true) => false,
    }
}

/// Looks for fields that the wire formats list for a type, and that sit in its `extra`.
struct Typed<'t> {
    exchange: &'t str,
    untyped: &'t mut Vec<String>,
}

impl Typed<'_> {
    fn response(&mut self, response: &ChatResponse, recorded: &Value) {
        let listed = "id choices created model metadata service_tier system_fingerprint object usage moderation openrouter_metadata provider citations";
        self.none_of(listed, &response.extra);
        for (choice, recorded) in response.choices.iter().zip(recorded["choices"].as_array().unwrap()) {
            self.choice(choice);
            self.message(&choice.message, &recorded["message"]);
        }
        response.usage.iter().for_each(|usage| self.usage(usage));
    }

    fn choice(&mut self, choice: &Choice) {
        self.none_of("finish_reason index message logprobs native_finish_reason error", &choice.extra);
        self.log_probs(choice.logprobs.as_ref());
    }

    fn chunk(&mut self, chunk: &ChatChunk) {
        let listed = "id choices created model obfuscation service_tier system_fingerprint object usage moderation error openrouter_metadata provider citations";
        self.none_of(listed, &chunk.extra);
        for choice in &chunk.choices {
            self.none_of("delta logprobs finish_reason index native_finish_reason error message", &choice.extra);
            self.log_probs(choice.logprobs.as_deref());
            self.delta(&choice.delta);
        }
        chunk.usage.iter().for_each(|usage| self.usage(usage));
    }

    fn delta(&mut self, delta: &Delta) {
        let listed = "content function_call tool_calls role refusal audio reasoning reasoning_details reasoning_content images annotations";
        self.none_of(listed, &delta.extra);
        for call in delta.tool_calls.iter().flatten() {
            self.none_of("index id type function custom", &call.extra);
            call.function.iter().for_each(|function| self.none_of("name arguments", &function.extra));
        }
        delta.reasoning_details.iter().flatten().for_each(|detail| self.reasoning(detail));
        self.content(delta.content.as_ref());
    }

    fn message(&mut self, message: &Message, recorded: &Value) {
        let listed = "content refusal tool_calls annotations role function_call audio images model name reasoning reasoning_details reasoning_content";
        self.none_of(listed, &message.extra);
        message.tool_calls().iter().for_each(|call| self.tool_call(call));
        message.reasoning_details.iter().flatten().for_each(|detail| self.reasoning(detail));
        for annotation in message.annotations.iter().flatten() {
            self.none_of("type url_citation file", &annotation.extra);
            annotation.url_citation.iter().for_each(|citation| self.none_of("end_index start_index url title content", &citation.extra));
            annotation.file.iter().for_each(|file| self.none_of("hash name content", &file.extra));
        }
        message.audio.iter().for_each(|audio| self.none_of("id expires_at data transcript", &audio.extra));
        let is_other = matches!(message.content, Some(Content::Other(_)));
        assert_eq!(is_other, recorded["content"].is_object(), "{}: content", self.exchange);
        self.content(message.content.as_ref());
    }

    fn tool_call(&mut self, call: &ToolCall) {
        self.none_of("id type function custom index", &call.extra);
        call.function.iter().for_each(|function| self.none_of("arguments name", &function.extra));
        call.custom.iter().for_each(|custom| self.none_of("name input", &custom.extra));
    }

    fn reasoning(&mut self, detail: &ReasoningDetail) {
        self.none_of("type text summary data signature id format index arguments result tool_call_id tool_name", &detail.extra);
    }

    fn content(&mut self, content: Option<&Content>) {
        let Some(Content::Parts(parts)) = content else { return };
        let known = ["text", "image_url", "input_audio", "file", "video_url", "input_video", "refusal", "thinking"];
        for part in parts {
            if let ContentPart::Other(part) = part {
                assert!(!known.iter().any(|kind| part["type"] == *kind), "{}: {part}", self.exchange);
            }
        }
    }

    fn log_probs(&mut self, log_probs: Option<&LogProbs>) {
        let Some(LogProbs::Tokens(tokens)) = log_probs else { return };
        self.none_of("content refusal", &tokens.extra);
        for token in tokens.content.iter().flatten() {
            self.none_of("bytes logprob token top_logprobs", &token.extra);
        }
    }

    fn usage(&mut self, usage: &Usage) {
        let listed = "completion_tokens prompt_tokens total_tokens completion_tokens_details prompt_tokens_details cost cost_details is_byok \
                      server_tool_use_details server_tool_calls";
        self.none_of(listed, &usage.extra);
        let listed_in = "audio_tokens cached_tokens text_tokens image_tokens video_tokens cache_write_tokens";
        usage.prompt_tokens_details.iter().for_each(|details| self.none_of(listed_in, &details.extra));
        let listed = "accepted_prediction_tokens audio_tokens reasoning_tokens text_tokens image_tokens rejected_prediction_tokens";
        usage.completion_tokens_details.iter().for_each(|details| self.none_of(listed, &details.extra));
    }

    fn none_of(&mut self, listed: &str, extra: &Extra) {
        let found = extra.iter().filter(|(name, _)| listed.split_whitespace().any(|listed| listed == *name));
        self.untyped.extend(found.map(|(name, value)| format!("{}: {name} = {value}", self.exchange)));
    }
}

/// The data of a recorded stream's events, but for the end mark.
fn recorded_events(body: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(body).replace("\r\n", "\n");
    let data = |event: &str| -> String { event.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim_start).collect() };
    text.split("\n\n")
        .map(data)
        .filter(|data| !data.is_empty() && data.trim() != "[DONE]")
        .map(|data| serde_json::from_str(&data).unwrap())
        .collect()
}

fn once(gateway: &Gateway) -> Client {
    gateway.client_builder().retry(RetryPolicy::none()).build().unwrap()
}

struct Corpus(PathBuf);

struct Exchange {
    name: String,
    mode: String,
    status: u64,
    content_type: Option<String>,
    has_stream_error: bool,
    request: Option<Value>,
    body: Vec<u8>,
}

impl Corpus {
    fn find() -> Option<Self> {
        let folder = std::env::var_os("AROUTER_CORPUS").map(PathBuf::from);
        if folder.is_none() {
            print_line("corpus: skipped, AROUTER_CORPUS is not set");
        }
        folder.map(Self)
    }

    fn exchanges(&self, protocol: &str, kind: &str) -> Vec<Exchange> {
        let folder = self.0.join(protocol).join(kind);
        let modes = ["json", "sse"].map(|mode| folder.join(mode));
        let mut metas: Vec<PathBuf> =
            modes.iter().filter_map(|mode| std::fs::read_dir(mode).ok()).flatten().map(|entry| entry.unwrap().path()).collect();
        metas.retain(|path| path.to_string_lossy().ends_with(".meta.json"));
        metas.sort();
        assert!(!metas.is_empty(), "nothing in {}", folder.display());
        metas.iter().map(|meta| Exchange::read(meta)).collect()
    }
}

impl Exchange {
    fn read(meta: &Path) -> Self {
        let part = |suffix: &str| PathBuf::from(meta.to_string_lossy().replace(".meta.json", suffix));
        let body = ["json", "sse", "txt"].iter().find_map(|kind| std::fs::read(part(&format!(".response.{kind}"))).ok());
        let request = std::fs::read(part(".request.json")).ok().map(|request| serde_json::from_slice(&request).unwrap());
        let meta: Value = serde_json::from_slice(&std::fs::read(meta).unwrap()).unwrap();
        Self {
            name: meta["name"].as_str().unwrap().to_owned(),
            mode: meta["mode"].as_str().unwrap().to_owned(),
            status: meta["status"].as_u64().unwrap(),
            content_type: meta["content_type"].as_str().map(str::to_owned),
            has_stream_error: meta["stream_error"] == true,
            request,
            body: body.unwrap(),
        }
    }

    fn reply(&self) -> Reply {
        let reply = Reply::status(u16::try_from(self.status).unwrap()).without_header("content-type").body(self.body.clone());
        match &self.content_type {
            Some(content_type) => reply.header("content-type", content_type),
            None => reply,
        }
    }
}
