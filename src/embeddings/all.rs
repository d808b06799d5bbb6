//! Any number of inputs, in batches.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use super::{Embeddings, EmbeddingsInput, EmbeddingsRequest};
use crate::error::{Error, Result};
use crate::response::Response;

/// How [`Embeddings::create_all`] cuts its inputs into batches.
#[derive(Clone)]
#[must_use = "options do nothing by themselves"]
pub struct BatchOptions {
    max_inputs: usize,
    max_bytes: usize,
    concurrency: usize,
    progress: Option<Arc<dyn Fn(BatchProgress) + Send + Sync>>,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self { max_inputs: 512, max_bytes: 1 << 20, concurrency: 4, progress: None }
    }
}

impl BatchOptions {
    /// The defaults: 512 inputs or 1 MiB a batch, four batches at a time.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many inputs a batch has at most. 512 by default; most services allow 2,048. 0 counts as 1.
    pub fn max_inputs(mut self, inputs: usize) -> Self {
        self.max_inputs = inputs.max(1);
        self
    }

    /// Sets how many bytes of text a batch has at most, where one input doesn't have more by itself. 1 MiB by default; the gateway takes
    /// bodies of up to 10 MB. A token counts as four.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Sets how many batches are under way at a time. 4 by default; 0 counts as 1.
    pub fn concurrency(mut self, batches: usize) -> Self {
        self.concurrency = batches.max(1);
        self
    }

    /// Is told of each batch that is done.
    pub fn on_progress(mut self, progress: impl Fn(BatchProgress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }
}

impl fmt::Debug for BatchOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchOptions")
            .field("max_inputs", &self.max_inputs)
            .field("max_bytes", &self.max_bytes)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// How far [`Embeddings::create_all`] has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchProgress {
    /// Inputs whose vectors are there.
    pub done: usize,
    /// Inputs in all.
    pub total: usize,
}

/// What [`Embeddings::create_all`] gives.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct AllEmbeddings {
    /// A vector of each input, in their order.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens read, over all batches.
    pub prompt_tokens: u64,
    /// What all batches cost, in US dollars, as far as the gateway told.
    pub cost_usd: f64,
}

/// Why not all vectors could be made, and those that were.
#[derive(Debug, thiserror::Error)]
#[error("inputs {} to {} of {} failed", .inputs.start, .inputs.end.saturating_sub(1), .vectors.len())]
#[non_exhaustive]
pub struct BatchError {
    /// The inputs of the first batch that failed.
    pub inputs: Range<usize>,
    /// Why.
    #[source]
    pub error: Error,
    /// Of each input, its vector, if its batch was done: what is paid for isn't lost.
    pub vectors: Vec<Option<Vec<f32>>>,
}

/// Makes the vectors of a request with any number of inputs.
pub(super) async fn create(embeddings: Embeddings, request: EmbeddingsRequest, options: BatchOptions) -> Result<AllEmbeddings, BatchError> {
    let total = count(&request.input);
    let mut vectors: Vec<Option<Vec<f32>>> = vec![None; total];
    let mut sum = AllEmbeddings::default();
    let (mut begun, mut done, mut failed) = (0, 0, None);
    let mut running = FuturesUnordered::new();
    loop {
        while failed.is_none() && running.len() < options.concurrency && begun < total {
            let inputs = begun..end_of_batch(&request.input, begun, &options);
            begun = inputs.end;
            let call = embeddings.create_batch(&part(&request, inputs.clone()), inputs.len());
            running.push(async move { (inputs, call.await) });
        }
        // What is under way when a batch fails is waited for: it is paid for.
        let Some((inputs, answer)) = running.next().await else { break };
        match answer.map(Response::into_inner) {
            Ok(answer) => {
                done += inputs.len();
                sum.prompt_tokens += answer.usage.as_ref().map_or(0, |usage| usage.prompt_tokens);
                sum.cost_usd += answer.usage.as_ref().and_then(crate::chat::Usage::cost_usd).unwrap_or_default();
                for (place, vector) in vectors[inputs].iter_mut().zip(answer.into_vectors()) {
                    *place = Some(vector);
                }
                if let Some(progress) = &options.progress {
                    progress(BatchProgress { done, total });
                }
            }
            Err(error) if failed.is_none() => failed = Some((inputs, error)),
            Err(_) => {}
        }
    }
    match failed {
        Some((inputs, error)) => Err(BatchError { inputs, error, vectors }),
        None => Ok(AllEmbeddings { vectors: vectors.into_iter().flatten().collect(), ..sum }),
    }
}

fn count(input: &EmbeddingsInput) -> usize {
    match input {
        EmbeddingsInput::Texts(texts) => texts.len(),
        EmbeddingsInput::TokenLists(lists) => lists.len(),
        EmbeddingsInput::Text(_) | EmbeddingsInput::Tokens(_) | EmbeddingsInput::Other(_) => 1,
    }
}

/// Where the batch ends that begins here: at least one input later.
fn end_of_batch(input: &EmbeddingsInput, start: usize, options: &BatchOptions) -> usize {
    let size = |at: usize| match input {
        EmbeddingsInput::Texts(texts) => texts[at].len(),
        EmbeddingsInput::TokenLists(lists) => lists[at].len() * 4,
        EmbeddingsInput::Text(_) | EmbeddingsInput::Tokens(_) | EmbeddingsInput::Other(_) => 0,
    };
    let last = count(input).min(start.saturating_add(options.max_inputs));
    let mut bytes = size(start);
    let fits = |at: &usize| {
        bytes = bytes.saturating_add(size(*at));
        bytes <= options.max_bytes
    };
    start + 1 + (start + 1..last).take_while(fits).count()
}

/// The same request for some of the inputs.
fn part(request: &EmbeddingsRequest, inputs: Range<usize>) -> EmbeddingsRequest {
    let input = match &request.input {
        EmbeddingsInput::Texts(texts) => EmbeddingsInput::Texts(texts[inputs].to_vec()),
        EmbeddingsInput::TokenLists(lists) => EmbeddingsInput::TokenLists(lists[inputs].to_vec()),
        one => one.clone(),
    };
    EmbeddingsRequest {
        model: request.model.clone(),
        input,
        encoding_format: request.encoding_format.clone(),
        dimensions: request.dimensions,
        input_type: request.input_type.clone(),
        user: request.user.clone(),
        provider: request.provider.clone(),
        extra: request.extra.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_cut_by_number_and_size_and_are_never_empty() {
        let texts = EmbeddingsInput::Texts(["aaaa", "bb", "cc", "dddddddddd", "e", "f"].map(str::to_owned).into());
        let lists = EmbeddingsInput::TokenLists(vec![vec![1], vec![2, 3], vec![4]]);
        let cut = |input: &EmbeddingsInput, inputs, bytes| {
            let options = BatchOptions::new().max_inputs(inputs).max_bytes(bytes);
            let mut ends = vec![0];
            while ends[ends.len() - 1] < count(input) {
                ends.push(end_of_batch(input, ends[ends.len() - 1], &options));
            }
            ends
        };
        assert_eq!(cut(&texts, 512, 1000), [0, 6]);
        assert_eq!(cut(&texts, 4, 1000), [0, 4, 6]);
        assert_eq!(cut(&texts, 512, 6), [0, 2, 3, 4, 6]);
        assert_eq!(cut(&texts, 0, 0), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(cut(&lists, 512, 12), [0, 2, 3]);
        assert_eq!(cut(&EmbeddingsInput::Tokens(vec![1, 2]), 1, 1), [0, 1]);
        assert_eq!(cut(&EmbeddingsInput::Texts(Vec::new()), 1, 1), [0]);
    }
}
