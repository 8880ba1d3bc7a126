//! The lines that the agent logs about itself: that it runs, what it lost and why, what is wrong
//! with a setting.
//!
//! A line goes to the program's `tracing` subscriber; without one to its `log` logger; without both
//! to standard error ([`sink`]). All three can block, and the first two are code of the program. So
//! each line is written by a short-lived thread of ours ([`writer`]); a caller waits for it only
//! with a deadline. Nothing here takes a lock, so it works in a forked child too.
//!
//! Every line is a single line of text. The caller keeps secrets out of it.

mod sink;
mod writer;

use std::sync::atomic::{AtomicU8, Ordering};

use crate::config::self_log::SelfLog;
pub(crate) use writer::{Delivery, WithoutThread};

/// The target of all lines, in `tracing` and `log`.
const TARGET: &str = "skywalking_runtime";

/// How important a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Info,
    Warn,
    Error,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    level: Level,
    pub(crate) text: String,
    /// The address that it is about.
    backend: Option<String>,
    /// The words of whoever failed.
    problem: Option<String>,
    /// Lines of the same cause that were held back since its last line.
    suppressed: u64,
    /// What was lost.
    pub(crate) lost: u64,
    /// Standard error doesn't get it.
    for_loggers: bool,
}

impl Line {
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

    /// Writes the line to a subscriber or a logger alone, never to standard error.
    pub(crate) fn for_loggers(mut self, only: bool) -> Self {
        self.for_loggers = only;
        self
    }

    pub(crate) fn suppressed(mut self, lines: u64) -> Self {
        self.suppressed = lines;
        self
    }
}

/// Where lines go, as the last agent that started was configured.
static MODE: AtomicU8 = AtomicU8::new(SelfLog::Auto as u8);

/// Sets where lines go from now on.
pub(crate) fn configure(mode: SelfLog) {
    MODE.store(mode as u8, Ordering::Relaxed);
}

fn mode() -> SelfLog {
    match MODE.load(Ordering::Relaxed) {
        mode if mode == SelfLog::Off as u8 => SelfLog::Off,
        mode if mode == SelfLog::Program as u8 => SelfLog::Program,
        _ => SelfLog::Auto,
    }
}

/// Writes lines in their order, and doesn't wait for it.
pub(crate) fn emit(lines: Vec<Line>, without_thread: WithoutThread) -> Delivery {
    emit_to(mode(), lines, without_thread)
}

/// The same for an agent that doesn't run.
pub(crate) fn emit_to(mode: SelfLog, lines: Vec<Line>, without_thread: WithoutThread) -> Delivery {
    writer::WRITERS.write(lines, mode, without_thread)
}

/// Logs a warning from a thread of the program, as integrations do. It is lost if no thread can be
/// made for it.
#[cfg_attr(not(feature = "http"), allow(dead_code, reason = "no integration is built"))]
pub(crate) fn warn(text: impl Into<String>) {
    drop(emit(vec![Line::warn(text)], WithoutThread::Drop));
}

/// In a forked child: the parent's writers aren't there. Only stores to an atomic.
pub(crate) fn after_fork() {
    writer::WRITERS.forget_all();
}
