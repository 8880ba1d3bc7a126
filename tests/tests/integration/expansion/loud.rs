//! Values that record their drop.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use skywalking_runtime::{testing, trace_id};

thread_local!(static DROPPED: RefCell<String> = const { RefCell::new(String::new()) });

/// Records its name when it drops, with a `*` outside of every span.
#[derive(Debug)]
pub(crate) struct Loud(pub(crate) &'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        let outside = if trace_id().is_none() { "*" } else { "" };
        DROPPED.with_borrow_mut(|dropped| write!(dropped, "{}{outside} ", self.0).unwrap());
    }
}

impl Loud {
    /// Uses the value without moving it.
    pub(crate) fn touch(&self) -> usize {
        self.0.len()
    }

    /// Uses the value for the duration of an expression.
    pub(crate) fn held(&self) -> &Self {
        self
    }
}

/// Returns the drops during `work`, even if it panics.
pub(crate) fn dropped(work: impl FnOnce()) -> String {
    DROPPED.take();
    testing::run(|| drop(catch_unwind(AssertUnwindSafe(work))));
    DROPPED.take().trim_end().to_owned()
}

/// Returns the drops of a future: polled to its end, to its first wait, or not at all.
pub(crate) fn dropped_by_future<F: Future>(polls: Polls, make: impl FnOnce() -> F) -> String {
    dropped(|| {
        let mut future = pin!(make());
        let mut cx = Context::from_waker(Waker::noop());
        match polls {
            Polls::None => {}
            Polls::One => assert!(future.as_mut().poll(&mut cx).is_pending()),
            Polls::ToTheEnd => while future.as_mut().poll(&mut cx).is_pending() {},
        }
    })
}

#[derive(Clone, Copy)]
pub(crate) enum Polls {
    None,
    One,
    ToTheEnd,
}

/// Is pending once.
pub(crate) fn wait() -> impl Future<Output = ()> {
    let mut ready = false;
    std::future::poll_fn(move |_| {
        if std::mem::replace(&mut ready, true) { Poll::Ready(()) } else { Poll::Pending }
    })
}
