//! A segment while it is being recorded: the spans of one request in one task or thread.
//!
//! Only its owner accesses it: the current-segment slot of a thread, or the future that swaps it
//! in. So it needs no lock. Its fields are private to this module. Code outside uses its verbs:
//!
//! * [`state`] has what a segment is: key, trace, settings, whether it records.
//! * [`spans`] opens and closes spans, and decides what a close in the wrong order does. [`merging`]
//!   handles an Entry inside an Entry, [`overflow`] tracks spans beyond the span limit, and
//!   [`detaching`] lets handles end spans.
//! * [`attributes`] stores tags, logs and other attributes, [`text`] their text, [`names`] names and
//!   peers, [`marks`] panics and cancellations.
//! * [`references`] and [`trace_id`] connect the segment to its callers, [`outgoing`] writes the
//!   headers of its calls, [`baggage`] is propagated with them, and other tasks and threads continue
//!   from its [`identity`].
//! * [`resting`] leaves spans and enters them again. [`changes`] and [`inbox`] change spans from other
//!   threads, and [`visit`] is a segment that is dropped if nothing is recorded in it.
//! * [`splitting`] continues a long segment in a new part, and [`hand_over`] queues a part.
//! * [`guards`] and [`root_task`] detect misuse.
#![deny(clippy::disallowed_types)]

mod attributes;
mod baggage;
mod changes;
mod cursor;
mod detaching;
#[cfg(feature = "http")]
mod fallback_name;
mod guards;
mod hand_over;
mod identity;
mod inbox;
mod log_context;
mod marks;
mod merging;
mod names;
mod outgoing;
mod overflow;
pub(crate) mod panics;
mod references;
mod resting;
pub(crate) mod root_task;
mod spans;
mod splitting;
mod state;
mod text;
mod trace_id;
mod visit;

use std::sync::Arc;

use crate::headers::baggage::Baggage;
use crate::observer::TestId;
use crate::queue::Attached;
use crate::segment::root_task::RootTask;
use crate::span::record::{Attribute, LeftOut, NONE, Record, Trace};
use crate::tracer::Tracer;
use crate::util::coarse_clock;

pub(crate) use changes::{Change, MOST_CHANGES, MOST_TEXT};
pub(crate) use cursor::{Cursor, SpanRef, SpanRefKind};
pub(crate) use hand_over::Part;
pub(crate) use identity::SegmentIdentity;
pub(crate) use inbox::Inbox;
pub(crate) use log_context::LogContext;
pub(crate) use merging::NameSource;
pub(crate) use names::{Name, UNKNOWN_PEER, UNNAMED, known_peer};
pub(crate) use outgoing::Headers;
pub(crate) use references::REF_LIMIT;

/// The spans of one request in one task or thread.
#[derive(Debug)]
pub(crate) struct Segment {
    /// Identifies the segment to guards and futures. Never 0.
    key: u64,
    /// The reported segment id. Differs from the key after a split.
    id: u64,
    /// The time on the coarse clock at which the segment is split. 0 if it is too large, so that it
    /// is split at the next check.
    expires: u64,
    /// The same for the next poll of the root. Also 0 while a guard is open.
    expires_at_poll: u64,
    current: Cursor,
    /// The span limit.
    limit: u16,
    /// The first Entry span among the first `searched` records, or [`NONE`].
    first_entry: u16,
    searched: u16,
    /// Spans that are about to open. Their attributes are in lists that no record owns yet.
    openings: u16,
    /// False if the segment records nothing and only keeps its children from being orphans.
    sampled: bool,
    /// True if spans, attributes or text were left out.
    limited: bool,
    left_out: LeftOut,
    trace: Trace,
    /// True if the trace id has left this segment, so that it must not change.
    trace_is_fixed: bool,
    /// The test that opened the segment.
    test: TestId,
    records: Vec<Record>,
    sides: Vec<Attribute>,
    text: String,
    shared: Option<Arc<SegmentIdentity>>,
    /// The span whose name is in `shared`.
    shared_endpoint: u16,
    /// Changes of spans by other threads, once somebody may make them.
    inbox: Option<Arc<Inbox>>,
    visit: visit::Visit,
    baggage: Baggage,
    /// A buffer for formatting while the segment stays in the slot.
    scratch: String,
    /// Open spans beyond the span limit.
    overflow: overflow::OverflowSpans,
    root_task: RootTask,
    /// The segment of another task that a root call displaced from the slot.
    displaced: Option<Box<Self>>,
    /// The guards that the program holds, counted if the root is a future.
    guards: guards::Guards,
    /// The last panic.
    panic: panics::PanicText,
    /// Detached spans, and the pending tail-sampling decision.
    attached: Attached,
    tracer: Arc<Tracer>,
}

impl Segment {
    /// Creates a segment that has to be [`reset`](Self::reset) before use.
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
            trace_is_fixed: false,
            test: TestId::NONE,
            records: Vec::with_capacity(8),
            sides: Vec::with_capacity(8),
            text: String::with_capacity(256),
            shared: None,
            shared_endpoint: NONE,
            inbox: None,
            visit: visit::Visit::No,
            baggage: Baggage::default(),
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

    /// Turns a used segment into an empty one with this key.
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
        self.trace_is_fixed = false;
        self.test = TestId::NONE;
        self.records.clear();
        self.sides.clear();
        self.text.clear();
        self.shared = None;
        self.inbox = None;
        self.visit = visit::Visit::No;
        self.baggage.clear();
        self.overflow.clear();
        self.panic = panics::PanicText::default();
        self.attached.clear();
    }

    /// Returns true if the buffers are small enough to be kept for the next segment.
    pub(crate) fn is_worth_keeping(&self) -> bool {
        self.records.capacity() <= 512
            && self.sides.capacity() <= 1_024
            && self.text.capacity() + self.scratch.capacity() <= 32 * 1024
            && self.overflow.is_worth_keeping()
    }
}
