//! How long a stream may keep its reader waiting.

use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use crate::error::{Error, TimeoutPhase};

/// How long the peer has been keeping a waiting caller waiting.
///
/// It counts periods, a sixteenth of the shorter limit each, in which the caller waited and nothing came: a caller that is busy
/// elsewhere for ten minutes makes no peer idle, a limit is overrun by a period at most, and no piece of a stream costs a look at the
/// time, which would be more than reading it.
pub(super) struct Clock {
    idle: Duration,
    event: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    /// The waker that the timer was last polled with.
    waker: Option<Waker>,
    bytes_came: bool,
    event_came: bool,
    without_bytes: Duration,
    without_event: Duration,
}

impl Clock {
    const PERIODS: u32 = 16;

    pub(super) fn new(idle: Duration, event: Duration) -> Self {
        Self {
            idle,
            event,
            timer: None,
            waker: None,
            bytes_came: false,
            event_came: false,
            without_bytes: Duration::ZERO,
            without_event: Duration::ZERO,
        }
    }

    pub(super) fn bytes_came(&mut self) {
        self.bytes_came = true;
    }

    pub(super) fn event_came(&mut self) {
        self.event_came = true;
    }

    /// Ready once a limit has passed, with the error that says so.
    pub(super) fn poll_elapsed(&mut self, context: &mut Context<'_>) -> Poll<Error> {
        let Some(timer) = &mut self.timer else {
            return self.start(context);
        };
        // It was polled with this waker, and will wake it.
        if !timer.is_elapsed() && self.waker.as_ref().is_some_and(|waker| wakes_the_same(waker, context.waker())) {
            return Poll::Pending;
        }
        self.poll_timer(context)
    }

    #[cold]
    fn start(&mut self, context: &mut Context<'_>) -> Poll<Error> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Poll::Ready(Error::no_runtime());
        }
        self.timer = Some(Box::pin(tokio::time::sleep(self.period())));
        self.poll_timer(context)
    }

    #[cold]
    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<Error> {
        self.waker = Some(context.waker().clone());
        let period = self.period();
        let Some(timer) = &mut self.timer else { return Poll::Pending };
        loop {
            ready!(timer.as_mut().poll(context));
            let add = |waited: Duration, came: &mut bool| if std::mem::take(came) { Duration::ZERO } else { waited.saturating_add(period) };
            self.without_bytes = add(self.without_bytes, &mut self.bytes_came);
            self.without_event = add(self.without_event, &mut self.event_came);
            if self.without_bytes >= self.idle {
                return Poll::Ready(Error::timeout(TimeoutPhase::Idle, self.idle));
            }
            if self.without_event >= self.event {
                return Poll::Ready(Error::timeout(TimeoutPhase::EventGap, self.event));
            }
            // A limit beyond all time has no next period.
            let Some(next) = Instant::now().checked_add(period) else { return Poll::Pending };
            timer.as_mut().reset(next);
        }
    }

    /// How often waiting is counted.
    fn period(&self) -> Duration {
        let shorter = self.idle.min(self.event);
        // Rounded up, so that sixteen of them are never less than the limit.
        (shorter / Self::PERIODS + Duration::from_nanos(1)).max(Duration::from_millis(1))
    }
}

/// As `Waker::will_wake`, but it compares what the tables say and not where they are: one runtime may have several copies of its own.
fn wakes_the_same(known: &Waker, other: &Waker) -> bool {
    known.data() == other.data() && known.vtable() == other.vtable()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_a_runtime_there_is_no_clock() {
        let mut clock = Clock::new(Duration::from_secs(1), Duration::from_secs(1));
        let polled = clock.poll_elapsed(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Ready(Error::NoRuntime { .. })), "{polled:?}");
    }

    const IDLE: Duration = Duration::from_secs(300);
    const EVENT: Duration = Duration::from_secs(600);
    const AWAY: Duration = Duration::from_secs(600);

    /// Waits as a reader does, until the clock says that it was too long; gives how long it was.
    async fn waited_out(clock: &mut Clock) -> (Duration, Error) {
        let began = Instant::now();
        let error = std::future::poll_fn(|context| clock.poll_elapsed(context)).await;
        (began.elapsed(), error)
    }

    /// What a poll says that finds nothing to read.
    fn polled(clock: &mut Clock) -> Option<Error> {
        match clock.poll_elapsed(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(error) => Some(error),
            Poll::Pending => None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_is_away_makes_no_peer_idle() {
        // However often it goes, whether or not it had waited before, and whether or not something has come meanwhile.
        for (waits_before, something_comes) in [(false, false), (false, true), (true, false), (true, true)] {
            let mut clock = Clock::new(IDLE, EVENT);
            for absence in 0..10 {
                if waits_before {
                    assert!(polled(&mut clock).is_none(), "before absence {absence}");
                }
                tokio::time::advance(AWAY).await;
                if something_comes {
                    clock.bytes_came();
                    clock.event_came();
                }
                assert!(polled(&mut clock).is_none(), "after absence {absence}, {waits_before}, {something_comes}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_is_idle_after_its_limit_and_not_a_period_later() {
        let (waited, error) = waited_out(&mut Clock::new(IDLE, EVENT)).await;
        assert!(matches!(error, Error::Timeout { phase: TimeoutPhase::Idle, limit: IDLE, .. }), "{error:?}");
        assert!(waited >= IDLE && waited <= IDLE + IDLE / Clock::PERIODS, "{waited:?}");

        // Bytes keep it alive, until there has been no event for too long.
        let mut clock = Clock::new(IDLE, EVENT);
        let began = Instant::now();
        let error = loop {
            clock.bytes_came();
            tokio::select! {
                (_, error) = waited_out(&mut clock) => break error,
                () = tokio::time::sleep(Duration::from_secs(10)) => {}
            }
        };
        assert!(matches!(error, Error::Timeout { phase: TimeoutPhase::EventGap, limit: EVENT, .. }), "{error:?}");
        assert!(began.elapsed() >= EVENT && began.elapsed() <= EVENT + IDLE / Clock::PERIODS, "{:?}", began.elapsed());
    }
}
