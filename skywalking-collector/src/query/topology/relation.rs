//! Converts entry and exit spans to calls between nodes, as the OAP's analysis does.

use std::collections::HashMap;
use std::sync::Arc;

use skywalking_proto::v3::{SegmentObject, SpanObject};

use crate::enums;
use crate::naming::{self, ServiceKind};
use crate::store::StoredSegment;

/// The name of the node for an unknown caller.
pub(super) const USER: &str = "User";

/// Identifies a node. The name comes first, so that nodes sort by name.
pub(super) type NodeKey<'a> = (&'a str, ServiceKind);

/// The side that observed a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DetectPoint {
    Client,
    Server,
}

/// A call.
#[derive(Debug)]
pub(super) struct Relation<'a> {
    pub(super) source: NodeKey<'a>,
    pub(super) target: NodeKey<'a>,
    pub(super) component: i32,
    pub(super) detect_point: DetectPoint,
}

/// Maps addresses to services, collected from the references of entry spans.
pub(super) struct PeerAliases<'a>(HashMap<&'a str, (u64, &'a str)>);

impl<'a> PeerAliases<'a> {
    /// Collects the aliases of all segments. If several services were reached by one address, the
    /// one that reported last owns it.
    pub(super) fn collect(segments: &'a [Arc<StoredSegment>]) -> Self {
        let mut known = HashMap::new();
        for segment in segments {
            for span in segment.object.spans.iter().filter(|span| is_analysed(span, enums::ENTRY)) {
                if span.span_layer == enums::LAYER_MQ {
                    continue;
                }
                for reference in span.refs.iter().filter(|one| one.ref_type == enums::CROSS_PROCESS)
                {
                    let address = naming::truncated(&reference.network_address_used_at_peer);
                    if address.is_empty() {
                        continue;
                    }
                    let owner = (segment.arrival, naming::display_name(&segment.object.service));
                    let entry = known.entry(address).or_insert(owner);
                    *entry = owner.max(*entry);
                }
            }
        }
        Self(known)
    }

    fn resolve(&self, address: &str) -> Option<&'a str> {
        self.0.get(address).map(|(_, service)| *service)
    }
}

/// Passes each call of a segment to `found`.
pub(super) fn for_each<'a>(
    segment: &'a SegmentObject,
    aliases: &PeerAliases<'a>,
    mut found: impl FnMut(Relation<'a>),
) {
    let own = (naming::display_name(&segment.service), ServiceKind::Normal);
    for span in &segment.spans {
        if is_analysed(span, enums::ENTRY) {
            entry(span, own, &mut found);
        } else if is_analysed(span, enums::EXIT) && !span.peer.is_empty() {
            let target = called(span, aliases);
            found(Relation {
                source: own,
                target,
                component: span.component_id,
                detect_point: DetectPoint::Client,
            });
        }
    }
}

fn is_analysed(span: &SpanObject, span_type: i32) -> bool {
    span.span_type == span_type && !span.skip_analysis
}

/// Passes one call for each reference, whatever its type. As in the OAP, a `CrossThread` reference
/// on an entry span is a call of the service to itself.
fn entry<'a>(span: &'a SpanObject, own: NodeKey<'a>, found: &mut impl FnMut(Relation<'a>)) {
    let is_mq = span.span_layer == enums::LAYER_MQ;
    let mut call_from = |source| {
        found(Relation {
            source,
            target: own,
            component: span.component_id,
            detect_point: DetectPoint::Server,
        });
    };
    if span.refs.is_empty() {
        call_from(if is_mq && !span.peer.trim().is_empty() {
            (naming::display_name(&span.peer), ServiceKind::Guessed)
        } else {
            (USER, ServiceKind::Guessed)
        });
    }
    for reference in &span.refs {
        call_from(if is_mq {
            (naming::display_name(&reference.network_address_used_at_peer), ServiceKind::Guessed)
        } else {
            (naming::display_name(&reference.parent_service), ServiceKind::Normal)
        });
    }
}

/// Returns the service that the peer resolves to, otherwise a node with the peer's name. A message
/// broker never resolves to a service.
fn called<'a>(span: &'a SpanObject, aliases: &PeerAliases<'a>) -> NodeKey<'a> {
    let address = naming::truncated(&span.peer);
    if span.span_layer != enums::LAYER_MQ
        && let Some(service) = aliases.resolve(address)
    {
        return (service, ServiceKind::Normal);
    }
    // The OAP assigns a layer to the peer. GENERAL and FAAS are layers of normal services; the
    // virtual layers and UNDEFINED are not.
    let kind = match span.span_layer {
        enums::LAYER_RPC | enums::LAYER_HTTP | enums::LAYER_FAAS => ServiceKind::Normal,
        _ => ServiceKind::Guessed,
    };
    (naming::display_name(&span.peer), kind)
}
