//! The map of services, by the OAP's rules (`docs/protocol.md#peers-and-topology`).
//!
//! It is made from the stored traces each time it is asked for, so it needs no memory of its own,
//! is bounded as they are, and does not depend on the order of arrival: a peer is resolved by what
//! any stored segment teaches. What has been evicted is not on the map.
//!
//! What the OAP has and this map has not: metrics on the lines, endpoints and instances, gateways
//! by configuration.

mod component;
mod relation;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::Serialize;

use crate::names::{self, Nature};
use crate::store::StoredSegment;
use relation::{Aliases, Relation, Side};

/// The map: who calls whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Topology {
    /// The nodes, by name.
    pub nodes: Vec<Node>,
    /// The calls, by the names of source and target.
    pub calls: Vec<Call>,
}

/// A service, a guessed peer, or the node `User`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// `base64(name)`, then `.1` for a normal service and `.0` for a guessed one.
    pub id: String,
    /// The name; of a guessed node the peer.
    pub name: String,
    /// The component's name: what the service is made with, or of a guessed node what it is;
    /// `USER` for the user. `None` (JSON `null`) where only exit spans tell of a normal
    /// service.
    #[serde(rename = "type")]
    pub node_type: Option<String>,
    /// Whether it is a normal service. As in the OAP, the peer of an RPC or HTTP call counts as
    /// one even before it has reported anything.
    pub is_real: bool,
}

/// A line of the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// `<source>-<target>`.
    pub id: String,
    /// The caller's node id.
    pub source: String,
    /// The called node's id.
    pub target: String,
}

/// Who a node is. Names come first, so that the map is in their order.
type Key<'a> = (&'a str, Nature);

/// What is known of a node's type: component numbers by who told.
#[derive(Default)]
struct Told {
    /// Its own entry spans.
    itself: Option<i32>,
    /// Entry spans of those that it calls (a broker, seen by a consumer).
    called: Option<i32>,
    /// Exit spans of those that call it.
    callers: Option<i32>,
}

/// Of equal priorities the lower number stays, so that the order of arrival does not matter.
fn prefer(known: &mut Option<i32>, id: i32) {
    let rank = |id: i32| (component::priority(id), std::cmp::Reverse(id));
    if known.is_none_or(|known| rank(id) > rank(known)) {
        *known = Some(id);
    }
}

impl Told {
    fn node_type(&self, key: Key<'_>) -> Option<&'static str> {
        match key {
            (relation::USER, Nature::Guessed) => Some("USER"),
            (_, Nature::Normal) => self.itself.map(component::name),
            (_, Nature::Guessed) => self.called.or(self.callers).map(component::server_name),
        }
    }
}

impl Topology {
    pub(crate) fn new(segments: &[Arc<StoredSegment>]) -> Self {
        let aliases = Aliases::learn(segments);
        let mut nodes: BTreeMap<Key<'_>, Told> = BTreeMap::new();
        let mut calls: BTreeSet<(Key<'_>, Key<'_>)> = BTreeSet::new();
        for segment in segments {
            relation::of(
                &segment.object,
                &aliases,
                |Relation { source, target, component, side }| {
                    let caller = nodes.entry(source).or_default();
                    match side {
                        Side::Server => prefer(&mut caller.called, component),
                        Side::Client => {}
                    }
                    let called = nodes.entry(target).or_default();
                    match side {
                        Side::Server => prefer(&mut called.itself, component),
                        Side::Client => prefer(&mut called.callers, component),
                    }
                    calls.insert((source, target));
                },
            );
        }

        let ids: HashMap<Key<'_>, String> =
            nodes.keys().map(|key| (*key, names::service_id(key.0, key.1))).collect();
        let id = |key: &Key<'_>| ids.get(key).cloned().unwrap_or_default();
        Self {
            nodes: nodes
                .iter()
                .map(|(key, told)| Node {
                    id: id(key),
                    name: key.0.to_owned(),
                    node_type: told.node_type(*key).map(str::to_owned),
                    is_real: key.1 == Nature::Normal,
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

    /// The node of an id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }
}

#[cfg(test)]
mod tests;
