//! The stored spans of a trace in the order of its tree, without copies.

use std::sync::Arc;

use skywalking_proto::v3::{SegmentReference, SpanObject};

use crate::api::{ParentLink, Position, SpanKey, nest};
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
    /// The reference that attaches the span to its parent, or the last one if no parent is stored.
    pub(super) parent_ref: Option<&'a SegmentReference>,
    pub(super) depth: usize,
    pub(super) link: ParentLink,
}

/// A segment of another trace, and the span that it refers to: the index of its segment, and its
/// number.
pub(super) type OtherTraceRef = ((usize, i32), Arc<StoredSegment>);

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
            refs: span.refs.iter().map(key_of).collect(),
            start: span.start_time,
        })
        .collect();
    let tree = nest(&positions);
    let rows = tree.iter().map(|node| {
        let (segment_index, segment, span) = spans[node.span];
        let parent = node.parent.map(|row| &positions[tree[row].span].key);
        let is_parent = |one: &&SegmentReference| parent == Some(&key_of(one));
        let by_ref = span.refs.iter().rev().find(is_parent).or(span.refs.last());
        Row {
            segment_index,
            segment,
            span,
            parent: node.parent,
            parent_ref: by_ref.filter(|_| span.parent_span_id < 0),
            depth: node.depth,
            link: node.link,
        }
    });
    rows.collect()
}

/// Returns the span that a reference names.
fn key_of(reference: &SegmentReference) -> SpanKey<'_> {
    (&reference.parent_trace_segment_id, reference.parent_span_id)
}

impl Row<'_> {
    /// Returns whether the parent is a span of another thread of the same process.
    pub(super) fn is_cross_thread(&self) -> bool {
        self.parent_ref.is_some_and(|last| last.ref_type == enums::CROSS_THREAD)
    }

    /// Returns whether the span continues one that the agent split
    /// (`docs/protocol.md#segments-that-continue`).
    pub(super) fn is_continuation(&self) -> bool {
        self.span.skip_analysis
            && self.span.span_type == enums::LOCAL
            && self.parent_ref.is_some_and(|last| {
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
