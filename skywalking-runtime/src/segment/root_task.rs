//! The task in which the root of a segment runs.

#[cfg(feature = "tokio")]
use tokio::task::{Id, try_id};

use crate::segment::Segment;
use crate::span::misuse::{self, Misuse};

/// A tokio task, or none. Always none without the feature `tokio`.
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

/// The task in which the root of a segment runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RootTask {
    Unknown,
    /// The root is a call in this task. The segment is in the slot until it returns.
    Call(Task),
    /// The root is a future that this task polls.
    Future(Task),
}

impl Segment {
    /// Returns the task in which the root runs.
    #[inline]
    pub(crate) fn root_task(&self) -> RootTask {
        self.root_task
    }

    /// Records the current task as that of a root call.
    #[inline]
    pub(crate) fn run_as_call(&mut self) {
        self.root_task = RootTask::Call(Task::here());
    }

    /// Records the current task as that of a root future.
    #[inline]
    pub(crate) fn run_as_future(&mut self) {
        self.root_task = RootTask::Future(Task::here());
    }

    /// Reports that another task opened spans below this root future, unless the root has moved to
    /// another task since its first poll.
    #[cold]
    pub(super) fn report_other_task(&mut self) {
        if self.root_task == RootTask::Future(Task::here()) {
            if let Some(root) = self.records.first() {
                misuse::note(Misuse::TasksBelowFuture, root.callsite);
            }
        } else {
            // The root has moved to this task.
            self.run_as_future();
        }
    }

    /// Reports a root call whose segment is full: it may drive an executor.
    #[cold]
    pub(super) fn report_full(&self) {
        let is_call = matches!(self.root_task, RootTask::Call(_));
        if let Some(root) = self.records.first().filter(|_| is_call) {
            misuse::note(Misuse::FullBelowCall, root.callsite);
        }
    }
}
