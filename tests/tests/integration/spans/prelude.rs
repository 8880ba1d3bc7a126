//! Code that the tests share: callsites and annotated functions.

pub(crate) use std::fmt;
pub(crate) use std::future::{Future, pending, poll_fn, ready};
pub(crate) use std::panic::{AssertUnwindSafe, catch_unwind};
pub(crate) use std::pin::{Pin, pin};
pub(crate) use std::task::{Context, Poll, Waker};
pub(crate) use std::time::Duration;

pub(crate) use futures::stream::{FuturesUnordered, StreamExt};
pub(crate) use skywalking_runtime::testing::{self, Test, Tree, is_idle, run, run_async, text};
pub(crate) use skywalking_runtime::{
    Callsite, TracedFn, TracedFuture, callsite, current, entry_span, exit_span, local_span,
    propagation::{capture, correlation, inject},
    span, spawn, spawn_blocking, trace_id,
};

pub(crate) static ENTRY: Callsite = callsite!(entry, "/entry", layer = http);

pub(crate) static A: Callsite = callsite!(local, "a");

pub(crate) static B: Callsite = callsite!(local, "b");

pub(crate) static C: Callsite = callsite!(local, "c");

#[entry_span(name = "/macro", layer = http)]
pub(crate) fn annotated(user: u64) -> u64 {
    part(user) + 1
}

#[local_span(name = "part", tags("user" = user, "kind" = "literal"))]
pub(crate) fn part(user: u64) -> u64 {
    store();
    user
}

#[exit_span(name = "store", peer = "db:5432", layer = database, component = 22)]
pub(crate) fn store() {
    current().tag("rows", 3).log("event", "stored");
}

/// A future that is pending `times` times and wakes itself.
pub(crate) fn yields(mut times: u32) -> impl Future<Output = ()> {
    poll_fn(move |cx| {
        if times == 0 {
            return Poll::Ready(());
        }
        times -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

/// Waits until the clock has advanced by 3 ms. Reported times are in milliseconds.
pub(crate) fn advance_clock() {
    let start = std::time::Instant::now();
    while start.elapsed() < Duration::from_millis(3) {
        std::thread::yield_now();
    }
}

#[entry_span(name = "/request", layer = http)]
pub(crate) async fn request() -> u32 {
    step("first").await;
    let (a, b) = tokio::join!(step("left"), step("right"));
    a + b
}

#[local_span(name = name)]
pub(crate) async fn step(name: &str) -> u32 {
    yields(2).await;
    leaf();
    yields(1).await;
    1
}

#[local_span(name = "leaf")]
pub(crate) fn leaf() {}

pub(crate) const REQUEST: &str = "Entry /request layer=Http\n  Local first\n    Local leaf\n  Local left\n    Local leaf\n  Local right\n    Local leaf\n";
