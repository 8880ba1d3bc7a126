//! The tracer of tests: the running one, or one without a backend.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::agent::Agent;
use crate::config::{Config, Reporter, SelfLog};
use crate::report::test_sink::SINK;
use crate::report::worker::{Command, Handle};
use crate::tracer;

/// How long the reporter may take to deliver ended segments.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends commands to the reporter of the agent that was started last.
static HANDLE: Mutex<Option<Handle>> = Mutex::new(None);
/// The agent that was started for tests. It lives as long as the process.
static AGENT: Mutex<Option<Agent>> = Mutex::new(None);

/// Stores the handle of an agent that was started.
pub(crate) fn started(handle: &Handle) {
    *HANDLE.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle.clone());
}

/// Starts a tracer if none runs.
pub(super) fn ensure() {
    SINK.get_or_init(|| super::delivered);
    let mut agent = AGENT.lock().unwrap_or_else(PoisonError::into_inner);
    if tracer::enabled() {
        return;
    }
    // It was shut down meanwhile, or was never started. A start that fails because another thread
    // has just started an agent is fine too.
    *agent = None;
    *agent = Config::new("testing")
        .instance("testing")
        .reporter(Reporter::Discard)
        .self_log(SelfLog::Program)
        .start()
        .ok();
}

/// Waits until the reporter has delivered all ended segments. Returns false if it did not, and true
/// if the agent has ended meanwhile.
pub(super) fn flush() -> bool {
    let handle = HANDLE.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let flushed = handle.is_none_or(|handle| {
        handle.ask(PATIENCE, |deadline, reply| Command::Flush { deadline, reply })
    });
    flushed || !tracer::enabled()
}
