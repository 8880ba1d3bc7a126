//! A segment of a span that another thread has entered too: a visit. It is counted as opened and
//! reported only if something is recorded in it.

use crate::segment::Segment;
use crate::span::record::Record;

/// Whether a segment is a visit that was not counted as opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visit {
    /// It was counted, or is not a visit.
    No,
    /// It had so many attributes when it began.
    Begun(usize),
    /// Headers name it, so it must be reported.
    Propagated,
}

impl Segment {
    /// Makes the segment a visit. Its first span is open and has its own attributes.
    pub(crate) fn begin_visit(&mut self) {
        self.visit = Visit::Begun(self.sides.len());
    }

    /// Returns true if the segment is a visit that was not counted as opened.
    #[inline]
    pub(crate) fn is_uncounted(&self) -> bool {
        self.visit != Visit::No
    }

    /// Notes that the segment was counted as opened.
    pub(crate) fn note_counted(&mut self) {
        self.visit = Visit::No;
    }

    /// Notes that headers name the segment.
    pub(super) fn note_propagated(&mut self) {
        if self.is_uncounted() {
            self.visit = Visit::Propagated;
        }
    }

    /// Returns true if nothing was recorded in a visit and nothing refers to it.
    pub(crate) fn is_blank_visit(&self) -> bool {
        let Visit::Begun(attributes) = self.visit else { return false };
        self.records.len() == 1
            && self.sides.len() == attributes
            && !self.limited
            && self.shared.is_none()
            && self.attached.detached.is_empty()
            && !self.records.iter().any(|record| record.is(Record::ERROR))
    }
}
