//! The catalogue: `GET /v1/models`, and what the gateway tells of each model and provider.

mod benchmarks;
mod endpoint;
mod model;
mod pricing;

use http::Method;
use serde::{Deserialize, Serialize};

pub use benchmarks::{ArtificialAnalysis, Benchmarks, DesignArena};
pub use endpoint::{ModelEndpoint, ModelEndpoints};
pub use model::{AliasTarget, Architecture, DefaultParameters, Model, ModelLinks, ModelReasoning, PerRequestLimits, TopProvider};
pub use pricing::{Pricing, PricingOverride};

use crate::error::Result;
use crate::extra::Extra;
use crate::lenient::{self, Unwrapped};
use crate::response::Response;
use crate::setters::setters;
use crate::transport::Transport;
use crate::transport::request::{Pace, Request};
use crate::transport::retry::RetryClass;

/// The catalogue of models, made by [`Client::models`](crate::Client::models).
///
/// All calls are [`Safe`](crate::RetryClass::Safe), with the time limits of management. See
/// [ARouter: models](https://docs.arouter.ai/en/models).
#[derive(Clone)]
pub struct Models {
    transport: Transport,
}

impl Models {
    #[inline]
    pub(crate) fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// Lists the models that the key may use and that write text: `GET /v1/models`. There are no pages.
    ///
    /// # Errors
    ///
    /// [`Error::Api`](crate::Error::Api) if the gateway refuses, and others as the connection goes: see [`Error`](crate::Error).
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client) -> arouter::Result<()> {
    /// for model in &client.models().list().await?.data {
    ///     println!("{}", model.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn list(&self) -> impl Future<Output = Result<Response<ModelList>>> + Send + use<> {
        self.list_with(&ListModelsQuery::new())
    }

    /// As [`list`](Self::list), for other kinds of models or only some of them.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    #[inline]
    pub fn list_with(&self, query: &ListModelsQuery) -> impl Future<Output = Result<Response<ModelList>>> + Send + use<> {
        let request = get(["v1", "models"], "/v1/models").map(|request| query.add_to(request).result_field("data"));
        self.transport.clone().fetch(request)
    }

    /// Looks a model up by its id, such as `openai/gpt-5.4`: `GET /v1/models/{id}`.
    ///
    /// The path is OpenAI's; ARouter's documentation doesn't name it.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list); [`is_not_found`](crate::Error::is_not_found) tells that there is no such model.
    #[inline]
    pub fn get(&self, id: &str) -> impl Future<Output = Result<Response<Model>>> + Send + use<> {
        let request = get(["v1", "models"].into_iter().chain(id.split('/')), "/v1/models/{id}");
        let model = self.transport.clone().fetch::<Unwrapped<Model>>(request.map(|request| request.result_field("id")));
        async { model.await.map(|model| model.map(|Unwrapped(model)| model)) }
    }

    /// Lists who serves a model, at what price and how well: `GET /api/v1/models/{author}/{slug}/endpoints`.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    #[inline]
    pub fn endpoints(&self, id: &str) -> impl Future<Output = Result<Response<ModelEndpoints>>> + Send + use<> {
        let path = ["api", "v1", "models"].into_iter().chain(id.split('/')).chain(["endpoints"]);
        let request = get(path, "/api/v1/models/{id}/endpoints").map(|request| request.result_field("data"));
        self.transport.clone().fetch(request)
    }

    /// Lists the providers: `GET /api/v1/providers`.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    #[inline]
    pub fn providers(&self) -> impl Future<Output = Result<Response<ProviderList>>> + Send + use<> {
        let request = get(["api", "v1", "providers"], "/api/v1/providers").map(|request| request.result_field("data"));
        self.transport.clone().fetch(request)
    }
}

impl std::fmt::Debug for Models {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Models").finish_non_exhaustive()
    }
}

fn get<'s>(path: impl IntoIterator<Item = &'s str>, template: &'static str) -> Result<Request> {
    Request::new(Method::GET, path, template).map(|request| request.class(RetryClass::Safe).pace(Pace::Management))
}

/// Which models to list.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ListModelsQuery {
    /// What they write: `text` (the default), `image`, `audio`, `embeddings`, or `all`.
    pub output_modalities: Option<Vec<String>>,
    /// Parameters that they must all support, such as `tools`.
    pub supported_parameters: Option<Vec<String>>,
}

impl ListModelsQuery {
    /// All that write text.
    #[must_use]
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    fn add_to(&self, request: Request) -> Request {
        let output_modalities = self.output_modalities.as_ref().map(|words| ("output_modalities", words.join(",")));
        let supported_parameters = self.supported_parameters.as_ref().map(|words| ("supported_parameters", words.join(",")));
        output_modalities.into_iter().chain(supported_parameters).fold(request, |request, (name, value)| request.query(name, value))
    }
}

setters! {
    ListModelsQuery:
    => each
    output_modalities: String,
    supported_parameters: String,
}

/// Models.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelList {
    /// What it is: `list`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The models.
    pub data: Vec<Model>,
    /// How many there are.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub total_count: Option<u64>,
    /// Where more of them are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<ListLinks>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ModelList {
    /// The model with this id.
    #[must_use]
    #[inline]
    pub fn get(&self, id: &str) -> Option<&Model> {
        self.data.iter().find(|model| model.id == id)
    }

    /// The models that support a parameter, such as `tools`; those that tell none are left out.
    #[inline]
    pub fn supporting(&self, parameter: &str) -> impl Iterator<Item = &Model> {
        self.data.iter().filter(move |model| model.supports(parameter))
    }
}

/// Where more of a list is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListLinks {
    /// The next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Providers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProviderList {
    /// The providers.
    pub data: Vec<Provider>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A provider of models.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Provider {
    /// Its id, for [`ProviderPreferences`](crate::chat::ProviderPreferences).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its id in lower case, as some gateways give it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// Its name, for people.
    #[serde(default)]
    pub name: String,
    /// How many models it has.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub model_count: Option<u64>,
    /// Whether a key of the account's own at the provider can be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_byok_supported: Option<bool>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}
