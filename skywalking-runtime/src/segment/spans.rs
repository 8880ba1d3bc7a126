//! Opens and closes spans, and decides which span is current.

use crate::segment::{Cursor, Segment, SpanRef, SpanRefKind};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::Record;
use crate::util::clock;

impl Segment {
    /// Returns the place of the current span.
    #[inline]
    pub(crate) fn current(&self) -> Cursor {
        self.current
    }

    /// Returns true if the span limit is reached.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.records.len() >= usize::from(self.limit)
    }

    /// Opens a child of the current span, or merges with it, and makes it current.
    #[inline]
    pub(crate) fn open(&mut self, callsite: &'static Callsite) -> SpanRef {
        if callsite.kind != SpanKind::Local {
            return self.open_or_merge(callsite);
        }
        self.open_as(callsite, 0, 0)
    }

    /// Opens an Entry or Exit span. Separate, so that a Local span saves no registers for it.
    #[inline(never)]
    fn open_or_merge(&mut self, callsite: &'static Callsite) -> SpanRef {
        if self.merges(callsite.kind) {
            self.take_over(callsite);
            return self.open_level(callsite);
        }
        self.open_as(callsite, 0, self.flags_inside(callsite.kind))
    }

    /// Opens a child of the current span that has a record of its own, and makes it current.
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

    /// Ends a span now.
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

    /// Sets the end of a recorded span that has none. The current span stays.
    pub(crate) fn end_at(&mut self, opened: SpanRef, at: u64) {
        if let Some(record) =
            self.records.get_mut(usize::from(opened.index())).filter(|record| record.end == 0)
        {
            record.end = at;
        }
    }

    /// Sets the end of the root, if it has none.
    pub(crate) fn end_root_at(&mut self, at: u64) {
        if let Some(root) = self.records.first_mut().filter(|root| root.end == 0) {
            root.end = at;
        }
    }

    /// Closes a recorded span. If it is the current one, its nearest open ancestor becomes current.
    /// Returns false if the span already has an end.
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

    /// Returns the place itself if its span is open, else that of the nearest open ancestor. The
    /// level is kept as far as it is still open.
    #[inline]
    pub(super) fn nearest_open(&self, mut at: Cursor) -> Cursor {
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

    /// Makes a span current for a poll of its future. Returns what was current.
    #[inline]
    pub(crate) fn enter(&mut self, opened: SpanRef) -> Cursor {
        let saved = self.current;
        self.current = self.place_of(opened);
        saved
    }

    /// Makes a span current again. If it has ended meanwhile, its nearest open ancestor becomes
    /// current.
    #[inline]
    pub(crate) fn restore(&mut self, saved: Cursor) {
        let saved = if saved.is_overflow() { self.nearest_open_overflow(saved) } else { saved };
        self.current = self.nearest_open(saved);
    }

    /// Returns the place at which a span is entered.
    #[inline]
    pub(crate) fn place_of(&self, opened: SpanRef) -> Cursor {
        match opened.overflow_number() {
            None if opened.level() == 0 => Cursor::of(opened.index()),
            None => self.merged_place(opened.index(), opened.level()),
            Some(number) => self.overflow_cursor(number),
        }
    }

    /// Returns the callsite of a recorded span.
    pub(crate) fn callsite_of(&self, index: u16) -> Option<&'static Callsite> {
        self.records.get(usize::from(index)).map(|record| record.callsite)
    }

    /// Marks the current span as failed.
    pub(crate) fn fail_current(&mut self) {
        self.flag_current(Record::ERROR);
    }

    /// Excludes the current span from the analysis of the OAP.
    pub(crate) fn skip_analysis_of_current(&mut self) {
        self.flag_current(Record::SKIP_ANALYSIS);
    }

    fn flag_current(&mut self, flag: u16) {
        if let Some(record) = self.current_record() {
            record.flags |= flag;
        }
    }

    /// Returns the record of the current span, if it is recorded.
    pub(super) fn current_record(&mut self) -> Option<&mut Record> {
        if self.current.is_overflow() || !self.sampled {
            return None;
        }
        self.records.get_mut(usize::from(self.current.index()))
    }

    /// Returns true if the current span is recorded.
    pub(crate) fn is_current_recorded(&self) -> bool {
        self.sampled
            && !self.current.is_overflow()
            && usize::from(self.current.index()) < self.records.len()
    }
}
