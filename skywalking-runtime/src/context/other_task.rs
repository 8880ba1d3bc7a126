//! Spans that open in another task than the current root.
//!
//! tokio numbers its tasks, and a root records the one that it runs in.
//!
//! A call that drives an executor (`block_on`) is a root around every task that is polled meanwhile
//! on its thread. None of them belongs to its trace: what opens in another task starts a trace of
//! its own, and the root's segment is put back behind it.
//!
//! A future can poll other tasks too: a `LocalSet` polls its own. It can also move to another task
//! between two polls, so a different task is only a suspicion. The next poll of the root, or its
//! end, compares its own task and logs the misuse if that is still the same.
//!
//! Other executors do not number their tasks. [`misuse`](crate::span::misuse) reports a call that drives one when its
//! segment is full.

use crate::context::current_segment;
use crate::context::thread_state;
use crate::segment::Segment;
use crate::segment::root_task::{RootTask, Task};
use crate::util::diagnostics::{self, Diagnostic};

/// True if the root of the current context runs in another task: a call for certain, a future
/// unless it has moved since it was polled first.
pub(crate) fn is_elsewhere() -> bool {
    match root_task() {
        RootTask::Unknown => false,
        RootTask::Call(task) | RootTask::Future(task) => task != Task::here(),
    }
}

/// True if the current context belongs to a call in another task.
pub(crate) fn is_here() -> bool {
    match root_task() {
        RootTask::Call(task) => task != Task::here(),
        RootTask::Unknown | RootTask::Future(_) => false,
    }
}

/// The same where a span is about to open. If the context belongs to a future, its root looks again
/// at its next poll.
pub(crate) fn is_here_for_a_span() -> bool {
    match root_task() {
        RootTask::Call(task) => task != Task::here(),
        RootTask::Future(task) if task != Task::here() => {
            current_segment::with(Segment::suspect_other_task);
            false
        }
        RootTask::Unknown | RootTask::Future(_) => false,
    }
}

fn root_task() -> RootTask {
    current_segment::with(|segment| segment.root_task()).unwrap_or(RootTask::Unknown)
}

/// Takes the current context out of the slot if it belongs to a call in another task.
pub(crate) fn displace() -> Option<Box<Segment>> {
    if !is_here_for_a_span() {
        return None;
    }
    diagnostics::count(Diagnostic::OtherTask);
    current_segment::replace(None)
}

/// Keeps what a new root, which is in the slot, found there.
#[cold]
pub(crate) fn keep(other: Box<Segment>) {
    let is_of_other_task =
        matches!(other.root_task(), RootTask::Call(task) if task != Task::here());
    diagnostics::count(if is_of_other_task {
        current_segment::with(|segment| segment.set_displaced(other));
        Diagnostic::OtherTask
    } else {
        // An argument's code left it there; it can't be reached any more, so it ends now.
        thread_state::finish(other);
        Diagnostic::GuardMisplaced
    });
}
