//! What is known about a node.

use std::sync::Arc;

use super::component;
use crate::api::NodeKind;
use crate::enums;
use crate::naming::{self, ServiceKind};
use crate::store::Totals;

/// Identifies a node. The name comes first, so that nodes sort by name.
pub(super) type NodeKey = (Arc<str>, ServiceKind);

/// What is known about a node. Components are kept by where they were seen.
#[derive(Default)]
pub(super) struct NodeFacts {
    /// On its own entry spans.
    pub(super) own: Option<i32>,
    /// On entry spans of the services that it calls, such as the consumers of a broker.
    pub(super) seen_by_callees: Option<i32>,
    /// On exit spans of the services that call it.
    pub(super) seen_by_callers: Option<i32>,
    /// Whether it makes or receives calls by its own report or that of another service's entry.
    pub(super) is_reporting: bool,
    /// The layer with the highest priority.
    layer: Option<i32>,
    /// The calls to the node, by the side that is shown.
    pub(super) incoming: Totals,
    /// The calls of the node.
    pub(super) outgoing: Totals,
}

/// Keeps the component with the higher priority. Of equal priorities the lower number is kept, so
/// that the result doesn't depend on the order of arrival.
pub(super) fn prefer(known: &mut Option<i32>, id: i32) {
    let rank = |id: i32| (component::priority(id), std::cmp::Reverse(id));
    if known.is_none_or(|known| rank(id) > rank(known)) {
        *known = Some(id);
    }
}

impl NodeFacts {
    /// Adds the layer of a span. Layers of virtual services have priority, then FAAS.
    pub(super) fn add_layer(&mut self, layer: i32) {
        let rank = |layer: i32| {
            let order = [
                enums::LAYER_DATABASE,
                enums::LAYER_CACHE,
                enums::LAYER_MQ,
                enums::LAYER_GENAI,
                enums::LAYER_FAAS,
            ];
            order.iter().position(|known| *known == layer).unwrap_or(order.len())
        };
        if self.layer.is_none_or(|known| (rank(layer), layer) < (rank(known), known)) {
            self.layer = Some(layer);
        }
    }

    pub(super) fn node_type(&self, (name, kind): &NodeKey) -> Option<&'static str> {
        match kind {
            ServiceKind::Guessed if **name == *naming::USER => Some("USER"),
            ServiceKind::Normal => self.own.map(component::name),
            ServiceKind::Guessed => {
                self.seen_by_callees.or(self.seen_by_callers).map(component::server_name)
            }
        }
    }

    pub(super) fn kind(&self, (name, kind): &NodeKey, is_reporting: bool) -> NodeKind {
        match (kind, self.layer) {
            (ServiceKind::Guessed, _) if **name == *naming::USER => NodeKind::User,
            (ServiceKind::Guessed, Some(enums::LAYER_DATABASE)) => NodeKind::Database,
            (ServiceKind::Guessed, Some(enums::LAYER_CACHE)) => NodeKind::Cache,
            (ServiceKind::Guessed, Some(enums::LAYER_MQ)) => NodeKind::Queue,
            (ServiceKind::Guessed, _) => NodeKind::Unknown,
            (ServiceKind::Normal, Some(enums::LAYER_FAAS)) => NodeKind::Service,
            (ServiceKind::Normal, _) if is_reporting => NodeKind::Service,
            (ServiceKind::Normal, _) => NodeKind::Http,
        }
    }

    /// Returns the OAP's service layer. `reported` is the layer of a ping.
    pub(super) fn layer<'a>(
        &self,
        (name, kind): &NodeKey,
        reported: Option<&'a str>,
    ) -> Option<&'a str> {
        match (kind, self.layer) {
            (ServiceKind::Guessed, _) if **name == *naming::USER => None,
            (ServiceKind::Guessed, Some(enums::LAYER_DATABASE)) => Some("VIRTUAL_DATABASE"),
            (ServiceKind::Guessed, Some(enums::LAYER_CACHE)) => Some("VIRTUAL_CACHE"),
            (ServiceKind::Guessed, Some(enums::LAYER_MQ)) => Some("VIRTUAL_MQ"),
            (ServiceKind::Guessed, Some(enums::LAYER_GENAI)) => Some("VIRTUAL_GENAI"),
            (ServiceKind::Guessed, _) => None,
            (ServiceKind::Normal, Some(enums::LAYER_FAAS)) => reported.or(Some("FAAS")),
            (ServiceKind::Normal, _) => reported.or(Some("GENERAL")),
        }
    }
}
