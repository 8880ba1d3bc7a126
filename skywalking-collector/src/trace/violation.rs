//! What a stored segment breaks of the wire's rules (`skywalking_proto::rules`), as it is shown.

use serde::Serialize;

use crate::names;
use crate::store::StoredSegment;

/// A rule that a stored segment breaks, and who sent it. Of one segment at most 100 are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ViolationView {
    /// The trace under which the segment is stored.
    pub trace_id: String,
    /// The segment's id.
    pub segment_id: String,
    /// The span's number in the segment, unless it is the segment's own fault.
    pub span_id: Option<i32>,
    /// The segment's service, cut as the OAP cuts it.
    pub service: String,
    /// The segment's service instance, cut likewise.
    pub service_instance: String,
    /// The rule's short name.
    pub rule: &'static str,
    /// What is wrong, with which value, and what the agent has to do.
    pub text: String,
}

impl ViolationView {
    pub(crate) fn of(segment: &StoredSegment) -> impl Iterator<Item = Self> {
        segment.violations.iter().map(|violation| Self {
            trace_id: segment.object.trace_id.clone(),
            segment_id: segment.object.trace_segment_id.clone(),
            span_id: violation.span_id,
            service: names::cut(&segment.object.service).to_owned(),
            service_instance: names::cut(&segment.object.service_instance).to_owned(),
            rule: violation.rule.name(),
            text: violation.to_string(),
        })
    }
}
