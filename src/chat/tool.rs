//! Tools: what a model may call, what it must, and what it did.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use super::options::CacheControl;
use crate::error::{Error, Result};
use crate::extra::Extra;
use crate::json;
use crate::lenient::{self, Tagged};
use crate::open_enum::open_enum;

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
    /// A tool of any other kind, as it came.
    #[serde(untagged)]
    Other(Value),
}

impl Tool {
    /// A function with a JSON Schema for its arguments.
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
        Self::Function(FunctionTool {
            function: FunctionDefinition {
                name: name.into(),
                description: Some(description.into()),
                parameters: Some(parameters),
                strict: None,
                extra: Extra::new(),
            },
            cache_control: None,
            extra: Extra::new(),
        })
    }

    /// ARouter's web search, with its defaults; see [`ArouterToolOptions`] for the rest.
    #[must_use]
    pub fn web_search() -> Self {
        Self::Arouter(ArouterTool { arouter: ArouterToolOptions::new(ArouterToolId::WebSearch), extra: Extra::new() })
    }

    /// ARouter's clock, for a time zone by its IANA name.
    pub fn datetime(timezone: impl Into<String>) -> Self {
        let arouter = ArouterToolOptions { timezone: Some(timezone.into()), ..ArouterToolOptions::new(ArouterToolId::Datetime) };
        Self::Arouter(ArouterTool { arouter, extra: Extra::new() })
    }

    /// A tool that the gateway runs, by its type and parameters, such as `openrouter:web_search`.
    pub fn server(kind: impl Into<String>, parameters: impl Into<Value>) -> Self {
        Self::Other(json!({"type": kind.into(), "parameters": parameters.into()}))
    }
}

impl<'de> Deserialize<'de> for Tool {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tool = Tagged::read(deserializer, "type")?;
        match tool.tag() {
            Some("function") => tool.body().map(Self::Function),
            Some("custom") => tool.body().map(Self::Custom),
            Some("arouter") => tool.body().map(Self::Arouter),
            _ => Ok(Self::Other(tool.whole())),
        }
    }
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
    /// Form of the text: `{"type": "text"}`, or a grammar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Value>,
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
    /// The function with this name.
    Function(String),
    /// Anything else: a custom tool, a server tool, a set of allowed tools, as the API spells it.
    Other(Value),
}

impl ToolChoice {
    /// The function with this name.
    pub fn function(name: impl Into<String>) -> Self {
        Self::Function(name.into())
    }
}

impl Serialize for ToolChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str("none"),
            Self::Auto => serializer.serialize_str("auto"),
            Self::Required => serializer.serialize_str("required"),
            Self::Function(name) => json!({"type": "function", "function": {"name": name}}).serialize(serializer),
            Self::Other(choice) => choice.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ToolChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let choice = Value::deserialize(deserializer)?;
        let named = json!({"type": "function", "function": {"name": choice["function"]["name"]}});
        Ok(match choice {
            Value::String(word) => match word.as_str() {
                "none" => Self::None,
                "auto" => Self::Auto,
                "required" => Self::Required,
                _ => Self::Other(Value::String(word)),
            },
            choice if choice == named => match &choice["function"]["name"] {
                Value::String(name) => Self::Function(name.clone()),
                _ => Self::Other(choice),
            },
            choice => Self::Other(choice),
        })
    }
}

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
    /// Name of the function or tool; empty if the model gave none.
    #[must_use]
    pub fn name(&self) -> &str {
        match (&self.function, &self.custom) {
            (Some(function), _) => &function.name,
            (None, Some(custom)) => &custom.name,
            (None, None) => "",
        }
    }

    /// The arguments as the model wrote them: JSON text if all went well, or the input of a tool that takes free text.
    #[must_use]
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
