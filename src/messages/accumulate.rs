//! What the events of a stream add up to.

use serde_json::Value;

use super::block::ContentBlock;
use super::event::{ContentBlockDelta, ContentBlockStart, ContentDelta, MessageDelta, MessageStart, MessagesEvent};
use super::response::MessagesResponse;
use super::tool_use::{ToolUseBlock, no_input};
use crate::error::{Error, Result};
use crate::json;

/// Joins events to the response that [`Messages::create`](super::Messages::create) would have given.
///
/// For programs that pass events on and want the whole as well; those that want only the whole take
/// [`MessagesStream::into_response`](super::MessagesStream::into_response).
///
/// ```
/// # fn join(events: Vec<arouter::messages::MessagesEvent>) -> arouter::Result<()> {
/// use arouter::messages::MessagesAccumulator;
///
/// let mut accumulator = MessagesAccumulator::new();
/// for event in events {
///     print!("{}", event.text());
///     accumulator.push(event)?;
/// }
/// let whole = accumulator.into_response();
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct MessagesAccumulator {
    response: MessagesResponse,
    /// The blocks, in the order of their index.
    blocks: Vec<Block>,
    has_started: bool,
}

/// A block that is being written.
#[derive(Debug, Clone)]
struct Block {
    index: i64,
    content: ContentBlock,
    /// Of a tool's arguments, the JSON text so far; `None` before the first piece.
    input: Option<String>,
}

impl MessagesAccumulator {
    /// Nothing yet.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an event. Events and deltas of kinds that this version doesn't know change nothing, nor do unknown fields of a block's events;
    /// those of the message's are kept.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the event doesn't fit what came before: a second start of the message or of a block, anything before the
    /// start of its message or block, a delta of another kind than its block, or an index that can't be (negative, or at least 4,096).
    /// Nothing of such an event is added.
    #[inline]
    pub fn push(&mut self, event: MessagesEvent) -> Result<()> {
        match event {
            MessagesEvent::MessageStart(event) => return self.start(event),
            MessagesEvent::ContentBlockStart(_) | MessagesEvent::ContentBlockDelta(_) | MessagesEvent::MessageDelta(_)
                if !self.has_started =>
            {
                return Err(Error::decode("the message has not started"));
            }
            MessagesEvent::ContentBlockStart(event) => return self.start_block(event),
            MessagesEvent::ContentBlockDelta(event) => return self.add_delta(event),
            MessagesEvent::MessageDelta(event) => self.end(*event),
            MessagesEvent::MessageStop(event) => self.response.extra.merge(event.extra),
            MessagesEvent::ContentBlockStop(_) | MessagesEvent::Ping(_) | MessagesEvent::Error(_) | MessagesEvent::Other(_) => {}
        }
        Ok(())
    }

    /// What has come so far.
    #[must_use]
    #[inline]
    pub fn response(&self) -> MessagesResponse {
        self.clone().into_response()
    }

    /// What has come.
    #[must_use]
    #[inline]
    pub fn into_response(self) -> MessagesResponse {
        let content = self.blocks.into_iter().map(Block::into_content).collect();
        MessagesResponse { content, ..self.response }
    }

    #[inline]
    fn start(&mut self, event: MessageStart) -> Result<()> {
        if self.has_started {
            return Err(Error::decode("the message starts twice"));
        }
        self.has_started = true;
        self.response = *event.message;
        let begun = std::mem::take(&mut self.response.content);
        self.blocks = (0..).zip(begun).map(|(index, content)| Block { index, content, input: None }).collect();
        Ok(())
    }

    #[inline]
    fn start_block(&mut self, event: ContentBlockStart) -> Result<()> {
        let index = event.index;
        if !(0..MAX_BLOCKS).contains(&index) {
            return Err(Error::decode(format!("a block has the index {index}")));
        }
        match self.blocks.binary_search_by_key(&index, |block| block.index) {
            Ok(_) => Err(Error::decode(format!("the block {index} starts twice"))),
            Err(at) => {
                self.blocks.insert(at, Block { index, content: *event.content_block, input: None });
                Ok(())
            }
        }
    }

    #[inline]
    fn add_delta(&mut self, event: ContentBlockDelta) -> Result<()> {
        let at = self.blocks.binary_search_by_key(&event.index, |block| block.index);
        let block = at.map(|at| &mut self.blocks[at]).map_err(|_| Error::decode(format!("the block {} has not started", event.index)))?;
        block.add(event.delta)
    }

    #[inline]
    fn end(&mut self, event: MessageDelta) {
        let (response, change) = (&mut self.response, event.delta);
        response.stop_reason = change.stop_reason.or(response.stop_reason.take());
        response.stop_sequence = change.stop_sequence.or(response.stop_sequence.take());
        response.stop_details = change.stop_details.or(response.stop_details.take());
        response.container = change.container.or(response.container.take());
        response.context_management = event.context_management.or(response.context_management.take());
        if let Some(usage) = event.usage {
            response.usage.update(*usage);
        }
        response.extra.merge(change.extra);
        response.extra.merge(event.extra);
    }
}

impl Block {
    #[inline]
    fn add(&mut self, delta: ContentDelta) -> Result<()> {
        match (&mut self.content, delta) {
            (ContentBlock::Text(block), ContentDelta::TextDelta(delta)) => block.text.push_str(&delta.text),
            (ContentBlock::Text(block), ContentDelta::CitationsDelta(delta)) => {
                block.citations.get_or_insert_default().push(*delta.citation);
            }
            (ContentBlock::Thinking(block), ContentDelta::ThinkingDelta(delta)) => block.thinking.push_str(&delta.thinking),
            (ContentBlock::Thinking(block), ContentDelta::SignatureDelta(delta)) => block.signature.push_str(&delta.signature),
            (ContentBlock::Compaction(block), ContentDelta::CompactionDelta(delta)) => {
                add_text(&mut block.content, delta.content);
                add_text(&mut block.encrypted_content, delta.encrypted_content);
            }
            (
                ContentBlock::ToolUse(_) | ContentBlock::ServerToolUse(_) | ContentBlock::McpToolUse(_),
                ContentDelta::InputJsonDelta(delta),
            ) => {
                self.input.get_or_insert_default().push_str(&delta.partial_json);
            }
            // A kind of block or delta that may mean anything.
            (ContentBlock::Other(_), _) | (_, ContentDelta::Other(_)) => {}
            _ => return Err(Error::decode(format!("the block {} has a delta of another kind", self.index))),
        }
        Ok(())
    }

    /// The block, with the arguments that its pieces add up to.
    #[inline]
    fn into_content(mut self) -> ContentBlock {
        if let (Some(input), Some(call)) = (self.input, tool_use(&mut self.content)) {
            if input.trim().is_empty() {
                // No arguments, but for those that the block has begun with.
                if !call.input.is_object() {
                    call.input = no_input();
                }
            } else {
                call.input = json::decode(input.as_bytes()).unwrap_or(Value::String(input));
            }
        }
        self.content
    }
}

#[inline]
fn tool_use(content: &mut ContentBlock) -> Option<&mut ToolUseBlock> {
    match content {
        ContentBlock::ToolUse(block) | ContentBlock::ServerToolUse(block) | ContentBlock::McpToolUse(block) => Some(block),
        _ => None,
    }
}

#[inline]
fn add_text(text: &mut Option<String>, new: Option<String>) {
    if let Some(new) = new {
        text.get_or_insert_default().push_str(&new);
    }
}

const MAX_BLOCKS: i64 = 4096;
