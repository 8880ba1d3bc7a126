//! A segment that waits for the decision of tail sampling.

use crate::queue::{Attached, SegmentHeader};
use crate::report::encode::Segment;
use crate::report::pending::PendingSegment;
use crate::span::record::Record;

/// A segment whose request tail sampling has not decided yet.
pub(super) enum Undecided<'a> {
    InBuffer(Segment<'a>, Attached),
    Pending(PendingSegment),
}

impl Undecided<'_> {
    pub(super) fn parts(&self) -> (&SegmentHeader, &[Record], &Attached) {
        match self {
            Self::InBuffer(segment, attached) => (segment.head, segment.records, attached),
            Self::Pending(pending) => (&pending.head, &pending.records, &pending.attached),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::InBuffer(segment, _) => segment.head.bytes(),
            Self::Pending(pending) => pending.bytes,
        }
    }

    pub(super) fn into_pending(self) -> PendingSegment {
        match self {
            Self::InBuffer(segment, attached) => PendingSegment::new(segment, attached, u64::MAX),
            Self::Pending(pending) => pending,
        }
    }
}
