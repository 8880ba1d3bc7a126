//! Resolves addresses to services.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::enums;
use crate::naming::ServiceKind;
use crate::store::{SeriesRef, Subject};

/// Addresses of services, collected from the metrics of received calls. The range of time doesn't
/// matter.
#[derive(Default)]
pub(super) struct Aliases {
    /// If several services were reached by one address, the one that reported last owns it.
    services: HashMap<Arc<str>, (u64, Arc<str>)>,
    /// The services that reported something.
    reporting: HashSet<Arc<str>>,
}

impl Aliases {
    /// The memory of a series in both maps, in bytes. The names are shared.
    pub(super) const BYTES: usize = 128;

    pub(super) fn add(&mut self, series: &SeriesRef<'_>) {
        match &series.subject {
            Subject::Received { address: Some(address), target, .. } => {
                let owner = (series.last_arrival, Arc::clone(target));
                let known =
                    self.services.entry(Arc::clone(address)).or_insert_with(|| owner.clone());
                *known = owner.max(known.clone());
            }
            Subject::Service { service: name } | Subject::Sent { source: name, .. } => {
                self.reporting.insert(Arc::clone(name));
            }
            _ => {}
        }
    }

    pub(super) fn is_reporting(&self, service: &str) -> bool {
        self.reporting.contains(service)
    }

    /// Returns the service of an address, otherwise a node with the name of the address. A message
    /// broker never resolves to a service.
    pub(super) fn target<'a>(&'a self, address: &'a str, layer: i32) -> (&'a str, ServiceKind) {
        if layer != enums::LAYER_MQ
            && let Some((_, service)) = self.services.get(address)
        {
            return (service, ServiceKind::Normal);
        }
        // The OAP assigns a layer to the peer. GENERAL and FAAS are layers of normal services; the
        // virtual layers and UNDEFINED are not.
        let kind = match layer {
            enums::LAYER_RPC | enums::LAYER_HTTP | enums::LAYER_FAAS => ServiceKind::Normal,
            _ => ServiceKind::Guessed,
        };
        (address, kind)
    }
}
