//! What a thread keeps between segments: a pool of segments, a block of ids, its outbox.
//!
//! This thread-local has a destructor, so it is accessed only when a segment begins or ends, never
//! when a span opens and never in a poll. When the thread ends, the destructor sends the segment
//! in the slot and releases the outbox.

use std::cell::Cell;
use std::sync::Arc;

use crate::context::current_segment;
use crate::queue::{self, HandOver, ThreadOutbox};
use crate::segment::{Part, Segment};
use crate::sys::forks;
use crate::tracer::{self, Settings, Tracer};
use crate::util::clock;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::id::Block;

/// Used segments that a thread keeps.
const POOL: usize = 32;

struct Thread {
    /// The process that node and block belong to.
    forks: Cell<u32>,
    node: Cell<&'static ThreadOutbox>,
    block: Cell<Block>,
    /// Boxes on purpose: a segment is moved between pool, slot and futures as one pointer.
    #[expect(clippy::vec_box)]
    pool: Cell<Vec<Box<Segment>>>,
    tracer: Cell<Option<Arc<Tracer>>>,
}

thread_local! {
    static THREAD: Thread = Thread {
        forks: Cell::new(forks()),
        node: Cell::new(ThreadOutbox::claim()),
        block: Cell::default(),
        pool: Cell::default(),
        tracer: Cell::new(None),
    };
}

impl Thread {
    /// The thread's node. The thread that forked a process has it from there, and needs another.
    #[inline]
    fn node(&self) -> &'static ThreadOutbox {
        if self.forks.get() != forks() {
            self.begin_anew();
        }
        self.node.get()
    }

    /// Leaves all that was made before a fork where it is: dropping it could run code that waits
    /// for threads that are not there.
    #[cold]
    fn begin_anew(&self) {
        self.forks.set(forks());
        self.node.set(ThreadOutbox::claim());
        self.block.set(Block::default());
        std::mem::forget((self.pool.take(), self.tracer.take()));
    }

    fn segment(&self, sampled: impl FnOnce(&Settings) -> Option<bool>) -> Option<Box<Segment>> {
        let mut pool = self.pool.take();
        let used = pool.pop();
        self.pool.set(pool);
        let mut segment = match used {
            Some(mut segment) => {
                // A used segment has an `Arc` already: nothing is cloned while the same tracer
                // runs.
                if segment.tracer().generation != tracer::generation() {
                    segment.set_tracer(self.tracer()?);
                }
                segment
            }
            None => Box::new(Segment::new(self.tracer()?)),
        };
        let Some(sampled) = sampled(segment.settings()) else {
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

    fn finish(&self, mut segment: Box<Segment>) {
        if segment.is_inherited() {
            // Its other copy is reported by the process that it was opened in.
            return;
        }
        if segment.is_sampled() {
            self.hand_over(&mut segment, Part::Last);
        } else {
            segment.release_attached();
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

    /// What is recorded leaves, and the segment goes on in a new part.
    fn split(&self, segment: &mut Segment) {
        if segment.is_inherited() || !segment.can_split() {
            // It is as due when the next span ends.
            return;
        }
        let mut block = self.block.get();
        let id = block.next();
        self.block.set(block);
        // It opens before the other ends: at no moment has the request no segment.
        self.node().opened();
        queue::count_open();
        #[cfg(feature = "testing")]
        crate::testing::segment_opened(segment.scope(), id, segment.root_name());
        self.hand_over(segment, Part::Intermediate);
        segment.begin_part(id, clock::now());
    }

    fn hand_over(&self, segment: &mut Segment, part: Part) {
        #[cfg(feature = "testing")]
        let held = segment.is_held();
        queue::count_closed();
        let node = self.node();
        let handed = segment.hand_over(part, |finished, tracer| {
            node.hand_over(finished, tracer.generation, tracer.settings.queue)
        });
        if handed == HandOver::QueuedAndHalfFull {
            segment.tracer().wake();
        }
        // The reporter reports the end of a segment that it holds.
        #[cfg(feature = "testing")]
        if !held || !matches!(handed, HandOver::Queued | HandOver::QueuedAndHalfFull) {
            crate::testing::segment_finished(segment.scope(), segment.id());
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        if let Some(mut segment) = current_segment::replace(None) {
            // Left there by a guard that was forgotten: its open spans end now, and the reporter
            // marks them.
            let now = clock::now();
            segment.end_root_at(now);
            let displaced = segment.take_displaced();
            self.finish(segment);
            if let Some(displaced) = displaced {
                self.finish(displaced);
            }
        }
        self.node.get().release();
    }
}

/// A new segment, not yet in the slot, if `sampled` says that there is to be one, and whether it
/// records. `None`, and counted, if the thread is ending; `None` if no tracer runs.
pub(crate) fn segment(sampled: impl FnOnce(&Settings) -> Option<bool>) -> Option<Box<Segment>> {
    THREAD.try_with(|thread| thread.segment(sampled)).unwrap_or_else(|_| {
        diagnostics::count(Diagnostic::ThreadEnding);
        None
    })
}

/// A recorded segment begins.
pub(crate) fn count_opened() {
    queue::count_open();
    if THREAD.try_with(|thread| thread.node().opened()).is_err() {
        queue::opened_late();
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
    if finished.is_err() && segment.is_some_and(|segment| segment.is_sampled()) {
        queue::count_closed();
        queue::finished_late();
    }
}

/// The segment in the slot is too old or too large, if it is this one: it goes on in a new part.
#[cold]
pub(crate) fn split(key: u64) {
    if let Some(mut segment) = current_segment::take_key(key) {
        split_own(&mut segment);
        current_segment::replace(Some(segment));
    }
}

/// The same of a segment that is in no slot.
#[cold]
pub(crate) fn split_own(segment: &mut Segment) {
    if segment.is_sampled() {
        // A thread that is ending has nowhere to put it: then it just grows older.
        let _ = THREAD.try_with(|thread| thread.split(segment));
    }
}

/// A segment that was made and not begun goes back to the pool.
pub(crate) fn give_back(mut segment: Box<Segment>) {
    segment.leave_out();
    finish(segment);
}

/// Occupies the slot for good, so that nothing that runs on this thread is traced: for the
/// reporter's own.
pub(crate) fn never_trace_this_thread() {
    if let Some(segment) = segment(|_| Some(false)) {
        current_segment::replace(Some(segment));
    }
}
