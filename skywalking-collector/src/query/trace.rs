//! Converts stored segments to the API's view of a trace.

use std::sync::Arc;

use skywalking_proto::v3::{KeyStringValuePair, SegmentObject, SegmentReference, SpanObject};

use super::rows::rows;
use super::timing::{TimedRow, critical_parts};
use crate::api::{KeyValue, LogView, RefView, SpanView, TraceView, ViolationView};
use crate::store::{StoredSegment, StoredTrace};
use crate::{enums, naming};

/// Returns the trace that these segments form.
pub(crate) fn view(trace_id: &str, segments: &[Arc<StoredSegment>]) -> TraceView {
    let spans = segments.iter().flat_map(|segment| {
        segment.object.spans.iter().map(|span| span_view(&segment.object, span))
    });
    let violations = segments.iter().flat_map(|segment| violations(segment));
    let rows = rows(segments);
    let start = rows.iter().map(|row| row.span.start_time).min().unwrap_or(0);
    TraceView {
        trace_id: trace_id.to_owned(),
        spans: spans.collect(),
        violations: violations.collect(),
        critical: critical_parts(&TimedRow::of(&rows), start),
    }
}

/// Returns the memory of the view of a trace, in bytes. Each span of the view has the ids and the
/// names of its segment.
pub(crate) fn view_bytes(trace: &StoredTrace) -> usize {
    /// The memory of a row while the critical path is computed, and of its part of the path.
    const ROW: usize = 256;
    let of_segment = |segment: &Arc<StoredSegment>| {
        let object = &segment.object;
        let texts =
            [&object.trace_id, &object.trace_segment_id, &object.service, &object.service_instance];
        let texts: usize = texts.iter().map(|text| text.len()).sum();
        let spans = object.spans.len().saturating_mul(texts + size_of::<SpanView>() + ROW);
        spans.saturating_add(violations_bytes(segment, segment.violations.len()))
    };
    trace.segments.iter().map(of_segment).fold(trace.bytes(), usize::saturating_add)
}

/// Returns the memory of a number of views of violations, in bytes.
pub(super) fn violations_bytes(segment: &StoredSegment, number: usize) -> usize {
    /// The memory without the ids. Names and quoted texts are cut to a shorter length.
    const BYTES: usize = 2_048;
    let ids = segment.object.trace_id.len() + segment.object.trace_segment_id.len();
    number.saturating_mul(BYTES + ids)
}

/// Returns the protocol violations of a segment.
pub(super) fn violations(segment: &StoredSegment) -> impl Iterator<Item = ViolationView> {
    segment.violations.iter().map(|violation| ViolationView {
        trace_id: segment.object.trace_id.clone(),
        segment_id: segment.object.trace_segment_id.clone(),
        span_id: violation.span_id,
        service: naming::truncated(&segment.object.service).to_owned(),
        service_instance: naming::truncated(&segment.object.service_instance).to_owned(),
        rule: violation.rule.name().into(),
        text: violation.to_string(),
    })
}

pub(super) fn span_view(segment: &SegmentObject, span: &SpanObject) -> SpanView {
    SpanView {
        trace_id: segment.trace_id.clone(),
        segment_id: segment.trace_segment_id.clone(),
        span_id: span.span_id,
        parent_span_id: span.parent_span_id,
        refs: span.refs.iter().map(ref_view).collect(),
        service: segment.service.clone(),
        service_instance: segment.service_instance.clone(),
        operation_name: span.operation_name.clone(),
        span_type: enums::span_type(span.span_type),
        layer: enums::span_layer(span.span_layer),
        component_id: span.component_id,
        peer: span.peer.clone(),
        start_time: span.start_time,
        end_time: span.end_time,
        is_error: span.is_error,
        skip_analysis: span.skip_analysis,
        tags: span.tags.iter().map(key_value).collect(),
        logs: span
            .logs
            .iter()
            .map(|log| LogView { time: log.time, data: log.data.iter().map(key_value).collect() })
            .collect(),
    }
}

pub(super) fn ref_view(reference: &SegmentReference) -> RefView {
    RefView {
        ref_type: enums::ref_type(reference.ref_type),
        trace_id: reference.trace_id.clone(),
        parent_segment_id: reference.parent_trace_segment_id.clone(),
        parent_span_id: reference.parent_span_id,
        parent_service: reference.parent_service.clone(),
        parent_service_instance: reference.parent_service_instance.clone(),
        parent_endpoint: reference.parent_endpoint.clone(),
        network_address_used_at_peer: reference.network_address_used_at_peer.clone(),
    }
}

fn key_value(pair: &KeyStringValuePair) -> KeyValue {
    KeyValue { key: pair.key.clone(), value: pair.value.clone() }
}
