//! Tests that start an agent. A process has one agent at a time, so these tests run one after the
//! other.
#![allow(missing_docs)]

mod accounting;
mod deferred_spans;
mod meters;
mod movable;
mod propagation;
mod reported;
mod reporting;
mod restarts;
mod sampling;
mod segment_age;
mod settings;
mod stress;

use std::sync::{Mutex, MutexGuard, PoisonError};

use skywalking_runtime::{Agent, Config, config::Reporter, stats::Stats};

/// Waits until no other test uses the agent of the process.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Compares the counts of segments: each has one outcome, or is still under way.
#[track_caller]
fn assert_exact(stats: &Stats) {
    assert_eq!(stats.opened, stats.finished + stats.open, "{stats:?}");
    assert_eq!(
        stats.finished,
        stats.sent + stats.dropped.total() + stats.queued + stats.in_flight,
        "{stats:?}"
    );
}

/// Starts an agent without a backend. Fields drop in order, so the agent ends before its turn does.
fn start(config: Config) -> (Agent, MutexGuard<'static, ()>) {
    let turn = turn();
    (config.reporter(Reporter::Discard).start().expect("the configuration is valid"), turn)
}
