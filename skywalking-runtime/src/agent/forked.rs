//! The agent in a forked child.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use crate::context::current_segment;
use crate::context::frames;
use crate::queue;
use crate::self_log;
use crate::sys::forks;
use crate::tracer;
use crate::util::diagnostics;

/// Turns the agent off before `fork` returns, and detaches from the parent's state.
///
/// Another thread of the parent may have held any lock, so this only stores to atomics, and to the
/// current segment of the forking thread. State behind locks is created again by
/// [`PerProcess`](crate::sys::PerProcess).
pub(super) fn in_child() {
    tracer::after_fork();
    current_segment::after_fork();
    frames::after_fork();
    queue::after_fork();
    diagnostics::after_fork();
    self_log::after_fork();
}

/// Waits for the reply of one of the agent's threads.
///
/// A child that is forked after this call has no such thread, so the future resolves to the result
/// of `in_child` there.
pub(super) fn answer<T>(
    reply: impl Future<Output = T> + Send,
    in_child: fn() -> T,
) -> impl Future<Output = T> + Send {
    let asked_in = forks();
    async move {
        let mut reply = pin!(reply);
        let reply = poll_fn(|cx| {
            if forks() == asked_in { reply.as_mut().poll(cx).map(Some) } else { Poll::Ready(None) }
        });
        reply.await.unwrap_or_else(|| {
            drop(tracer::find_fork());
            in_child()
        })
    }
}
