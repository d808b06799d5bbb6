//! Form of an answer, and what it will mostly be.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::content::Content;
use crate::extra::Extra;
use crate::lenient::Tagged;

/// Form of an answer.
///
/// See [ARouter: structured outputs](https://docs.arouter.ai/en/guides/features/structured-outputs).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ResponseFormat {
    /// Text; the default.
    Text,
    /// Some JSON object; the prompt must ask for it too.
    JsonObject,
    /// JSON by a schema.
    JsonSchema {
        /// The schema and its name.
        json_schema: JsonSchema,
    },
    /// Text by a grammar.
    Grammar {
        /// The grammar.
        grammar: String,
    },
    /// Python code.
    Python,
    /// A form that this version doesn't know, as it came.
    #[serde(untagged)]
    Other(Value),
}

impl ResponseFormat {
    /// JSON that matches the schema exactly. The answer's text is that JSON.
    pub fn json_schema(name: impl Into<String>, schema: Value) -> Self {
        let json_schema =
            JsonSchema { name: name.into(), description: None, schema: Some(schema), strict: Some(true), extra: Extra::new() };
        Self::JsonSchema { json_schema }
    }
}

impl<'de> Deserialize<'de> for ResponseFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Schema {
            json_schema: JsonSchema,
        }
        #[derive(Deserialize)]
        struct Grammar {
            grammar: String,
        }
        let format = Tagged::read(deserializer, "type")?;
        match format.tag() {
            Some("text") => Ok(Self::Text),
            Some("json_object") => Ok(Self::JsonObject),
            Some("json_schema") => format.body().map(|Schema { json_schema }| Self::JsonSchema { json_schema }),
            Some("grammar") => format.body().map(|Grammar { grammar }| Self::Grammar { grammar }),
            Some("python") => Ok(Self::Python),
            _ => Ok(Self::Other(format.whole())),
        }
    }
}

/// A schema for an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JsonSchema {
    /// Its name.
    pub name: String,
    /// What the answer is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The JSON Schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// Whether the answer must match it exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What an answer will mostly be: a file of which a line is to change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Prediction {
    /// `content`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The expected text.
    pub content: Content,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Prediction {
    /// The expected text.
    pub fn new(content: impl Into<Content>) -> Self {
        Self { kind: "content".to_owned(), content: content.into(), extra: Extra::new() }
    }
}
