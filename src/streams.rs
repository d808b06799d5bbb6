//! What the streams of all protocols share.

use std::borrow::Cow;
use std::task::{Context, Poll, ready};

use futures::{Stream, StreamExt as _};

use crate::error::Result;
use crate::transport::stream::{EventStream, Protocol};

/// Reads to the end and hands each item to `add`, unless the stream is larger than a whole answer may be.
pub(crate) async fn add_up<P: Protocol>(stream: &mut EventStream<P>, mut add: impl FnMut(P::Item) -> Result<()>) -> Result<()> {
    while let Some(item) = stream.next().await {
        let added = add(item?);
        stream.within_response_limit(added)?;
    }
    Ok(())
}

/// The next text of a stream's items that isn't empty.
pub(crate) fn poll_text<S, T>(stream: &mut S, context: &mut Context<'_>, text: impl Fn(&T) -> Cow<'_, str>) -> Poll<Option<Result<String>>>
where
    S: Stream<Item = Result<T>> + Unpin,
{
    while let Some(item) = ready!(stream.poll_next_unpin(context)?) {
        let text = text(&item);
        if !text.is_empty() {
            return Poll::Ready(Some(Ok(text.into_owned())));
        }
    }
    Poll::Ready(None)
}
