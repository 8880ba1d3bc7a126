//! Spans that rest: spans that were left and can be entered again.
//!
//! Leaving such a span sets its end, and entering it removes the end. So a segment that ends while
//! a span rests has the right end of it, and nothing opens below the span meanwhile.
//!
//! A span that rests when its segment is split keeps its index. If it is entered later, it continues
//! in the new part.

use crate::segment::{Cursor, Segment, SpanRef, SpanRefKind};
use crate::span::callsite::Callsite;
use crate::span::record::Record;
use crate::util::clock;

impl Segment {
    /// Moves the current position to the span with this index, for a child that opens there. Returns
    /// the previous position. A span that the segment does not have changes nothing.
    pub(crate) fn move_to(&mut self, parent: u16) -> Cursor {
        let saved = self.current;
        if saved.index() != parent && usize::from(parent) < self.records.len() {
            self.current = Cursor::of(parent);
        }
        saved
    }

    /// Sets the start of a span that has just opened to an earlier time.
    pub(crate) fn start_at(&mut self, opened: SpanRef, at: u64) {
        if let SpanRefKind::Recorded(index) = opened.which()
            && let Some(record) = self.records.get_mut(usize::from(index))
        {
            record.start = record.start.min(at);
        }
    }

    /// Leaves a span until [`reenter`](Self::reenter). If it is current, `saved` becomes current.
    pub(crate) fn rest(&mut self, opened: SpanRef, saved: Cursor, at: u64) {
        let was_current = self.current.is_at(opened);
        match opened.which() {
            SpanRefKind::Recorded(index) => {
                if let Some(record) = self.records.get_mut(usize::from(index)) {
                    if record.end == 0 {
                        record.end = at;
                        record.flags |= Record::RESTING;
                    } else if record.end == Record::IN_SCOPE {
                        record.end = Record::DETACHED;
                    }
                }
            }
            SpanRefKind::Merged(index, level) => self.close_level(index, level),
            SpanRefKind::Overflow(number) => self.close_overflow(number),
        }
        if was_current {
            self.restore(saved);
        }
    }

    /// Makes a span current that rests. Returns the previous position, and the span as it is to be
    /// left. Returns `None` if the span has ended.
    pub(crate) fn reenter(
        &mut self,
        opened: SpanRef,
        callsite: &'static Callsite,
    ) -> Option<(Cursor, SpanRef)> {
        let saved = self.current;
        let opened = match opened.which() {
            SpanRefKind::Recorded(index) => {
                self.wake(index)?;
                self.current = Cursor::of(index);
                opened
            }
            SpanRefKind::Merged(index, _) => {
                self.records
                    .get(usize::from(index))
                    .filter(|record| record.is_open() && !record.is(Record::HANDED_OVER))?;
                self.current = Cursor::of(index);
                self.raise_level()
            }
            SpanRefKind::Overflow(_) => self.reopen_overflow(callsite),
        };
        Some((saved, opened))
    }

    fn wake(&mut self, index: u16) -> Option<()> {
        let record = *self.records.get(usize::from(index))?;
        if record.is(Record::HANDED_OVER) {
            if !record.is(Record::RESTING) {
                return None;
            }
            let parent = Cursor::at_level(record.parent, record.parent_level());
            let parent = self.nearest_open(parent);
            // The root is open, or the segment would not be in the slot.
            let parent = if usize::from(parent.index()) < usize::from(index) {
                parent
            } else {
                Cursor::of(0)
            };
            let record = self.records.get_mut(usize::from(index))?;
            record.start = clock::now();
            record.end = 0;
            record.flags &= !(Record::HANDED_OVER | Record::RESTING);
            record.flags |= Record::CONTINUED;
            record.set_parent(parent.index(), parent.level());
            return Some(());
        }
        let record = self.records.get_mut(usize::from(index))?;
        match record.end {
            0 | Record::IN_SCOPE => {}
            Record::DETACHED => record.end = Record::IN_SCOPE,
            _ if record.is(Record::RESTING) => {
                record.end = 0;
                record.flags &= !Record::RESTING;
            }
            _ => return None,
        }
        Some(())
    }

    /// Ends a span that rests: it is not entered again. `end` replaces its end if it was never
    /// entered.
    pub(crate) fn end_resting(&mut self, opened: SpanRef, end: Option<u64>) {
        if let SpanRefKind::Recorded(index) = opened.which()
            && let Some(record) = self.records.get_mut(usize::from(index))
        {
            record.flags &= !Record::RESTING;
            if let Some(end) = end.filter(|_| !record.is(Record::HANDED_OVER)) {
                record.end = if record.end == 0 { end } else { record.end.max(end) };
            }
        }
    }

    /// Calls `work` while a span that was opened is current. Returns false if the span was reported
    /// before. The span's end is not before what `work` adds.
    pub(crate) fn with_span(&mut self, opened: SpanRef, work: impl FnOnce(&mut Self)) -> bool {
        let (SpanRefKind::Recorded(index) | SpanRefKind::Merged(index, _)) = opened.which() else {
            return true;
        };
        if !self.sampled {
            return true;
        }
        if self.records.get(usize::from(index)).is_none_or(|record| record.is(Record::HANDED_OVER))
        {
            return false;
        }
        let saved = std::mem::replace(&mut self.current, Cursor::of(index));
        work(self);
        self.current = saved;
        true
    }

    /// Moves the end of a resting span behind a log of this time.
    pub(crate) fn extend_current(&mut self, at: u64) {
        if let Some(record) = self.current_record()
            && record.is(Record::RESTING)
        {
            record.end = record.end.max(at);
        }
    }
}
