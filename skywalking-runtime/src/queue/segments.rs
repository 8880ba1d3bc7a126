//! Finished segments: the parts of one, and the lists that contain many.

use crate::observer::TestId;
use crate::sampling::tail_decision::TailDecision;
use crate::span::record::{Attribute, Record, Trace};
use crate::trace::detached::cell::Detached;
use crate::util::sync::Arc;

/// The fields of a finished segment that are not in the three lists of its buffer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SegmentHeader {
    /// The segment's id.
    pub(crate) id: u64,
    pub(crate) trace: Trace,
    /// The stamp of the segment's end. Spans that are still open end here.
    pub(crate) ended: u64,
    /// The lengths of its records, attributes and text.
    pub(crate) records: usize,
    pub(crate) sides: usize,
    pub(crate) text: usize,
    /// True if spans, attributes or text were left out.
    pub(crate) limited: bool,
    /// True if the OAP makes no metrics of its spans.
    pub(crate) skip_analysis: bool,
    /// The test that opened it.
    pub(crate) test: TestId,
}

/// What the reporter has to wait for before it sends a segment. Most segments have nothing attached.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attached {
    /// The detached spans, which handles end.
    pub(crate) detached: Vec<Arc<Detached>>,
    /// The sampler rejected the request, and tail sampling has not decided yet.
    pub(crate) tail_decision: Option<Arc<TailDecision>>,
    /// True if the request ends with this segment.
    pub(crate) ends_request: bool,
}

impl Attached {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.detached.is_empty() && self.tail_decision.is_none()
    }

    /// Removes everything.
    #[inline]
    pub(crate) fn clear(&mut self) {
        if !self.is_empty() {
            self.clear_all();
        }
    }

    #[cold]
    fn clear_all(&mut self) {
        self.detached.clear();
        self.tail_decision = None;
    }

    /// Returns true if a detached span has not ended.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.detached.iter().any(|detached| detached.ending().is_none())
    }
}

impl SegmentHeader {
    /// Returns the size of the segment in a buffer, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.records * size_of::<Record>()
            + self.sides * size_of::<Attribute>()
            + self.text
    }
}

/// A segment that has ended, in its own buffers.
#[derive(Debug)]
pub(crate) struct FinishedSegment<'a> {
    pub(crate) head: SegmentHeader,
    pub(crate) records: &'a [Record],
    pub(crate) sides: &'a [Attribute],
    pub(crate) text: &'a str,
    /// Empty after the segment was queued.
    pub(crate) attached: &'a mut Attached,
}

/// The lists of finished segments, in the order in which they were pushed.
#[derive(Debug, Default)]
pub(crate) struct FinishedSegments {
    pub(crate) heads: Vec<SegmentHeader>,
    pub(crate) records: Vec<Record>,
    pub(crate) sides: Vec<Attribute>,
    pub(crate) text: String,
    /// The attachments of some segments, with their index in `heads`.
    pub(crate) attached: Vec<(usize, Attached)>,
}

/// Lists shrink to this many bytes when they are empty. The limit is small, since each of perhaps
/// hundreds of threads keeps eight lists.
const KEEP: usize = 16 * 1024;

impl FinishedSegments {
    /// Appends a copy of a segment.
    #[inline]
    pub(super) fn push(&mut self, segment: &mut FinishedSegment<'_>) {
        let FinishedSegment { head, records, sides, text, attached } = segment;
        if !attached.is_empty() {
            self.attached.push((self.heads.len(), std::mem::take(*attached)));
        }
        self.heads.push(*head);
        self.records.extend_from_slice(records);
        self.sides.extend_from_slice(sides);
        self.text.push_str(text);
    }

    /// Removes all segments. Keeps the memory unless it is large.
    pub(crate) fn clear(&mut self) {
        self.heads.clear();
        self.records.clear();
        self.sides.clear();
        self.text.clear();
        self.attached = Vec::new();
        self.heads.shrink_to(KEEP / size_of::<SegmentHeader>());
        self.records.shrink_to(KEEP / size_of::<Record>());
        self.sides.shrink_to(KEEP / size_of::<Attribute>());
        self.text.shrink_to(KEEP);
    }

    /// Frees the memory that the segments do not need.
    pub(crate) fn shrink(&mut self) {
        self.heads.shrink_to_fit();
        self.records.shrink_to_fit();
        self.sides.shrink_to_fit();
        self.text.shrink_to_fit();
    }

    pub(crate) fn bytes(&self) -> usize {
        self.heads.len() * size_of::<SegmentHeader>()
            + self.records.len() * size_of::<Record>()
            + self.sides.len() * size_of::<Attribute>()
            + self.text.len()
    }
}
