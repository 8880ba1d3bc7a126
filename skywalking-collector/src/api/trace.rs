//! A trace with its spans.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::enums::{self, Name};

/// A trace with the spans of all its segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TraceView {
    /// The trace's id.
    pub trace_id: String,
    /// The spans, by the order in which their segments arrived. [`TraceView::tree`] nests them.
    pub spans: Vec<SpanView>,
    /// The protocol violations of its segments, in the order of arrival.
    pub violations: Vec<ViolationView>,
    /// The critical path: the spans that the trace waited for, as parts that don't overlap, in the
    /// order of time. Each has the row of [`TraceView::tree`], and from when to when it is on the
    /// path, in milliseconds after the start of the trace. At most 5 000.
    pub critical: Vec<(usize, u64, u64)>,
}

/// A span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SpanView {
    /// The id of the trace under which the segment is stored.
    pub trace_id: String,
    /// The id of the segment.
    pub segment_id: String,
    /// The number of the span in its segment, from 0.
    pub span_id: i32,
    /// The number of the parent in the same segment, or -1.
    pub parent_span_id: i32,
    /// References to spans of other segments.
    pub refs: Vec<RefView>,
    /// The service of the segment.
    pub service: String,
    /// The service instance of the segment.
    pub service_instance: String,
    /// The operation name.
    pub operation_name: String,
    /// `Entry`, `Exit` or `Local`.
    #[serde(rename = "type", deserialize_with = "enums::read_span_type")]
    pub span_type: Name,
    /// `Unknown`, `Database`, `RPCFramework`, `Http`, `MQ`, `Cache`, `FAAS` or `GenAI`.
    #[serde(deserialize_with = "enums::read_span_layer")]
    pub layer: Name,
    /// The number of the component.
    pub component_id: i32,
    /// The address or name that an exit span calls.
    pub peer: String,
    /// The start, in epoch milliseconds.
    pub start_time: i64,
    /// The end, in epoch milliseconds.
    pub end_time: i64,
    /// Whether the span failed.
    pub is_error: bool,
    /// Whether the OAP excludes the span from metrics and from the service map.
    pub skip_analysis: bool,
    /// The tags, in the order in which they were set.
    pub tags: Vec<KeyValue>,
    /// The logs, in the order in which they were written.
    pub logs: Vec<LogView>,
}

/// A reference to a span of another segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RefView {
    /// `CrossProcess` or `CrossThread`.
    #[serde(deserialize_with = "enums::read_ref_type")]
    pub ref_type: Name,
    /// The trace of the parent.
    pub trace_id: String,
    /// The segment of the parent.
    pub parent_segment_id: String,
    /// The number of the parent in that segment.
    pub parent_span_id: i32,
    /// The service of the parent.
    pub parent_service: String,
    /// The service instance of the parent.
    pub parent_service_instance: String,
    /// The endpoint of the parent.
    pub parent_endpoint: String,
    /// The address by which the parent called this service.
    pub network_address_used_at_peer: String,
}

/// A log of a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogView {
    /// The time, in epoch milliseconds.
    pub time: i64,
    /// The fields.
    pub data: Vec<KeyValue>,
}

/// A key and a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeyValue {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// A protocol violation in a stored segment. At most 100 are recorded for each segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ViolationView {
    /// The trace under which the segment is stored.
    pub trace_id: String,
    /// The id of the segment.
    pub segment_id: String,
    /// The number of the span in its segment. `None` if the violation is about the segment.
    pub span_id: Option<i32>,
    /// The service of the segment, cut as in the OAP.
    pub service: String,
    /// The service instance of the segment, cut as in the OAP.
    pub service_instance: String,
    /// The short name of the rule.
    pub rule: Cow<'static, str>,
    /// What is wrong, the value, and the fix.
    pub text: String,
}

impl SpanView {
    /// Returns the duration in milliseconds, or 0 if the span ends before it starts.
    pub fn duration(&self) -> u64 {
        u64::try_from(self.end_time.saturating_sub(self.start_time)).unwrap_or(0)
    }
}
