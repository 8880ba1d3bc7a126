//! The observer of the tracer that collects for each test what belongs to it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;

use super::scope;
use crate::observer::{self, Observer, TestId};
use crate::util::coarse_clock;

/// How many milliseconds the coarse clock is ahead.
static AHEAD: AtomicU64 = AtomicU64::new(0);

struct Collector;

/// Makes the tracer report to tests from now on.
pub(super) fn install() {
    observer::install(&Collector);
}

/// Advances the coarse clock.
pub(super) fn advance_clock(by: Duration) {
    install();
    let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
    AHEAD.fetch_add(by, Ordering::Relaxed);
    coarse_clock::tick();
}

impl Observer for Collector {
    fn current_test(&self) -> TestId {
        scope::current()
    }

    fn samples(&self, root: &str) -> bool {
        let sampler = scope::current_sampler();
        // Called without the lock and outside of the test: a sampler may trace, and its spans are
        // not the test's.
        let _outside = scope::enter(TestId::NONE);
        sampler.is_none_or(|sampler| sampler(root))
    }

    fn clock_offset(&self) -> u64 {
        AHEAD.load(Ordering::Relaxed)
    }

    fn segment_opened(&self, test: TestId, segment: u64, root: &'static str) {
        scope::with(test, |marked| {
            marked.open.insert(segment, root);
            marked.order.push(segment);
        });
    }

    fn segment_finished(&self, test: TestId, segment: u64) {
        scope::with_waiting(test, |marked| _ = marked.open.remove(&segment));
    }

    fn segment_encoded(&self, test: TestId, segment: &Bytes) -> bool {
        scope::with(test, |marked| marked.done.push(segment.clone())).is_some()
    }

    fn segment_propagated(&self, test: TestId, segment: u64) {
        scope::add_sender(test, segment);
    }

    fn test_of_segment(&self, segment: &str) -> TestId {
        scope::test_of_sender(segment)
    }

    fn work_created(&self, test: TestId, name: &'static str) {
        scope::with(test, |marked| marked.unstarted.push(name));
    }

    fn work_started(&self, test: TestId, name: &'static str) {
        scope::with_waiting(test, |marked| {
            let at = marked.unstarted.iter().position(|unstarted| *unstarted == name);
            at.map(|at| marked.unstarted.swap_remove(at));
        });
    }
}
