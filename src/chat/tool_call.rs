//! Calls of tools that a model wants made.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::extra::Extra;
use crate::json;
use crate::lenient;
use crate::open_enum::open_enum;

open_enum! {
    /// What a [`ToolCall`] calls.
    pub enum ToolCallKind {
        /// A function.
        Function = "function",
        /// A tool that takes free text.
        Custom = "custom",
    }
}

/// A call that the model wants made.
///
/// ```
/// # fn answer(reply: &arouter::chat::ChatResponse) -> arouter::Result<()> {
/// #[derive(serde::Deserialize)]
/// struct Place {
///     city: String,
/// }
///
/// for call in reply.tool_calls() {
///     if call.name() == "get_weather" {
///         let place: Place = call.arguments()?;
///         println!("weather in {}, for call {}", place.city, call.id);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolCall {
    /// Id that the tool's answer refers to; some servers leave it empty.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub id: String,
    /// What it calls.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ToolCallKind>,
    /// The function and its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<FunctionCall>,
    /// The tool that takes free text, and the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<CustomToolCall>,
    /// Place among the calls, where a whole answer gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ToolCall {
    /// A call of a function, for a stored turn; one that came goes back with its message.
    pub fn function(id: impl Into<String>, name: impl Into<String>, arguments: impl Into<String>) -> Self {
        let function = FunctionCall { name: name.into(), arguments: arguments.into(), extra: Extra::new() };
        Self { id: id.into(), kind: Some(ToolCallKind::Function), function: Some(function), custom: None, index: None, extra: Extra::new() }
    }

    /// Name of the function or tool; empty if the model gave none.
    #[must_use]
    #[inline]
    pub fn name(&self) -> &str {
        match (&self.function, &self.custom) {
            (Some(function), _) => &function.name,
            (None, Some(custom)) => &custom.name,
            (None, None) => "",
        }
    }

    /// The arguments as the model wrote them: JSON text if all went well, or the input of a tool that takes free text.
    #[must_use]
    #[inline]
    pub fn raw_arguments(&self) -> &str {
        match (&self.function, &self.custom) {
            (Some(function), _) => &function.arguments,
            (None, Some(custom)) => &custom.input,
            (None, None) => "",
        }
    }

    /// The arguments, decoded; no text at all counts as `{}`.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the model wrote something else: an answer that was cut at its token limit leaves half a JSON text.
    /// [`raw_arguments`](Self::raw_arguments) has it.
    pub fn arguments<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let text = self.raw_arguments();
        json::decode(if text.trim().is_empty() { b"{}" } else { text.as_bytes() })
    }
}

/// A function with arguments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionCall {
    /// Name of the function.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub name: String,
    /// Its arguments, as JSON text; the model may have got it wrong.
    #[serde(default, deserialize_with = "lenient::json_text")]
    pub arguments: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A tool that takes free text, and the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomToolCall {
    /// Name of the tool.
    #[serde(default)]
    pub name: String,
    /// The text.
    #[serde(default)]
    pub input: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
