//! Splits a segment that is too old or too large.
//!
//! The recorded spans are sent. Open spans continue as Local spans in a segment with another id,
//! at the same indexes, so that guards and futures find them. A span that has ended keeps its
//! index while spans that merged with it are open, and a span that rests keeps its index and its
//! name. The new root refers to the old one.

use std::borrow::Cow;

use crate::segment::panics::PanicText;
use crate::segment::text::Range;
use crate::segment::{Cursor, Segment};
use crate::span::record::{AttributeKind, LeftOut, NONE, Record, Trace};
use crate::util::coarse_clock;

/// What a span that continues takes along.
struct Kept {
    name: Option<Named>,
    /// The peer of an Exit span.
    peer: Option<Cow<'static, str>>,
}

/// The name of a span that differs from its callsite's.
enum Named {
    Static(&'static str),
    Text(String),
}

impl Segment {
    /// Returns true if the segment must be split.
    #[inline]
    pub(crate) fn is_due(&self) -> bool {
        self.expires < coarse_clock::now()
    }

    /// Returns true if the segment must be split or its guards must be checked. The root calls this
    /// before each poll.
    #[inline]
    pub(crate) fn is_due_at_poll(&self) -> bool {
        self.expires_at_poll < coarse_clock::now()
    }

    /// Returns the time on the coarse clock at which the segment is too old.
    pub(crate) fn expires(&self) -> u64 {
        self.expires
    }

    pub(super) fn expire_at(&mut self, expires: u64) {
        self.expires = expires;
        self.expires_at_poll = if self.needs_check() { 0 } else { expires };
    }

    /// Notes that a span is about to open. Its attributes are in a list that no record owns yet.
    #[inline]
    pub(crate) fn begin_opening(&mut self) {
        self.openings = self.openings.saturating_add(1);
    }

    /// Notes that the span has opened or will not open.
    #[inline]
    pub(crate) fn end_opening(&mut self) {
        self.openings = self.openings.saturating_sub(1);
    }

    /// Returns false while a span is about to open. Its list would be lost, and its arguments can
    /// open and end other spans.
    pub(crate) fn can_split(&self) -> bool {
        self.openings == 0
    }

    /// Makes the segment due for a split because of its size.
    #[cold]
    pub(super) fn outgrow(&mut self) {
        self.expire_at(0);
    }

    /// Begins the next part, with this id. The current part was handed over.
    pub(crate) fn begin_part(&mut self, id: u64, now: u64) {
        let before = self.id;
        let endpoint = self.endpoint();
        let endpoint_name = self.name_of(endpoint).clean().into_owned();
        let trace = match self.trace {
            Trace::Own(_) => None,
            Trace::Foreign { offset, length } => {
                Some(self.text_at(Range { offset, length }).to_owned())
            }
        };
        self.reparent_overflow();
        // The root is open, else the segment would not be split.
        let open = self
            .records
            .iter()
            .rposition(|record| {
                record.is_open() || record.levels() > 0 || record.is(Record::RESTING)
            })
            .unwrap_or(0);
        self.records.truncate(open + 1);
        let kept: Vec<_> = (0..)
            .zip(&self.records)
            .map(|(index, record)| Kept {
                name: self.name_to_keep(record),
                peer: goes_on(record).then(|| self.called_peer(Cursor::of(index))).flatten(),
            })
            .collect();
        self.sides.clear();
        self.text.clear();
        if let Some(range) = trace.and_then(|trace| self.store(&trace)) {
            self.set_foreign_trace(range);
        }
        for (place, kept) in kept.into_iter().enumerate() {
            self.continue_record(place, kept, now);
        }
        let mut head = self.records.first().map_or(0, |root| root.side);
        self.add_thread_ref(&mut head, before, 0, &endpoint_name);
        if let Some(root) = self.records.first_mut() {
            root.side = head;
            // The backend counted the first part as a call of its endpoint. This part would count as
            // a call from the endpoint to itself.
            root.flags |= Record::SKIP_ANALYSIS;
        }
        self.current = self.nearest_open(self.current);
        if self
            .records
            .get(usize::from(endpoint))
            .is_none_or(|record| record.is(Record::HANDED_OVER))
        {
            self.first_entry = NONE;
        }
        self.searched = 0;
        self.limited = false;
        self.left_out = LeftOut::NOTHING;
        self.panic = PanicText::default();
        self.unshare();
        // The earlier part was handed over with this trace id.
        self.fix_trace();
        self.id = id;
        self.expire_at(coarse_clock::expiry(self.tracer.settings.max_segment_age));
    }

    fn name_to_keep(&self, record: &Record) -> Option<Named> {
        let side = self
            .find(record.side, |kind| {
                matches!(kind, AttributeKind::Name | AttributeKind::StaticName)
            })
            .filter(|_| goes_on(record))?;
        Some(match side.kind {
            AttributeKind::StaticName => Named::Static(side.key),
            _ => Named::Text(self.text_of(side).to_owned()),
        })
    }

    /// Turns a record into that of the new part.
    fn continue_record(&mut self, place: usize, kept: Kept, now: u64) {
        let mut head = 0;
        if let Some(peer) = kept.peer {
            self.keep_called_peer(&mut head, &peer);
        }
        match kept.name {
            Some(Named::Static(name)) => self.static_name(&mut head, name),
            Some(Named::Text(name)) => self.name(&mut head, &name),
            None => {}
        }
        let parent = self
            .records
            .get(place)
            .map_or(Cursor::NONE, |record| Cursor::at_level(record.parent, record.parent_level()));
        let parent = self.nearest_open(parent);
        let Some(record) = self.records.get_mut(place) else { return };
        record.flags &= !(Record::ERROR | Record::SKIP_ANALYSIS | Record::PANIC_RECORDED);
        if record.is_open() {
            // A handle ends the span in the earlier part. In the new part its scope ends it.
            record.end = 0;
            record.start = now;
            record.flags |= Record::CONTINUED;
            record.set_parent(parent.index(), parent.level());
        } else {
            record.flags |= Record::HANDED_OVER;
        }
        record.side = head;
    }
}

/// Returns true if the span is open or can be entered again.
fn goes_on(record: &Record) -> bool {
    record.is_open() || record.is(Record::RESTING)
}
