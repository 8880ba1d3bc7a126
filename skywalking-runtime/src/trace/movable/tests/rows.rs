//! The rules for spans that are entered by hand, one test for each.

mod edges;
mod order;
mod places;
mod recording;

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use super::*;
use crate::testing;

static OUTER: Callsite = callsite!(entry, "/outer");
static WAIT: Callsite = callsite!(local, "wait");
static QUERY: Callsite = callsite!(exit, "query", peer = "db:1").fallback();

/// Runs `work` on another thread of the test.
fn elsewhere(work: impl FnOnce() + Send) {
    let mark = testing::mark();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            mark.run(work);
            assert!(testing::is_idle());
        });
    });
}

/// A future that is polled inside of a span, like `Instrumented`.
struct Inside<'a, F> {
    spans: &'a Registry,
    id: u64,
    future: F,
}

impl<F: Future + Unpin> Future for Inside<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Self { spans, id, future } = &mut *self;
        spans.run(*id, || Pin::new(future).poll(cx))
    }
}

/// Pending at the first poll.
fn yields() -> impl Future<Output = ()> + Unpin {
    let mut polled = false;
    std::future::poll_fn(move |_| {
        if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }
    })
}

fn poll<F: Future>(future: Pin<&mut F>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

#[track_caller]
fn assert_trees(work: impl FnOnce(&Registry), expected: &str) {
    let spans = Registry::default();
    let trees = testing::run(|| work(&spans));
    assert_eq!(testing::text(&trees), expected);
    assert!(testing::is_idle() && crate::context::frames::is_empty());
}
