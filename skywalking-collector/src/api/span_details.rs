//! Everything about one span.

use serde::Serialize;

use super::trace::{RefView, SpanView, ViolationView};

/// A span with its place in the trace.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SpanDetails {
    pub(crate) span: SpanView,
    /// The name of its component. `None` for number 0 and for numbers that are not registered.
    pub(crate) component: Option<&'static str>,
    /// The part of the duration in which no child runs, in milliseconds.
    pub(crate) self_time: u64,
    /// The number of spans directly below it.
    pub(crate) children: usize,
    /// Its references, in the order in which they were sent.
    pub(crate) references: Vec<Reference>,
    /// The spans of the same trace that refer to it, at most 100.
    pub(crate) referenced_by: Vec<Referrer>,
    /// Its protocol violations.
    pub(crate) violations: Vec<ViolationView>,
    /// Whether the agent left spans out of the segment.
    pub(crate) is_size_limited: bool,
}

/// A reference, and whether its span can be shown.
#[derive(Debug, Serialize)]
pub(crate) struct Reference {
    #[serde(flatten)]
    pub(crate) reference: RefView,
    /// Whether the referenced span is stored in the same trace, or its segment in another one.
    pub(crate) stored: bool,
}

/// A span that refers to another one.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Referrer {
    pub(crate) trace_id: String,
    pub(crate) segment_id: String,
    pub(crate) span_id: i32,
    pub(crate) service: String,
    pub(crate) operation_name: String,
}
