//! How likely the tokens of an answer were.

use serde::{Deserialize, Serialize};

use crate::extra::Extra;
use crate::lenient;

/// How likely the tokens of an answer were.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LogprobsResult {
    /// The tokens that were taken, in order.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "chosen_candidates")]
    pub chosen_candidates: Vec<TokenLogprob>,
    /// For each of them, the likeliest at that place.
    #[serde(default, deserialize_with = "lenient::null_as_default", alias = "top_candidates")]
    pub top_candidates: Vec<TopTokens>,
    /// Sum of the logarithms; not on Vertex.
    #[serde(default, alias = "log_probability_sum", with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub log_probability_sum: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The likeliest tokens at one place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TopTokens {
    /// The tokens, likeliest first.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub candidates: Vec<TokenLogprob>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How likely a token was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TokenLogprob {
    /// The token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Its id.
    #[serde(alias = "token_id", skip_serializing_if = "Option::is_none")]
    pub token_id: Option<i64>,
    /// Its id, as Google's API spelled it before.
    #[serde(rename = "tokenID", skip_serializing_if = "Option::is_none")]
    pub older_token_id: Option<i64>,
    /// How likely it was, as a logarithm.
    #[serde(default, alias = "log_probability", with = "lenient::float", skip_serializing_if = "Option::is_none")]
    pub log_probability: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
