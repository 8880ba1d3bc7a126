//! A segment while it is being worked on: what one request does in one execution context.
//!
//! Only its owner touches it: it is in the thread's slot, or in the future that swaps it in, so there is nothing to lock. It knows the
//! rules of nesting (who is current, what a close in the wrong order does) and where names, tags, logs and refs are stored. It does not
//! know how it got into the slot nor how it is sent.

use std::sync::Arc;

use super::callsite::{Callsite, Kind};
use super::clock;
use super::failure::Mark;
use super::record::{NONE, Record, Side, SideKind, Trace};
use super::tag::Raw;
use super::tally::{self, Reason};
use super::text::{self, NAME_LIMIT, PEER_LIMIT, TAG_LIMIT};
use crate::propagation::correlation::Correlation;
use crate::tracer::{Cancelled, Tracer};

/// Tags, logs and other side entries of one segment, and their text: what is over is left out and counted, so that a loop that tags
/// one span for ever can't grow without bound.
const ENTRY_LIMIT: usize = 16_384;
const TEXT_LIMIT: usize = 1024 * 1024;

/// Which span is current, and how many spans above it were not recorded because the segment is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Current {
    pub(crate) index: u16,
    pub(crate) muted: u16,
}

/// A span that was opened: its place, or that there was no place left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// The span's id.
    Recorded(u16),
    /// The segment is full; the id is that of the nearest recorded ancestor.
    Muted(u16),
}

/// What a segment is to those who go on with it elsewhere; made when the first of them asks.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) key: u64,
    pub(crate) trace: SharedTrace,
    /// The primary endpoint.
    pub(crate) endpoint: Box<str>,
    pub(crate) sampled: bool,
    pub(crate) scope: u32,
}

/// The trace of a [`Shared`].
#[derive(Debug)]
pub(crate) enum SharedTrace {
    Own(u64),
    /// In Base64, as it came.
    Foreign(Box<str>),
}

/// A range of the segment's text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Range {
    pub(crate) offset: u32,
    pub(crate) length: u32,
}

/// A segment that is being worked on.
#[derive(Debug)]
pub(crate) struct Segment {
    /// Its id; never 0.
    pub(crate) key: u64,
    pub(crate) current: Current,
    /// Spans that may be recorded.
    limit: u16,
    /// The first Entry span among the first `searched` records, or [`NONE`].
    first_entry: u16,
    searched: u16,
    /// False: it holds the place, so that nothing below is an orphan, and records nothing.
    pub(crate) sampled: bool,
    /// Spans were left out.
    pub(crate) limited: bool,
    pub(crate) trace: Trace,
    /// The mark of the test that opened it, or 0.
    pub(crate) scope: u32,
    pub(crate) records: Vec<Record>,
    pub(crate) sides: Vec<Side>,
    pub(crate) text: String,
    shared: Option<Arc<Shared>>,
    /// The span whose name is in `shared`.
    shared_endpoint: u16,
    pub(crate) correlation: Correlation,
    /// Lent to whoever formats a value while the segment stays in the slot.
    scratch: String,
    /// The address of an exit span that was not recorded: its header is written all the same.
    muted_peer: Range,
    /// The message of the panic that is unwinding, or was last.
    panic_message: Range,
    pub(crate) tracer: Arc<Tracer>,
}

impl Segment {
    pub(crate) fn new(tracer: Arc<Tracer>) -> Self {
        Self {
            key: 0,
            current: Current { index: NONE, muted: 0 },
            limit: 0,
            first_entry: NONE,
            searched: 0,
            sampled: false,
            limited: false,
            trace: Trace::Own(0),
            scope: 0,
            records: Vec::with_capacity(8),
            sides: Vec::with_capacity(8),
            text: String::with_capacity(256),
            shared: None,
            shared_endpoint: NONE,
            correlation: Correlation::default(),
            scratch: String::new(),
            muted_peer: Range::default(),
            panic_message: Range::default(),
            tracer,
        }
    }

    /// Makes a used segment a new one.
    pub(crate) fn reset(&mut self, key: u64, sampled: bool) {
        self.key = key;
        self.current = Current { index: NONE, muted: 0 };
        self.limit = self.tracer.settings.span_limit;
        self.first_entry = NONE;
        self.searched = 0;
        self.sampled = sampled;
        self.limited = false;
        self.trace = Trace::Own(super::id::own_trace(key));
        self.scope = 0;
        self.records.clear();
        self.sides.clear();
        self.text.clear();
        self.shared = None;
        self.correlation.clear();
        self.muted_peer = Range::default();
        self.panic_message = Range::default();
    }

    /// True if its buffers are small enough to be kept for the next segment.
    pub(crate) fn is_worth_keeping(&self) -> bool {
        self.records.capacity() <= 512 && self.sides.capacity() <= 1_024 && self.text.capacity() + self.scratch.capacity() <= 32 * 1024
    }

    /// True if no further span will be recorded.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.records.len() >= usize::from(self.limit)
    }

    // ---- opening and closing ----

    /// Opens a child of the current span and makes it the current one.
    #[inline]
    pub(crate) fn open(&mut self, callsite: &'static Callsite, side: u32) -> Opened {
        self.open_as(callsite, side, 0)
    }

    #[inline]
    pub(crate) fn open_as(&mut self, callsite: &'static Callsite, side: u32, flags: u16) -> Opened {
        let length = self.records.len();
        if length >= usize::from(self.limit) {
            return self.mute();
        }
        #[expect(clippy::cast_possible_truncation, reason = "below the limit, which is a u16")]
        let index = length as u16;
        self.records.push(Record { start: clock::now(), end: 0, callsite, parent: self.current.index, flags, side });
        self.current = Current { index, muted: 0 };
        Opened::Recorded(index)
    }

    #[cold]
    fn mute(&mut self) -> Opened {
        tally::count(Reason::SpanLimit);
        self.limited = true;
        self.current.muted = self.current.muted.saturating_add(1);
        Opened::Muted(self.current.index)
    }

    /// Closes a recorded span. If it is the current one, its nearest open ancestor becomes current.
    #[inline]
    pub(crate) fn close(&mut self, index: u16, end: u64) {
        let Some(record) = self.records.get_mut(usize::from(index)) else { return };
        if record.end != 0 {
            return;
        }
        record.end = end;
        let parent = record.parent;
        if self.current.index == index {
            self.current.index = self.nearest_open(parent);
        }
    }

    /// The span itself if it is open, else its nearest open ancestor.
    #[inline]
    fn nearest_open(&self, mut index: u16) -> u16 {
        while let Some(record) = self.records.get(usize::from(index)) {
            if record.end == 0 {
                break;
            }
            index = record.parent;
        }
        index
    }

    /// Makes a span current again that was current before; if it has ended meanwhile, its nearest open ancestor.
    #[inline]
    pub(crate) fn restore(&mut self, saved: Current) {
        self.current = Current { index: self.nearest_open(saved.index), muted: saved.muted };
    }

    /// Closes a span that was not recorded.
    pub(crate) fn unmute(&mut self) {
        self.current.muted = self.current.muted.saturating_sub(1);
    }

    /// Takes back the span that was opened last, as if it had never been.
    pub(crate) fn unopen(&mut self, opened: Opened) {
        match opened {
            Opened::Recorded(index) if usize::from(index) + 1 == self.records.len() && self.current.index == index => {
                if let Some(record) = self.records.pop() {
                    self.current.index = record.parent;
                    self.searched = self.searched.min(index);
                }
            }
            Opened::Recorded(index) => self.close(index, clock::now()),
            Opened::Muted(_) => self.unmute(),
        }
    }

    /// The current span, unless it is one that was not recorded.
    pub(crate) fn current_record(&mut self) -> Option<&mut Record> {
        if self.current.muted > 0 || !self.sampled {
            return None;
        }
        self.records.get_mut(usize::from(self.current.index))
    }

    /// True if side entries for the current span have a place to go.
    pub(crate) fn is_current_recorded(&self) -> bool {
        self.sampled && self.current.muted == 0 && usize::from(self.current.index) < self.records.len()
    }

    // ---- side entries ----

    /// Puts an entry in front of the list that begins at `head`. False, and counted, if the segment has too many.
    pub(crate) fn push(&mut self, head: &mut u32, mut side: Side) -> bool {
        if self.sides.len() >= ENTRY_LIMIT {
            return self.refuse_entry();
        }
        side.next = *head;
        self.sides.push(side);
        #[expect(clippy::cast_possible_truncation, reason = "at most ENTRY_LIMIT")]
        let place = self.sides.len() as u32;
        *head = place;
        true
    }

    #[cold]
    fn refuse_entry(&mut self) -> bool {
        tally::count(Reason::EntryLimit);
        self.limited = true;
        false
    }

    /// Puts an entry on the current span, if there is one.
    pub(crate) fn push_current(&mut self, side: Side) -> bool {
        let Some(mut head) = self.current_record().map(|record| record.side) else { return false };
        let pushed = self.push(&mut head, side);
        if let Some(record) = self.current_record() {
            record.side = head;
        }
        pushed
    }

    /// Copies text behind the segment's. `None`, and counted, if the segment has too much.
    pub(crate) fn store(&mut self, value: &str) -> Option<Range> {
        if self.text.len() + value.len() > TEXT_LIMIT {
            self.refuse_entry();
            return None;
        }
        let from = self.text.len();
        self.text.push_str(value);
        Some(self.range(from))
    }

    /// The text from `from` on as a range.
    pub(crate) fn range(&self, from: usize) -> Range {
        #[expect(clippy::cast_possible_truncation, reason = "at most TEXT_LIMIT and a header")]
        Range { offset: from as u32, length: self.text.len().saturating_sub(from) as u32 }
    }

    pub(crate) fn text_at(&self, range: Range) -> &str {
        let from = range.offset as usize;
        self.text.get(from..from + range.length as usize).unwrap_or_default()
    }

    /// A tag for the list at `head`.
    pub(crate) fn tag(&mut self, head: &mut u32, key: &'static str, value: Raw<'_>) {
        let side = match value {
            Raw::Text(text) => {
                let Some(range) = self.store(text::cut(text, TAG_LIMIT)) else { return };
                Side { key, a: range.offset, b: range.length, next: 0, kind: SideKind::Text }
            }
            Raw::Int(number) => Side::number(key, SideKind::Int, number.cast_unsigned()),
            Raw::Uint(number) => Side::number(key, SideKind::Uint, number),
            Raw::Bool(truth) => Side { key, a: u32::from(truth), b: 0, next: 0, kind: SideKind::Bool },
        };
        self.push(head, side);
    }

    /// A tag for the current span.
    pub(crate) fn tag_current(&mut self, key: &'static str, value: Raw<'_>) {
        self.with_current_list(|segment, head| segment.tag(head, key, value));
    }

    /// Works on the list of the current span, if it is recorded.
    pub(crate) fn with_current_list(&mut self, work: impl FnOnce(&mut Self, &mut u32)) {
        let at = usize::from(self.current.index);
        let Some(mut head) = self.current_record().map(|record| record.side) else { return };
        work(self, &mut head);
        if let Some(record) = self.records.get_mut(at) {
            record.side = head;
        }
    }

    /// The operation name for the list at `head`; an empty one changes nothing.
    pub(crate) fn name(&mut self, head: &mut u32, name: &str) {
        if let Some(range) = self.store_name(name, NAME_LIMIT) {
            self.push(head, Side { key: "", a: range.offset, b: range.length, next: 0, kind: SideKind::Name });
        }
    }

    /// Another operation name for the current span, whose list begins at `head`.
    pub(crate) fn rename(&mut self, head: &mut u32, name: &str) {
        self.name(head, name);
        if self.current.index == self.shared_endpoint {
            // Those who go on from here from now on shall say the new name.
            self.shared = None;
        }
    }

    /// The address called for the list at `head`; an empty one is `unknown`, since a header needs one.
    pub(crate) fn peer(&mut self, head: &mut u32, peer: &str) {
        if let Some(range) = self.store_peer(peer) {
            self.push(head, Side { key: "", a: range.offset, b: range.length, next: 0, kind: SideKind::Peer });
        }
    }

    /// The address called by an exit span that is not recorded.
    pub(crate) fn set_muted_peer(&mut self, peer: &str) {
        self.muted_peer = self.store_peer(peer).unwrap_or_default();
    }

    fn store_peer(&mut self, peer: &str) -> Option<Range> {
        if peer.is_empty() {
            tally::count(Reason::EmptyPeer);
        }
        self.store_name(if peer.is_empty() { UNKNOWN_PEER } else { peer }, PEER_LIMIT)
    }

    fn store_name(&mut self, name: &str, limit: usize) -> Option<Range> {
        if name.is_empty() {
            return None;
        }
        let name = text::cut(name, limit);
        if self.text.len() + name.len() > TEXT_LIMIT {
            self.refuse_entry();
            return None;
        }
        let from = self.text.len();
        text::push_name(&mut self.text, name, limit);
        Some(self.range(from))
    }

    /// Lends the scratch. Whoever is second gets an empty one.
    pub(crate) fn take_scratch(&mut self) -> String {
        std::mem::take(&mut self.scratch)
    }

    /// Takes the scratch back, unless it grew large or there already is one.
    pub(crate) fn return_scratch(&mut self, mut scratch: String) {
        if self.scratch.capacity() == 0 && scratch.capacity() <= 16 * 1024 {
            scratch.clear();
            self.scratch = scratch;
        }
    }

    // ---- names ----

    /// The newest name of a span.
    pub(crate) fn name_of(&self, index: u16) -> Name<'_> {
        let Some(record) = self.records.get(usize::from(index)) else { return Name::Text("") };
        let named = self.find(record.side, |kind| matches!(kind, SideKind::Name | SideKind::StaticName));
        match named {
            Some(side) if side.kind == SideKind::StaticName => Name::Text(side.key),
            Some(side) => Name::Text(self.text_at(Range { offset: side.a, length: side.b })),
            None => Name::Of(record.callsite),
        }
    }

    /// The address that a span calls; empty if it has none.
    pub(crate) fn peer_of(&self, current: Current) -> &str {
        if current.muted > 0 {
            return self.text_at(self.muted_peer);
        }
        let Some(record) = self.records.get(usize::from(current.index)) else { return "" };
        match self.find(record.side, |kind| kind == SideKind::Peer) {
            Some(side) => self.text_at(Range { offset: side.a, length: side.b }),
            None => record.callsite.peer,
        }
    }

    /// The newest entry of a list that is of the wanted kind.
    pub(crate) fn find(&self, head: u32, wanted: impl Fn(SideKind) -> bool) -> Option<&Side> {
        self.list(head).find(|side| wanted(side.kind))
    }

    /// The entries of a list, the newest first. A list only ever points backwards, so it ends.
    pub(crate) fn list(&self, head: u32) -> impl Iterator<Item = &Side> {
        let mut at = head;
        std::iter::from_fn(move || {
            let side = self.sides.get((at as usize).checked_sub(1)?)?;
            at = side.next;
            Some(side)
        })
    }

    /// The span whose name is the segment's primary endpoint: the first Entry span, else the root.
    pub(crate) fn endpoint(&mut self) -> u16 {
        if self.first_entry != NONE {
            return self.first_entry;
        }
        let from = usize::from(self.searched);
        let found = self.records.iter().skip(from).position(|record| record.callsite.kind == Kind::Entry && !record.is(Record::CONTINUED));
        #[expect(clippy::cast_possible_truncation, reason = "below the limit, which is a u16")]
        match found {
            Some(at) => self.first_entry = (from + at) as u16,
            None => self.searched = self.records.len() as u16,
        }
        if self.first_entry == NONE { 0 } else { self.first_entry }
    }

    // ---- going on elsewhere ----

    /// The segment's identity for somebody who goes on with it elsewhere.
    pub(crate) fn share(&mut self) -> Arc<Shared> {
        let endpoint = self.endpoint();
        if let Some(shared) = self.shared.as_ref().filter(|_| self.shared_endpoint == endpoint) {
            return Arc::clone(shared);
        }
        let name = self.name_of(endpoint).as_str();
        let trace = match self.trace {
            Trace::Own(number) => SharedTrace::Own(number),
            Trace::Foreign { offset, length } => SharedTrace::Foreign(self.text_at(Range { offset, length }).into()),
        };
        let shared = Arc::new(Shared { key: self.key, trace, endpoint: name.into(), sampled: self.sampled, scope: self.scope });
        self.shared = Some(Arc::clone(&shared));
        self.shared_endpoint = endpoint;
        shared
    }

    /// Takes over the trace of a segment that this one goes on for.
    pub(crate) fn join(&mut self, shared: &Shared) {
        self.scope = shared.scope;
        self.trace = match &shared.trace {
            SharedTrace::Own(number) => Trace::Own(*number),
            SharedTrace::Foreign(text) => match self.store(text) {
                Some(Range { offset, length }) => Trace::Foreign { offset, length },
                None => self.trace,
            },
        };
    }

    /// A CrossThread reference for the list at `head`.
    pub(crate) fn thread_ref(&mut self, head: &mut u32, shared: &Shared, span: u16) {
        use std::fmt::Write as _;
        let from = self.text.len();
        let _ = write!(self.text, "{:x}-{}-{}", shared.key, span, shared.endpoint);
        let range = self.range(from);
        self.push(head, Side { key: "", a: range.offset, b: range.length, next: 0, kind: SideKind::ThreadRef });
    }

    // ---- marks ----

    /// Remembers the message of a panic that is about to unwind through spans of this segment.
    pub(crate) fn remember_panic(&mut self, message: &str) {
        self.panic_message = self.store(text::cut(message, TAG_LIMIT)).unwrap_or_default();
    }

    /// Marks a span as failed or cancelled, with a log that says so.
    pub(crate) fn mark(&mut self, index: u16, mark: Mark) {
        let Some(record) = self.records.get_mut(usize::from(index)) else { return };
        if mark == Mark::Panicked || self.tracer.settings.cancelled == Cancelled::Error {
            record.flags |= Record::ERROR;
        }
        let mut head = record.side;
        self.push(&mut head, Side::number("", SideKind::Log, clock::now()));
        match mark {
            Mark::Panicked => {
                self.field(&mut head, "event", "error");
                self.field(&mut head, "error.kind", "panic");
                let Range { offset, length } = self.panic_message;
                if length > 0 {
                    self.push(&mut head, Side { key: "message", a: offset, b: length, next: 0, kind: SideKind::Field });
                }
            }
            Mark::Cancelled => self.field(&mut head, "event", "cancelled"),
        }
        if let Some(record) = self.records.get_mut(usize::from(index)) {
            record.side = head;
        }
    }

    /// A field of the log begun last in the list at `head`.
    pub(crate) fn field(&mut self, head: &mut u32, key: &'static str, value: &str) {
        if let Some(range) = self.store(value) {
            self.push(head, Side { key, a: range.offset, b: range.length, next: 0, kind: SideKind::Field });
        }
    }
}

/// What stands where an exit span names no address.
pub(crate) const UNKNOWN_PEER: &str = "unknown";

/// The name of a span: its own, or its callsite's.
#[derive(Clone, Copy)]
pub(crate) enum Name<'a> {
    Text(&'a str),
    Of(&'static Callsite),
}

impl<'a> Name<'a> {
    pub(crate) fn as_str(self) -> &'a str {
        match self {
            Self::Text(text) => text,
            Self::Of(callsite) => callsite.name,
        }
    }
}
