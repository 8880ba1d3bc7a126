//! Splits a segment that is too old or too large.
//!
//! The recorded spans are sent. Open spans continue as Local spans in a segment with another id,
//! at the same indexes, so that guards and futures find them. A span that has ended keeps its
//! index while spans that merged with it are open. The new root refers to the old one.

use crate::segment::panics::PanicText;
use crate::segment::text::Range;
use crate::segment::{Cursor, Segment};
use crate::span::record::{AttributeKind, LeftOut, NONE, Record, Trace};
use crate::util::coarse_clock;

/// The name of a span that began under another one than its callsite's.
enum Named {
    Static(&'static str),
    Text(String),
}

impl Segment {
    /// True if it is to go on in a new part.
    #[inline]
    pub(crate) fn is_due(&self) -> bool {
        self.expires < coarse_clock::now()
    }

    /// The same, or a guard is open: asked by the root before each poll.
    #[inline]
    pub(crate) fn is_due_at_poll(&self) -> bool {
        self.expires_at_poll < coarse_clock::now()
    }

    pub(super) fn expire_at(&mut self, expires: u64) {
        self.expires = expires;
        self.expires_at_poll = if self.wants_look() { 0 } else { expires };
    }

    /// A span is about to open, and what is said of it goes into a list that no record has yet.
    #[inline]
    pub(crate) fn begin_opening(&mut self) {
        self.openings = self.openings.saturating_add(1);
    }

    /// It has opened, or never will.
    #[inline]
    pub(crate) fn end_opening(&mut self) {
        self.openings = self.openings.saturating_sub(1);
    }

    /// False while a span is about to open, whose list would stay behind: its arguments may open
    /// and end others.
    pub(crate) fn can_split(&self) -> bool {
        self.openings == 0
    }

    /// It has grown so large that it is due.
    #[cold]
    pub(super) fn outgrow(&mut self) {
        self.expire_at(0);
    }

    /// Begins the next part, under this id. What was recorded has been handed over.
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
        // The root has not ended, or there would be no further part.
        let open = self
            .records
            .iter()
            .rposition(|record| record.is_open() || record.levels() > 0)
            .unwrap_or(0);
        self.records.truncate(open + 1);
        let names: Vec<_> = self.records.iter().map(|record| self.name_to_keep(record)).collect();
        self.sides.clear();
        self.text.clear();
        if let Some(range) = trace.and_then(|trace| self.store(&trace)) {
            self.set_foreign_trace(range);
        }
        for (place, name) in names.into_iter().enumerate() {
            self.go_on(place, name, now);
        }
        let mut head = self.records.first().map_or(0, |root| root.side);
        self.add_thread_ref(&mut head, before, 0, &endpoint_name);
        if let Some(root) = self.records.first_mut() {
            root.side = head;
            // The first part counted as a call of its endpoint: this one would be another, from the
            // endpoint to itself.
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
        // The part before has left under it.
        self.fix_trace();
        self.id = id;
        self.expire_at(coarse_clock::expiry(self.tracer.settings.max_segment_age));
    }

    fn name_to_keep(&self, record: &Record) -> Option<Named> {
        let side = self
            .find(record.side, |kind| {
                matches!(kind, AttributeKind::Name | AttributeKind::StaticName)
            })
            .filter(|_| record.is_open())?;
        Some(match side.kind {
            AttributeKind::StaticName => Named::Static(side.key),
            _ => Named::Text(self.text_of(side).to_owned()),
        })
    }

    /// The record of this place in the new part.
    fn go_on(&mut self, place: usize, name: Option<Named>, now: u64) {
        let mut head = 0;
        match name {
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
            // A handle that had its end keeps that of the earlier part; here its scope ends it.
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
