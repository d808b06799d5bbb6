//! Form of an answer, and what it will mostly be.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::content::Content;
use crate::extra::Extra;
use crate::tagged::{self, Tagged};

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

impl Tagged for ResponseFormat {
    const TAG: &'static str = "type";

    fn read<'de, D: Deserializer<'de>>(word: &str, body: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Schema {
            json_schema: JsonSchema,
        }
        #[derive(Deserialize)]
        struct Grammar {
            grammar: String,
        }
        match word {
            "text" => IgnoredAny::deserialize(body).map(|_| Self::Text),
            "json_object" => IgnoredAny::deserialize(body).map(|_| Self::JsonObject),
            "json_schema" => Schema::deserialize(body).map(|Schema { json_schema }| Self::JsonSchema { json_schema }),
            "grammar" => Grammar::deserialize(body).map(|Grammar { grammar }| Self::Grammar { grammar }),
            "python" => IgnoredAny::deserialize(body).map(|_| Self::Python),
            _ => tagged::whole::<Self, _>(word, body).map(Self::Other),
        }
    }

    #[inline]
    fn other(value: Value) -> Self {
        Self::Other(value)
    }
}

impl<'de> Deserialize<'de> for ResponseFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        tagged::deserialize(deserializer)
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
