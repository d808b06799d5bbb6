//! Schemas in Google's dialect.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// A schema in Google's dialect of OpenAPI, for the compiler to check; fields that take a schema take JSON as well.
///
/// ```
/// use arouter::gemini::{FunctionDeclaration, Schema};
/// use serde_json::json;
///
/// let typed = Schema::object([("city", Schema::string().description("Where"))]).required(["city"]);
/// FunctionDeclaration::new("get_weather", "Tells the weather").parameters(typed);
/// FunctionDeclaration::new("get_weather", "Tells the weather")
///     .parameters(json!({"type": "OBJECT", "properties": {"city": {"type": "STRING"}}}));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Schema {
    /// What it is.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<SchemaType>,
    /// Whether it may be null.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nullable: Option<bool>,
    /// Least value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<f64>,
    /// Greatest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<f64>,
    /// Fewest items.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "min_items", skip_serializing_if = "Option::is_none")]
    pub min_items: Option<u64>,
    /// Most items.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "max_items", skip_serializing_if = "Option::is_none")]
    pub max_items: Option<u64>,
    /// Fewest characters.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "min_length", skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    /// Most characters.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "max_length", skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// Fewest properties.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "min_properties", skip_serializing_if = "Option::is_none")]
    pub min_properties: Option<u64>,
    /// Most properties.
    #[serde(default, deserialize_with = "lenient::optional_count", alias = "max_properties", skip_serializing_if = "Option::is_none")]
    pub max_properties: Option<u64>,
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it means, for the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Format of a number or text, such as `int32` or `date-time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Regular expression that a text matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What a list holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<Self>>,
    /// Any of these.
    #[serde(alias = "any_of", skip_serializing_if = "Option::is_none")]
    pub any_of: Option<Vec<Self>>,
    /// What an object has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<BTreeMap<String, Self>>,
    /// Value that is assumed where it is absent.
    #[serde(rename = "default", skip_serializing_if = "Option::is_none")]
    pub default_value: Option<Value>,
    /// An example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
    /// Whether an object may have other properties, or their schema.
    #[serde(alias = "additional_properties", skip_serializing_if = "Option::is_none")]
    pub additional_properties: Option<Value>,
    /// Schemas to refer to, by name.
    #[serde(rename = "$defs", alias = "defs", skip_serializing_if = "Option::is_none")]
    pub defs: Option<BTreeMap<String, Self>>,
    /// Refers to one of them: `#/$defs/name`.
    #[serde(rename = "$ref", alias = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Words that a text may be.
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<String>>,
    /// Properties that an object must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<Vec<String>>,
    /// Order in which to write the properties.
    #[serde(alias = "property_ordering", skip_serializing_if = "Option::is_none")]
    pub property_ordering: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    Schema:
    kind: SchemaType,
    nullable: bool,
    minimum: f64,
    maximum: f64,
    min_items: u64,
    max_items: u64,
    min_length: u64,
    max_length: u64,
    min_properties: u64,
    max_properties: u64,
    => into
    title: String,
    description: String,
    format: String,
    pattern: String,
    items: Box<Schema>,
    any_of: Vec<Schema>,
    properties: BTreeMap<String, Schema>,
    default_value: Value,
    example: Value,
    additional_properties: Value,
    defs: BTreeMap<String, Schema>,
    reference: String,
    => each
    choices: String,
    required: String,
    property_ordering: String,
}

impl Schema {
    /// A schema of this type.
    #[must_use]
    #[inline]
    pub fn new(kind: SchemaType) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }

    /// Text.
    #[must_use]
    #[inline]
    pub fn string() -> Self {
        Self::new(SchemaType::String)
    }

    /// One of these words.
    pub fn words<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Self {
        Self::string().format("enum").choices(words)
    }

    /// A number.
    #[must_use]
    #[inline]
    pub fn number() -> Self {
        Self::new(SchemaType::Number)
    }

    /// A whole number.
    #[must_use]
    #[inline]
    pub fn integer() -> Self {
        Self::new(SchemaType::Integer)
    }

    /// True or false.
    #[must_use]
    #[inline]
    pub fn boolean() -> Self {
        Self::new(SchemaType::Boolean)
    }

    /// A list of these.
    #[must_use]
    #[inline]
    pub fn array(items: Self) -> Self {
        Self::new(SchemaType::Array).items(items)
    }

    /// An object with these properties, to be written in this order.
    pub fn object<S: Into<String>>(properties: impl IntoIterator<Item = (S, Self)>) -> Self {
        let properties: Vec<(String, Self)> = properties.into_iter().map(|(name, schema)| (name.into(), schema)).collect();
        let order: Vec<String> = properties.iter().map(|(name, _)| name.clone()).collect();
        Self::new(SchemaType::Object).property_ordering(order).properties(properties.into_iter().collect::<BTreeMap<_, _>>())
    }
}

impl From<Schema> for Value {
    #[inline]
    fn from(schema: Schema) -> Self {
        // Nothing in a schema can fail: names are text, and a number that JSON doesn't have is null.
        serde_json::to_value(schema).unwrap_or_default()
    }
}

open_enum! {
    /// What a schema describes.
    pub enum SchemaType {
        /// Not told.
        Unspecified = "TYPE_UNSPECIFIED",
        /// Text.
        String = "STRING",
        /// A number.
        Number = "NUMBER",
        /// A whole number.
        Integer = "INTEGER",
        /// True or false.
        Boolean = "BOOLEAN",
        /// A list.
        Array = "ARRAY",
        /// An object.
        Object = "OBJECT",
        /// Null.
        Null = "NULL",
    }
}
