//! The agent's log about itself: that it runs, lost segments and their causes, invalid settings.
//!
//! A line goes to the program's `tracing` subscriber. Without one it goes to the `log` logger, and
//! without both to standard error ([`sink`]). All three can block, and the first two run code of
//! the program. So a short-lived thread of the agent writes each line ([`writer`]), and a caller
//! waits for it only with a deadline. Nothing here takes a lock, so it works in a forked child too.
//!
//! Every line is a single line of text. The caller must not include secrets.

mod sink;
mod writer;

use std::sync::atomic::{AtomicU8, Ordering};

use crate::config::self_log::{LogSettings, SelfLog, SelfLogLevel};
pub(crate) use writer::{Delivery, WithoutThread};

/// The target of all lines, in `tracing` and `log`.
const TARGET: &str = "skywalking_runtime";

/// The level of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Info,
    Warn,
    Error,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    level: Level,
    pub(crate) text: String,
    /// The address of the backend that the line is about.
    backend: Option<String>,
    /// The error message of the failure.
    problem: Option<String>,
    /// The number of suppressed lines of the same cause since its last line.
    suppressed: u64,
    /// The number of lost segments.
    pub(crate) lost: u64,
    /// Whether the line is written only to a subscriber or logger.
    for_loggers: bool,
}

impl Line {
    /// Returns true if lines of this level are written.
    fn is_in(&self, settings: LogSettings) -> bool {
        settings.has(match self.level {
            Level::Info => SelfLogLevel::Info,
            Level::Warn => SelfLogLevel::Warn,
            Level::Error => SelfLogLevel::Error,
        })
    }

    fn new(level: Level, text: impl Into<String>) -> Self {
        Self {
            level,
            text: text.into(),
            backend: None,
            problem: None,
            suppressed: 0,
            lost: 0,
            for_loggers: false,
        }
    }

    pub(crate) fn info(text: impl Into<String>) -> Self {
        Self::new(Level::Info, text)
    }

    pub(crate) fn warn(text: impl Into<String>) -> Self {
        Self::new(Level::Warn, text)
    }

    pub(crate) fn error(text: impl Into<String>) -> Self {
        Self::new(Level::Error, text)
    }

    pub(crate) fn backend(mut self, address: impl Into<String>) -> Self {
        self.backend = Some(address.into());
        self
    }

    pub(crate) fn problem(mut self, problem: impl Into<String>) -> Self {
        self.problem = Some(problem.into());
        self
    }

    pub(crate) fn lost(mut self, lost: u64) -> Self {
        self.lost = lost;
        self
    }

    /// Sets whether the line is written only to a subscriber or logger, never to standard error.
    pub(crate) fn for_loggers(mut self, only: bool) -> Self {
        self.for_loggers = only;
        self
    }

    pub(crate) fn suppressed(mut self, lines: u64) -> Self {
        self.suppressed = lines;
        self
    }
}

/// The settings of the agent that started last.
static PLACE: AtomicU8 = AtomicU8::new(SelfLog::Auto as u8);
static LEVEL: AtomicU8 = AtomicU8::new(SelfLogLevel::Info as u8);

/// Sets which later lines are written, and where.
pub(crate) fn configure(settings: LogSettings) {
    PLACE.store(settings.place as u8, Ordering::Relaxed);
    LEVEL.store(settings.level as u8, Ordering::Relaxed);
}

fn settings() -> LogSettings {
    let place = match PLACE.load(Ordering::Relaxed) {
        place if place == SelfLog::Off as u8 => SelfLog::Off,
        place if place == SelfLog::Program as u8 => SelfLog::Program,
        _ => SelfLog::Auto,
    };
    let level = match LEVEL.load(Ordering::Relaxed) {
        level if level == SelfLogLevel::Off as u8 => SelfLogLevel::Off,
        level if level == SelfLogLevel::Error as u8 => SelfLogLevel::Error,
        level if level == SelfLogLevel::Warn as u8 => SelfLogLevel::Warn,
        _ => SelfLogLevel::Info,
    };
    LogSettings { place, level }
}

/// Writes lines in order, without waiting.
pub(crate) fn emit(lines: Vec<Line>, without_thread: WithoutThread) -> Delivery {
    emit_to(settings(), lines, without_thread)
}

/// Writes lines with the setting of an agent that does not run.
pub(crate) fn emit_to(
    settings: LogSettings,
    lines: Vec<Line>,
    without_thread: WithoutThread,
) -> Delivery {
    writer::WRITERS.write(lines, settings, without_thread)
}

/// Logs a warning from a thread of the program. Integrations call it. The line is lost if no thread
/// can be started.
#[cfg_attr(not(feature = "http"), allow(dead_code, reason = "no integration is built"))]
pub(crate) fn warn(text: impl Into<String>) {
    drop(emit(vec![Line::warn(text)], WithoutThread::Drop));
}

/// Resets the writers in a forked child, which does not have the parent's threads. Only stores to
/// an atomic.
pub(crate) fn after_fork() {
    writer::WRITERS.forget_all();
}
