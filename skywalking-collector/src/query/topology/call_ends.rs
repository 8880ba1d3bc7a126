//! The ends of calls, by which the index finds their traces.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::aliases::Aliases;
use crate::naming::{self, ServiceKind};
use crate::query::window::Reader;
use crate::store::{SeriesRef, Subject};

/// Pairs of names, by the first one.
type Pairs = HashMap<Arc<str>, HashSet<Arc<str>>>;

/// The memory of a series in the reader and in the result, in bytes. The names are shared.
const BYTES: usize = 256;

/// What spans report of the selected calls.
#[derive(Debug, Default)]
pub(crate) struct CallEnds {
    /// Callers with the addresses that they call.
    sent: Pairs,
    /// Callers with the services that they call.
    received: Pairs,
}

impl CallEnds {
    /// Returns callers with the addresses that they call.
    pub(crate) fn sent(&self) -> impl Iterator<Item = (&str, &str)> {
        pairs(&self.sent)
    }

    /// Returns callers with the services that they call.
    pub(crate) fn received(&self) -> impl Iterator<Item = (&str, &str)> {
        pairs(&self.received)
    }

    pub(crate) fn is_sent(&self, caller: &str, address: &str) -> bool {
        self.sent.get(caller).is_some_and(|addresses| addresses.contains(address))
    }

    pub(crate) fn is_received(&self, caller: &str, service: &str) -> bool {
        self.received.get(caller).is_some_and(|services| services.contains(service))
    }
}

fn pairs(pairs: &Pairs) -> impl Iterator<Item = (&str, &str)> {
    pairs.iter().flat_map(|(first, others)| others.iter().map(|other| (&**first, &**other)))
}

/// Collects the ends of the calls from `source` to `target`. These are ids of nodes; `None` is any
/// node.
pub(crate) struct CallEndsReader<'a> {
    source: Option<&'a str>,
    target: Option<&'a str>,
    aliases: Aliases,
    /// With the layer of the span, by which an address is resolved.
    sent: HashSet<(Arc<str>, Arc<str>, i32)>,
    received: Pairs,
}

impl<'a> CallEndsReader<'a> {
    pub(crate) fn new(source: Option<&'a str>, target: Option<&'a str>) -> Self {
        Self {
            source,
            target,
            aliases: Aliases::default(),
            sent: HashSet::new(),
            received: Pairs::new(),
        }
    }

    /// Resolves the addresses.
    pub(crate) fn finish(self) -> CallEnds {
        let mut sent = Pairs::new();
        for (caller, address, layer) in self.sent {
            let (name, kind) = self.aliases.target(&address, layer);
            if is_node(self.target, name, kind) {
                sent.entry(caller).or_default().insert(address);
            }
        }
        CallEnds { sent, received: self.received }
    }
}

impl Reader for CallEndsReader<'_> {
    fn add(&mut self, series: &SeriesRef<'_>) -> usize {
        self.aliases.add(series);
        match &series.subject {
            Subject::Sent { source, address, layer, .. }
                if is_node(self.source, source, ServiceKind::Normal) =>
            {
                self.sent.insert((Arc::clone(source), Arc::clone(address), *layer));
            }
            Subject::Received { source, source_kind, target, .. }
                if is_node(self.source, source, *source_kind)
                    && is_node(self.target, target, ServiceKind::Normal) =>
            {
                self.received.entry(Arc::clone(source)).or_default().insert(Arc::clone(target));
            }
            _ => return Aliases::BYTES,
        }
        Aliases::BYTES + BYTES
    }
}

fn is_node(id: Option<&str>, name: &str, kind: ServiceKind) -> bool {
    id.is_none_or(|id| naming::service_id(name, kind) == id)
}
