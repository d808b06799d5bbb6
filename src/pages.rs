//! Lists that come in pages, as one stream.

use std::collections::HashSet;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};

use crate::error::{Error, Result};

/// The items of a list that comes in pages.
///
/// A page is fetched when the stream is polled for its first item, and not before; each fetch is a call of its own, retried by the
/// client's policy. The stream ends after the last page, or with the error of the page that could not be had. A server that sends the
/// reader in circles ends it with [`Error::Decode`].
pub struct Pages<T>(Pin<Box<dyn Stream<Item = Result<T>> + Send>>);

impl<T: Send + 'static> Pages<T> {
    /// Pages by a function that takes where a page begins, and gives its items and where the next one begins.
    pub(crate) fn new<F, Fut>(fetch: F) -> Self
    where
        F: Fn(Option<String>) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(Vec<T>, Option<String>)>> + Send,
    {
        let begin = Some((fetch, None, HashSet::new()));
        let pages = stream::try_unfold(begin, async |state| {
            let Some((fetch, from, mut seen)) = state else { return Ok(None) };
            let (items, next) = fetch(from).await?;
            let Some(next) = next.filter(|next| !next.is_empty()) else { return Ok(Some((items, None))) };
            if !seen.insert(next.clone()) {
                return Err(Error::decode("the list's pages go in circles"));
            }
            Ok(Some((items, Some((fetch, Some(next), seen)))))
        });
        Self(Box::pin(pages.map_ok(|items| stream::iter(items).map(Ok)).try_flatten()))
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}
