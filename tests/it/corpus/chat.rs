//! Chat, in OpenAI's own words and those of the many who speak like it.

use std::collections::BTreeMap;

use arouter::chat::{
    ChatChunk, ChatRequest, ChatResponse, Choice, Content, ContentPart, Delta, LogProbs, Message, ReasoningDetail, ToolCall, Usage,
};
use arouter::testing::Gateway;
use arouter::{Client, Error, Extra};
use futures::StreamExt as _;
use serde_json::Value;

use super::compare::assert_lossless;
use super::exchange::{Exchange, recorded_events};
use crate::support::{CHAT, hello};

pub(super) async fn check(exchange: &Exchange, gateway: &Gateway, client: &Client, untyped: &mut Vec<String>) {
    gateway.script(CHAT, [exchange.reply()]);
    match exchange.mode.as_str() {
        "json" => check_response(exchange, client, untyped).await,
        _ => check_stream(exchange, gateway, client, untyped).await,
    }
}

pub(super) async fn error(exchange: &Exchange, gateway: &Gateway, client: &Client) -> Error {
    gateway.script(CHAT, [exchange.reply()]);
    client.chat().create(&hello()).await.unwrap_err()
}

/// The request as it is read and written again; `stream` is the method's business. Servers like OpenAI's take fields without number, so
/// none is expected to have a type.
pub(super) fn rewritten(request: &Value) -> serde_json::Result<(Value, Vec<String>)> {
    Ok((serde_json::to_value(serde_json::from_value::<ChatRequest>(request.clone())?)?, Vec::new()))
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
