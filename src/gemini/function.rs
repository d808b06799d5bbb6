//! Functions that a model wants called, and what they answered.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::content::Part;
use super::media::{Blob, FileData};
use crate::error::Result;
use crate::extra::Extra;
use crate::json;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// A function that the model wants called.
///
/// ```
/// # fn answer(reply: &arouter::gemini::GenerateContentResponse) -> arouter::Result<()> {
/// use arouter::gemini::{Content, Part};
/// use serde_json::json;
///
/// #[derive(serde::Deserialize)]
/// struct Place {
///     city: String,
/// }
///
/// let mut answers: Vec<Part> = Vec::new();
/// for call in reply.function_calls() {
///     let place: Place = call.args_as()?;
///     answers.push(call.response(json!({"weather": format!("sunny in {}", place.city)})));
/// }
/// let next_turns = [reply.content(), Content::user(answers)];
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FunctionCall {
    /// Id that the answer refers to; older models give none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name of the function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its arguments; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args: Option<Map<String, Value>>,
    /// Pieces of its arguments, in a stream for which they were asked for; Vertex only.
    ///
    /// A [`GeminiAccumulator`](super::GeminiAccumulator) joins them to `args`; what is left here has a path that it can't read.
    #[serde(alias = "partial_args", skip_serializing_if = "Option::is_none")]
    pub partial_args: Option<Vec<PartialArg>>,
    /// Whether more pieces of this call will come; Vertex only.
    #[serde(alias = "will_continue", skip_serializing_if = "Option::is_none")]
    pub will_continue: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl FunctionCall {
    /// A call for a stored turn.
    pub fn new(name: impl Into<String>, args: Map<String, Value>) -> Self {
        Self { name: Some(name.into()), args: Some(args), ..Self::default() }
    }

    /// Name of the function; empty if the model gave none.
    #[must_use]
    #[inline]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// The arguments, decoded; none at all count as `{}`.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`](crate::Error::Decode) if the model wrote something else; `args` has it.
    pub fn args_as<T: DeserializeOwned>(&self) -> Result<T> {
        let args = self.args.as_ref().and_then(|args| serde_json::to_vec(args).ok());
        json::decode(args.as_deref().unwrap_or(b"{}"))
    }

    /// The answer to this call, with its id and name: an object, or any other JSON, which goes under `output`.
    #[must_use]
    pub fn response(&self, response: impl Into<Value>) -> Part {
        Part::from(FunctionResponse { id: self.id.clone(), ..FunctionResponse::new(self.name(), response) })
    }
}

/// A piece of a function's arguments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PartialArg {
    /// Which argument it belongs to, such as `$.city` or `$.items[0].name`.
    #[serde(alias = "json_path", skip_serializing_if = "Option::is_none")]
    pub json_path: Option<String>,
    /// Text, to be appended to what came of it.
    #[serde(alias = "string_value", skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// A number.
    #[serde(alias = "number_value", skip_serializing_if = "Option::is_none")]
    pub number_value: Option<Number>,
    /// True or false.
    #[serde(alias = "bool_value", skip_serializing_if = "Option::is_none")]
    pub bool_value: Option<bool>,
    /// Null.
    #[serde(alias = "null_value", skip_serializing_if = "Option::is_none")]
    pub null_value: Option<NullValue>,
    /// Whether more of this text will come.
    #[serde(alias = "will_continue", skip_serializing_if = "Option::is_none")]
    pub will_continue: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// Null, which protocol buffers write as a word.
    pub enum NullValue or number {
        /// Null.
        Null = "NULL_VALUE",
    }
}

/// What a function answered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FunctionResponse {
    /// When the model is to take notice, of a function that it doesn't wait for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduling: Option<Scheduling>,
    /// Whether more answers to this call will come, of a function that it doesn't wait for.
    #[serde(alias = "will_continue", skip_serializing_if = "Option::is_none")]
    pub will_continue: Option<bool>,
    /// Id of the call; needed if the call had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name of the function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The answer. Google knows `output` and `error` in it, and takes anything else as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Map<String, Value>>,
    /// Pictures and files of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<FunctionResponsePart>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    FunctionResponse:
    scheduling: Scheduling,
    will_continue: bool,
    => into
    id: String,
    name: String,
    response: Map<String, Value>,
    parts: Vec<FunctionResponsePart>,
}

impl FunctionResponse {
    /// The answer of this function: an object, or any other JSON, which goes under `output`.
    pub fn new(name: impl Into<String>, response: impl Into<Value>) -> Self {
        let response = match response.into() {
            Value::Object(fields) => fields,
            other => Map::from_iter([("output".to_owned(), other)]),
        };
        Self { name: Some(name.into()), response: Some(response), ..Self::default() }
    }
}

open_enum! {
    /// When a model takes notice of an answer that it doesn't wait for.
    pub enum Scheduling or number {
        /// As when idle.
        Unspecified = "SCHEDULING_UNSPECIFIED",
        /// Without a word.
        Silent = "SILENT",
        /// Once it has nothing else to say.
        WhenIdle = "WHEN_IDLE",
        /// At once.
        Interrupt = "INTERRUPT",
    }
}

/// A picture or file of a function's answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FunctionResponsePart {
    /// The file, in base64.
    #[serde(alias = "inline_data", skip_serializing_if = "Option::is_none")]
    pub inline_data: Option<Blob>,
    /// The file by its address; Vertex only.
    #[serde(alias = "file_data", skip_serializing_if = "Option::is_none")]
    pub file_data: Option<FileData>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl From<Blob> for FunctionResponsePart {
    #[inline]
    fn from(blob: Blob) -> Self {
        Self { inline_data: Some(blob), ..Self::default() }
    }
}

impl From<FileData> for FunctionResponsePart {
    #[inline]
    fn from(file: FileData) -> Self {
        Self { file_data: Some(file), ..Self::default() }
    }
}
