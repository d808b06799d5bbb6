//! Embeddings: `POST /v1/embeddings`.

mod all;
mod request;
mod response;

pub use all::{AllEmbeddings, BatchError, BatchOptions, BatchProgress};
pub use request::{EmbeddingsInput, EmbeddingsRequest, EncodingFormat};
pub(crate) use response::decode;
pub use response::{Embedding, EmbeddingsResponse, Vector};

use crate::error::Result;
use crate::response::Response;
use crate::transport::Transport;
use crate::transport::request::Request;

const PATH: &str = "/v1/embeddings";

/// Embeddings, made by [`Client::embeddings`](crate::Client::embeddings).
///
/// A call encodes its request at once and owns what it needs: its future can be stored, joined and spawned. It is a generation: see
/// [`RetryPolicy`](crate::RetryPolicy) for when it is sent again.
///
/// See [ARouter: API reference](https://docs.arouter.ai/en/api-reference/introduction).
#[derive(Clone)]
pub struct Embeddings {
    transport: Transport,
}

impl Embeddings {
    #[inline]
    pub(crate) fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// Makes a vector of each input.
    ///
    /// If the request asks for [`Base64`](EncodingFormat::Base64), the answer's text is decoded to numbers; without that, text stays
    /// text, since servers have other encodings too.
    ///
    /// # Errors
    ///
    /// - [`Error::Api`](crate::Error::Api) if the gateway refuses, or its 200 holds an error;
    /// - [`Error::Connect`](crate::Error::Connect), [`Error::Timeout`](crate::Error::Timeout), [`Error::Transport`](crate::Error::Transport) if no answer came: see
    ///   [`outcome_unknown`](crate::Error::outcome_unknown);
    /// - [`Error::Decode`](crate::Error::Decode), [`Error::UnexpectedContentType`](crate::Error::UnexpectedContentType), [`Error::TooLarge`](crate::Error::TooLarge) if the answer can't be used, base64 that holds no
    ///   numbers among it; [`raw_body`](crate::Error::raw_body) has it;
    /// - [`Error::Config`](crate::Error::Config) if the request can't be sent.
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client) -> arouter::Result<()> {
    /// use arouter::embeddings::EmbeddingsRequest;
    ///
    /// let request = EmbeddingsRequest::new("openai/text-embedding-3-small", ["The quick brown fox", "A lazy dog"]);
    /// let reply = client.embeddings().create(&request).await?;
    /// for vector in reply.vectors() {
    ///     println!("{} dimensions", vector.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn create(&self, request: &EmbeddingsRequest) -> impl Future<Output = Result<Response<EmbeddingsResponse>>> + Send + use<> {
        let is_base64 = request.is_base64();
        self.transport.clone().fetch_by(call(request), move |body| decode(body, is_base64))
    }

    /// Makes a vector of each of any number of inputs: cuts them into batches, and has a few of these under way at a time.
    ///
    /// Each batch is a call of its own, retried like one. Memory is bounded by the inputs, the vectors and the batches under way.
    ///
    /// # Errors
    ///
    /// [`BatchError`] if a batch fails, with its inputs, its error, and the vectors of all batches that were done and what they cost: no
    /// further batch is begun, and those under way are waited for; those of them that fail too are named as well. An answer without a
    /// vector of each of its inputs is an error too, which has it in [`raw_body`](crate::Error::raw_body), as far as
    /// [`max_error_bytes`](crate::ClientBuilder::max_error_bytes) allows.
    ///
    /// ```no_run
    /// # async fn run(client: arouter::Client, lines: Vec<String>) -> Result<(), arouter::embeddings::BatchError> {
    /// use arouter::embeddings::{BatchOptions, EmbeddingsRequest};
    ///
    /// let request = EmbeddingsRequest::new("openai/text-embedding-3-small", lines);
    /// let options = BatchOptions::new().concurrency(8).on_progress(|progress| eprintln!("{} of {}", progress.done, progress.total));
    /// let all = client.embeddings().create_all(&request, &options).await?;
    /// println!("{} vectors for ${}", all.vectors.len(), all.cost_usd);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn create_all(
        &self,
        request: &EmbeddingsRequest,
        options: &BatchOptions,
    ) -> impl Future<Output = Result<AllEmbeddings, BatchError>> + Send + use<> {
        all::create(self.clone(), request, options)
    }

    /// Makes the vectors of one batch: an answer that doesn't have one of each input is not decoded, and so not lost.
    #[inline]
    fn create_batch(
        &self,
        request: &EmbeddingsRequest,
        inputs: usize,
    ) -> impl Future<Output = Result<Response<EmbeddingsResponse>>> + Send + use<> {
        let is_base64 = request.is_base64();
        self.transport.clone().fetch_by(call(request), move |body| decode(body, is_base64)?.of_inputs(inputs))
    }
}

#[inline]
fn call(request: &EmbeddingsRequest) -> Result<Request> {
    Request::post(PATH).result_field("data").object(request, &request.extra)
}

impl std::fmt::Debug for Embeddings {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embeddings").finish_non_exhaustive()
    }
}
