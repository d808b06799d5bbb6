//! Any number of inputs, in batches.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use serde_json::Value;

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
    #[inline]
    fn default() -> Self {
        Self { max_inputs: 512, max_bytes: 1 << 20, concurrency: 4, progress: None }
    }
}

impl BatchOptions {
    /// The defaults: 512 inputs or 1 MiB a batch, four batches at a time.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many inputs a batch has at most. 512 by default; most services allow 2,048. 0 counts as 1.
    #[inline]
    pub fn max_inputs(mut self, inputs: usize) -> Self {
        self.max_inputs = inputs.max(1);
        self
    }

    /// Sets how many bytes of text a batch has at most, where one input doesn't have more by itself. 1 MiB by default; the gateway takes
    /// bodies of up to 10 MB. A token counts as four.
    #[inline]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Sets how many batches are under way at a time. 4 by default; 0 counts as 1.
    #[inline]
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
    #[inline]
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
    /// Other batches that were under way and failed as well.
    pub others: Vec<(Range<usize>, Error)>,
    /// Tokens read, over the batches that were done.
    pub prompt_tokens: u64,
    /// What the batches that were done cost, in US dollars, as far as the gateway told.
    pub cost_usd: f64,
}

/// Some of the inputs, cut off to be sent together.
#[derive(Debug, PartialEq)]
struct Batch {
    inputs: Range<usize>,
    input: EmbeddingsInput,
}

/// Makes the vectors of a request with any number of inputs.
#[inline]
pub(super) fn create(
    embeddings: Embeddings,
    request: &EmbeddingsRequest,
    options: &BatchOptions,
) -> impl Future<Output = Result<AllEmbeddings, BatchError>> + Send + use<> {
    // The one copy of the inputs: each batch is moved into its request and dropped as soon as that is encoded.
    let batches = batches(&request.input, options);
    let request = request.with_input(EmbeddingsInput::Texts(Vec::new()));
    run(embeddings, request, batches, options.clone())
}

#[inline]
async fn run(
    embeddings: Embeddings,
    mut request: EmbeddingsRequest,
    batches: Vec<Batch>,
    options: BatchOptions,
) -> Result<AllEmbeddings, BatchError> {
    let total = batches.last().map_or(0, |batch| batch.inputs.end);
    let mut batches = batches.into_iter();
    let mut vectors: Vec<Option<Vec<f32>>> = vec![None; total];
    let (mut prompt_tokens, mut cost_usd) = (0, 0.0);
    let (mut done, mut failed) = (0, Vec::new());
    let mut running = FuturesUnordered::new();
    loop {
        while failed.is_empty()
            && running.len() < options.concurrency
            && let Some(Batch { inputs, input }) = batches.next()
        {
            request.input = input;
            let call = embeddings.create_batch(&request, inputs.len());
            running.push(async move { (inputs, call.await) });
        }
        // What is under way when a batch fails is waited for: it is paid for.
        let Some((inputs, answer)) = running.next().await else { break };
        match answer.map(Response::into_inner) {
            Ok(answer) => {
                done += inputs.len();
                prompt_tokens += answer.usage.as_ref().map_or(0, |usage| usage.prompt_tokens);
                cost_usd += answer.usage.as_ref().and_then(crate::chat::Usage::cost_usd).unwrap_or_default();
                for (place, vector) in vectors[inputs].iter_mut().zip(answer.into_vectors()) {
                    *place = Some(vector);
                }
                if let Some(progress) = &options.progress {
                    progress(BatchProgress { done, total });
                }
            }
            Err(error) => failed.push((inputs, error)),
        }
    }
    let mut failed = failed.into_iter();
    match failed.next() {
        Some((inputs, error)) => Err(BatchError { inputs, error, vectors, others: failed.collect(), prompt_tokens, cost_usd }),
        // Mapped in place: flattened, they would be listed twice.
        None => Ok(AllEmbeddings { vectors: vectors.into_iter().map(Option::unwrap_or_default).collect(), prompt_tokens, cost_usd }),
    }
}

/// Cuts inputs into batches; what is no list of inputs is one.
#[inline]
fn batches(input: &EmbeddingsInput, options: &BatchOptions) -> Vec<Batch> {
    match input {
        EmbeddingsInput::Texts(texts) => cut(texts, String::len, options, EmbeddingsInput::Texts),
        EmbeddingsInput::TokenLists(lists) => cut(lists, |list| list.len() * 4, options, EmbeddingsInput::TokenLists),
        // A list of numbers alone is the tokens of one text.
        EmbeddingsInput::Other(Value::Array(items)) if items.is_empty() || !items.iter().all(Value::is_number) => {
            cut(items, |item| item.to_string().len(), options, |items| EmbeddingsInput::Other(Value::Array(items)))
        }
        one @ (EmbeddingsInput::Text(_) | EmbeddingsInput::Tokens(_) | EmbeddingsInput::Other(_)) => {
            vec![Batch { inputs: 0..1, input: one.clone() }]
        }
    }
}

/// Cuts a list into pieces of as many items as fit, and of one at least.
fn cut<T: Clone>(list: &[T], size: fn(&T) -> usize, options: &BatchOptions, input: fn(Vec<T>) -> EmbeddingsInput) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut start = 0;
    while start < list.len() {
        let mut bytes = 0_usize;
        let fits = |item: &&T| {
            bytes = bytes.saturating_add(size(item));
            bytes <= options.max_bytes
        };
        let fitting = list[start..].iter().take(options.max_inputs).take_while(fits).count();
        let inputs = start..start + fitting.max(1);
        start = inputs.end;
        batches.push(Batch { input: input(list[inputs.clone()].to_vec()), inputs });
    }
    batches
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn batches_are_cut_by_number_and_size_and_are_never_empty() {
        let texts = EmbeddingsInput::from(["aaaa", "bb", "cc", "dddddddddd", "e", "f"]);
        let lists = EmbeddingsInput::TokenLists(vec![vec![1], vec![2, 3], vec![4]]);
        let pictures = EmbeddingsInput::Other(json!([{"url": "aaaa"}, {"url": "bbbb"}, {"url": "cccc"}]));
        let numbers = EmbeddingsInput::Other(json!([1.5, 2, 3]));
        let rows: [(&EmbeddingsInput, usize, usize, &[usize]); 14] = [
            (&texts, 512, 1000, &[6]),
            (&texts, 4, 1000, &[4, 6]),
            (&texts, 512, 6, &[2, 3, 4, 6]),
            (&texts, 0, 0, &[1, 2, 3, 4, 5, 6]),
            (&lists, 512, 12, &[2, 3]),
            (&EmbeddingsInput::Tokens(vec![1, 2]), 1, 1, &[1]),
            (&EmbeddingsInput::from("aaaa"), 1, 1, &[1]),
            (&EmbeddingsInput::Texts(Vec::new()), 1, 1, &[]),
            (&pictures, 512, 1000, &[3]),
            (&pictures, 2, 1000, &[2, 3]),
            (&pictures, 512, 30, &[2, 3]),
            (&numbers, 1, 1, &[1]),
            (&EmbeddingsInput::Other(json!({"url": "aaaa"})), 1, 1, &[1]),
            (&EmbeddingsInput::Other(json!([])), 1, 1, &[]),
        ];
        for (input, inputs, bytes, ends) in rows {
            let batches = batches(input, &BatchOptions::new().max_inputs(inputs).max_bytes(bytes));
            assert_eq!(batches.iter().map(|batch| batch.inputs.end).collect::<Vec<_>>(), ends, "{input:?}");
        }
        let last = batches(&pictures, &BatchOptions::new().max_inputs(2)).pop();
        assert_eq!(last, Some(Batch { inputs: 2..3, input: EmbeddingsInput::Other(json!([{"url": "cccc"}])) }));
    }
}
