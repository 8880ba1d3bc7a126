//! From spans to relations: one file for what the OAP's analysis does with an Entry and an Exit
//! span.

use std::collections::HashMap;
use std::sync::Arc;

use skywalking_proto::v3::{SegmentObject, SpanObject};

use super::Key;
use crate::names::{self, Nature};
use crate::store::StoredSegment;

/// The node that calls where nobody is named.
pub(super) const USER: &str = "User";

/// Who saw a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Client,
    Server,
}

/// One call.
#[derive(Debug)]
pub(super) struct Relation<'a> {
    pub(super) source: Key<'a>,
    pub(super) target: Key<'a>,
    pub(super) component: i32,
    pub(super) side: Side,
}

/// Addresses that stand for a service, learnt from the refs of Entry spans.
pub(super) struct Aliases<'a>(HashMap<&'a str, (u64, &'a str)>);

impl<'a> Aliases<'a> {
    /// Where several services were reached by one address, the one that reported last has it.
    pub(super) fn learn(segments: &'a [Arc<StoredSegment>]) -> Self {
        let mut known = HashMap::new();
        for segment in segments {
            for span in segment.object.spans.iter().filter(|span| analysed(span, names::ENTRY)) {
                if span.span_layer == names::LAYER_MQ {
                    continue;
                }
                for reference in span.refs.iter().filter(|one| one.ref_type == names::CROSS_PROCESS)
                {
                    let address = names::cut(&reference.network_address_used_at_peer);
                    if address.is_empty() {
                        continue;
                    }
                    let teacher = (segment.arrival, names::service(&segment.object.service));
                    let entry = known.entry(address).or_insert(teacher);
                    *entry = teacher.max(*entry);
                }
            }
        }
        Self(known)
    }

    fn resolve(&self, address: &str) -> Option<&'a str> {
        self.0.get(address).map(|(_, service)| *service)
    }
}

/// The relations of one segment.
pub(super) fn of<'a>(
    segment: &'a SegmentObject,
    aliases: &Aliases<'a>,
    mut found: impl FnMut(Relation<'a>),
) {
    let own = (names::service(&segment.service), Nature::Normal);
    for span in &segment.spans {
        if analysed(span, names::ENTRY) {
            entry(span, own, &mut found);
        } else if analysed(span, names::EXIT) && !span.peer.is_empty() {
            let target = called(span, aliases);
            found(Relation {
                source: own,
                target,
                component: span.component_id,
                side: Side::Client,
            });
        }
    }
}

fn analysed(span: &SpanObject, kind: i32) -> bool {
    span.span_type == kind && !span.skip_analysis
}

/// Each ref is a call of its own, whatever its type: a `CrossThread` ref on an Entry span draws a
/// call of the service to itself, as the OAP does.
fn entry<'a>(span: &'a SpanObject, own: Key<'a>, found: &mut impl FnMut(Relation<'a>)) {
    let is_mq = span.span_layer == names::LAYER_MQ;
    let mut from = |source| {
        found(Relation { source, target: own, component: span.component_id, side: Side::Server })
    };
    if span.refs.is_empty() {
        from(if is_mq && !span.peer.trim().is_empty() {
            (names::service(&span.peer), Nature::Guessed)
        } else {
            (USER, Nature::Guessed)
        });
    }
    for reference in &span.refs {
        from(if is_mq {
            (names::service(&reference.network_address_used_at_peer), Nature::Guessed)
        } else {
            (names::service(&reference.parent_service), Nature::Normal)
        });
    }
}

/// The service that the peer stands for, or a node of the peer's name. A broker never stands for a
/// service.
fn called<'a>(span: &'a SpanObject, aliases: &Aliases<'a>) -> Key<'a> {
    let address = names::cut(&span.peer);
    if span.span_layer != names::LAYER_MQ
        && let Some(service) = aliases.resolve(address)
    {
        return (service, Nature::Normal);
    }
    // By the layer that the OAP gives to the peer: GENERAL and FAAS are layers of normal services,
    // the virtual ones and UNDEFINED are not.
    let nature = match span.span_layer {
        names::LAYER_RPC | names::LAYER_HTTP | names::LAYER_FAAS => Nature::Normal,
        _ => Nature::Guessed,
    };
    (names::service(&span.peer), nature)
}
