//! How Google logs in to a service that it calls for a model, on Vertex.

use serde::{Deserialize, Serialize};

use crate::credentials::Secret;
use crate::extra::Extra;
use crate::open_enum::open_enum;
use crate::setters::setters;

/// How to log in to a service; Vertex only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AuthConfig {
    /// By which means.
    #[serde(alias = "auth_type", skip_serializing_if = "Option::is_none")]
    pub auth_type: Option<AuthType>,
    /// With a key.
    #[serde(alias = "api_key_config", skip_serializing_if = "Option::is_none")]
    pub api_key_config: Option<ApiKeyConfig>,
    /// With name and password.
    #[serde(alias = "http_basic_auth_config", skip_serializing_if = "Option::is_none")]
    pub http_basic_auth_config: Option<HttpBasicAuthConfig>,
    /// As a service account.
    #[serde(alias = "google_service_account_config", skip_serializing_if = "Option::is_none")]
    pub google_service_account_config: Option<GoogleServiceAccountConfig>,
    /// By OAuth.
    #[serde(alias = "oauth_config", skip_serializing_if = "Option::is_none")]
    pub oauth_config: Option<OauthConfig>,
    /// By OpenID Connect.
    #[serde(alias = "oidc_config", skip_serializing_if = "Option::is_none")]
    pub oidc_config: Option<OidcConfig>,
    /// With a key, in the older form.
    #[serde(alias = "api_key", skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Secret>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl AuthConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    AuthConfig:
    auth_type: AuthType,
    api_key_config: ApiKeyConfig,
    http_basic_auth_config: HttpBasicAuthConfig,
    google_service_account_config: GoogleServiceAccountConfig,
    oauth_config: OauthConfig,
    oidc_config: OidcConfig,
    => into
    api_key: Secret,
}

open_enum! {
    /// By which means to log in.
    pub enum AuthType or number {
        /// Not told.
        Unspecified = "AUTH_TYPE_UNSPECIFIED",
        /// By none.
        NoAuth = "NO_AUTH",
        /// With a key.
        ApiKeyAuth = "API_KEY_AUTH",
        /// With name and password.
        HttpBasicAuth = "HTTP_BASIC_AUTH",
        /// As a service account.
        GoogleServiceAccountAuth = "GOOGLE_SERVICE_ACCOUNT_AUTH",
        /// By OAuth.
        Oauth = "OAUTH",
        /// By OpenID Connect.
        OidcAuth = "OIDC_AUTH",
    }
}

/// A key, and where it goes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiKeyConfig {
    /// Where in a request it goes.
    #[serde(alias = "http_element_location", skip_serializing_if = "Option::is_none")]
    pub http_element_location: Option<HttpElementLocation>,
    /// Name of the header, parameter or cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Resource name of the version of a secret that holds it.
    #[serde(alias = "api_key_secret", skip_serializing_if = "Option::is_none")]
    pub api_key_secret: Option<String>,
    /// The key itself.
    #[serde(alias = "api_key_string", skip_serializing_if = "Option::is_none")]
    pub api_key_string: Option<Secret>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ApiKeyConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ApiKeyConfig:
    http_element_location: HttpElementLocation,
    => into
    name: String,
    api_key_secret: String,
    api_key_string: Secret,
}

open_enum! {
    /// Where in a request a key goes.
    pub enum HttpElementLocation or number {
        /// Not told.
        Unspecified = "HTTP_IN_UNSPECIFIED",
        /// In the query.
        Query = "HTTP_IN_QUERY",
        /// In a header.
        Header = "HTTP_IN_HEADER",
        /// In the path.
        Path = "HTTP_IN_PATH",
        /// In the body.
        Body = "HTTP_IN_BODY",
        /// In a cookie.
        Cookie = "HTTP_IN_COOKIE",
    }
}

/// Name and password.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HttpBasicAuthConfig {
    /// Resource name of the version of a secret that holds them.
    #[serde(alias = "credential_secret", skip_serializing_if = "Option::is_none")]
    pub credential_secret: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl HttpBasicAuthConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    HttpBasicAuthConfig:
    => into
    credential_secret: String,
}

/// A service account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GoogleServiceAccountConfig {
    /// Its address.
    #[serde(alias = "service_account", skip_serializing_if = "Option::is_none")]
    pub service_account: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl GoogleServiceAccountConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    GoogleServiceAccountConfig:
    => into
    service_account: String,
}

/// Log-in by OAuth.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OauthConfig {
    /// Token.
    #[serde(alias = "access_token", skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
    /// Service account that gets one, in its place.
    #[serde(alias = "service_account", skip_serializing_if = "Option::is_none")]
    pub service_account: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl OauthConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    OauthConfig:
    => into
    access_token: Secret,
    service_account: String,
}

/// Log-in by OpenID Connect.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OidcConfig {
    /// Token.
    #[serde(alias = "id_token", skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Secret>,
    /// Service account that gets one, in its place.
    #[serde(alias = "service_account", skip_serializing_if = "Option::is_none")]
    pub service_account: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl OidcConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    OidcConfig:
    => into
    id_token: Secret,
    service_account: String,
}

/// How to log in, in the older form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiAuth {
    /// With a key.
    #[serde(alias = "api_key_config", skip_serializing_if = "Option::is_none")]
    pub api_key_config: Option<ApiAuthKeyConfig>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ApiAuth {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ApiAuth:
    api_key_config: ApiAuthKeyConfig,
}

/// A key, in the older form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiAuthKeyConfig {
    /// Resource name of the version of a secret that holds it.
    #[serde(alias = "api_key_secret_version", skip_serializing_if = "Option::is_none")]
    pub api_key_secret_version: Option<String>,
    /// The key itself.
    #[serde(alias = "api_key_string", skip_serializing_if = "Option::is_none")]
    pub api_key_string: Option<Secret>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ApiAuthKeyConfig {
    /// Nothing set.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

setters! {
    ApiAuthKeyConfig:
    => into
    api_key_secret_version: String,
    api_key_string: Secret,
}
