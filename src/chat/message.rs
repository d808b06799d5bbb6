//! Messages of a conversation, in both directions.

use serde::{Deserialize, Serialize};

use super::content::{Content, ImageUrl};
use super::options::CacheControl;
use super::reasoning::ReasoningDetail;
use super::tool_call::{FunctionCall, ToolCall};
use crate::extra::Extra;
use crate::open_enum::open_enum;
use crate::setters::setters;

open_enum! {
    /// Who speaks.
    pub enum Role {
        /// Instructions, in OpenAI's newer name for them.
        Developer = "developer",
        /// Instructions.
        System = "system",
        /// The person.
        User = "user",
        /// The model.
        Assistant = "assistant",
        /// The answer of a tool.
        Tool = "tool",
        /// The answer of a function, in the older form.
        Function = "function",
    }
}

/// A message: what a request holds and what an answer brings.
///
/// It is one type for all roles, so that a model's turn goes back to the gateway just as it came, with reasoning, signatures and
/// fields that this version doesn't know: put [`ChatResponse::message`](super::ChatResponse::message) into the next request.
///
/// ```
/// use arouter::chat::{ContentPart, Message};
///
/// let conversation = [
///     Message::system("Be brief."),
///     Message::user([ContentPart::text("What is this?"), ContentPart::image_url("https://example.com/a.jpg")]),
/// ];
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// Who speaks; the model where an answer doesn't say.
    #[serde(default = "assistant")]
    pub role: Role,
    /// What is said; often absent beside tool calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Name of the participant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Tools that the model wants called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<Vec<ToolCall>>,
    /// Of a tool's answer, the call that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// The function that the model wants called, in the older form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_call: Option<FunctionCall>,
    /// Why the model refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// The model's reasoning, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// The model's reasoning, by the name that DeepSeek, xAI and others give it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<String>,
    /// The model's reasoning in blocks, some signed or encrypted; to be sent back unchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_details: Option<Vec<ReasoningDetail>>,
    /// Sources that the answer cites, and files that were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Vec<Annotation>>,
    /// Spoken answer; in a request, the id of an earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<Audio>,
    /// Pictures that the model made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<Vec<GeneratedImage>>,
    /// Model that made this turn, where turns of several models are mixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Marks the message as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

#[inline]
fn assistant() -> Role {
    Role::Assistant
}

impl Message {
    /// A message of any role without content.
    #[must_use]
    #[inline]
    pub fn new(role: Role) -> Self {
        Self {
            role,
            content: None,
            name: None,
            tool_calls: None,
            tool_call_id: None,
            function_call: None,
            refusal: None,
            reasoning: None,
            reasoning_content: None,
            reasoning_details: None,
            annotations: None,
            audio: None,
            images: None,
            model: None,
            cache_control: None,
            extra: Extra::new(),
        }
    }

    /// Instructions to the model.
    pub fn system(content: impl Into<Content>) -> Self {
        Self::new(Role::System).content(content)
    }

    /// Instructions to the model, in OpenAI's newer name for them.
    pub fn developer(content: impl Into<Content>) -> Self {
        Self::new(Role::Developer).content(content)
    }

    /// What the person says: text, or parts with images, audio, files.
    pub fn user(content: impl Into<Content>) -> Self {
        Self::new(Role::User).content(content)
    }

    /// An earlier turn of the model, written by hand; one that came goes back by
    /// [`ChatResponse::message`](super::ChatResponse::message).
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self::new(Role::Assistant).content(content)
    }

    /// The answer of a tool to the call with this id.
    pub fn tool(tool_call_id: impl Into<String>, content: impl Into<Content>) -> Self {
        Self { tool_call_id: Some(tool_call_id.into()), ..Self::new(Role::Tool).content(content) }
    }

    /// Sets a field that this version doesn't know.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
        self.extra.insert(name, value);
        self
    }

    /// The text of the content, its text parts joined; empty if there is none.
    #[must_use]
    #[inline]
    pub fn text(&self) -> String {
        self.content.as_ref().map(|content| content.text().into_owned()).unwrap_or_default()
    }

    /// The tool calls; empty if there are none.
    #[must_use]
    #[inline]
    pub fn tool_calls(&self) -> &[ToolCall] {
        self.tool_calls.as_deref().unwrap_or_default()
    }
}

setters! {
    Message:
    cache_control: CacheControl,
    => into
    content: Content,
    name: String,
}

open_enum! {
    /// What an [`Annotation`] points to.
    pub enum AnnotationKind {
        /// A page on the web.
        UrlCitation = "url_citation",
        /// A file of the request that was read for the model.
        File = "file",
    }
}

/// A source of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Annotation {
    /// What it points to.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<AnnotationKind>,
    /// A page on the web.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_citation: Option<UrlCitation>,
    /// A file that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileAnnotation>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A page that an answer cites.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UrlCitation {
    /// Address of the page.
    #[serde(default)]
    pub url: String,
    /// Title of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the page says there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// First character of the answer that rests on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_index: Option<i64>,
    /// Character after the last one that rests on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_index: Option<i64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A file of the request as it was read for the model; sending it back spares reading it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileAnnotation {
    /// Hash of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// Name of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Vec<super::content::ContentPart>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A spoken answer, or a piece of one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Audio {
    /// Id by which a later request can refer to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The sound, base64, in the format that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// What is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
    /// Unix time, in seconds, until which the id is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A picture that a model made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GeneratedImage {
    /// `image_url`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Where it is; mostly a `data:` URL that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<ImageUrl>,
    /// Its place among the pictures of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
