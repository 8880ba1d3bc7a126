//! Marks spans that panicked or whose future was dropped.

use crate::config::policies::Cancelled;
use crate::segment::{Segment, SpanRef, SpanRefKind};
use crate::span::record::{Mark, Record};
use crate::util::clock;

impl Segment {
    /// Marks a span as panicked or cancelled, with a log event.
    pub(crate) fn mark(&mut self, opened: SpanRef, mark: Mark) {
        self.mark_at(opened, mark, clock::now());
    }

    /// Marks a span as panicked or cancelled, with a log event of this time.
    pub(crate) fn mark_at(&mut self, opened: SpanRef, mark: Mark, at: u64) {
        let (index, level) = match opened.which() {
            SpanRefKind::Recorded(index) => (index, 0),
            SpanRefKind::Merged(index, level) => (index, level),
            SpanRefKind::Overflow(..) => return,
        };
        let Some(record) = self.records.get_mut(usize::from(index)) else { return };
        // Merged spans see the same end. The innermost one records a panic. If all of them are
        // dropped, the outermost one records that.
        if mark == Mark::Panicked && record.is(Record::PANIC_RECORDED)
            || mark == Mark::Cancelled && level > 0 && record.is(Record::DROPPING)
        {
            return;
        }
        if mark == Mark::Panicked && level > 0 {
            record.flags |= Record::PANIC_RECORDED;
        }
        if mark == Mark::Panicked || self.tracer.settings.cancelled == Cancelled::Error {
            record.flags |= Record::ERROR;
        }
        let mut head = record.side;
        self.log_at(&mut head, at);
        match mark {
            Mark::Panicked => {
                self.field(&mut head, "event", "error");
                self.field(&mut head, "error.kind", "panic");
                self.panic_fields(&mut head);
            }
            Mark::Cancelled => self.field(&mut head, "event", "cancelled"),
        }
        if let Some(record) = self.records.get_mut(usize::from(index)) {
            record.side = head;
            // A merged span can outlive its record. The log must be within the record's time.
            if !record.is_unended() {
                record.end = record.end.max(at);
            }
        }
    }

    /// Notes that the future of a span is being dropped, with the merged spans inside it.
    pub(crate) fn begin_drop(&mut self, opened: SpanRef) {
        if let SpanRefKind::Recorded(index) = opened.which()
            && let Some(record) = self.records.get_mut(usize::from(index))
        {
            record.flags |= Record::DROPPING;
        }
    }
}
