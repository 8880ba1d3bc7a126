//! Code that the tests share: a traced program, and the agent of a test.

use std::sync::MutexGuard;

pub(crate) use crate::start;
pub(crate) use skywalking_runtime::testing::{is_idle, run, text};
pub(crate) use skywalking_runtime::{
    Agent, Callsite, Config, OpeningSpan, ResumableSpan, TracedFn, TracedFuture, callsite,
    config::{Inbound, Sampler, Sampling, TailSampling},
    current, entry_span, exit_span, local_span,
    propagation::{capture, correlation},
    span,
    stats::{self, Diagnostic},
    trace_id,
};

pub(crate) static ENTRY: Callsite = callsite!(entry, "/entry");
pub(crate) static PART: Callsite = callsite!(local, "part");

/// A header of the trace `trace-1`.
pub(crate) const SW8: &str = "sw8:1-dHJhY2UtMQ==-cw==-0-c3Zj-aW5zdA==-L2U=-aDox";

/// Starts an agent with this sampling.
pub(crate) fn sampling(sampling: Sampling) -> (Agent, MutexGuard<'static, ()>) {
    start(Config::new("sampling").sampling(sampling))
}

/// Starts an agent that records only forced requests.
pub(crate) fn nothing() -> (Agent, MutexGuard<'static, ()>) {
    sampling(Sampling::rate(0.0))
}

/// Returns the increase of a diagnostic's count during `work`.
pub(crate) fn counted(reason: Diagnostic, work: impl FnOnce()) -> u64 {
    let before = stats::read().count(reason);
    work();
    stats::read().count(reason) - before
}

/// Serves a request with a context. It has one child of each kind.
#[entry_span(name = name, extract = header)]
pub(crate) fn serve(name: &str, header: &str) -> Option<String> {
    local();
    trace_id()
}

#[local_span(name = "local")]
pub(crate) fn local() {
    exit();
}

#[exit_span(name = "/exit.png", peer = "next:1")]
pub(crate) fn exit() {}

pub(crate) fn tree_of(name: &str) -> String {
    format!("Entry {name}\n  Local local\n    Exit /exit.png peer=next:1\n")
}
