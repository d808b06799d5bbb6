//! Tools: what a model may call, and what it must.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::options::CacheControl;
use crate::extra::Extra;
use crate::json;
use crate::open_enum::open_enum;
use crate::setters::setters;
use crate::tagged::{self, Tagged};

/// A tool that the model may call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Tool {
    /// A function of the program's.
    Function(FunctionTool),
    /// A tool of the program's that takes free text.
    Custom(CustomTool),
    /// A tool that ARouter runs during the generation: `{"type": "arouter", "arouter": {…}}`.
    Arouter(ArouterTool),
    /// Any other tool that the gateway or the provider runs, by its type: `openrouter:web_search`, `web_search_preview`, …
    #[serde(untagged)]
    Server(ServerTool),
    /// Something without a type, as it came.
    #[serde(untagged)]
    Other(Value),
}

impl Tool {
    /// A function with a JSON Schema for its arguments; [`FunctionDefinition`] has the rest.
    ///
    /// ```
    /// use arouter::chat::Tool;
    /// use serde_json::json;
    ///
    /// let tool = Tool::function("get_weather", "Weather of a city, now", json!({
    ///     "type": "object",
    ///     "properties": {"city": {"type": "string"}},
    ///     "required": ["city"],
    /// }));
    /// ```
    pub fn function(name: impl Into<String>, description: impl Into<String>, parameters: Value) -> Self {
        FunctionDefinition::new(name).description(description).parameters(parameters).into()
    }

    /// A tool of the program's that takes free text.
    pub fn custom(name: impl Into<String>, description: impl Into<String>) -> Self {
        let custom = CustomToolDefinition { name: name.into(), description: Some(description.into()), format: None, extra: Extra::new() };
        Self::Custom(CustomTool { custom, extra: Extra::new() })
    }

    /// ARouter's web search, with its defaults; [`ArouterToolOptions`] has the rest.
    #[must_use]
    #[inline]
    pub fn web_search() -> Self {
        ArouterToolOptions::new(ArouterToolId::WebSearch).into()
    }

    /// ARouter's clock, for a time zone by its IANA name.
    pub fn datetime(timezone: impl Into<String>) -> Self {
        ArouterToolOptions::new(ArouterToolId::Datetime).timezone(timezone).into()
    }

    /// A tool that the gateway runs, by its type and parameters, such as `openrouter:web_search`.
    pub fn server(kind: impl Into<String>, parameters: Map<String, Value>) -> Self {
        Self::Server(ServerTool { kind: kind.into(), parameters: Some(parameters), extra: Extra::new() })
    }
}

impl From<FunctionDefinition> for Tool {
    #[inline]
    fn from(function: FunctionDefinition) -> Self {
        Self::Function(FunctionTool { function, cache_control: None, extra: Extra::new() })
    }
}

impl From<ArouterToolOptions> for Tool {
    #[inline]
    fn from(arouter: ArouterToolOptions) -> Self {
        Self::Arouter(ArouterTool { arouter, extra: Extra::new() })
    }
}

impl Tagged for Tool {
    const TAG: &'static str = "type";

    fn read<'de, D: Deserializer<'de>>(word: &str, body: D) -> Result<Self, D::Error> {
        match word {
            "function" => Deserialize::deserialize(body).map(Self::Function),
            "custom" => Deserialize::deserialize(body).map(Self::Custom),
            "arouter" => Deserialize::deserialize(body).map(Self::Arouter),
            _ => json::read(&tagged::whole::<Self, _>(word, body)?).map(Self::Server).map_err(D::Error::custom),
        }
    }

    #[inline]
    fn other(value: Value) -> Self {
        Self::Other(value)
    }
}

impl<'de> Deserialize<'de> for Tool {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        tagged::deserialize(deserializer)
    }
}

/// A tool that the gateway or the provider runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServerTool {
    /// Which tool.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its settings, by its own documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Map<String, Value>>,
    /// Settings of tools that have them beside their type, and fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A function of the program's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionTool {
    /// What the model is told about it.
    pub function: FunctionDefinition,
    /// Marks the tool as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a model is told about a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionDefinition {
    /// Its name: letters, digits, `_` and `-`, at most 64.
    pub name: String,
    /// What it does and when to call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Value>,
    /// Whether the arguments must match the schema exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl FunctionDefinition {
    /// A function by its name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), description: None, parameters: None, strict: None, extra: Extra::new() }
    }
}

setters! {
    FunctionDefinition:
    parameters: Value,
    strict: bool,
    => into
    description: String,
}

/// A tool of the program's that takes free text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomTool {
    /// What the model is told about it.
    pub custom: CustomToolDefinition,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a model is told about a tool that takes free text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomToolDefinition {
    /// Its name.
    pub name: String,
    /// What it does and when to call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Form of the text; free by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<CustomFormat>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Form of the text that a tool takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomFormat {
    /// `text` or `grammar`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The grammar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grammar: Option<Grammar>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl CustomFormat {
    /// Text by a grammar; `syntax` is `lark` or `regex`.
    pub fn grammar(syntax: impl Into<String>, definition: impl Into<String>) -> Self {
        let grammar = Grammar { syntax: syntax.into(), definition: definition.into(), extra: Extra::new() };
        Self { kind: "grammar".to_owned(), grammar: Some(grammar), extra: Extra::new() }
    }
}

/// A grammar for text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Grammar {
    /// `lark` or `regex`.
    pub syntax: String,
    /// The grammar itself.
    pub definition: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A tool that ARouter runs during the generation. Its calls show in `usage.server_tool_calls`.
///
/// See [ARouter: server tools](https://docs.arouter.ai/en/guides/features/server-tools/overview).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ArouterTool {
    /// Which tool, and its options.
    pub arouter: ArouterToolOptions,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// A tool that ARouter runs.
    pub enum ArouterToolId {
        /// Web search.
        WebSearch = "web_search",
        /// The time of day.
        Datetime = "datetime",
    }
}

/// Which of ARouter's tools, and its options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ArouterToolOptions {
    /// Which tool.
    pub id: ArouterToolId,
    /// Of a web search, results for each search; 5 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<u64>,
    /// Of a web search, the engine: `native`, `exa`, `parallel`, `firecrawl`; native where the provider has one, else Exa.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Of a web search, the only domains to take results from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_domains: Option<Vec<String>>,
    /// Of a web search, domains to leave out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_domains: Option<Vec<String>>,
    /// Of a web search, most results over all searches of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_total_results: Option<u64>,
    /// Of the clock, the time zone by its IANA name; UTC by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ArouterToolOptions {
    /// A tool with its defaults.
    #[must_use]
    #[inline]
    pub fn new(id: ArouterToolId) -> Self {
        Self {
            id,
            max_results: None,
            engine: None,
            include_domains: None,
            exclude_domains: None,
            max_total_results: None,
            timezone: None,
            extra: Extra::new(),
        }
    }
}

setters! {
    ArouterToolOptions:
    max_results: u64,
    max_total_results: u64,
    => into
    engine: String,
    timezone: String,
    => each
    include_domains: String,
    exclude_domains: String,
}

/// Whether the model may, must or must not call tools.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ToolChoice {
    /// No tool.
    None,
    /// As the model sees fit; the default where there are tools.
    Auto,
    /// Some tool.
    Required,
    /// This one, or these.
    Named(NamedToolChoice),
    /// Anything else, as it came.
    Other(Value),
}

impl ToolChoice {
    /// The function with this name.
    pub fn function(name: impl Into<String>) -> Self {
        Self::Named(NamedToolChoice { function: Some(ToolName::new(name)), ..NamedToolChoice::new("function") })
    }

    /// The tool that takes free text with this name.
    pub fn custom(name: impl Into<String>) -> Self {
        Self::Named(NamedToolChoice { custom: Some(ToolName::new(name)), ..NamedToolChoice::new("custom") })
    }

    /// Only these tools, as [`Tool`]s are written; `mode` is `auto` or `required`.
    pub fn allowed(mode: impl Into<String>, tools: impl Into<Vec<Value>>) -> Self {
        let allowed = AllowedTools { mode: mode.into(), tools: tools.into(), extra: Extra::new() };
        Self::Named(NamedToolChoice { allowed_tools: Some(allowed), ..NamedToolChoice::new("allowed_tools") })
    }

    /// A tool that the gateway runs, by its type.
    pub fn server(kind: impl Into<String>) -> Self {
        Self::Named(NamedToolChoice::new(kind))
    }
}

impl Serialize for ToolChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str("none"),
            Self::Auto => serializer.serialize_str("auto"),
            Self::Required => serializer.serialize_str("required"),
            Self::Named(choice) => choice.serialize(serializer),
            Self::Other(choice) => choice.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ToolChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let choice = Value::deserialize(deserializer)?;
        Ok(match choice.as_str() {
            Some("none") => Self::None,
            Some("auto") => Self::Auto,
            Some("required") => Self::Required,
            None if choice["type"].is_string() => Self::Named(json::read(&choice).map_err(serde::de::Error::custom)?),
            _ => Self::Other(choice),
        })
    }
}

/// Which tool, or which tools, by type and name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NamedToolChoice {
    /// `function`, `custom`, `allowed_tools`, or the type of a tool that the gateway runs.
    #[serde(rename = "type")]
    pub kind: String,
    /// The function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<ToolName>,
    /// The tool that takes free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<ToolName>,
    /// The tools to choose from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_tools: Option<AllowedTools>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl NamedToolChoice {
    fn new(kind: impl Into<String>) -> Self {
        Self { kind: kind.into(), function: None, custom: None, allowed_tools: None, extra: Extra::new() }
    }
}

/// A tool by its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolName {
    /// Its name.
    pub name: String,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ToolName {
    fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), extra: Extra::new() }
    }
}

/// Tools to choose from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AllowedTools {
    /// `auto` or `required`.
    pub mode: String,
    /// The tools, as [`Tool`]s are written.
    pub tools: Vec<Value>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
