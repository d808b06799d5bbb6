//! Tools that a model may use.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::retrieval::Retrieval;
use super::search::{EnterpriseWebSearch, ExaAiSearch, FileSearch, GoogleMaps, GoogleSearch, GoogleSearchRetrieval, ParallelAiSearch};
use crate::credentials::Secret;
use crate::extra::Extra;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// Tools that a model may use: functions of the program, or Google's own.
///
/// Google's tools have no `type`: a tool is whichever fields it has, mostly one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Tool {
    /// Functions of the program.
    #[serde(
        default,
        deserialize_with = "lenient::optional_list",
        alias = "function_declarations",
        skip_serializing_if = "Option::is_none"
    )]
    pub function_declarations: Option<Vec<FunctionDeclaration>>,
    /// Google's search.
    #[serde(alias = "google_search", skip_serializing_if = "Option::is_none")]
    pub google_search: Option<GoogleSearch>,
    /// Google's search, in the older form.
    #[serde(alias = "google_search_retrieval", skip_serializing_if = "Option::is_none")]
    pub google_search_retrieval: Option<GoogleSearchRetrieval>,
    /// Python that the model writes and Google runs.
    #[serde(alias = "code_execution", skip_serializing_if = "Option::is_none")]
    pub code_execution: Option<CodeExecution>,
    /// Reading pages whose address is in the prompt.
    #[serde(alias = "url_context", skip_serializing_if = "Option::is_none")]
    pub url_context: Option<UrlContext>,
    /// Google's maps.
    #[serde(alias = "google_maps", skip_serializing_if = "Option::is_none")]
    pub google_maps: Option<GoogleMaps>,
    /// Search in uploaded files; not on Vertex.
    #[serde(alias = "file_search", skip_serializing_if = "Option::is_none")]
    pub file_search: Option<FileSearch>,
    /// Use of a computer by pictures of its screen.
    #[serde(alias = "computer_use", skip_serializing_if = "Option::is_none")]
    pub computer_use: Option<ComputerUse>,
    /// Servers of the Model Context Protocol, which Google calls; not on Vertex.
    #[serde(default, deserialize_with = "lenient::optional_list", alias = "mcp_servers", skip_serializing_if = "Option::is_none")]
    pub mcp_servers: Option<Vec<McpServer>>,
    /// Search in data of one's own; Vertex only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieval: Option<Box<Retrieval>>,
    /// Search of the web for regulated trades; Vertex only.
    #[serde(alias = "enterprise_web_search", skip_serializing_if = "Option::is_none")]
    pub enterprise_web_search: Option<EnterpriseWebSearch>,
    /// Search by Parallel; Vertex only.
    #[serde(alias = "parallel_ai_search", skip_serializing_if = "Option::is_none")]
    pub parallel_ai_search: Option<ParallelAiSearch>,
    /// Search by Exa; Vertex only.
    #[serde(alias = "exa_ai_search", skip_serializing_if = "Option::is_none")]
    pub exa_ai_search: Option<ExaAiSearch>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Tool {
    /// Functions of the program.
    pub fn functions(declarations: impl Into<Vec<FunctionDeclaration>>) -> Self {
        Self { function_declarations: Some(declarations.into()), ..Self::default() }
    }

    /// Google's search.
    #[must_use]
    #[inline]
    pub fn google_search() -> Self {
        Self::from(GoogleSearch::default())
    }

    /// Python that the model writes and Google runs.
    #[must_use]
    #[inline]
    pub fn code_execution() -> Self {
        Self { code_execution: Some(CodeExecution::default()), ..Self::default() }
    }

    /// Reading pages whose address is in the prompt.
    #[must_use]
    #[inline]
    pub fn url_context() -> Self {
        Self { url_context: Some(UrlContext::default()), ..Self::default() }
    }

    /// Google's maps.
    #[must_use]
    #[inline]
    pub fn google_maps() -> Self {
        Self::from(GoogleMaps::default())
    }

    /// Search in the files of these stores.
    pub fn file_search<S: Into<String>>(stores: impl IntoIterator<Item = S>) -> Self {
        Self::from(FileSearch::default().file_search_store_names(stores))
    }

    /// Use of a computer by pictures of its screen.
    #[must_use]
    #[inline]
    pub fn computer_use(environment: Environment) -> Self {
        Self::from(ComputerUse::default().environment(environment))
    }

    /// Servers of the Model Context Protocol, which Google calls.
    pub fn mcp_servers(servers: impl Into<Vec<McpServer>>) -> Self {
        Self { mcp_servers: Some(servers.into()), ..Self::default() }
    }

    /// Search in data of one's own; Vertex only.
    #[must_use]
    #[inline]
    pub fn retrieval(retrieval: Retrieval) -> Self {
        Self { retrieval: Some(Box::new(retrieval)), ..Self::default() }
    }

    /// A tool that this version doesn't know.
    pub fn other(name: impl Into<String>, options: impl Into<Value>) -> Self {
        let mut tool = Self::default();
        tool.extra.insert(name, options);
        tool
    }
}

impl From<GoogleSearch> for Tool {
    #[inline]
    fn from(search: GoogleSearch) -> Self {
        Self { google_search: Some(search), ..Self::default() }
    }
}

impl From<GoogleMaps> for Tool {
    #[inline]
    fn from(maps: GoogleMaps) -> Self {
        Self { google_maps: Some(maps), ..Self::default() }
    }
}

impl From<FileSearch> for Tool {
    #[inline]
    fn from(search: FileSearch) -> Self {
        Self { file_search: Some(search), ..Self::default() }
    }
}

impl From<ComputerUse> for Tool {
    #[inline]
    fn from(computer: ComputerUse) -> Self {
        Self { computer_use: Some(computer), ..Self::default() }
    }
}

/// A function of the program that a model may call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FunctionDeclaration {
    /// Whether the model waits for its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behavior: Option<Behavior>,
    /// Name of the function: letters, digits, `_`, `:`, `.` and `-`, at most 128.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it does, for the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Schema of its arguments in Google's dialect: a [`Schema`](super::Schema), or JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Value>,
    /// JSON Schema of its arguments, in place of `parameters`.
    #[serde(alias = "parameters_json_schema", skip_serializing_if = "Option::is_none")]
    pub parameters_json_schema: Option<Value>,
    /// Schema of its answer in Google's dialect: a [`Schema`](super::Schema), or JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Value>,
    /// JSON Schema of its answer, in place of `response`.
    #[serde(alias = "response_json_schema", skip_serializing_if = "Option::is_none")]
    pub response_json_schema: Option<Value>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    FunctionDeclaration:
    behavior: Behavior,
    => into
    name: String,
    description: String,
    parameters: Value,
    parameters_json_schema: Value,
    response: Value,
    response_json_schema: Value,
}

impl FunctionDeclaration {
    /// A function without arguments; [`parameters`](Self::parameters) gives it some.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self { name: Some(name.into()), description: Some(description.into()), ..Self::default() }
    }
}

open_enum! {
    /// Whether a model waits for a function's answer.
    pub enum Behavior or number {
        /// As when blocking.
        Unspecified = "UNSPECIFIED",
        /// It waits.
        Blocking = "BLOCKING",
        /// It goes on, and takes notice when the answer comes.
        NonBlocking = "NON_BLOCKING",
    }
}

/// Python that a model writes and Google runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CodeExecution {
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl CodeExecution {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Reading pages whose address is in the prompt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UrlContext {
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl UrlContext {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Use of a computer by pictures of its screen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ComputerUse {
    /// What is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// Whether to look for instructions hidden on the screen.
    #[serde(alias = "enable_prompt_injection_detection", skip_serializing_if = "Option::is_none")]
    pub enable_prompt_injection_detection: Option<bool>,
    /// Acts for which the model needn't ask; not on Vertex.
    #[serde(alias = "disabled_safety_policies", skip_serializing_if = "Option::is_none")]
    pub disabled_safety_policies: Option<Vec<SafetyPolicy>>,
    /// Acts that the model may not take.
    #[serde(alias = "excluded_predefined_functions", skip_serializing_if = "Option::is_none")]
    pub excluded_predefined_functions: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ComputerUse {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ComputerUse:
    environment: Environment,
    enable_prompt_injection_detection: bool,
    => into
    disabled_safety_policies: Vec<SafetyPolicy>,
    => each
    excluded_predefined_functions: String,
}

open_enum! {
    /// What a model uses.
    pub enum Environment or number {
        /// A browser.
        Unspecified = "ENVIRONMENT_UNSPECIFIED",
        /// A browser.
        Browser = "ENVIRONMENT_BROWSER",
        /// A phone.
        Mobile = "ENVIRONMENT_MOBILE",
        /// A desktop.
        Desktop = "ENVIRONMENT_DESKTOP",
    }
}

open_enum! {
    /// Acts before which a model asks.
    pub enum SafetyPolicy or number {
        /// Not told.
        Unspecified = "SAFETY_POLICY_UNSPECIFIED",
        /// To pay.
        FinancialTransactions = "FINANCIAL_TRANSACTIONS",
        /// To change sensitive data.
        SensitiveDataModification = "SENSITIVE_DATA_MODIFICATION",
        /// To write to people.
        CommunicationTool = "COMMUNICATION_TOOL",
        /// To open an account.
        AccountCreation = "ACCOUNT_CREATION",
        /// To change data.
        DataModification = "DATA_MODIFICATION",
        /// To give consent.
        UserConsentManagement = "USER_CONSENT_MANAGEMENT",
        /// To agree to terms.
        LegalTermsAndAgreements = "LEGAL_TERMS_AND_AGREEMENTS",
    }
}

/// A server of the Model Context Protocol.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct McpServer {
    /// How to reach it.
    #[serde(alias = "streamable_http_transport", skip_serializing_if = "Option::is_none")]
    pub streamable_http_transport: Option<StreamableHttpTransport>,
    /// Name of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

setters! {
    McpServer:
    streamable_http_transport: StreamableHttpTransport,
    => into
    name: String,
}

impl McpServer {
    /// The server at this address.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        let transport = StreamableHttpTransport { url: Some(url.into()), ..StreamableHttpTransport::default() };
        Self { name: Some(name.into()), streamable_http_transport: Some(transport), extra: Extra::new() }
    }

    /// Sets a header that Google sends to the server, such as `Authorization`.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        let transport = self.streamable_http_transport.get_or_insert_default();
        transport.headers.get_or_insert_default().insert(name.into(), value.into());
        self
    }
}

/// How to reach a server of the Model Context Protocol.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StreamableHttpTransport {
    /// Whether to end its session afterwards.
    #[serde(alias = "terminate_on_close", skip_serializing_if = "Option::is_none")]
    pub terminate_on_close: Option<bool>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Headers to send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, Secret>>,
    /// Longest wait for an answer, as a duration: `30s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
    /// Longest wait between two events, as a duration.
    #[serde(alias = "sse_read_timeout", skip_serializing_if = "Option::is_none")]
    pub sse_read_timeout: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl StreamableHttpTransport {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    StreamableHttpTransport:
    terminate_on_close: bool,
    => into
    url: String,
    headers: BTreeMap<String, Secret>,
    timeout: String,
    sse_read_timeout: String,
}
