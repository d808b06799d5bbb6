//! What a program logs, to be looked through.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// A log that keeps what is written.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Takes in all that this process logs from here on, with the ends of spans. A process has one log, so it must be one of its own.
    pub(crate) fn of_this_process() -> Self {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_span_events(FmtSpan::CLOSE).with_ansi(false);
        tracing::subscriber::set_global_default(subscriber.with_writer(log.clone()).finish()).unwrap();
        tracing_log::LogTracer::init().unwrap();
        log
    }

    /// Takes in what this thread logs at a level and above, with the ends of spans, until the guard goes.
    pub(crate) fn of_this_thread(level: LevelFilter) -> (Self, DefaultGuard) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt().with_max_level(level).with_span_events(FmtSpan::CLOSE).with_ansi(false);
        let guard = tracing::subscriber::set_default(subscriber.with_writer(log.clone()).finish());
        (log, guard)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}
