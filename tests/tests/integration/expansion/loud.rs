//! Values that say when they drop.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use skywalking_runtime::{testing, trace_id};

thread_local!(static DROPPED: RefCell<String> = const { RefCell::new(String::new()) });

/// Says its name when it drops, with a `*` outside of every span.
#[derive(Debug)]
pub(crate) struct Loud(pub(crate) &'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        let outside = if trace_id().is_none() { "*" } else { "" };
        DROPPED.with_borrow_mut(|dropped| write!(dropped, "{}{outside} ", self.0).unwrap());
    }
}

impl Loud {
    /// A use that leaves it where it is.
    pub(crate) fn touch(&self) -> usize {
        self.0.len()
    }

    /// A use that is there to hold it for the length of an expression.
    pub(crate) fn held(&self) -> &Self {
        self
    }
}

/// What drops while the work is done, whether it panics or not.
pub(crate) fn dropped(work: impl FnOnce()) -> String {
    DROPPED.take();
    testing::run(|| drop(catch_unwind(AssertUnwindSafe(work))));
    DROPPED.take().trim_end().to_owned()
}

/// The same of the future that is made: polled to its end, to its first wait, or not at all.
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

/// Waits once.
pub(crate) fn wait() -> impl Future<Output = ()> {
    let mut ready = false;
    std::future::poll_fn(move |_| {
        if std::mem::replace(&mut ready, true) { Poll::Ready(()) } else { Poll::Pending }
    })
}
