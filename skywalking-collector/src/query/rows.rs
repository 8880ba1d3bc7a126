//! The stored spans of a trace in the order of its tree, without copies.

use std::sync::Arc;

use skywalking_proto::v3::{SegmentReference, SpanObject};

use crate::api::{ParentLink, Position, nest};
use crate::enums;
use crate::store::StoredSegment;

/// A span and its place in the tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// The index of the segment, in the order of arrival.
    pub(super) segment_index: usize,
    pub(super) segment: &'a StoredSegment,
    pub(super) span: &'a SpanObject,
    /// The row of the parent, which precedes this row.
    pub(super) parent: Option<usize>,
    pub(super) depth: usize,
    pub(super) link: ParentLink,
}

/// Returns the spans in the order of [`TraceView::tree`](crate::TraceView::tree).
pub(super) fn rows(segments: &[Arc<StoredSegment>]) -> Vec<Row<'_>> {
    let spans: Vec<_> = segments
        .iter()
        .enumerate()
        .flat_map(|(at, segment)| segment.object.spans.iter().map(move |span| (at, segment, span)))
        .collect();
    let positions: Vec<_> = spans
        .iter()
        .map(|(_, segment, span)| Position {
            key: (&segment.object.trace_segment_id, span.span_id),
            parent_span_id: span.parent_span_id,
            last_ref: span
                .refs
                .last()
                .map(|last| (last.parent_trace_segment_id.as_str(), last.parent_span_id)),
            start: span.start_time,
        })
        .collect();
    nest(&positions)
        .into_iter()
        .map(|node| {
            let (segment_index, segment, span) = spans[node.span];
            Row {
                segment_index,
                segment,
                span,
                parent: node.parent,
                depth: node.depth,
                link: node.link,
            }
        })
        .collect()
}

impl<'a> Row<'a> {
    /// Returns the reference that attaches the span to its parent, if one does.
    pub(super) fn parent_ref(&self) -> Option<&'a SegmentReference> {
        if self.span.parent_span_id >= 0 { None } else { self.span.refs.last() }
    }

    /// Returns whether the parent is a span of another thread of the same process.
    pub(super) fn is_cross_thread(&self) -> bool {
        self.parent_ref().is_some_and(|last| last.ref_type == enums::CROSS_THREAD)
    }

    /// Returns whether the span continues one that the agent split
    /// (`docs/protocol.md#segments-that-continue`).
    pub(super) fn is_continuation(&self) -> bool {
        self.span.skip_analysis
            && self.span.span_type == enums::LOCAL
            && self.parent_ref().is_some_and(|last| {
                last.ref_type == enums::CROSS_THREAD
                    && last.parent_span_id == 0
                    && last.parent_endpoint == self.span.operation_name
            })
    }

    /// Returns the violations of the span.
    pub(super) fn has_violation(&self) -> bool {
        let own = Some(self.span.span_id);
        self.segment.violations.iter().any(|violation| violation.span_id == own)
    }
}
