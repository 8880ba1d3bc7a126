//! Hands the recorded spans to the queue, when the segment ends or is split.

use std::sync::Arc;

use crate::queue::{FinishedSegment, HandOver, SegmentHeader};
use crate::sampling::tail_decision::TailDecision;
use crate::segment::Segment;
use crate::tracer::Tracer;
use crate::util::clock;

/// Which part of its segment is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The last one: the segment has ended.
    Last,
    /// Another part follows.
    Intermediate,
}

impl Segment {
    /// Calls `queue` with the recorded spans and removes what is attached to them. The spans
    /// themselves stay until the segment is reset or continues in a new part.
    #[inline]
    pub(crate) fn hand_over(
        &mut self,
        part: Part,
        queue: impl FnOnce(FinishedSegment<'_>, &Tracer) -> HandOver,
    ) -> HandOver {
        if self.inbox.is_some() {
            self.apply_changes(part);
        }
        let next = self.prepare_tail_decision(part);
        if self.limited {
            self.attach_left_out();
        }
        let head = self.header();
        let Self { records, sides, text, attached, tracer, .. } = self;
        let handed = queue(FinishedSegment { head, records, sides, text, attached }, tracer);
        attached.clear();
        if next.is_some() {
            attached.tail_decision = next;
        }
        handed
    }

    #[inline]
    fn header(&self) -> SegmentHeader {
        SegmentHeader {
            id: self.id,
            trace: self.trace,
            ended: self
                .records
                .first()
                .filter(|root| !root.is_unended())
                .map_or_else(clock::now, |root| root.end),
            records: self.records.len(),
            sides: self.sides.len(),
            text: self.text.len(),
            limited: self.limited,
            skip_analysis: self.baggage.skip_analysis,
            test: self.test,
        }
    }

    /// Prepares a segment that tail sampling has not decided about. Returns the decision that the
    /// next part waits for.
    #[inline]
    fn prepare_tail_decision(&mut self, part: Part) -> Option<Arc<TailDecision>> {
        let Self { attached, records, key, .. } = self;
        let decision = attached.tail_decision.as_ref()?;
        decision.look_at(records);
        let is_root = decision.is_root(*key);
        attached.ends_request = is_root && part == Part::Last;
        if part == Part::Last {
            // Used segments are kept, and must not keep the decision.
            self.unshare();
            return None;
        }
        if is_root {
            decision.part_ends(records);
        }
        Some(Arc::clone(decision))
    }

    /// Removes what an unsampled segment holds, when it ends. A pending decision is shared with the
    /// other segments of the request.
    pub(crate) fn release_attached(&mut self) {
        self.attached.clear();
        self.unshare();
    }

    /// Returns true if the reporter will hold the part: a span is detached, or tail sampling has not
    /// decided.
    pub(crate) fn is_held(&self) -> bool {
        self.attached.is_incomplete() || self.attached.tail_decision.is_some()
    }
}
