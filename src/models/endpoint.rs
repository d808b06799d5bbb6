//! Who serves a model.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::model::Architecture;
use super::pricing::Pricing;
use crate::chat::Percentiles;
use crate::extra::Extra;
use crate::json;
use crate::lenient;

/// Who serves a model: a bare list, or one with what the model is, which some gateways put around it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelEndpoints {
    /// Who serves it.
    pub endpoints: Vec<ModelEndpoint>,
    /// Id of the model, if the answer tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it came out, Unix time in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<u64>,
    /// What it reads and writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<Architecture>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl<'de> Deserialize<'de> for ModelEndpoints {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Envelope {
            data: Value,
            #[serde(flatten)]
            around: Extra,
        }
        #[derive(Deserialize)]
        struct Described {
            endpoints: Vec<ModelEndpoint>,
            id: Option<String>,
            name: Option<String>,
            description: Option<String>,
            #[serde(default, deserialize_with = "lenient::optional_count")]
            created: Option<u64>,
            architecture: Option<Architecture>,
            #[serde(flatten)]
            extra: Extra,
        }
        let Envelope { data, around } = Envelope::deserialize(deserializer)?;
        if data.is_array() {
            let endpoints = json::read(&data).map_err(D::Error::custom)?;
            return Ok(Self { endpoints, extra: around, ..Self::default() });
        }
        let Described { endpoints, id, name, description, created, architecture, mut extra } =
            json::read(&data).map_err(D::Error::custom)?;
        extra.merge(around);
        Ok(Self { endpoints, id, name, description, created, architecture, extra })
    }
}

/// One provider of a model, with its price and how well it serves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelEndpoint {
    /// Id of the provider, for [`ProviderPreferences`](crate::chat::ProviderPreferences).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// Name of the provider, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_name: Option<String>,
    /// Id of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Id of the model, as some gateways call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// Name of the model, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_name: Option<String>,
    /// Name of the endpoint, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Id of the endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Tokens that it reads and writes at most, together.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub context_length: Option<u64>,
    /// Tokens that it reads at most.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub max_prompt_tokens: Option<u64>,
    /// Tokens that it writes at most.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub max_completion_tokens: Option<u64>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
    /// How exact its weights are: `bf16`, `fp8`, `int4`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantization: Option<String>,
    /// Whether it keeps nothing of what it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_zdr: Option<bool>,
    /// Parameters of requests that it supports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_parameters: Option<Vec<String>>,
    /// Whether it caches without being asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supports_implicit_caching: Option<bool>,
    /// Whether it speaks in voices that it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supports_voice_cloning: Option<bool>,
    /// How it does: 0 is well, less is worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i64>,
    /// Share of the last 5 minutes that it served, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uptime_last_5m: Option<f64>,
    /// Share of the last 30 minutes that it served, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uptime_last_30m: Option<f64>,
    /// Share of the last day that it served, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uptime_last_1d: Option<f64>,
    /// How long the first token took in the last 30 minutes, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_last_30m: Option<Percentiles>,
    /// How many tokens a second came in the last 30 minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput_last_30m: Option<Percentiles>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
