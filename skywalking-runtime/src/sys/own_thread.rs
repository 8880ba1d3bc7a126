//! The mark of the threads of this crate.

use std::cell::Cell;

thread_local! {
    static IS_OWN: Cell<bool> = const { Cell::new(false) };
}

/// Returns true on a thread of the agent. What its libraries, and the code of the program that it
/// calls, trace and log there is not reported.
#[inline]
pub(crate) fn is_own_thread() -> bool {
    IS_OWN.get()
}

/// Marks this thread as one of the agent.
pub(crate) fn mark_own_thread() {
    IS_OWN.set(true);
}
