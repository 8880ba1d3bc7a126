//! Contexts of another task. A call that drives an executor (`block_on`) is a root around every
//! task that is polled meanwhile on its thread, and none of them belongs to its trace. tokio
//! numbers its tasks, so what opens in another task than the root did begins a trace of its
//! own, and the root's segment is put back behind it. Executors that do not number tasks are found
//! out by [`misuse`] when the segment is full.

#[cfg(feature = "tokio")]
use tokio::task::{Id, try_id};

use super::misuse;
use super::segment::Segment;
use super::slot;
use super::tally::{self, Diagnostic};
use super::thread;

/// A task of tokio, or none. Without the feature `tokio` always none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Task(Option<Id>);

impl Task {
    pub(crate) fn here() -> Self {
        Self(try_id())
    }
}

#[cfg(not(feature = "tokio"))]
type Id = std::convert::Infallible;

#[cfg(not(feature = "tokio"))]
const fn try_id() -> Option<Id> {
    None
}

/// True if the context that is current belongs to a call in another task.
pub(super) fn is_here() -> bool {
    let task = slot::with(|segment| segment.sync_task).flatten();
    task.is_some_and(|task| task != Task::here())
}

/// Takes the current context out of the slot if it belongs to a call in another task.
pub(super) fn displace() -> Option<Box<Segment>> {
    if !is_here() {
        return None;
    }
    tally::count(Diagnostic::OtherTask);
    slot::replace(None)
}

/// Keeps what a new root, which is in the slot, found there.
#[cold]
pub(super) fn keep(other: Box<Segment>) {
    tally::count(if other.sync_task.is_some_and(|task| task != Task::here()) {
        let mut other = Some(other);
        slot::with(|segment| segment.displaced = other.take());
        Diagnostic::OtherTask
    } else {
        // An argument's code left it there; it can't be reached any more, so it ends now.
        thread::finish(other);
        Diagnostic::GuardMisplaced
    });
}

impl Segment {
    /// Records the task of a root that is a call: the segment is in the slot for as long as that
    /// call runs.
    #[inline]
    pub(super) fn run_as_call(&mut self) {
        self.sync_task = Some(Task::here());
    }

    /// A span found no room: where the root is a call, it may be one that drives an executor.
    #[cold]
    pub(super) fn look_at_root(&self) {
        if let Some(root) = self.records.first().filter(|_| self.sync_task.is_some()) {
            misuse::note(misuse::Misuse::FullBelowCall, root.callsite);
        }
    }
}
