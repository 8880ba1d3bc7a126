//! The tracer of tests: the running one, or one without a backend.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::agent::Agent;
use crate::config::{Config, Reporter, SelfLog};
use crate::observer;
use crate::tracer;

/// How long the reporter may take to deliver ended segments.
const PATIENCE: Duration = Duration::from_secs(10);

/// The agent that was started for tests. It lives as long as the process.
static AGENT: Mutex<Option<Agent>> = Mutex::new(None);

/// Starts a tracer if none runs.
pub(super) fn ensure() {
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
    observer::flush_agent(PATIENCE) || !tracer::enabled()
}
