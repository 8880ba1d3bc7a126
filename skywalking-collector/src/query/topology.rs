//! Builds the service map by the OAP's rules (`docs/protocol.md#peers-and-topology`).
//!
//! The map is computed from the stored traces for each request. It needs no memory of its own and
//! doesn't depend on the order of arrival: any stored segment can resolve a peer. Evicted traces
//! are not on the map.
//!
//! The OAP's map also has metrics of calls, endpoints, instances and configured gateways. This one
//! doesn't.

mod component;
mod relation;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::api::{Call, Node, Topology};
use crate::naming::{self, ServiceKind};
use crate::store::StoredSegment;
use relation::{DetectPoint, NodeKey, PeerAliases, Relation};

/// The component numbers that are known for a node, by where they were seen.
#[derive(Default)]
struct Components {
    /// On its own entry spans.
    own: Option<i32>,
    /// On entry spans of the services that it calls, such as the consumers of a broker.
    seen_by_callees: Option<i32>,
    /// On exit spans of the services that call it.
    seen_by_callers: Option<i32>,
}

/// Keeps the component with the higher priority. Of equal priorities the lower number is kept, so
/// that the result doesn't depend on the order of arrival.
fn prefer(known: &mut Option<i32>, id: i32) {
    let rank = |id: i32| (component::priority(id), std::cmp::Reverse(id));
    if known.is_none_or(|known| rank(id) > rank(known)) {
        *known = Some(id);
    }
}

impl Components {
    fn node_type(&self, key: NodeKey<'_>) -> Option<&'static str> {
        match key {
            (relation::USER, ServiceKind::Guessed) => Some("USER"),
            (_, ServiceKind::Normal) => self.own.map(component::name),
            (_, ServiceKind::Guessed) => {
                self.seen_by_callees.or(self.seen_by_callers).map(component::server_name)
            }
        }
    }
}

/// Returns the service map of these segments.
pub(crate) fn topology(segments: &[Arc<StoredSegment>]) -> Topology {
    let aliases = PeerAliases::collect(segments);
    let mut nodes: BTreeMap<NodeKey<'_>, Components> = BTreeMap::new();
    let mut calls: BTreeSet<(NodeKey<'_>, NodeKey<'_>)> = BTreeSet::new();
    for segment in segments {
        relation::for_each(
            &segment.object,
            &aliases,
            |Relation { source, target, component, detect_point }| {
                let caller = nodes.entry(source).or_default();
                match detect_point {
                    DetectPoint::Server => prefer(&mut caller.seen_by_callees, component),
                    DetectPoint::Client => {}
                }
                let called = nodes.entry(target).or_default();
                match detect_point {
                    DetectPoint::Server => prefer(&mut called.own, component),
                    DetectPoint::Client => prefer(&mut called.seen_by_callers, component),
                }
                calls.insert((source, target));
            },
        );
    }

    let ids: HashMap<NodeKey<'_>, String> =
        nodes.keys().map(|key| (*key, naming::service_id(key.0, key.1))).collect();
    let id = |key: &NodeKey<'_>| ids.get(key).cloned().unwrap_or_default();
    Topology {
        nodes: nodes
            .iter()
            .map(|(key, components)| Node {
                id: id(key),
                name: key.0.to_owned(),
                node_type: components.node_type(*key).map(str::to_owned),
                is_real: key.1 == ServiceKind::Normal,
            })
            .collect(),
        calls: calls
            .iter()
            .map(|(source, target)| {
                let (source, target) = (id(source), id(target));
                Call { id: format!("{source}-{target}"), source, target }
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests;
