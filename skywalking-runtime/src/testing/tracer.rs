//! The tracer that tests use: the running one, or one without a backend that is started for them.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::agent::Agent;
use crate::config::{Config, Reporter, SelfLog};
use crate::report::test_sink::SINK;
use crate::report::worker::{Command, Handle};
use crate::tracer;

/// How long the reporter may take to hand over what has ended.
const PATIENCE: Duration = Duration::from_secs(10);

/// The way to ask the reporter of the agent that was started last.
static HANDLE: Mutex<Option<Handle>> = Mutex::new(None);
/// The agent that was started for the tests; it lives as long as the process.
static AGENT: Mutex<Option<Agent>> = Mutex::new(None);

/// An agent was started.
pub(crate) fn started(handle: &Handle) {
    *HANDLE.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle.clone());
}

/// Sees to it that a tracer runs.
pub(super) fn ensure() {
    SINK.get_or_init(|| super::delivered);
    let mut agent = AGENT.lock().unwrap_or_else(PoisonError::into_inner);
    if tracer::enabled() {
        return;
    }
    // Ended by hand meanwhile, or never started: an agent that can't start because another just did
    // is what was wanted as well.
    *agent = None;
    *agent = Config::new("testing")
        .instance("testing")
        .reporter(Reporter::Discard)
        .self_log(SelfLog::Program)
        .start()
        .ok();
}

/// Waits until the reporter has handed over all that has ended. False if it did not; an agent that
/// has ended meanwhile has.
pub(super) fn flush() -> bool {
    let handle = HANDLE.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let flushed = handle.is_none_or(|handle| {
        handle.ask(PATIENCE, |deadline, reply| Command::Flush { deadline, reply })
    });
    flushed || !tracer::enabled()
}
