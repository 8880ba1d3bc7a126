//! The state that a thread keeps between segments: a pool of segments, a block of ids, its outbox.
//!
//! This thread-local has a destructor, so it is accessed only when a segment begins or ends, never
//! when a span opens and never in a poll. When the thread ends, the destructor sends the segment
//! in the slot and releases the outbox.

use std::cell::Cell;
use std::sync::Arc;

use crate::config::settings::Settings;
use crate::context::current_segment;
use crate::context::frames;
use crate::observer;
use crate::queue::{self, HandOver, ThreadOutbox};
use crate::segment::{Part, Segment};
use crate::sys::forks;
use crate::tracer::{self, Tracer};
use crate::util::clock;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::id::Block;

/// The most used segments in a thread's pool.
const POOL: usize = 32;

struct Thread {
    /// Identifies the process that the outbox and the block belong to.
    forks: Cell<u32>,
    outbox: Cell<&'static ThreadOutbox>,
    block: Cell<Block>,
    /// Boxed, since a segment moves between pool, slot and futures as one pointer.
    #[expect(clippy::vec_box)]
    pool: Cell<Vec<Box<Segment>>>,
    tracer: Cell<Option<Arc<Tracer>>>,
}

thread_local! {
    static THREAD: Thread = Thread {
        forks: Cell::new(forks()),
        outbox: Cell::new(ThreadOutbox::claim()),
        block: Cell::default(),
        pool: Cell::default(),
        tracer: Cell::new(None),
    };
}

impl Thread {
    /// Returns the thread's outbox. In a forked child it belongs to the parent, so another one is
    /// claimed.
    #[inline]
    fn outbox(&self) -> &'static ThreadOutbox {
        if self.forks.get() != forks() {
            self.renew_after_fork();
        }
        self.outbox.get()
    }

    /// Replaces the state that was inherited from the parent process. The old state is leaked:
    /// dropping it could run code that waits for threads that do not exist.
    #[cold]
    fn renew_after_fork(&self) {
        self.forks.set(forks());
        self.outbox.set(ThreadOutbox::claim());
        self.block.set(Block::default());
        std::mem::forget((self.pool.take(), self.tracer.take()));
    }

    fn segment(&self, sampled: impl FnOnce(&Settings) -> Option<bool>) -> Option<Box<Segment>> {
        let mut pool = self.pool.take();
        let used = pool.pop();
        self.pool.set(pool);
        let mut segment = match used {
            Some(mut segment) => {
                // A used segment has an `Arc` of its tracer, which is replaced only for another
                // tracer.
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

    /// Returns the running tracer, from the thread's own copy while that is current.
    fn tracer(&self) -> Option<Arc<Tracer>> {
        let kept = self.tracer.take().filter(|tracer| tracer.generation == tracer::generation());
        let tracer = kept.or_else(tracer::current);
        self.tracer.set(tracer.clone());
        tracer
    }

    fn finish(&self, mut segment: Box<Segment>) {
        if segment.is_inherited() {
            // The parent process reports its own copy.
            return;
        }
        if segment.is_sampled() && !(segment.is_uncounted() && segment.is_blank_visit()) {
            self.confirm(&mut segment);
            self.hand_over(&mut segment, Part::Last);
        } else {
            segment.release_attached();
        }
        self.keep(segment);
    }

    /// Counts a visit as opened.
    #[inline]
    fn confirm(&self, segment: &mut Segment) {
        if segment.is_uncounted() {
            self.outbox().opened();
            queue::count_open();
            observer::segment_opened(segment.test(), segment.id(), segment.root_name());
            segment.note_counted();
        }
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

    /// Hands over the current part of a segment and begins a new one.
    fn split(&self, segment: &mut Segment) {
        if segment.is_inherited() || !segment.can_split() {
            // It is checked again when the next span ends.
            return;
        }
        self.confirm(segment);
        let mut block = self.block.get();
        let id = block.next();
        self.block.set(block);
        // The new part opens before the old one ends, so that the request always has a segment.
        self.outbox().opened();
        queue::count_open();
        observer::segment_opened(segment.test(), id, segment.root_name());
        self.hand_over(segment, Part::Intermediate);
        segment.begin_part(id, clock::now());
    }

    fn hand_over(&self, segment: &mut Segment, part: Part) {
        let is_held = !segment.test().is_none() && segment.is_held();
        queue::count_closed();
        let outbox = self.outbox();
        let handed = segment.hand_over(part, |finished, tracer| {
            outbox.hand_over(finished, tracer.generation, tracer.settings.queue)
        });
        if handed == HandOver::QueuedAndHalfFull {
            segment.tracer().wake();
        }
        // The reporter reports the end of a segment that it holds.
        if !is_held || !matches!(handed, HandOver::Queued | HandOver::QueuedAndHalfFull) {
            observer::segment_finished(segment.test(), segment.id());
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        if let Some(mut segment) = current_segment::replace(None) {
            // A guard was leaked, so the segment is still in the slot. Its open spans end now, and the
            // reporter marks them.
            let now = clock::now();
            segment.end_root_at(now);
            let displaced = segment.take_displaced();
            self.finish(segment);
            if let Some(displaced) = displaced {
                self.finish(displaced);
            }
        }
        // Segments that spans displaced which are still entered.
        let now = clock::now();
        for mut segment in frames::take_all() {
            segment.end_root_at(now);
            self.finish(segment);
        }
        self.outbox.get().release();
    }
}

/// Returns true unless the thread is ending. From then on, the destructor finishes what is left in
/// the slot and in frames.
pub(crate) fn is_usable() -> bool {
    THREAD.try_with(|_| ()).is_ok()
}

/// Creates a segment that is not yet in the slot. `sampled` decides whether it records, or returns
/// `None` if there must be no segment. Returns `None` if no tracer runs, or if the thread is ending,
/// which is counted.
pub(crate) fn segment(sampled: impl FnOnce(&Settings) -> Option<bool>) -> Option<Box<Segment>> {
    THREAD.try_with(|thread| thread.segment(sampled)).unwrap_or_else(|_| {
        diagnostics::count(Diagnostic::ThreadEnding);
        None
    })
}

/// Counts a recorded segment that begins.
pub(crate) fn count_opened() {
    queue::count_open();
    if THREAD.try_with(|thread| thread.outbox().opened()).is_err() {
        queue::opened_late();
    }
}

/// Counts a segment that is not recorded.
#[cold]
pub(crate) fn count_ignored() {
    if THREAD.try_with(|thread| thread.outbox().ignored()).is_err() {
        queue::ignored_late();
    }
}

/// Ends a segment: its records go to the outbox, its buffers back to the pool.
pub(crate) fn finish(segment: Box<Segment>) {
    let mut segment = Some(segment);
    let finished = THREAD.try_with(|thread| {
        if let Some(segment) = segment.take() {
            thread.finish(segment);
        }
    });
    let late = segment.filter(|segment| finished.is_err() && segment.is_sampled());
    if let Some(mut segment) = late {
        segment.lose_changes();
        if segment.is_uncounted() {
            if segment.is_blank_visit() {
                return;
            }
            queue::opened_late();
        } else {
            queue::count_closed();
        }
        queue::finished_late();
    }
}

/// Counts a visit as opened if something was recorded in it. Returns false if not.
pub(crate) fn confirm(segment: &mut Segment) -> bool {
    if !segment.is_sampled() || segment.is_blank_visit() {
        return false;
    }
    // If the thread is ending, its end is not counted either.
    let _ = THREAD.try_with(|thread| thread.confirm(segment));
    true
}

/// Splits the segment in the slot, if it has this key.
#[cold]
pub(crate) fn split(key: u64) {
    if let Some(mut segment) = current_segment::take_key(key) {
        split_own(&mut segment);
        current_segment::replace(Some(segment));
    }
}

/// Splits a segment that is not in the slot.
#[cold]
pub(crate) fn split_own(segment: &mut Segment) {
    if segment.is_sampled() {
        // If the thread is ending, the segment is not split.
        let _ = THREAD.try_with(|thread| thread.split(segment));
    }
}

/// Returns a segment to the pool that was created and not begun.
pub(crate) fn give_back(mut segment: Box<Segment>) {
    segment.leave_out();
    finish(segment);
}

/// Occupies the slot forever, so that nothing on this thread is traced. For the agent's own threads.
pub(crate) fn never_trace_this_thread() {
    if let Some(segment) = segment(|_| Some(false)) {
        current_segment::replace(Some(segment));
    }
}
