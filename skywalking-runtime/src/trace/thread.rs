//! What a thread keeps between segments: used segments, its numbers, its outboxes.
//!
//! This thread-local has a destructor, so it is touched only when a segment begins or ends, never by a span in between and never by a
//! poll. When the thread ends, the destructor sends what is still in the slot and gives the outboxes free.

use std::cell::Cell;
use std::sync::Arc;

use super::clock;
use super::id::Block;
use super::outbox::{self, Handed, Head, Node};
use super::segment::Segment;
use super::slot;
use super::tally::{self, Reason};
use crate::tracer::{self, Settings, Tracer};

/// Used segments that a thread keeps.
const POOL: usize = 32;

struct Thread {
    node: &'static Node,
    block: Cell<Block>,
    /// Boxes on purpose: a segment is moved between pool, slot and futures as one pointer.
    #[expect(clippy::vec_box)]
    pool: Cell<Vec<Box<Segment>>>,
    tracer: Cell<Option<Arc<Tracer>>>,
}

thread_local! {
    static THREAD: Thread = Thread {
        node: Node::claim(),
        block: Cell::default(),
        pool: Cell::default(),
        tracer: Cell::new(None),
    };
}

impl Thread {
    fn segment(&self, sampled: impl FnOnce(&Settings) -> Option<bool>) -> Option<Box<Segment>> {
        let mut pool = self.pool.take();
        let used = pool.pop();
        self.pool.set(pool);
        let mut segment = match used {
            Some(mut segment) => {
                // A used segment has an `Arc` already: nothing is cloned while the same tracer runs.
                if segment.tracer.generation != tracer::generation() {
                    segment.tracer = self.tracer()?;
                }
                segment
            }
            None => Box::new(Segment::new(self.tracer()?)),
        };
        let Some(sampled) = sampled(&segment.tracer.settings) else {
            self.keep(segment);
            return None;
        };
        let mut block = self.block.get();
        segment.reset(block.next(), sampled);
        self.block.set(block);
        Some(segment)
    }

    /// The running tracer, from the thread's own copy while it is current.
    fn tracer(&self) -> Option<Arc<Tracer>> {
        let kept = self.tracer.take().filter(|tracer| tracer.generation == tracer::generation());
        let tracer = kept.or_else(tracer::current);
        self.tracer.set(tracer.clone());
        tracer
    }

    fn finish(&self, segment: Box<Segment>) {
        if segment.sampled {
            self.hand_over(&segment);
        }
        self.keep(segment);
    }

    fn keep(&self, segment: Box<Segment>) {
        if segment.is_worth_keeping() {
            let mut pool = self.pool.take();
            if pool.len() < POOL {
                pool.push(segment);
            }
            self.pool.set(pool);
        }
    }

    fn hand_over(&self, segment: &Segment) {
        let head = Head {
            key: segment.key,
            trace: segment.trace,
            ended: segment.records.first().map_or(0, |root| root.end).max(1),
            records: segment.records.len(),
            sides: segment.sides.len(),
            text: segment.text.len(),
            limited: segment.limited,
            skip_analysis: segment.passed.skip_analysis,
            scope: segment.scope,
        };
        outbox::count_closed();
        let tracer = &segment.tracer;
        let handed = self.node.hand_over(head, &segment.records, &segment.sides, &segment.text, tracer.generation, tracer.settings.queue);
        if handed == Handed::QueuedAndHalfFull {
            tracer.wake();
        }
        #[cfg(feature = "testing")]
        crate::testing::segment_finished(head.scope, head.key);
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        if let Some(mut segment) = slot::replace(None) {
            // Left there by a guard that was forgotten: its open spans end now, and the reporter marks them.
            let now = clock::now();
            if let Some(root) = segment.records.first_mut().filter(|root| root.end == 0) {
                root.end = now;
            }
            self.finish(segment);
        }
        self.node.release();
    }
}

/// A new segment, not yet in the slot, if `sampled` says that there is to be one, and whether it records. `None`, and counted, if the
/// thread is ending; `None` if no tracer runs.
pub(crate) fn segment(sampled: impl FnOnce(&Settings) -> Option<bool>) -> Option<Box<Segment>> {
    THREAD.try_with(|thread| thread.segment(sampled)).unwrap_or_else(|_| {
        tally::count(Reason::ThreadEnding);
        None
    })
}

/// A recorded segment begins.
pub(crate) fn count_opened() {
    outbox::count_open();
    if THREAD.try_with(|thread| thread.node.opened()).is_err() {
        outbox::LATE.opened.fetch_add(1, std::sync::atomic::Ordering::Release);
    }
}

/// The segment has ended: its records go to the outbox, its buffers back to the pool.
pub(crate) fn finish(segment: Box<Segment>) {
    let mut segment = Some(segment);
    let finished = THREAD.try_with(|thread| {
        if let Some(segment) = segment.take() {
            thread.finish(segment);
        }
    });
    if finished.is_err() && segment.is_some_and(|segment| segment.sampled) {
        outbox::count_closed();
        outbox::finished_late();
    }
}

/// A segment that was made and not begun goes back to the pool.
pub(crate) fn give_back(mut segment: Box<Segment>) {
    segment.sampled = false;
    finish(segment);
}

/// Occupies the slot for good, so that nothing that runs on this thread is traced: for the reporter's own.
pub(crate) fn never_trace_this_thread() {
    if let Some(segment) = segment(|_| Some(false)) {
        slot::replace(Some(segment));
    }
}
