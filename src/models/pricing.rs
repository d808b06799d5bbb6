//! Prices of models.

use serde::{Deserialize, Serialize};

use crate::chat::{Price, Usage};
use crate::extra::Extra;

/// What a model costs, in US dollars: for each token, or for each request, picture or search. Prices that came as text keep their digits.
///
/// `-1` stands for a price that depends on the model that a router chooses.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Pricing {
    /// A token read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Price>,
    /// A token written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<Price>,
    /// A request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Price>,
    /// A picture read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Price>,
    /// A picture written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_output: Option<Price>,
    /// A token of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_token: Option<Price>,
    /// A token of sound read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<Price>,
    /// A token of sound written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_output: Option<Price>,
    /// A token of sound read from the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_audio_cache: Option<Price>,
    /// A search of the web.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_search: Option<Price>,
    /// A token of reasoning, where it is billed apart from those written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_reasoning: Option<Price>,
    /// A token read from the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_cache_read: Option<Price>,
    /// A token written to the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_cache_write: Option<Price>,
    /// A token written to the cache for an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_cache_write_1h: Option<Price>,
    /// Share that is taken off, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<f64>,
    /// Other prices for long prompts or at some hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overrides: Option<Vec<PricingOverride>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Pricing {
    /// About what a chat costs at these prices, in US dollars; `None` if the prices of its tokens aren't told or depend on a router.
    ///
    /// Counts tokens read, cached and written, and the request; not pictures, sound and searches, nor [`overrides`](Self#structfield.overrides)
    /// and discounts. What was really charged is in [`Usage::cost`].
    #[must_use]
    #[inline]
    pub fn cost(&self, usage: &Usage) -> Option<f64> {
        let told = |price: &Option<Price>| price.as_ref().and_then(Price::as_f64).filter(|price| *price >= 0.0);
        let (prompt, completion) = (told(&self.prompt)?, told(&self.completion)?);
        let details = usage.prompt_tokens_details.as_ref();
        let read = details.and_then(|details| details.cached_tokens).unwrap_or_default();
        let written = details.and_then(|details| details.cache_write_tokens).unwrap_or_default();
        let fresh = usage.prompt_tokens.saturating_sub(read).saturating_sub(written);
        #[expect(clippy::cast_precision_loss, reason = "2^53 tokens are never read")]
        let sum = |tokens: u64, price: f64| tokens as f64 * price;
        Some(
            sum(fresh, prompt)
                + sum(read, told(&self.input_cache_read).unwrap_or(prompt))
                + sum(written, told(&self.input_cache_write).unwrap_or(prompt))
                + sum(usage.completion_tokens, completion)
                + told(&self.request).unwrap_or_default(),
        )
    }
}

/// Prices in place of the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PricingOverride {
    /// For prompts of at least this many tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_prompt_tokens: Option<f64>,
    /// From this hour on, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utc_start: Option<f64>,
    /// Up to this hour, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utc_end: Option<f64>,
    /// A token read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Price>,
    /// A token written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<Price>,
    /// A token of sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<Price>,
    /// A token of sound read from the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_audio_cache: Option<Price>,
    /// A token read from the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_cache_read: Option<Price>,
    /// A token written to the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_cache_write: Option<Price>,
    /// A token written to the cache for an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_cache_write_1h: Option<Price>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
