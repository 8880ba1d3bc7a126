//! What a segment is: its key, its settings, and whether it records.

use std::sync::Arc;

use crate::config::settings::Settings;
use crate::observer::TestId;
use crate::sampling::tail_decision::TailDecision;
use crate::segment::Segment;
use crate::sys::forks;
use crate::tracer::Tracer;

impl Segment {
    /// Returns the key that guards and futures compare. Never 0, and the same after a split.
    #[inline]
    pub(crate) fn key(&self) -> u64 {
        self.key
    }

    /// Returns the id under which the current part is reported.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Returns the id of the current span. `None` if no span is recorded.
    pub(crate) fn current_span_id(&self) -> Option<u16> {
        let index = self.current.index();
        (self.sampled && usize::from(index) < self.records.len()).then_some(index)
    }

    /// Returns the test that opened the segment.
    #[inline]
    pub(crate) fn test(&self) -> TestId {
        self.test
    }

    /// Sets the test that opened the segment.
    #[inline]
    pub(crate) fn set_test(&mut self, test: TestId) {
        self.test = test;
    }

    /// Returns the tracer that the segment was opened under.
    #[inline]
    pub(crate) fn tracer(&self) -> &Tracer {
        &self.tracer
    }

    /// Moves a used segment to another tracer.
    pub(crate) fn set_tracer(&mut self, tracer: Arc<Tracer>) {
        self.tracer = tracer;
    }

    /// Returns the settings of the segment's tracer.
    #[inline]
    pub(crate) fn settings(&self) -> &Settings {
        &self.tracer.settings
    }

    /// Returns true if the segment was opened in the parent process, before a fork.
    pub(crate) fn is_inherited(&self) -> bool {
        self.tracer.forks != forks()
    }

    /// Returns true if spans are recorded.
    #[inline]
    pub(crate) fn is_sampled(&self) -> bool {
        self.sampled
    }

    /// Returns true if headers propagate the trace. A request that only tail sampling records is
    /// unsampled for other services.
    pub(crate) fn propagates_trace(&self) -> bool {
        self.sampled && self.attached.tail_decision.is_none()
    }

    /// Stops recording and drops the attributes. The text stays, since the trace id can be in it.
    pub(crate) fn leave_out(&mut self) {
        self.sampled = false;
        self.sides.clear();
    }

    /// Records the request until tail sampling has decided about it.
    pub(crate) fn start_tail_sampling(&mut self) {
        self.attached.tail_decision = Some(Arc::new(TailDecision::new(self.key)));
    }

    /// Stops recording until [`resume_recording`](Self::resume_recording). Returns whether the
    /// segment was recording.
    #[inline]
    pub(crate) fn pause_recording(&mut self) -> bool {
        std::mem::replace(&mut self.sampled, false)
    }

    /// Records again. An identity that was created during the pause is unsampled, so it is
    /// invalidated.
    pub(crate) fn resume_recording(&mut self) {
        self.sampled = true;
        if self.shared.as_ref().is_some_and(|shared| !shared.sampled) {
            self.unshare();
        }
    }

    /// Keeps the segment of another task that this one displaced from the slot.
    pub(crate) fn set_displaced(&mut self, other: Box<Self>) {
        self.displaced = Some(other);
    }

    /// Takes the segment that this one displaced.
    #[inline]
    pub(crate) fn take_displaced(&mut self) -> Option<Box<Self>> {
        self.displaced.take()
    }
}
