//! Tools: what a model may call, and what it must.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::citation::CitationsConfig;
use crate::chat::{CacheControl, UserLocation};
use crate::credentials::Secret;
use crate::extra::Extra;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// A tool that the model may call: one of the program's, by a schema, or one that the provider knows, by its type.
///
/// Types of the provider's tools carry the date of their version. The constructors take the one that is served most widely; another is
/// one setter away:
///
/// ```
/// use arouter::messages::Tool;
/// use serde_json::json;
///
/// let weather = Tool::new("get_weather", "Weather of a city, now", json!({
///     "type": "object",
///     "properties": {"city": {"type": "string"}},
///     "required": ["city"],
/// }));
/// let search = Tool::web_search().kind("web_search_20260318").max_uses(3).allowed_domains(["example.com"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tool {
    /// `custom` or nothing for a tool of the program's; else which of the provider's, such as `web_search_20250305`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its name: letters, digits, `_` and `-`, at most 64. The provider's tools have fixed ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it does and when to call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of its arguments: an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_schema: Option<Value>,
    /// Examples of its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_examples: Option<Vec<Map<String, Value>>>,
    /// Whether the arguments must match the schema exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
    /// Whether arguments are streamed before they are known to be JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eager_input_streaming: Option<bool>,
    /// Whether the model sees it only once a search among tools has found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defer_loading: Option<bool>,
    /// Who may call it: `direct` for the model, `code_execution_20260120` and the like for code that it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_callers: Option<Vec<String>>,
    /// Marks the tool as the end of a prefix to cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
    /// Calls at most; each may cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_uses: Option<u64>,
    /// The only domains to go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_domains: Option<Vec<String>>,
    /// Domains not to go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_domains: Option<Vec<String>>,
    /// Of a web search, where the person roughly is: [`UserLocation::new`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_location: Option<UserLocation>,
    /// Of web search and fetch, whether results that code has used are in the answer too: `full` or `excluded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_inclusion: Option<String>,
    /// Of web fetch, whether the answer is to cite the pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citations: Option<CitationsConfig>,
    /// Of web fetch, tokens of a page at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_content_tokens: Option<u64>,
    /// Of web fetch, whether a page may come from the provider's cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_cache: Option<bool>,
    /// Of the text editor, characters of a file at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_characters: Option<u64>,
    /// Of the computer, width of the screen, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_width_px: Option<u64>,
    /// Of the computer, height of the screen, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_height_px: Option<u64>,
    /// Of the computer, number of the X11 display.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_number: Option<u64>,
    /// Of the computer, whether the model may look closer; from `computer_20251124` on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_zoom: Option<bool>,
    /// Of the advisor, the model to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Of the advisor, tokens of an advice at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// Of the advisor, whether its prompt is cached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caching: Option<CacheControl>,
    /// Of an MCP server's tools, the server's name among [`mcp_servers`](super::MessagesRequest#structfield.mcp_servers).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mcp_server_name: Option<String>,
    /// Of an MCP server's tools, settings of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configs: Option<BTreeMap<String, McpToolConfig>>,
    /// Of an MCP server's tools, settings of those not in `configs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_config: Option<McpToolConfig>,
    /// Of a tool that the gateway runs (`openrouter:…`), its settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Map<String, Value>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Tool {
    /// A tool of the program's, with a JSON Schema for its arguments.
    pub fn new(name: impl Into<String>, description: impl Into<String>, input_schema: Value) -> Self {
        let (name, description) = (Some(name.into()), Some(description.into()));
        Self { name, description, input_schema: Some(input_schema), ..Self::default() }
    }

    /// A tool that the provider knows, by its type and name: `Tool::of_kind("memory_20250818", "memory")`.
    pub fn of_kind(kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: Some(kind.into()), name: Some(name.into()), ..Self::default() }
    }

    /// Web search, which the provider runs.
    #[must_use]
    #[inline]
    pub fn web_search() -> Self {
        Self::of_kind("web_search_20250305", "web_search")
    }

    /// Reading of web pages, which the provider runs.
    #[must_use]
    #[inline]
    pub fn web_fetch() -> Self {
        Self::of_kind("web_fetch_20250910", "web_fetch")
    }

    /// Running of code and shell commands, in a container of the provider's.
    #[must_use]
    #[inline]
    pub fn code_execution() -> Self {
        Self::of_kind("code_execution_20250825", "code_execution")
    }

    /// A shell, which the program runs.
    #[must_use]
    #[inline]
    pub fn bash() -> Self {
        Self::of_kind("bash_20250124", "bash")
    }

    /// A text editor, which the program runs.
    #[must_use]
    #[inline]
    pub fn text_editor() -> Self {
        Self::of_kind("text_editor_20250728", "str_replace_based_edit_tool")
    }

    /// Files that last from one conversation to the next, which the program keeps.
    #[must_use]
    #[inline]
    pub fn memory() -> Self {
        Self::of_kind("memory_20250818", "memory")
    }

    /// A computer with a screen of this size in pixels, which the program runs.
    #[must_use]
    #[inline]
    pub fn computer(width: u64, height: u64) -> Self {
        Self::of_kind("computer_20250124", "computer").display_width_px(width).display_height_px(height)
    }

    /// A search among tools with [`defer_loading`](Self#structfield.defer_loading), by words.
    #[must_use]
    #[inline]
    pub fn tool_search() -> Self {
        Self::of_kind("tool_search_tool_bm25_20251119", "tool_search_tool_bm25")
    }

    /// A search among tools with [`defer_loading`](Self#structfield.defer_loading), by regular expressions.
    #[must_use]
    #[inline]
    pub fn tool_search_regex() -> Self {
        Self::of_kind("tool_search_tool_regex_20251119", "tool_search_tool_regex")
    }

    /// Advice of another model.
    pub fn advisor(model: impl Into<String>) -> Self {
        Self::of_kind("advisor_20260301", "advisor").model(model)
    }

    /// The tools of an MCP server, by its name in the request's `mcp_servers`.
    pub fn mcp_toolset(mcp_server_name: impl Into<String>) -> Self {
        Self { kind: Some("mcp_toolset".to_owned()), mcp_server_name: Some(mcp_server_name.into()), ..Self::default() }
    }
}

setters! {
    Tool:
    input_schema: Value,
    strict: bool,
    eager_input_streaming: bool,
    defer_loading: bool,
    cache_control: CacheControl,
    max_uses: u64,
    user_location: UserLocation,
    citations: CitationsConfig,
    max_content_tokens: u64,
    use_cache: bool,
    max_characters: u64,
    display_width_px: u64,
    display_height_px: u64,
    display_number: u64,
    enable_zoom: bool,
    max_tokens: u64,
    caching: CacheControl,
    default_config: McpToolConfig,
    parameters: Map<String, Value>,
    => into
    kind: String,
    description: String,
    response_inclusion: String,
    model: String,
    configs: BTreeMap<String, McpToolConfig>,
    => each
    input_examples: Map<String, Value>,
    allowed_callers: String,
    allowed_domains: String,
    blocked_domains: String,
}

/// Settings of a tool of an MCP server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpToolConfig {
    /// Whether the model may call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Whether the model sees it only once a search among tools has found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defer_loading: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    McpToolConfig:
    enabled: bool,
    defer_loading: bool,
}

/// An MCP server whose tools the model may call; needs the beta `mcp-client-2025-11-20`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpServer {
    /// `url`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Address of the server.
    pub url: String,
    /// Name by which [`Tool::mcp_toolset`] refers to it.
    pub name: String,
    /// Token that the server asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_token: Option<Secret>,
    /// Which of its tools may be called, in the older form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_configuration: Option<McpToolConfiguration>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl McpServer {
    /// A server by its name and address.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        let (name, url) = (name.into(), url.into());
        Self { kind: "url".to_owned(), url, name, authorization_token: None, tool_configuration: None, extra: Extra::new() }
    }
}

setters! {
    McpServer:
    tool_configuration: McpToolConfiguration,
    => into
    authorization_token: Secret,
}

/// Which tools of an MCP server may be called.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpToolConfiguration {
    /// Whether any may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The only ones that may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_tools: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    McpToolConfiguration:
    enabled: bool,
    => each
    allowed_tools: String,
}

open_enum! {
    /// Whether a model may, must or must not call tools.
    pub enum ToolChoiceKind {
        /// As it sees fit; the default where there are tools.
        Auto = "auto",
        /// It must call one.
        Any = "any",
        /// It must call this one.
        Tool = "tool",
        /// It must call none.
        None = "none",
    }
}

/// Whether the model may, must or must not call tools.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolChoice {
    /// Which of them.
    #[serde(rename = "type")]
    pub kind: ToolChoiceKind,
    /// Name of the tool that it must call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it may call only one at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_parallel_tool_use: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ToolChoice {
    /// As the model sees fit.
    #[must_use]
    #[inline]
    pub fn auto() -> Self {
        Self::of_kind(ToolChoiceKind::Auto)
    }

    /// Some tool.
    #[must_use]
    #[inline]
    pub fn any() -> Self {
        Self::of_kind(ToolChoiceKind::Any)
    }

    /// The tool with this name.
    pub fn tool(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::of_kind(ToolChoiceKind::Tool) }
    }

    /// No tool.
    #[must_use]
    #[inline]
    pub fn none() -> Self {
        Self::of_kind(ToolChoiceKind::None)
    }

    #[inline]
    fn of_kind(kind: ToolChoiceKind) -> Self {
        Self { kind, name: None, disable_parallel_tool_use: None, extra: Extra::new() }
    }
}

setters! {
    ToolChoice:
    disable_parallel_tool_use: bool,
}
