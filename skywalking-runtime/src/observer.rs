//! Reports to tests what happens in the tracer.
//!
//! A segment that a test opens has the test's id. Its parts, continuations and refs in the process
//! inherit the id, and the module `testing` collects what happens to them.
//!
//! This module exists with the feature `testing` only. Other builds compile `observer/off.rs` in
//! its place, and the calls compile to nothing.

pub(crate) mod wire_check;

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;

/// The test that something belongs to, if any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct TestId(Option<NonZeroU32>);

impl TestId {
    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn new(number: NonZeroU32) -> Self {
        Self(Some(number))
    }

    pub(crate) fn is_none(self) -> bool {
        self.0.is_none()
    }
}

/// Observes the tracer. `testing` implements it.
pub(crate) trait Observer: Sync {
    /// Returns the test that runs on this thread.
    fn current_test(&self) -> TestId;

    /// Decides whether a root of this name is recorded.
    fn samples(&self, root: &str) -> bool;

    /// Returns how many milliseconds the coarse clock is ahead.
    fn clock_offset(&self) -> u64;

    /// A recorded segment has been opened.
    fn segment_opened(&self, test: TestId, segment: u64, root: &'static str);

    /// A segment has ended. If it is sent, [`segment_encoded`](Self::segment_encoded) follows.
    fn segment_finished(&self, test: TestId, segment: u64);

    /// A segment has been encoded. Returns false if the test is over.
    fn segment_encoded(&self, test: TestId, segment: &Bytes) -> bool;

    /// The context of a segment has been written into headers.
    fn segment_propagated(&self, test: TestId, segment: u64);

    /// Returns the test of the segment that wrote a header. `segment` is the id in the header.
    fn test_of_segment(&self, segment: &str) -> TestId;

    /// A task or closure that will continue a span has been created.
    fn work_created(&self, test: TestId, name: &'static str);

    /// Such a task or closure has started, or has been dropped.
    fn work_started(&self, test: TestId, name: &'static str);
}

static OBSERVER: OnceLock<&'static dyn Observer> = OnceLock::new();

/// Flushes an agent: returns true if it has handed over all finished segments in time.
type Flush = Arc<dyn Fn(Duration) -> bool + Send + Sync>;

/// Flushes the agent that was started last, which may be before the first test.
static FLUSH: Mutex<Option<Flush>> = Mutex::new(None);

/// Sets the observer of this process.
pub(crate) fn install(observer: &'static dyn Observer) {
    OBSERVER.get_or_init(|| observer);
}

fn observer() -> Option<&'static dyn Observer> {
    OBSERVER.get().copied()
}

/// Reports that an agent has been started, and how to flush it.
pub(crate) fn agent_started<F>(flush: impl FnOnce() -> F)
where
    F: Fn(Duration) -> bool + Send + Sync + 'static,
{
    *FLUSH.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(flush()));
}

/// Flushes the agent that was started last. Returns true if none was started.
pub(crate) fn flush_agent(timeout: Duration) -> bool {
    let flush = FLUSH.lock().unwrap_or_else(PoisonError::into_inner).clone();
    flush.is_none_or(|flush| flush(timeout))
}

/// Returns the test that runs on this thread.
pub(crate) fn current_test() -> TestId {
    observer().map_or(TestId::NONE, Observer::current_test)
}

/// Decides whether a root of this name is recorded.
pub(crate) fn samples(root: &str) -> bool {
    observer().is_none_or(|observer| observer.samples(root))
}

/// Returns how many milliseconds the coarse clock is ahead.
pub(crate) fn clock_offset() -> u64 {
    observer().map_or(0, Observer::clock_offset)
}

/// Reports a recorded segment that has been opened.
pub(crate) fn segment_opened(test: TestId, segment: u64, root: &'static str) {
    if let Some(observer) = observer() {
        observer.segment_opened(test, segment, root);
    }
}

/// Reports a segment that has ended.
pub(crate) fn segment_finished(test: TestId, segment: u64) {
    if let Some(observer) = observer() {
        observer.segment_finished(test, segment);
    }
}

/// Reports the `SegmentObject` of a finished segment. One that belongs to no test is checked
/// against the rules of the protocol here.
pub(crate) fn segment_encoded(test: TestId, segment: &Bytes) {
    let is_of_a_test = !test.is_none()
        && observer().is_some_and(|observer| observer.segment_encoded(test, segment));
    if !is_of_a_test {
        wire_check::abort_on_violation(segment);
    }
}

/// Reports that the context of a segment has been written into headers.
pub(crate) fn segment_propagated(test: TestId, segment: u64) {
    if let Some(observer) = observer() {
        observer.segment_propagated(test, segment);
    }
}

/// Returns the test of the segment whose id `sender` reads from a header.
pub(crate) fn test_of_sender(sender: impl FnOnce() -> Option<String>) -> TestId {
    observer()
        .and_then(|observer| Some(observer.test_of_segment(&sender()?)))
        .unwrap_or(TestId::NONE)
}

/// A task or closure that will continue a span and has not started. Its test waits until this is
/// dropped.
#[derive(Debug)]
pub(crate) struct PendingWork {
    test: TestId,
    name: &'static str,
}

impl PendingWork {
    pub(crate) fn new(test: TestId, name: &'static str) -> Self {
        if let Some(observer) = observer() {
            observer.work_created(test, name);
        }
        Self { test, name }
    }
}

impl Drop for PendingWork {
    fn drop(&mut self) {
        if let Some(observer) = observer() {
            observer.work_started(self.test, self.name);
        }
    }
}
