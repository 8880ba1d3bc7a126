//! The task that the root of a segment runs in.

#[cfg(feature = "tokio")]
use tokio::task::{Id, try_id};

use crate::segment::Segment;
use crate::span::misuse::{self, Misuse};

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

/// The task that the root of a segment runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RootTask {
    Unknown,
    /// The root is a call: the segment is in the slot until it returns.
    Call(Task),
    /// The root is a future, which this task polls.
    Future(Task),
}

impl Segment {
    /// Returns the task that the root runs in.
    #[inline]
    pub(crate) fn root_task(&self) -> RootTask {
        self.root_task
    }

    /// Records the task of a root that is a call: the segment is in the slot for as long as that
    /// call runs.
    #[inline]
    pub(crate) fn run_as_call(&mut self) {
        self.root_task = RootTask::Call(Task::here());
    }

    /// Records the task of a root that is a future.
    #[inline]
    pub(crate) fn run_as_future(&mut self) {
        self.root_task = RootTask::Future(Task::here());
    }

    /// The root, a future, is being polled or ends, and a span was opened in a task that was not
    /// the root's when it was polled first.
    #[cold]
    pub(crate) fn look_at_other_task(&mut self) {
        if self.root_task == RootTask::Future(Task::here()) {
            if let Some(root) = self.records.first() {
                misuse::note(Misuse::TasksBelowFuture, root.callsite);
            }
        } else {
            // The root has moved. From now on this is its task.
            self.run_as_future();
        }
    }

    /// A span found no room: where the root is a call, it may be one that drives an executor.
    #[cold]
    pub(crate) fn look_at_root(&self) {
        let is_call = matches!(self.root_task, RootTask::Call(_));
        if let Some(root) = self.records.first().filter(|_| is_call) {
            misuse::note(Misuse::FullBelowCall, root.callsite);
        }
    }
}
