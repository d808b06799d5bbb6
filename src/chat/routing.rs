//! What only a router has: which providers may serve, in what order, at what price.

use serde::{Deserialize, Serialize};

use super::usage::Price;
use crate::extra::Extra;
use crate::open_enum::open_enum;
use crate::setters::setters;

open_enum! {
    /// What to do with [`models`](super::ChatRequest::models).
    pub enum Route {
        /// Try them in order until one succeeds.
        Fallback = "fallback",
        /// Let the gateway order them.
        Sort = "sort",
    }
}

open_enum! {
    /// Whether providers may keep the data.
    pub enum DataCollection {
        /// They may; the default.
        Allow = "allow",
        /// Only providers that don't.
        Deny = "deny",
    }
}

open_enum! {
    /// What to order providers by.
    pub enum ProviderSortBy {
        /// Lowest price first.
        Price = "price",
        /// Most tokens per second first.
        Throughput = "throughput",
        /// Shortest wait first.
        Latency = "latency",
        /// Best at calling tools first.
        Exacto = "exacto",
    }
}

/// Which providers may serve a request.
///
/// Providers are named as the gateway's list of providers names them. See [ARouter: provider
/// routing](https://docs.arouter.ai/en/provider-routing).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProviderPreferences {
    /// Providers to try first, in this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Vec<String>>,
    /// Whether others may serve when those fail; true by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_fallbacks: Option<bool>,
    /// Whether to take only providers that support every parameter of the request; false by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_parameters: Option<bool>,
    /// Whether providers may keep the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_collection: Option<DataCollection>,
    /// Whether to take only endpoints that retain nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zdr: Option<bool>,
    /// Whether to take only models whose output may be used for training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforce_distillable_text: Option<bool>,
    /// The only providers to take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<String>>,
    /// Providers to leave out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore: Option<Vec<String>>,
    /// Quantizations to take, such as `fp8`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantizations: Option<Vec<String>>,
    /// What to order providers by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<ProviderSort>,
    /// Least tokens per second to look for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_min_throughput: Option<Preference>,
    /// Longest wait to look for, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_max_latency: Option<Preference>,
    /// Most to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price: Option<MaxPrice>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ProviderPreferences {
    /// No preference.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`order`](Self#structfield.order).
    #[must_use]
    pub fn order<S: Into<String>>(mut self, providers: impl IntoIterator<Item = S>) -> Self {
        self.order = Some(providers.into_iter().map(Into::into).collect());
        self
    }

    /// Sets [`only`](Self#structfield.only).
    #[must_use]
    pub fn only<S: Into<String>>(mut self, providers: impl IntoIterator<Item = S>) -> Self {
        self.only = Some(providers.into_iter().map(Into::into).collect());
        self
    }

    /// Sets [`ignore`](Self#structfield.ignore).
    #[must_use]
    pub fn ignore<S: Into<String>>(mut self, providers: impl IntoIterator<Item = S>) -> Self {
        self.ignore = Some(providers.into_iter().map(Into::into).collect());
        self
    }

    /// Sets [`allow_fallbacks`](Self#structfield.allow_fallbacks).
    #[must_use]
    #[inline]
    pub fn allow_fallbacks(mut self, allow: bool) -> Self {
        self.allow_fallbacks = Some(allow);
        self
    }

    /// Sets [`require_parameters`](Self#structfield.require_parameters).
    #[must_use]
    #[inline]
    pub fn require_parameters(mut self, require: bool) -> Self {
        self.require_parameters = Some(require);
        self
    }

    /// Sets [`data_collection`](Self#structfield.data_collection).
    #[must_use]
    #[inline]
    pub fn data_collection(mut self, collection: DataCollection) -> Self {
        self.data_collection = Some(collection);
        self
    }

    /// Sets [`sort`](Self#structfield.sort).
    #[must_use]
    #[inline]
    pub fn sort(mut self, by: ProviderSortBy) -> Self {
        self.sort = Some(ProviderSort::By(by));
        self
    }

    /// Sets [`max_price`](Self#structfield.max_price).
    #[must_use]
    #[inline]
    pub fn max_price(mut self, price: MaxPrice) -> Self {
        self.max_price = Some(price);
        self
    }
}

setters! {
    ProviderPreferences:
    zdr: bool,
}

/// What to order providers by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum ProviderSort {
    /// By this.
    By(ProviderSortBy),
    /// By this, over all models or within each.
    Partitioned {
        /// By what.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<ProviderSortBy>,
        /// `model` or `none`.
        #[serde(skip_serializing_if = "Option::is_none")]
        partition: Option<String>,
    },
}

/// A bound, for all requests or by percentile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Preference {
    /// For all.
    Of(f64),
    /// By percentile.
    Percentiles(Percentiles),
}

/// Figures by percentile: bounds for providers, or how a [`ModelEndpoint`](crate::models::ModelEndpoint) does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Percentiles {
    /// Of the median.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    /// Of three in four.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p75: Option<f64>,
    /// Of nine in ten.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90: Option<f64>,
    /// Of 99 in 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Most to pay, in US dollars per million tokens, per request, per image.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MaxPrice {
    /// Per million input tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Price>,
    /// Per million output tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<Price>,
    /// Per request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Price>,
    /// Per image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Price>,
    /// For sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<Price>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl MaxPrice {
    /// Most to pay per million tokens, in and out.
    pub fn tokens(prompt: impl Into<Price>, completion: impl Into<Price>) -> Self {
        Self { prompt: Some(prompt.into()), completion: Some(completion.into()), ..Self::default() }
    }
}
