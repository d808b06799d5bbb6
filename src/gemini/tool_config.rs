//! Whether and how a model may use its tools.

use serde::{Deserialize, Serialize};

use crate::extra::Extra;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// Whether and how a model may use its tools.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ToolConfig {
    /// Whether it may call functions.
    #[serde(alias = "function_calling_config", skip_serializing_if = "Option::is_none")]
    pub function_calling_config: Option<FunctionCallingConfig>,
    /// Where the person is, for searches.
    #[serde(alias = "retrieval_config", skip_serializing_if = "Option::is_none")]
    pub retrieval_config: Option<RetrievalConfig>,
    /// Whether to show what Google's tools were asked and answered; not on Vertex.
    #[serde(alias = "include_server_side_tool_invocations", skip_serializing_if = "Option::is_none")]
    pub include_server_side_tool_invocations: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ToolConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ToolConfig:
    function_calling_config: FunctionCallingConfig,
    retrieval_config: RetrievalConfig,
    include_server_side_tool_invocations: bool,
}

impl ToolConfig {
    /// Whether it may, must or must not call functions.
    #[must_use]
    #[inline]
    pub fn mode(mode: FunctionCallingMode) -> Self {
        Self::new().function_calling_config(FunctionCallingConfig::new().mode(mode))
    }

    /// It must call one of these functions.
    pub fn any_of<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        let config = FunctionCallingConfig::new().mode(FunctionCallingMode::Any).allowed_function_names(names);
        Self::new().function_calling_config(config)
    }
}

/// Whether a model may call functions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FunctionCallingConfig {
    /// Whether it may, must or must not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<FunctionCallingMode>,
    /// Whether a stream gives arguments in pieces; Vertex only.
    #[serde(alias = "stream_function_call_arguments", skip_serializing_if = "Option::is_none")]
    pub stream_function_call_arguments: Option<bool>,
    /// Functions that it may call, with [`Any`](FunctionCallingMode::Any) and
    /// [`Validated`](FunctionCallingMode::Validated).
    #[serde(alias = "allowed_function_names", skip_serializing_if = "Option::is_none")]
    pub allowed_function_names: Option<Vec<String>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl FunctionCallingConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    FunctionCallingConfig:
    mode: FunctionCallingMode,
    stream_function_call_arguments: bool,
    => each
    allowed_function_names: String,
}

open_enum! {
    /// Whether a model may, must or must not call functions.
    pub enum FunctionCallingMode or number {
        /// As the model is set.
        Unspecified = "MODE_UNSPECIFIED",
        /// It may; the default.
        Auto = "AUTO",
        /// It must.
        Any = "ANY",
        /// It must not.
        None = "NONE",
        /// It may, and what it writes follows the schemas.
        Validated = "VALIDATED",
    }
}

/// Where the person is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RetrievalConfig {
    /// The place.
    #[serde(alias = "lat_lng", skip_serializing_if = "Option::is_none")]
    pub lat_lng: Option<LatLng>,
    /// The person's language, such as `en-US`.
    #[serde(alias = "language_code", skip_serializing_if = "Option::is_none")]
    pub language_code: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl RetrievalConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    RetrievalConfig:
    lat_lng: LatLng,
    => into
    language_code: String,
}

/// A place on Earth.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LatLng {
    /// Degrees north, -90 to 90.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east, -180 to 180.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl LatLng {
    /// The place at these degrees north and east.
    #[must_use]
    #[inline]
    pub fn new(latitude: f64, longitude: f64) -> Self {
        Self { latitude: Some(latitude), longitude: Some(longitude), extra: Extra::new() }
    }
}
