//! The agent in a forked child.

use std::future::{Future, poll_fn};
use std::task::Poll;

use crate::context::current_segment;
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
    queue::after_fork();
    diagnostics::after_fork();
    self_log::after_fork();
}

/// Waits for the reply of one of the agent's threads, in the process with the number `asked_in`.
///
/// A forked child has no such thread, so the future resolves to `in_child` there.
pub(super) fn answer<T: Send>(
    asked_in: u32,
    reply: impl Future<Output = T> + Send,
    in_child: T,
) -> impl Future<Output = T> + Send {
    let (mut reply, mut in_child) = (Box::pin(reply), Some(in_child));
    poll_fn(move |cx| match in_child.take_if(|_| forks() != asked_in) {
        Some(in_child) => {
            drop(tracer::find_fork());
            Poll::Ready(in_child)
        }
        None => reply.as_mut().poll(cx),
    })
}
