//! What the chunks of a stream add up to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::chunk::{ChatChunk, ChunkChoice, CustomToolCallDelta, Delta, FunctionCallDelta, ToolCallDelta};
use super::content::{Content, ContentPart};
use super::message::{Audio, Message, Role};
use super::reasoning::ReasoningDetail;
use super::response::{ChatObject, ChatResponse, Choice, LogProbs, TokenLogProb};
use super::tool_call::{CustomToolCall, FunctionCall, ToolCall, ToolCallKind};
use crate::error::{Error, Result};
use crate::extra::Extra;

/// Joins chunks to the response that [`Chat::create`](super::Chat::create) would have given.
///
/// For programs that pass chunks on and want the whole as well; those that want only the whole take
/// [`ChatStream::into_response`](super::ChatStream::into_response). Pieces of text, of arguments and of reasoning are joined; of a field
/// that this version doesn't know, the last value counts, since some gateways repeat such fields whole and others send pieces.
///
/// ```
/// # fn join(chunks: Vec<arouter::chat::ChatChunk>) -> arouter::Result<()> {
/// use arouter::chat::ChatAccumulator;
///
/// let mut accumulator = ChatAccumulator::new();
/// for chunk in chunks {
///     print!("{}", chunk.text());
///     accumulator.push(chunk)?;
/// }
/// let whole = accumulator.into_response();
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct ChatAccumulator {
    response: ChatResponse,
}

impl ChatAccumulator {
    /// Nothing yet.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a chunk.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the chunk names an answer or a tool call by an index that can't be: negative, or at least 128 for
    /// answers, 1,024 for calls. Nothing of such a chunk is added.
    #[inline]
    pub fn push(&mut self, chunk: ChatChunk) -> Result<()> {
        check_indices(&chunk)?;
        let response = &mut self.response;
        keep_first(&mut response.id, chunk.id);
        keep_first(&mut response.model, chunk.model);
        if response.created == 0 {
            response.created = chunk.created;
        }
        response.object = ChatObject::Completion;
        keep_last(&mut response.usage, chunk.usage.map(|usage| *usage));
        keep_last(&mut response.provider, chunk.provider);
        keep_last(&mut response.system_fingerprint, chunk.system_fingerprint);
        keep_last(&mut response.service_tier, chunk.service_tier);
        keep_last(&mut response.citations, chunk.citations);
        keep_last(&mut response.moderation, chunk.moderation);
        keep_last(&mut response.openrouter_metadata, chunk.openrouter_metadata);
        let mut extra = chunk.extra;
        if let Some(Value::Object(metadata)) = extra.remove("metadata") {
            response.metadata = Some(metadata);
        }
        response.extra.merge(extra);
        for choice in chunk.choices {
            add_choice(choice_at(&mut response.choices, choice.index), choice);
        }
        Ok(())
    }

    /// What has come so far.
    #[must_use]
    #[inline]
    pub fn response(&self) -> ChatResponse {
        self.clone().into_response()
    }

    /// What has come.
    #[must_use]
    #[inline]
    pub fn into_response(mut self) -> ChatResponse {
        for choice in &mut self.response.choices {
            settle(&mut choice.message);
        }
        self.response
    }
}

const MAX_CHOICES: i64 = 128;
const MAX_TOOL_CALLS: i64 = 1024;

#[inline]
fn check_indices(chunk: &ChatChunk) -> Result<()> {
    for choice in &chunk.choices {
        if !(0..MAX_CHOICES).contains(&choice.index) {
            return Err(Error::decode(format!("an answer has the index {}", choice.index)));
        }
        let calls = choice.delta.tool_calls.iter().flatten();
        if let Some(index) = calls.filter_map(|call| call.index).find(|index| !(0..MAX_TOOL_CALLS).contains(index)) {
            return Err(Error::decode(format!("a tool call has the index {index}")));
        }
    }
    Ok(())
}

/// The answer with this index, in the order of the indices.
#[inline]
fn choice_at(choices: &mut Vec<Choice>, index: i64) -> &mut Choice {
    let at = choices.partition_point(|choice| choice.index < index);
    if choices.get(at).is_none_or(|choice| choice.index != index) {
        let message = Message::new(Role::Assistant);
        let choice =
            Choice { index, message, finish_reason: None, native_finish_reason: None, logprobs: None, error: None, extra: Extra::new() };
        choices.insert(at, choice);
    }
    &mut choices[at]
}

#[inline]
fn add_choice(choice: &mut Choice, new: ChunkChoice) {
    let is_first = choice.finish_reason.is_none();
    keep_last(&mut choice.finish_reason, new.finish_reason.filter(|reason| is_first || reason.is_told()));
    keep_last(&mut choice.native_finish_reason, new.native_finish_reason);
    keep_last(&mut choice.error, new.error.map(|error| *error));
    choice.extra.merge(new.extra);
    add_log_probs(&mut choice.logprobs, new.logprobs.map(|log_probs| *log_probs));
    add_delta(&mut choice.message, new.delta);
}

#[inline]
fn add_delta(message: &mut Message, new: Delta) {
    if let Some(role) = new.role {
        message.role = role;
    }
    add_content(&mut message.content, new.content);
    add_text(&mut message.refusal, new.refusal);
    add_text(&mut message.reasoning, new.reasoning);
    add_text(&mut message.reasoning_content, new.reasoning_content);
    for detail in new.reasoning_details.into_iter().flatten() {
        add_reasoning(message.reasoning_details.get_or_insert_default(), detail);
    }
    for call in new.tool_calls.into_iter().flatten() {
        add_tool_call(message.tool_calls.get_or_insert_default(), call);
    }
    if let Some(call) = new.function_call {
        add_function(message.function_call.get_or_insert_default(), *call);
    }
    if let Some(annotations) = new.annotations {
        message.annotations.get_or_insert_default().extend(annotations);
    }
    if let Some(audio) = new.audio {
        add_audio(message.audio.get_or_insert_default(), *audio);
    }
    if let Some(images) = new.images {
        message.images.get_or_insert_default().extend(images);
    }
    message.extra.merge(new.extra);
}

#[inline]
fn add_content(content: &mut Option<Content>, new: Option<Content>) {
    let Some(new) = new else { return };
    *content = Some(match (content.take(), new) {
        (None, new) => new,
        (Some(Content::Text(mut text)), Content::Text(more)) => {
            text.push_str(&more);
            Content::Text(text)
        }
        (Some(Content::Parts(parts)), Content::Parts(more)) => Content::Parts(more.into_iter().fold(parts, add_part)),
        (Some(Content::Text(text)), Content::Parts(more)) => {
            let text = Some(text).filter(|text| !text.is_empty()).map(ContentPart::text);
            Content::Parts(more.into_iter().fold(text.into_iter().collect(), add_part))
        }
        (Some(Content::Parts(parts)), Content::Text(more)) if more.is_empty() => Content::Parts(parts),
        (Some(Content::Parts(parts)), Content::Text(more)) => Content::Parts(add_part(parts, ContentPart::text(more))),
        (Some(_), new @ Content::Other(_)) | (Some(Content::Other(_)), new) => new,
    });
}

/// Adds a part; text to text and thinking to thinking make one part, as in a whole answer.
#[inline]
fn add_part(mut parts: Vec<ContentPart>, new: ContentPart) -> Vec<ContentPart> {
    match (parts.last_mut(), new) {
        (Some(ContentPart::Text(last)), ContentPart::Text(new)) => {
            last.text.push_str(&new.text);
            last.extra.merge(new.extra);
        }
        (Some(ContentPart::Thinking(last)), ContentPart::Thinking(new)) => {
            last.thinking = new.thinking.into_iter().fold(std::mem::take(&mut last.thinking), add_part);
            last.extra.merge(new.extra);
        }
        (_, new) => parts.push(new),
    }
    parts
}

/// Adds a piece of a block of reasoning: pieces of one block have its index and kind.
#[inline]
fn add_reasoning(details: &mut Vec<ReasoningDetail>, new: ReasoningDetail) {
    let same_block = |known: &&mut ReasoningDetail| {
        let closed = known.data.is_some() && new.data.is_some();
        known.index.is_some() && known.index == new.index && (new.kind.is_none() || known.kind == new.kind) && !closed
    };
    let Some(known) = details.iter_mut().rev().find(same_block) else {
        details.push(new);
        return;
    };
    add_text(&mut known.text, new.text);
    add_text(&mut known.summary, new.summary);
    add_text(&mut known.arguments, new.arguments);
    keep_last(&mut known.data, new.data);
    keep_last(&mut known.signature, new.signature);
    keep_last(&mut known.id, new.id);
    keep_last(&mut known.format, new.format);
    keep_last(&mut known.tool_name, new.tool_name);
    keep_last(&mut known.tool_call_id, new.tool_call_id);
    keep_last(&mut known.result, new.result);
    known.extra.merge(new.extra);
}

/// Adds a piece of a tool call: to the call with its index; without one, to the call with its id; without both, to a new call
/// if it has a name, else to the last one.
#[inline]
fn add_tool_call(calls: &mut Vec<ToolCall>, new: ToolCallDelta) {
    let id = new.id.filter(|id| !id.is_empty());
    let function_name = new.function.as_ref().and_then(|function| function.name.as_deref());
    let name = function_name.or(new.custom.as_ref().and_then(|custom| custom.name.as_deref())).filter(|name| !name.is_empty());
    let known = match (new.index, &id) {
        (Some(index), _) => calls.iter().rposition(|call| call.index == Some(index)),
        (None, Some(id)) => calls.iter().position(|call| call.id == *id),
        (None, None) if name.is_some() => None,
        (None, None) => calls.len().checked_sub(1),
    };
    // Servers that give each of several whole calls the index 0 tell them apart by id only.
    let is_another = |call: &ToolCall| name.is_some() && !call.id.is_empty() && id.as_ref().is_some_and(|id| *id != call.id);
    let known = known.filter(|at| !is_another(&calls[*at]));
    let at = known.unwrap_or_else(|| {
        calls.push(ToolCall { id: String::new(), kind: None, function: None, custom: None, index: new.index, extra: Extra::new() });
        calls.len() - 1
    });
    let call = &mut calls[at];
    keep_first(&mut call.id, id.unwrap_or_default());
    if call.kind.is_none() {
        call.kind = new.kind;
    }
    if let Some(function) = new.function {
        add_function(call.function.get_or_insert_default(), function);
    }
    if let Some(custom) = new.custom {
        add_custom(call, *custom);
    }
    call.extra.merge(new.extra);
}

/// Makes of what was pieces what a whole answer would have.
#[inline]
fn settle(message: &mut Message) {
    // The first piece has the role and an empty text, whatever comes after it; a whole answer has no text beside calls or a refusal.
    let has_other = message.tool_calls.is_some() || message.function_call.is_some() || message.audio.is_some() || message.refusal.is_some();
    message.content.take_if(|content| has_other && *content == Content::Text(String::new()));
    let calls = message.tool_calls.as_deref_mut().unwrap_or_default();
    calls.sort_by_key(|call| call.index);
    for call in calls {
        // The index was for the pieces.
        call.index = None;
        if call.kind.is_none() {
            call.kind = Some(if call.custom.is_some() { ToolCallKind::Custom } else { ToolCallKind::Function });
        }
    }
}

#[inline]
fn add_function(call: &mut FunctionCall, new: FunctionCallDelta) {
    keep_first(&mut call.name, new.name.unwrap_or_default());
    call.arguments.push_str(&new.arguments.unwrap_or_default());
    call.extra.merge(new.extra);
}

#[inline]
fn add_custom(call: &mut ToolCall, new: CustomToolCallDelta) {
    let custom = call.custom.get_or_insert_with(|| CustomToolCall { name: String::new(), input: String::new(), extra: Extra::new() });
    keep_first(&mut custom.name, new.name.unwrap_or_default());
    custom.input.push_str(&new.input.unwrap_or_default());
    custom.extra.merge(new.extra);
}

#[inline]
fn add_audio(audio: &mut Audio, new: Audio) {
    keep_last(&mut audio.id, new.id);
    keep_last(&mut audio.expires_at, new.expires_at);
    add_text(&mut audio.transcript, new.transcript);
    add_base64(&mut audio.data, new.data);
    audio.extra.merge(new.extra);
}

/// Joins base64: pieces that end in padding are decoded first, or the whole would not be base64.
#[inline]
fn add_base64(data: &mut Option<String>, new: Option<String>) {
    let Some(new) = new else { return };
    match data {
        Some(known) if known.ends_with('=') => match (STANDARD.decode(&*known), STANDARD.decode(&new)) {
            (Ok(mut bytes), Ok(more)) => {
                bytes.extend_from_slice(&more);
                *known = STANDARD.encode(bytes);
            }
            _ => known.push_str(&new),
        },
        Some(known) => known.push_str(&new),
        None => *data = Some(new),
    }
}

#[inline]
fn add_log_probs(log_probs: &mut Option<LogProbs>, new: Option<LogProbs>) {
    match (log_probs, new) {
        (_, None) => {}
        (Some(LogProbs::Tokens(known)), Some(LogProbs::Tokens(new))) => {
            add_tokens(&mut known.content, new.content);
            add_tokens(&mut known.refusal, new.refusal);
            add_tokens(&mut known.reasoning_content, new.reasoning_content);
            known.extra.merge(new.extra);
        }
        (place, new) => *place = new,
    }
}

#[inline]
fn add_tokens(tokens: &mut Option<Vec<TokenLogProb>>, new: Option<Vec<TokenLogProb>>) {
    if let Some(new) = new {
        tokens.get_or_insert_default().extend(new);
    }
}

#[inline]
fn add_text(text: &mut Option<String>, new: Option<String>) {
    match (text, new) {
        (_, None) => {}
        (Some(text), Some(more)) => text.push_str(&more),
        (place, more) => *place = more,
    }
}

#[inline]
fn keep_first(place: &mut String, new: String) {
    if place.is_empty() {
        *place = new;
    }
}

fn keep_last<T>(place: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *place = new;
    }
}
