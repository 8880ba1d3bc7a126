//! What a forked child does before it goes on.

use crate::context::current_segment;
use crate::queue;
use crate::self_log;
use crate::tracer;
use crate::util::diagnostics;

/// Turns the agent off and leaves behind what is the parent's. Another thread of the parent may
/// have held any lock, so this only stores to atomics, and to the slot of the thread that forked.
/// State behind locks is made again by [`PerProcess`](crate::sys::PerProcess).
pub(super) fn in_child() {
    tracer::after_fork();
    current_segment::after_fork();
    queue::after_fork();
    diagnostics::after_fork();
    self_log::after_fork();
}
