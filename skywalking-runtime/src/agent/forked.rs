//! Runs in a forked child before `fork` returns.

use crate::context::current_segment;
use crate::queue;
use crate::self_log;
use crate::tracer;
use crate::util::diagnostics;

/// Turns the agent off and detaches from the parent's state. Another thread of the parent may have
/// held any lock, so this only stores to atomics, and to the current segment of the forking thread.
/// State behind locks is created anew by [`PerProcess`](crate::sys::PerProcess).
pub(super) fn in_child() {
    tracer::after_fork();
    current_segment::after_fork();
    queue::after_fork();
    diagnostics::after_fork();
    self_log::after_fork();
}
