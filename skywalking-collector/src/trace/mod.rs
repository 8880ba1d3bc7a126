//! One trace as it is shown: by the API, by the views and to tests. The field names in JSON are
//! those of the issue, times are epoch milliseconds, enums are the wire's names.

mod summary;
mod tree;
mod violation;

use std::sync::Arc;

use serde::Serialize;
use skywalking_proto::v3::{KeyStringValuePair, SegmentObject, SegmentReference, SpanObject};

use crate::names;
use crate::store::StoredSegment;

pub use summary::{Arrivals, MAX_TRACES, TraceQuery, TraceSummary};
pub(crate) use summary::{Chosen, arrivals, list};
pub use tree::{Branch, Link};
pub use violation::ViolationView;

/// A whole trace: the spans of all its segments, in the order of arrival.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceView {
    /// The trace's id.
    pub trace_id: String,
    /// Its spans. [`TraceView::tree`] puts them below each other.
    pub spans: Vec<SpanView>,
    /// What its segments break of the wire's rules, in the order of their arrival.
    pub violations: Vec<ViolationView>,
}

/// One span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SpanView {
    /// The id of the trace under which the segment is stored.
    pub trace_id: String,
    /// The segment's id.
    pub segment_id: String,
    /// The span's number in the segment, from 0.
    pub span_id: i32,
    /// The parent's number in the same segment, or -1.
    pub parent_span_id: i32,
    /// Links to other segments.
    pub refs: Vec<RefView>,
    /// The segment's service.
    pub service: String,
    /// The segment's service instance.
    pub service_instance: String,
    /// The operation's name.
    pub operation_name: String,
    /// `Entry`, `Exit` or `Local`.
    #[serde(rename = "type")]
    pub span_type: &'static str,
    /// `Unknown`, `Database`, `RPCFramework`, `Http`, `MQ`, `Cache`, `FAAS` or `GenAI`.
    pub layer: &'static str,
    /// The component's number.
    pub component_id: i32,
    /// What was called, on exit spans.
    pub peer: String,
    /// Start in epoch milliseconds.
    pub start_time: i64,
    /// End in epoch milliseconds.
    pub end_time: i64,
    /// Whether it failed.
    pub is_error: bool,
    /// Whether the OAP leaves it out of metrics and of the map.
    pub skip_analysis: bool,
    /// Tags in the order of their arrival.
    pub tags: Vec<KeyValue>,
    /// Logs in the order of their arrival.
    pub logs: Vec<LogView>,
}

/// A link to a span of another segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefView {
    /// `CrossProcess` or `CrossThread`.
    pub ref_type: &'static str,
    /// The parent's trace.
    pub trace_id: String,
    /// The parent's segment.
    pub parent_segment_id: String,
    /// The parent's number in that segment.
    pub parent_span_id: i32,
    /// The parent's service.
    pub parent_service: String,
    /// The parent's service instance.
    pub parent_service_instance: String,
    /// The parent's endpoint.
    pub parent_endpoint: String,
    /// What the parent called this service by.
    pub network_address_used_at_peer: String,
}

/// A log of a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogView {
    /// When, in epoch milliseconds.
    pub time: i64,
    /// What.
    pub data: Vec<KeyValue>,
}

/// A key and a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyValue {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

impl SpanView {
    /// End minus start in milliseconds; 0 where a span ends before it starts.
    pub fn duration(&self) -> u64 {
        u64::try_from(self.end_time.saturating_sub(self.start_time)).unwrap_or(0)
    }

    fn new(segment: &SegmentObject, span: &SpanObject) -> Self {
        Self {
            trace_id: segment.trace_id.clone(),
            segment_id: segment.trace_segment_id.clone(),
            span_id: span.span_id,
            parent_span_id: span.parent_span_id,
            refs: span.refs.iter().map(RefView::new).collect(),
            service: segment.service.clone(),
            service_instance: segment.service_instance.clone(),
            operation_name: span.operation_name.clone(),
            span_type: names::span_type(span.span_type),
            layer: names::span_layer(span.span_layer),
            component_id: span.component_id,
            peer: span.peer.clone(),
            start_time: span.start_time,
            end_time: span.end_time,
            is_error: span.is_error,
            skip_analysis: span.skip_analysis,
            tags: span.tags.iter().map(KeyValue::new).collect(),
            logs: span
                .logs
                .iter()
                .map(|log| LogView {
                    time: log.time,
                    data: log.data.iter().map(KeyValue::new).collect(),
                })
                .collect(),
        }
    }
}

impl RefView {
    fn new(reference: &SegmentReference) -> Self {
        Self {
            ref_type: names::ref_type(reference.ref_type),
            trace_id: reference.trace_id.clone(),
            parent_segment_id: reference.parent_trace_segment_id.clone(),
            parent_span_id: reference.parent_span_id,
            parent_service: reference.parent_service.clone(),
            parent_service_instance: reference.parent_service_instance.clone(),
            parent_endpoint: reference.parent_endpoint.clone(),
            network_address_used_at_peer: reference.network_address_used_at_peer.clone(),
        }
    }
}

impl KeyValue {
    fn new(pair: &KeyStringValuePair) -> Self {
        Self { key: pair.key.clone(), value: pair.value.clone() }
    }
}

impl TraceView {
    pub(crate) fn new(trace_id: &str, segments: &[Arc<StoredSegment>]) -> Self {
        let spans = segments.iter().flat_map(|segment| {
            segment.object.spans.iter().map(|span| SpanView::new(&segment.object, span))
        });
        let violations = segments.iter().flat_map(|segment| ViolationView::of(segment));
        Self {
            trace_id: trace_id.to_owned(),
            spans: spans.collect(),
            violations: violations.collect(),
        }
    }
}
