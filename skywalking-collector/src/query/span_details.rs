//! Everything about one span of a trace.

use std::collections::HashSet;
use std::sync::Arc;

use skywalking_proto::v3::SpanObject;

use super::rows::{Row, rows};
use super::skeleton::component;
use super::timing::{TimedRow, self_times};
use super::trace::{ref_view, span_view, violations};
use crate::api::{Reference, Referrer, SpanDetails};
use crate::naming;
use crate::store::StoredSegment;

/// The largest number of spans in [`SpanDetails::referenced_by`].
pub(crate) const MAX_REFERRERS: usize = 100;

/// Returns a span of the trace that these segments form, or `None` if the span is not stored.
/// `is_stored` returns whether a segment is stored in any trace, and `others` are the segments of
/// other traces that refer to the span.
pub(crate) fn span_details(
    segments: &[Arc<StoredSegment>],
    segment_id: &str,
    span_id: i32,
    is_stored: impl Fn(&str) -> bool,
    others: &[Arc<StoredSegment>],
) -> Option<SpanDetails> {
    let is_named = |row: &Row<'_>, (segment, span): (&str, i32)| {
        row.span.span_id == span && row.segment.object.trace_segment_id == segment
    };
    let rows = rows(segments);
    let at = rows.iter().position(|row| is_named(row, (segment_id, span_id)))?;
    let row = rows.get(at)?;
    let self_time = self_times(&TimedRow::of(&rows)).get(at).copied().unwrap_or(0);
    let ids: HashSet<(&str, i32)> = rows
        .iter()
        .map(|row| (row.segment.object.trace_segment_id.as_str(), row.span.span_id))
        .collect();
    let trace_id = row.segment.object.trace_id.as_str();
    let references = row.span.refs.iter().map(|reference| {
        let key = (reference.parent_trace_segment_id.as_str(), reference.parent_span_id);
        let is_own = reference.trace_id == trace_id || reference.trace_id.is_empty();
        let stored = ids.contains(&key) || !is_own && is_stored(key.0);
        Reference { reference: ref_view(reference), stored }
    });
    let refers = |span: &SpanObject| {
        span.refs.iter().any(|reference| {
            reference.parent_span_id == span_id && reference.parent_trace_segment_id == segment_id
        })
    };
    let own = rows.iter().map(|row| (row.segment, row.span));
    let others = others
        .iter()
        .flat_map(|segment| segment.object.spans.iter().map(move |span| (&**segment, span)));
    let referrers = own.chain(others).filter(|(_, span)| refers(span)).take(MAX_REFERRERS);
    Some(SpanDetails {
        span: span_view(&row.segment.object, row.span),
        component: component(row.span.component_id),
        self_time,
        children: rows.iter().filter(|other| other.parent == Some(at)).count(),
        references: references.collect(),
        referenced_by: referrers.map(|(segment, span)| referrer(segment, span)).collect(),
        violations: violations(row.segment).filter(|one| one.span_id == Some(span_id)).collect(),
        is_size_limited: row.segment.object.is_size_limited,
    })
}

fn referrer(segment: &StoredSegment, span: &SpanObject) -> Referrer {
    let segment = &segment.object;
    Referrer {
        trace_id: segment.trace_id.clone(),
        segment_id: segment.trace_segment_id.clone(),
        span_id: span.span_id,
        service: naming::display_name(&segment.service).to_owned(),
        operation_name: span.operation_name.clone(),
    }
}
