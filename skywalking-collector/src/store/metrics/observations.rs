//! The observations of a segment, as the OAP's analysis makes them
//! (`docs/protocol.md#peers-and-topology`).
//!
//! Configured gateways are not known, so an address of a gateway is a peer like any other.

use skywalking_proto::v3::{SegmentObject, SpanObject};

use super::logic_endpoint::LogicEndpoint;
use super::subject::Subject;
use crate::enums;
use crate::naming;
use crate::store::call_sides::{self, Caller};

/// The tag of a logic endpoint.
const LOGIC_ENDPOINT: &str = "x-le";
const CACHE_TYPE: &str = "cache.type";

/// One call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Observation {
    /// The start, in epoch milliseconds.
    pub(crate) start: i64,
    /// The duration in milliseconds. 0 if the span ends before it starts.
    pub(crate) duration: u64,
    pub(crate) is_error: bool,
}

impl Observation {
    fn of(span: &SpanObject) -> Self {
        let duration = span.end_time.saturating_sub(span.start_time);
        Self {
            start: span.start_time,
            duration: u64::try_from(duration).unwrap_or(0),
            is_error: span.is_error,
        }
    }
}

/// Passes each observation of a segment to `record`, in the order of the spans.
pub(crate) fn for_each(
    segment: &SegmentObject,
    mut record: impl FnMut(Subject<&str>, Observation),
) {
    let service = naming::display_name(&segment.service);
    let instance = naming::display_name(&segment.service_instance);
    for span in &segment.spans {
        let observation = Observation::of(span);
        let mut record = |subject: Subject<&str>| record(subject, observation);
        access(span, &mut record);
        if span.skip_analysis {
            continue;
        }
        match span.span_type {
            enums::ENTRY => entry(span, service, instance, &mut record),
            enums::EXIT | enums::LOCAL => {
                if let Some(address) = call_sides::called_address(span) {
                    record(Subject::Sent {
                        source: service,
                        address,
                        component: span.component_id,
                        layer: span.span_layer,
                    });
                }
                // The OAP counts a request to an endpoint for each reference.
                for _ in &span.refs {
                    record(endpoint(service, &span.operation_name));
                }
            }
            _ => {}
        }
    }
    for span in &segment.spans {
        logic_endpoints(span, service, &mut record);
    }
}

fn endpoint<'a>(service: &'a str, name: &'a str) -> Subject<&'a str> {
    Subject::Endpoint { service, endpoint: naming::endpoint_name(name) }
}

/// Records a request for each caller.
fn entry(span: &SpanObject, service: &str, instance: &str, record: &mut impl FnMut(Subject<&str>)) {
    let layer = span.span_layer;
    for Caller { name, kind, address } in call_sides::callers(span) {
        record(Subject::Service { service });
        record(Subject::Instance { service, instance });
        // A function has no endpoint besides its service.
        if layer != enums::LAYER_FAAS {
            record(endpoint(service, &span.operation_name));
        }
        record(Subject::Received {
            source: name,
            source_kind: kind,
            target: service,
            address,
            component: span.component_id,
            layer,
        });
    }
}

/// Records the access to a virtual service. `skipAnalysis` doesn't matter here.
fn access(span: &SpanObject, record: &mut impl FnMut(Subject<&str>)) {
    let layer = span.span_layer;
    match layer {
        // Of any type, and without a peer.
        enums::LAYER_DATABASE => {
            record(Subject::Access { layer, name: naming::display_name(&span.peer) });
        }
        enums::LAYER_CACHE => {
            let Some(cache) = tag(span, CACHE_TYPE).filter(|cache| !cache.trim().is_empty()) else {
                return;
            };
            if span.peer.trim().is_empty() {
                let name = format!("{}-local", naming::truncated(cache));
                record(Subject::Access { layer, name: naming::truncated(&name) });
            } else {
                record(Subject::Access { layer, name: naming::truncated(&span.peer) });
            }
        }
        enums::LAYER_MQ if span.span_type == enums::EXIT && !span.peer.trim().is_empty() => {
            record(Subject::Access { layer, name: naming::truncated(&span.peer) });
        }
        _ => {}
    }
}

/// Records the endpoints that tags of Entry and Local spans declare. `skipAnalysis` matters on Entry
/// spans only.
fn logic_endpoints(
    span: &SpanObject,
    service: &str,
    record: &mut impl FnMut(Subject<&str>, Observation),
) {
    let is_local = span.span_type == enums::LOCAL;
    if !is_local && (span.span_type != enums::ENTRY || span.skip_analysis) {
        return;
    }
    for tag in span.tags.iter().filter(|tag| tag.key == LOGIC_ENDPOINT) {
        let own = Observation::of(span);
        match LogicEndpoint::parse(&tag.value, is_local) {
            Some(LogicEndpoint::Span) => record(endpoint(service, &span.operation_name), own),
            Some(LogicEndpoint::Named { name, latency, status }) => {
                let observation = Observation { duration: latency, is_error: !status, ..own };
                record(endpoint(service, &name), observation);
            }
            None => {}
        }
    }
}

/// Returns the value of the first tag with this key.
fn tag<'a>(span: &'a SpanObject, key: &str) -> Option<&'a str> {
    span.tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str())
}

#[cfg(test)]
mod tests;
