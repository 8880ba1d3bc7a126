//! Converts a segment to proto3 JSON, including fields with default values: 64-bit integers are
//! texts, enums are names.
//!
//! The tests of this crate and `interop::wire` of skywalking-tests use it.

use serde_json::{Value, json};
use skywalking_proto::v3::{
    KeyStringValuePair, Log, RefType, SegmentObject, SegmentReference, SpanLayer, SpanObject,
    SpanType,
};

pub(crate) fn segment(segment: &SegmentObject) -> Value {
    json!({
        "traceId": segment.trace_id,
        "traceSegmentId": segment.trace_segment_id,
        "spans": list(&segment.spans, span),
        "service": segment.service,
        "serviceInstance": segment.service_instance,
        "isSizeLimited": segment.is_size_limited,
    })
}

fn span(span: &SpanObject) -> Value {
    json!({
        "spanId": span.span_id,
        "parentSpanId": span.parent_span_id,
        "startTime": span.start_time.to_string(),
        "endTime": span.end_time.to_string(),
        "refs": list(&span.refs, reference),
        "operationName": span.operation_name,
        "peer": span.peer,
        "spanType": SpanType::try_from(span.span_type).expect("a known span type").as_str_name(),
        "spanLayer": SpanLayer::try_from(span.span_layer).expect("a known layer").as_str_name(),
        "componentId": span.component_id,
        "isError": span.is_error,
        "tags": list(&span.tags, pair),
        "logs": list(&span.logs, log),
        "skipAnalysis": span.skip_analysis,
    })
}

fn reference(reference: &SegmentReference) -> Value {
    json!({
        "refType": RefType::try_from(reference.ref_type)
            .expect("a known type of reference")
            .as_str_name(),
        "traceId": reference.trace_id,
        "parentTraceSegmentId": reference.parent_trace_segment_id,
        "parentSpanId": reference.parent_span_id,
        "parentService": reference.parent_service,
        "parentServiceInstance": reference.parent_service_instance,
        "parentEndpoint": reference.parent_endpoint,
        "networkAddressUsedAtPeer": reference.network_address_used_at_peer,
    })
}

fn log(log: &Log) -> Value {
    json!({ "time": log.time.to_string(), "data": list(&log.data, pair) })
}

fn pair(pair: &KeyStringValuePair) -> Value {
    json!({ "key": pair.key, "value": pair.value })
}

fn list<M>(messages: &[M], render: fn(&M) -> Value) -> Value {
    messages.iter().map(render).collect()
}
