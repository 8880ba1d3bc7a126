//! One subscriber for the process, as in a program: a layer of the program that enables everything,
//! and ours beside it.

use std::sync::Once;
use std::time::Duration;

pub(crate) use std::sync::{Arc, Barrier};
pub(crate) use std::thread;

pub(crate) use skywalking_runtime::testing::{self, Test, is_idle, run, run_async, text};
pub(crate) use skywalking_runtime::{
    Callsite, callsite, entry_span, exit_span, local_span, span, spawn, trace_id,
};
pub(crate) use tracing::field::Empty;
pub(crate) use tracing::{Instrument, Span, error, info, info_span, instrument, trace_span, warn};
use tracing_subscriber::prelude::*;

pub(crate) static ENTRY: Callsite = callsite!(entry, "/entry", layer = http);

/// A layer of the program. It has no filter, so spans that ours does not see are alive.
struct Everything;

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Everything {}

/// Sets the subscriber of the process.
pub(crate) fn subscribe() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::registry().with(Everything).with(skywalking_tracing::layer()).init();
    });
}

/// Runs `work` and returns its trees as text.
pub(crate) fn shown<R>(work: impl FnOnce() -> R) -> String {
    subscribe();
    text(&run(work))
}

/// Runs a future on a runtime with two workers.
pub(crate) fn shown_async(future: impl Future<Output = ()>) -> String {
    subscribe();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    text(&runtime.block_on(run_async(future)))
}

pub(crate) async fn yields(times: u32) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

#[local_span(name = "ours")]
pub(crate) fn ours<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[local_span(name = "ours")]
pub(crate) async fn ours_async<F: Future>(future: F) -> F::Output {
    future.await
}

/// Waits until the reported clock has advanced.
pub(crate) fn advance(millis: u64) {
    let start = std::time::Instant::now();
    while start.elapsed() < Duration::from_millis(millis) {
        thread::yield_now();
    }
}
