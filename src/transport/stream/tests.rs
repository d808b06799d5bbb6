use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

use futures::StreamExt as _;
use http::{HeaderMap, StatusCode};
use http_body::Frame;

use super::super::Deadline;
use super::*;

/// Events that mean nothing, or the end.
#[derive(Clone)]
struct Silent {
    ends: bool,
}

impl Protocol for Silent {
    type Item = ();
    type Decoder = sse::Decoder;

    fn decoder(&self, _: Option<&str>, max_event_bytes: usize) -> Option<sse::Decoder> {
        Some(sse::Decoder::new(max_event_bytes))
    }

    fn decode(&mut self, _: &Event<'_>) -> Result<Decoded<()>> {
        Ok(if self.ends { Decoded::End } else { Decoded::Skip })
    }

    fn is_complete_without_mark(&self) -> bool {
        true
    }
}

/// A body that has so many pieces left, each there as soon as it is asked for.
struct Flood(Arc<AtomicUsize>);

const PIECE: &[u8] = b"data: x\n\n";

impl http_body::Body for Flood {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>>>> {
        let one_less = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        Poll::Ready(one_less.is_ok().then(|| Ok(Frame::data(Bytes::from_static(PIECE)))))
    }
}

/// How often a stream is polled until it is over, and how many pieces of its body are left then.
fn read_through(pieces: usize, protocol: Silent) -> (usize, usize) {
    let left = Arc::new(AtomicUsize::new(pieces));
    let mut answer = Answer {
        meta: Meta::of_head(StatusCode::OK, HeaderMap::new(), &Scrubber::default()),
        is_framed: true,
        body: reqwest::Body::wrap(Flood(left.clone())),
        deadline: Deadline::of(Instant::now(), Duration::MAX),
        scrubber: Scrubber::default(),
    };
    let mut stream = EventStream::new(&mut answer, sse::Decoder::new(1000), protocol, &Limits::default());
    let mut polls = 1;
    while stream.poll_next_unpin(&mut Context::from_waker(Waker::noop())).is_pending() {
        polls += 1;
    }
    (polls, left.load(Ordering::Relaxed))
}

#[tokio::test]
async fn a_peer_that_always_has_something_to_say_lets_the_task_yield() {
    let (polls, left) = read_through(10 * MAX_PIECES_PER_POLL, Silent { ends: false });
    assert!((10..=11).contains(&polls) && left == 0, "{polls} polls, {left} pieces left");
}

#[tokio::test]
async fn a_little_is_read_after_the_end_mark_and_no_more() {
    let pieces = 10 * DRAIN_BYTES / PIECE.len();
    let (_, left) = read_through(pieces, Silent { ends: true });
    assert!((pieces - left).abs_diff(DRAIN_BYTES / PIECE.len()) < 3, "{left} of {pieces} pieces left");
}
