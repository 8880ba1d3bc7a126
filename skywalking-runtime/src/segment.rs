//! A segment while it is being recorded: the spans of one request in one task or thread.
//!
//! Only its owner accesses it: the current-segment slot of a thread, or the future that swaps it
//! in. So it needs no lock.
//!
//! The segment decides which span is current and what a close in the wrong order does. [`merging`]
//! handles an Entry inside an Entry, [`attributes`] stores tags, logs and references, [`panics`]
//! remembers a panic, [`names`] resolves operation names, [`identity`] is what other tasks and
//! threads continue from, [`overflow`] tracks spans beyond the span limit, [`splitting`] continues
//! a long segment in a new part, and [`outgoing`] writes headers.
#![deny(clippy::disallowed_types)]

mod attributes;
mod cursor;
mod detaching;
#[cfg(feature = "http")]
mod fallback_name;
mod guards;
mod identity;
mod merging;
mod names;
mod outgoing;
mod overflow;
mod panics;
pub(crate) mod root_task;
mod splitting;

use std::sync::Arc;

use crate::propagation::baggage::Baggage;
use crate::queue::Attached;
use crate::segment::root_task::RootTask;
use crate::span::callsite::{Callsite, SpanKind};
use crate::span::record::{Attribute, LeftOut, NONE, Record, Trace};
use crate::sys::forks;
use crate::tracer::Tracer;
use crate::util::clock;
use crate::util::coarse_clock;

pub(crate) use cursor::{Cursor, SpanRef, SpanRefKind};
pub(crate) use identity::SegmentIdentity;
pub(crate) use merging::NameSource;
pub(crate) use names::{Name, UNKNOWN_PEER, UNNAMED};
#[cfg(feature = "testing")]
pub(crate) use panics::LOCATION;

/// A range of the segment's text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Range {
    pub(crate) offset: u32,
    pub(crate) length: u32,
}

/// A segment that is being worked on.
#[derive(Debug)]
pub(crate) struct Segment {
    /// The key by which guards and futures find it. Never 0.
    pub(crate) key: u64,
    /// The segment id that is reported. Differs from the key after a split.
    pub(crate) id: u64,
    /// On the reporter's clock of milliseconds, when it is too old. 0 if it is too large: it goes
    /// on in a new part soon.
    expires: u64,
    /// The same for the next poll of its root. Also 0 while a guard is open.
    expires_at_poll: u64,
    pub(crate) current: Cursor,
    /// Spans that may be recorded.
    limit: u16,
    /// The first Entry span among the first `searched` records, or [`NONE`].
    first_entry: u16,
    searched: u16,
    /// Spans that are about to open: their attributes are in lists that no record owns yet.
    openings: u16,
    /// False: it records nothing, and only prevents its children from being orphans.
    pub(crate) sampled: bool,
    /// Spans were left out.
    pub(crate) limited: bool,
    left_out: LeftOut,
    pub(crate) trace: Trace,
    /// The trace id has left this segment and must not change.
    told_trace: bool,
    /// The mark of the test that opened it, or 0.
    pub(crate) scope: u32,
    pub(crate) records: Vec<Record>,
    pub(crate) sides: Vec<Attribute>,
    pub(crate) text: String,
    shared: Option<Arc<SegmentIdentity>>,
    /// The span whose name is in `shared`.
    shared_endpoint: u16,
    pub(crate) passed: Baggage,
    /// A buffer for formatting while the segment stays in the slot.
    scratch: String,
    /// The spans that are open and not recorded.
    overflow: overflow::OverflowSpans,
    pub(crate) root_task: RootTask,
    /// What a root that is a call displaced, since that belongs to another task.
    pub(crate) displaced: Option<Box<Self>>,
    /// Guards that the program holds, counted where a future is the root.
    guards: guards::Guards,
    /// The panic that is unwinding, or was last.
    panic: panics::PanicText,
    /// Spans that end by handles.
    pub(crate) attached: Attached,
    pub(crate) tracer: Arc<Tracer>,
}

impl Segment {
    pub(crate) fn new(tracer: Arc<Tracer>) -> Self {
        Self {
            key: 0,
            id: 0,
            expires: 0,
            expires_at_poll: 0,
            current: Cursor::NONE,
            limit: 0,
            first_entry: NONE,
            searched: 0,
            openings: 0,
            sampled: false,
            limited: false,
            left_out: LeftOut::NOTHING,
            trace: Trace::Own(0),
            told_trace: false,
            scope: 0,
            records: Vec::with_capacity(8),
            sides: Vec::with_capacity(8),
            text: String::with_capacity(256),
            shared: None,
            shared_endpoint: NONE,
            passed: Baggage::default(),
            scratch: String::new(),
            overflow: overflow::OverflowSpans::default(),
            root_task: RootTask::Unknown,
            displaced: None,
            guards: guards::Guards::NONE,
            panic: panics::PanicText::default(),
            attached: Attached::default(),
            tracer,
        }
    }

    /// Makes a used segment a new one.
    pub(crate) fn reset(&mut self, key: u64, sampled: bool) {
        self.key = key;
        self.id = key;
        self.expire_at(coarse_clock::expiry(self.tracer.settings.max_segment_age));
        self.root_task = RootTask::Unknown;
        self.guards = guards::Guards::NONE;
        self.current = Cursor::NONE;
        self.limit = self.tracer.settings.max_spans_per_segment;
        self.first_entry = NONE;
        self.searched = 0;
        self.openings = 0;
        self.sampled = sampled;
        self.limited = false;
        self.left_out = LeftOut::NOTHING;
        self.trace = Trace::Own(crate::util::id::own_trace(key));
        self.told_trace = false;
        self.scope = 0;
        self.records.clear();
        self.sides.clear();
        self.text.clear();
        self.shared = None;
        self.passed.clear();
        self.overflow.clear();
        self.panic = panics::PanicText::default();
        self.attached.clear();
    }

    /// True if it was opened in the parent process, before a fork.
    pub(crate) fn is_inherited(&self) -> bool {
        self.tracer.forks != forks()
    }

    /// True if headers propagate the trace. For other services a request that only tail sampling
    /// records is unsampled.
    pub(crate) fn writes_context(&self) -> bool {
        self.sampled && self.attached.trial.is_none()
    }

    /// Records nothing from now on: the request is left out. What the text holds stays, since the
    /// id of the trace may be in it.
    pub(crate) fn leave_out(&mut self) {
        self.sampled = false;
        self.sides.clear();
    }

    /// Records again after it was made to say that it does not. What was captured meanwhile says so
    /// too, and is not used any more.
    pub(crate) fn record_again(&mut self) {
        self.sampled = true;
        if self.shared.as_ref().is_some_and(|shared| !shared.sampled) {
            self.unshare();
        }
    }

    /// True if its buffers are small enough to be kept for the next segment.
    pub(crate) fn is_worth_keeping(&self) -> bool {
        self.records.capacity() <= 512
            && self.sides.capacity() <= 1_024
            && self.text.capacity() + self.scratch.capacity() <= 32 * 1024
            && self.overflow.is_worth_keeping()
    }

    /// True if the span limit is reached.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.records.len() >= usize::from(self.limit)
    }

    /// Opens a child of the current span, or merges with it, and makes it the current one.
    #[inline]
    pub(crate) fn open(&mut self, callsite: &'static Callsite) -> SpanRef {
        if callsite.kind != SpanKind::Local {
            return self.open_or_merge(callsite);
        }
        self.open_as(callsite, 0, 0)
    }

    /// The same of an Entry or an Exit. Separate, so that a Local span saves no registers for it.
    #[inline(never)]
    fn open_or_merge(&mut self, callsite: &'static Callsite) -> SpanRef {
        if self.merges(callsite.kind) {
            self.take_over(callsite);
            return self.open_level(callsite);
        }
        self.open_as(callsite, 0, self.flags_inside(callsite.kind))
    }

    /// The same without merging.
    #[inline]
    pub(crate) fn open_as(
        &mut self,
        callsite: &'static Callsite,
        side: u32,
        flags: u16,
    ) -> SpanRef {
        let length = self.records.len();
        if length >= usize::from(self.limit) {
            return self.open_overflow(callsite, side);
        }
        if self.panic.is_some() {
            self.forget_panic();
        }
        #[expect(clippy::cast_possible_truncation, reason = "below the limit, which is a u16")]
        let index = length as u16;
        let flags = flags | Record::opened_at(self.current.level());
        self.records.push(Record {
            start: clock::now(),
            end: 0,
            callsite,
            parent: self.current.index(),
            flags,
            side,
        });
        self.current = Cursor::of(index);
        SpanRef::recorded(index)
    }

    /// Ends what was opened, whatever it was.
    pub(crate) fn end(&mut self, opened: SpanRef) {
        match opened.which() {
            SpanRefKind::Recorded(index) => {
                if !self.close(index, clock::now()) {
                    self.leave_detached(index);
                }
            }
            SpanRefKind::Overflow(number) => self.close_overflow(number),
            SpanRefKind::Merged(index, level) => self.close_level(index, level),
        }
    }

    /// Closes a recorded span. If it is the current one, its nearest open ancestor becomes current.
    /// False if it has an end already.
    #[inline]
    pub(crate) fn close(&mut self, index: u16, end: u64) -> bool {
        let Some(record) =
            self.records.get_mut(usize::from(index)).filter(|record| record.end == 0)
        else {
            return false;
        };
        record.end = end;
        if self.current.index() == index {
            let parent = self.current.up(record);
            self.current = self.nearest_open(parent);
        }
        true
    }

    /// The span itself if it is open, else its nearest open ancestor; at the level that it was left
    /// at, if that is open.
    #[inline]
    fn nearest_open(&self, mut at: Cursor) -> Cursor {
        while let Some(record) = self.records.get(usize::from(at.index())) {
            if record.is_open() {
                if at.level() != 0 {
                    at.set_level(at.level().min(record.levels()));
                }
                break;
            }
            at = at.up(record);
        }
        at
    }

    /// Makes a span current again that was current before; if it has ended meanwhile, its nearest
    /// open ancestor.
    #[inline]
    pub(crate) fn restore(&mut self, saved: Cursor) {
        let saved = if saved.is_overflow() { self.nearest_open_overflow(saved) } else { saved };
        self.current = self.nearest_open(saved);
    }

    /// The place of what was opened, for a poll of its future.
    #[inline]
    pub(crate) fn place_of(&self, opened: SpanRef) -> Cursor {
        match opened.overflow_number() {
            None if opened.level() == 0 => Cursor::of(opened.index()),
            None => self.merged_place(opened.index(), opened.level()),
            Some(number) => self.overflow_cursor(number),
        }
    }

    /// The current span, unless it is one that was not recorded.
    pub(crate) fn current_record(&mut self) -> Option<&mut Record> {
        if self.current.is_overflow() || !self.sampled {
            return None;
        }
        self.records.get_mut(usize::from(self.current.index()))
    }

    /// True if side entries for the current span have a place to go.
    pub(crate) fn is_current_recorded(&self) -> bool {
        self.sampled
            && !self.current.is_overflow()
            && usize::from(self.current.index()) < self.records.len()
    }
}
