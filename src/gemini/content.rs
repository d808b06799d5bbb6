//! Turns of a conversation and their parts, in both directions.

use serde::Serialize;
use serde_json::{Map, Value};

use super::function::{FunctionCall, FunctionResponse};
use super::media::{Blob, FileData, MediaResolution, Transcription, VideoMetadata};
use super::server_tool::{CodeExecutionResult, ExecutableCode, ToolCall, ToolResponse};
use crate::extra::Extra;
use crate::in_place::{List, read_in_place};
use crate::open_enum::open_enum;
use crate::setters::setters;

open_enum! {
    /// Who speaks.
    pub enum Role {
        /// The person; answers of functions are the person's as well.
        User = "user",
        /// The model.
        Model = "model",
        /// A function's answer, in the older form.
        Function = "function",
        /// Instructions; Google ignores the role of a system instruction.
        System = "system",
    }
}

/// A turn of a conversation, or the instructions to the model.
///
/// It is one type for both directions, so that a model's turn goes back just as it came, with signatures and fields that this version
/// doesn't know: put [`GenerateContentResponse::content`](super::GenerateContentResponse::content) into the next request.
///
/// ```
/// use arouter::gemini::{Content, Part};
///
/// let conversation = [
///     Content::user("What is in this picture?"),
///     Content::user([Part::text("And in this?"), Part::file_data("image/png", "https://example.com/a.png")]),
/// ];
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Content {
    /// Who speaks; some servers leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// What is said, in order; empty where a model gave nothing.
    pub parts: Vec<Part>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

read_in_place! {
    Content {
        "role" => role,
        "parts" => parts by List<_>,
    }
}

impl Content {
    /// A turn of any role: text, or parts.
    pub fn new(role: impl Into<Role>, content: impl Into<Self>) -> Self {
        Self { role: Some(role.into()), ..content.into() }
    }

    /// What the person says: text, or parts with pictures, sound, files, answers of functions.
    pub fn user(content: impl Into<Self>) -> Self {
        Self::new(Role::User, content)
    }

    /// An earlier turn of the model, written by hand; one that came goes back by
    /// [`GenerateContentResponse::content`](super::GenerateContentResponse::content).
    pub fn model(content: impl Into<Self>) -> Self {
        Self::new(Role::Model, content)
    }

    /// The text, its parts joined and the model's thoughts left out; empty if there is none.
    #[must_use]
    #[inline]
    pub fn text(&self) -> String {
        self.parts.iter().filter(|part| !part.is_thought()).filter_map(|part| part.text.as_deref()).collect()
    }

    /// The model's thoughts, joined; empty if there are none.
    #[must_use]
    #[inline]
    pub fn thoughts(&self) -> String {
        self.parts.iter().filter(|part| part.is_thought()).filter_map(|part| part.text.as_deref()).collect()
    }

    /// The functions that the model wants called.
    #[must_use]
    #[inline]
    pub fn function_calls(&self) -> Vec<&FunctionCall> {
        self.parts.iter().filter_map(|part| part.function_call.as_deref()).collect()
    }
}

impl From<Vec<Part>> for Content {
    #[inline]
    fn from(parts: Vec<Part>) -> Self {
        Self { parts, ..Self::default() }
    }
}

impl<const N: usize> From<[Part; N]> for Content {
    fn from(parts: [Part; N]) -> Self {
        Self::from(Vec::from(parts))
    }
}

impl From<Part> for Content {
    #[inline]
    fn from(part: Part) -> Self {
        Self::from([part])
    }
}

impl From<&str> for Content {
    #[inline]
    fn from(text: &str) -> Self {
        Self::from(Part::text(text))
    }
}

impl From<String> for Content {
    #[inline]
    fn from(text: String) -> Self {
        Self::from(Part::text(text))
    }
}

/// A part of a turn.
///
/// Google's parts have no `type`: a part is whichever fields it has, mostly one of the first ten, with a signature beside it. Signatures
/// (`thought_signature`) must go back on the part that they came on, so parts are never merged by hand.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Part {
    /// Text; of a thought if `thought` is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A file, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inline_data: Option<Box<Blob>>,
    /// A file by its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_data: Option<Box<FileData>>,
    /// A function that the model wants called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_call: Option<Box<FunctionCall>>,
    /// What a function answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_response: Option<Box<FunctionResponse>>,
    /// Code that the model wrote and Google runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executable_code: Option<Box<ExecutableCode>>,
    /// What that code gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_execution_result: Option<Box<CodeExecutionResult>>,
    /// A tool of Google's that the model called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_call: Option<Box<ToolCall>>,
    /// What that tool answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_response: Option<Box<ToolResponse>>,
    /// What was said in a piece of sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_transcription: Option<Box<Transcription>>,
    /// Whether the part is a thought of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thought: Option<bool>,
    /// Signature of the model's state, base64; to be sent back on this very part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thought_signature: Option<String>,
    /// Which piece of a film to look at, and how closely.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_metadata: Option<Box<VideoMetadata>>,
    /// How closely to look at a picture or film.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_resolution: Option<Box<MediaResolution>>,
    /// Labels of the caller's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_metadata: Option<Map<String, Value>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

read_in_place! {
    Part {
        "text" => text,
        "inlineData" | "inline_data" => inline_data,
        "fileData" | "file_data" => file_data,
        "functionCall" | "function_call" => function_call,
        "functionResponse" | "function_response" => function_response,
        "executableCode" | "executable_code" => executable_code,
        "codeExecutionResult" | "code_execution_result" => code_execution_result,
        "toolCall" | "tool_call" => tool_call,
        "toolResponse" | "tool_response" => tool_response,
        "audioTranscription" | "audio_transcription" => audio_transcription,
        "thought" => thought,
        "thoughtSignature" | "thought_signature" => thought_signature,
        "videoMetadata" | "video_metadata" => video_metadata,
        "mediaResolution" | "media_resolution" => media_resolution,
        "partMetadata" | "part_metadata" => part_metadata,
    }
}

setters! {
    Part:
    thought: bool,
    => into
    thought_signature: String,
    video_metadata: Box<VideoMetadata>,
    media_resolution: Box<MediaResolution>,
    part_metadata: Map<String, Value>,
}

impl Part {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// A file from its bytes; `mime_type` such as `image/png`.
    pub fn inline_data(mime_type: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        Self { inline_data: Some(Box::new(Blob::new(mime_type, bytes))), ..Self::default() }
    }

    /// A file by its address; `mime_type` such as `application/pdf`.
    pub fn file_data(mime_type: impl Into<String>, file_uri: impl Into<String>) -> Self {
        Self { file_data: Some(Box::new(FileData::new(mime_type, file_uri))), ..Self::default() }
    }

    /// A call of a function, for a stored turn; one that came goes back with its turn.
    pub fn function_call(name: impl Into<String>, args: Map<String, Value>) -> Self {
        Self { function_call: Some(Box::new(FunctionCall::new(name, args))), ..Self::default() }
    }

    /// What a function answered: an object, or any other JSON, which goes under `output`.
    ///
    /// [`FunctionCall::response`] also takes over the call's id.
    pub fn function_response(name: impl Into<String>, response: impl Into<Value>) -> Self {
        Self::from(FunctionResponse::new(name, response))
    }

    /// Code that the model wrote, for a stored turn.
    #[inline]
    pub fn executable_code(code: ExecutableCode) -> Self {
        Self { executable_code: Some(Box::new(code)), ..Self::default() }
    }

    /// What that code gave, for a stored turn.
    #[inline]
    pub fn code_execution_result(result: CodeExecutionResult) -> Self {
        Self { code_execution_result: Some(Box::new(result)), ..Self::default() }
    }

    /// Sets a field that this version doesn't know.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name, value);
        self
    }

    /// Whether the part is a thought of the model.
    #[must_use]
    #[inline]
    pub fn is_thought(&self) -> bool {
        self.thought == Some(true)
    }
}

impl From<FunctionResponse> for Part {
    #[inline]
    fn from(response: FunctionResponse) -> Self {
        Self { function_response: Some(Box::new(response)), ..Self::default() }
    }
}

impl From<Blob> for Part {
    #[inline]
    fn from(blob: Blob) -> Self {
        Self { inline_data: Some(Box::new(blob)), ..Self::default() }
    }
}
