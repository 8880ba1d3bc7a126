//! Builds the service map by the OAP's rules (`docs/protocol.md#peers-and-topology`).
//!
//! The map is computed from the metrics for each request. It doesn't depend on the order of
//! arrival: addresses are resolved to services when the map is read. Metrics outlive their traces,
//! so the map also shows calls of evicted traces.
//!
//! Instances and configured gateways of the OAP's map are missing.

mod aliases;
mod call_ends;
mod call_reader;
mod component;
mod nodes;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::api::{Call, DetectPoint, Node, TimeRange, Topology};
use crate::naming::{self, ServiceKind};
use crate::query::window::{Reader, Window};
use crate::store::{SeriesRef, ServiceFacts, Subject, Totals};
use aliases::Aliases;
pub(crate) use call_ends::{CallEnds, CallEndsReader};
pub(crate) use call_reader::CallReader;
use nodes::{NodeFacts, NodeKey, prefer};

/// The memory of a series in the reader and on the map, in bytes: a call, its nodes and their ids,
/// in addition to eight copies of the names.
const BYTES: usize = 1_024;

/// What the two sides reported about a call.
#[derive(Default)]
struct CallFacts {
    sent: Side,
    received: Side,
}

#[derive(Default)]
struct Side {
    totals: Totals,
    component: Option<i32>,
}

impl CallFacts {
    /// Returns the sides that reported calls, the caller first: it includes the network.
    fn sides(&self) -> impl Iterator<Item = (DetectPoint, &Side)> {
        let sides = [(DetectPoint::Client, &self.sent), (DetectPoint::Server, &self.received)];
        sides.into_iter().filter(|(_, side)| side.totals.calls > 0)
    }
}

/// Reads the service map.
pub(crate) struct MapReader {
    window: Window,
    aliases: Aliases,
    nodes: BTreeMap<NodeKey, NodeFacts>,
    calls: BTreeMap<(NodeKey, NodeKey), CallFacts>,
    /// Calls to an address, which is resolved at the end.
    sent: Vec<(Subject<Arc<str>>, Totals)>,
    services: HashMap<Arc<str>, Totals>,
    accesses: HashMap<Arc<str>, Totals>,
}

impl MapReader {
    pub(crate) fn new(range: TimeRange) -> Self {
        Self {
            window: Window::new(range),
            aliases: Aliases::default(),
            nodes: BTreeMap::new(),
            calls: BTreeMap::new(),
            sent: Vec::new(),
            services: HashMap::new(),
            accesses: HashMap::new(),
        }
    }

    /// Returns the map. `known` has the layers and colors of services.
    pub(crate) fn finish(mut self, known: &[ServiceFacts]) -> Topology {
        for (subject, totals) in std::mem::take(&mut self.sent) {
            self.add_sent(&subject, &totals);
        }
        for ((source, target), call) in &self.calls {
            let Some((_, side)) = call.sides().next() else {
                continue;
            };
            if let Some(node) = self.nodes.get_mut(source) {
                node.outgoing.merge(&side.totals);
            }
            if let Some(node) = self.nodes.get_mut(target) {
                node.incoming.merge(&side.totals);
            }
        }
        let known: HashMap<&str, &ServiceFacts> =
            known.iter().map(|service| (service.name.as_str(), service)).collect();
        Topology {
            nodes: self.nodes.iter().map(|(key, facts)| self.node(key, facts, &known)).collect(),
            calls: self.calls.iter().map(|(ends, facts)| self.call(ends, facts)).collect(),
        }
    }

    fn add_sent(&mut self, subject: &Subject<Arc<str>>, totals: &Totals) {
        let Subject::Sent { source, address, component, layer } = subject else {
            return;
        };
        let source = (Arc::clone(source), ServiceKind::Normal);
        let (called, kind) = self.aliases.target(address, *layer);
        let target: NodeKey = (called.into(), kind);
        self.nodes.entry(source.clone()).or_default().is_reporting = true;
        let called = self.nodes.entry(target.clone()).or_default();
        prefer(&mut called.seen_by_callers, *component);
        // The layer of the span is that of the address, and not of a service behind it.
        if target.0 == *address {
            called.add_layer(*layer);
        }
        let sent = &mut self.calls.entry((source, target)).or_default().sent;
        sent.totals.merge(totals);
        prefer(&mut sent.component, *component);
    }

    fn node(&self, key: &NodeKey, facts: &NodeFacts, known: &HashMap<&str, &ServiceFacts>) -> Node {
        let reported = known.get(&*key.0).copied();
        let layer = facts.layer(key, reported.and_then(|service| service.layer.as_deref()));
        let is_reporting = facts.is_reporting || self.aliases.is_reporting(&key.0);
        let kind = facts.kind(key, is_reporting);
        let totals = match key.1 {
            ServiceKind::Normal => self.services.get(&key.0).unwrap_or(&facts.incoming),
            ServiceKind::Guessed => match self.accesses.get(&key.0) {
                Some(access) => access,
                None if facts.incoming.calls > 0 => &facts.incoming,
                None => &facts.outgoing,
            },
        };
        Node {
            id: naming::service_id(&key.0, key.1),
            name: key.0.as_ref().to_owned(),
            node_type: facts.node_type(key).map(str::to_owned),
            kind,
            is_real: key.1 == ServiceKind::Normal,
            layer: layer.map(str::to_owned),
            color: reported.filter(|_| key.1 == ServiceKind::Normal).map(|service| service.color),
            stats: self.window.stats(totals),
        }
    }

    fn call(&self, (source, target): &(NodeKey, NodeKey), facts: &CallFacts) -> Call {
        let (source, target) =
            (naming::service_id(&source.0, source.1), naming::service_id(&target.0, target.1));
        let side = facts.sides().next().map(|(_, side)| side);
        Call {
            id: format!("{source}-{target}"),
            source,
            target,
            detect_points: facts.sides().map(|(point, _)| point).collect(),
            component: side.and_then(|side| side.component).and_then(component::registered),
            stats: side.map(|side| self.window.stats(&side.totals)).unwrap_or_default(),
        }
    }
}

impl Reader for MapReader {
    fn add(&mut self, series: &SeriesRef<'_>) -> usize {
        if matches!(series.subject, Subject::Instance { .. } | Subject::Endpoint { .. }) {
            return 0;
        }
        self.aliases.add(series);
        let mut totals = Totals::default();
        self.window.add(series, &mut totals);
        if totals.calls == 0 {
            return Aliases::BYTES;
        }
        // The totals are added to the call and to both of its nodes.
        let bytes = BYTES + 8 * series.subject.text_bytes() + 4 * totals.heap_bytes();
        match &series.subject {
            Subject::Instance { .. } | Subject::Endpoint { .. } => {}
            Subject::Service { service } => {
                self.services.insert(Arc::clone(service), totals);
            }
            Subject::Access { name, .. } => {
                self.accesses.entry(Arc::clone(name)).or_default().merge(&totals);
            }
            Subject::Sent { .. } => self.sent.push((series.subject.clone(), totals)),
            Subject::Received { source, source_kind, target, component, layer, .. } => {
                let source = (Arc::clone(source), *source_kind);
                let target = (Arc::clone(target), ServiceKind::Normal);
                let caller = self.nodes.entry(source.clone()).or_default();
                prefer(&mut caller.seen_by_callees, *component);
                caller.is_reporting = true;
                // The layer of the span is that of the broker, and not of a calling service.
                if *source_kind == ServiceKind::Guessed {
                    caller.add_layer(*layer);
                }
                let called = self.nodes.entry(target.clone()).or_default();
                prefer(&mut called.own, *component);
                called.is_reporting = true;
                called.add_layer(*layer);
                let received = &mut self.calls.entry((source, target)).or_default().received;
                received.totals.merge(&totals);
                prefer(&mut received.component, *component);
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests;
