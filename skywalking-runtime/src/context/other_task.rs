//! Spans that open in a task other than that of the current root.
//!
//! tokio numbers its tasks, and a root records the task in which it runs.
//!
//! A call that drives an executor (`block_on`) is a root around all tasks that are polled on its
//! thread meanwhile. They do not belong to its trace. A span that opens in another task starts a
//! trace of its own, and then the root's segment is put back.
//!
//! A future can poll other tasks too, as a `LocalSet` does. It can also move to another task between
//! two polls, so another task alone proves nothing. The next poll of the root, or its end, compares
//! the root's own task and logs the misuse if that is unchanged.
//!
//! Other executors do not number their tasks. [`misuse`](crate::span::misuse) reports a call that
//! drives one when its segment is full.

use crate::context::current_segment;
use crate::context::thread_state;
use crate::segment::Segment;
use crate::segment::root_task::{RootTask, Task};
use crate::util::diagnostics::{self, Diagnostic};

/// Returns true if the root of the current segment ran in another task when it was recorded. A root
/// future can have moved since.
pub(crate) fn is_elsewhere() -> bool {
    match root_task() {
        RootTask::Unknown => false,
        RootTask::Call(task) | RootTask::Future(task) => task != Task::here(),
    }
}

/// Returns true if the current segment belongs to a call in another task.
pub(crate) fn is_here() -> bool {
    match root_task() {
        RootTask::Call(task) => task != Task::here(),
        RootTask::Unknown | RootTask::Future(_) => false,
    }
}

/// Returns true if the current segment belongs to a call in another task, when a span is about to
/// open. If it belongs to a future, the root checks its task at the next poll.
#[inline]
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

#[inline]
fn root_task() -> RootTask {
    current_segment::with(|segment| segment.root_task()).unwrap_or(RootTask::Unknown)
}

/// Takes the current segment out of the slot if it belongs to a call in another task.
pub(crate) fn displace() -> Option<Box<Segment>> {
    if !is_here_for_a_span() {
        return None;
    }
    diagnostics::count(Diagnostic::OtherTask);
    current_segment::replace(None)
}

/// Keeps the segment that a new root, which is in the slot, displaced.
#[cold]
pub(crate) fn keep(other: Box<Segment>) {
    let is_of_other_task =
        matches!(other.root_task(), RootTask::Call(task) if task != Task::here());
    diagnostics::count(if is_of_other_task {
        current_segment::with(|segment| segment.set_displaced(other));
        Diagnostic::OtherTask
    } else {
        // Code of an argument left it in the slot. It cannot be reached any more, so it ends now.
        thread_state::finish(other);
        Diagnostic::GuardMisplaced
    });
}
