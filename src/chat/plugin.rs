//! What else is to work on a request.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::options::UserLocation;
use crate::extra::Extra;
use crate::tagged::tagged_enum;

tagged_enum! {
    /// Something that works on a request beside the model, by its `id`.
    ///
    /// See [ARouter: plugins](https://docs.arouter.ai/en/guides/features/plugins-overview).
    pub enum Plugin by "id" {
        /// Web search before the model answers; the older way to `Tool::web_search`.
        Web(WebPlugin) = "web",
        /// Reading of web pages.
        WebFetch(WebFetchPlugin) = "web-fetch",
        /// Reading of files for models that can't.
        FileParser(FileParserPlugin) = "file-parser",
        /// Shortening of prompts that don't fit, from their middle.
        ContextCompression(ContextCompressionPlugin) = "context-compression",
        /// Which models `auto` may choose from.
        AutoRouter(AutoRouterPlugin) = "auto-router",
        /// The same for the router in trial.
        AutoBetaRouter(AutoRouterPlugin) = "auto-beta-router",
        /// Choice of a model by price and skill.
        ParetoRouter(ParetoRouterPlugin) = "pareto-router",
        /// Several models on one question.
        Fusion(FusionPlugin) = "fusion",
        /// Mending of answers that are to be JSON.
        ResponseHealing(ResponseHealingPlugin) = "response-healing",
        /// Moderation of the prompt.
        Moderation(ModerationPlugin) = "moderation",
    }
}

impl Plugin {
    /// Web search, for up to this many results.
    #[must_use]
    #[inline]
    pub fn web(max_results: u64) -> Self {
        Self::Web(WebPlugin { max_results: Some(max_results), ..WebPlugin::default() })
    }

    /// Compression of prompts that don't fit, on or off.
    #[must_use]
    #[inline]
    pub fn context_compression(enabled: bool) -> Self {
        Self::ContextCompression(ContextCompressionPlugin { enabled: Some(enabled), ..ContextCompressionPlugin::default() })
    }

    /// The models that `auto` may choose from; `anthropic/*` and the like are understood.
    pub fn auto_router<S: Into<String>>(allowed_models: impl IntoIterator<Item = S>) -> Self {
        let allowed_models = Some(allowed_models.into_iter().map(Into::into).collect());
        Self::AutoRouter(AutoRouterPlugin { allowed_models, ..AutoRouterPlugin::default() })
    }
}

/// Web search before the model answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebPlugin {
    /// Whether it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// `native`, `exa`, `firecrawl`, `parallel`, `perplexity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Results to read; 5 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<u64>,
    /// Searches at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_uses: Option<u64>,
    /// How thorough it is, in the engine's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The only domains to take results from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_domains: Option<Vec<String>>,
    /// Domains to leave out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_domains: Option<Vec<String>>,
    /// What the model is told about the results.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_prompt: Option<String>,
    /// Where the person roughly is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_location: Option<UserLocation>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Reading of web pages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebFetchPlugin {
    /// The only domains to read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_domains: Option<Vec<String>>,
    /// Domains to leave out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_domains: Option<Vec<String>>,
    /// Most tokens to take from a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_content_tokens: Option<u64>,
    /// Pages at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_uses: Option<u64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Reading of files for models that can't.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileParserPlugin {
    /// Whether it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// How PDFs are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pdf: Option<PdfOptions>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Shortening of prompts that don't fit, from their middle.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContextCompressionPlugin {
    /// Whether it is on; on by default for models of up to 8,192 tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// `middle-out`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Which models `auto` may choose from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutoRouterPlugin {
    /// Whether it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Models to choose from; `anthropic/*` and the like are understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_models: Option<Vec<String>>,
    /// Models to leave out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded_models: Option<Vec<String>>,
    /// Whether to stay with the model that was chosen first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin_model: Option<bool>,
    /// How dear it may be: `low` to `max`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_tier: Option<String>,
    /// The same, in the older form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_quality_tradeoff: Option<i64>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Choice of a model by price and skill.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParetoRouterPlugin {
    /// Whether it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Most to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price: Option<f64>,
    /// Least score at coding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_coding_score: Option<f64>,
    /// `prompt` or `weighted_avg`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_source: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Several models on one question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FusionPlugin {
    /// Whether it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Models that analyse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analysis_models: Option<Vec<String>>,
    /// Model that answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// `general-high`, `general-budget` or `general-fast`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Tool calls at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tool_calls: Option<u64>,
    /// Tools that the models have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Value>>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Mending of answers that are to be JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResponseHealingPlugin {
    /// Whether it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Moderation of the prompt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModerationPlugin {
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How PDFs are read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PdfOptions {
    /// By what: `mistral-ocr`, `native`, `cloudflare-ai`, `pdf-text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
