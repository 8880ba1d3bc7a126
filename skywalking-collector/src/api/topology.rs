//! The service map.

use serde::{Deserialize, Serialize};

use super::call_stats::CallStats;

/// A service map: the services and the calls between them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Topology {
    /// The nodes, sorted by name.
    pub nodes: Vec<Node>,
    /// The calls, sorted by the names of source and target.
    pub calls: Vec<Call>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum NodeKind {
    /// A service that reports.
    Service,
    /// A database that a service calls.
    Database,
    /// A cache that a service calls.
    Cache,
    /// A message queue.
    Queue,
    /// An HTTP or RPC server that doesn't report.
    Http,
    /// The unknown caller of services.
    User,
    /// Another peer.
    #[default]
    Unknown,
}

/// A service, a guessed peer, or the node `User`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Node {
    /// The Base64 of the name, then `.1` for a normal service or `.0` for a guessed one.
    pub id: String,
    /// The name of the service, or the peer of a guessed node.
    pub name: String,
    /// The name of the component: the framework of a service, or the server behind a guessed
    /// node. `USER` for the user. `None` (JSON `null`) if only calls to the service are
    /// known.
    #[serde(rename = "type")]
    pub node_type: Option<String>,
    /// What the node is.
    pub kind: NodeKind,
    /// Whether it is a normal service. As in the OAP, the peer of an RPC or HTTP call counts as
    /// one before it has reported anything.
    pub is_real: bool,
    /// The OAP's service layer. `None` (JSON `null`) for the user and for unknown peers.
    pub layer: Option<String>,
    /// The color number, see [`ServiceView::color`](super::ServiceView::color). `None` (JSON
    /// `null`) for a node that has not reported.
    pub color: Option<u32>,
    /// The requests that a service received, the accesses to a database, cache or queue, or the
    /// calls of the user. For other nodes: the calls to the node.
    #[serde(flatten)]
    pub stats: CallStats,
}

/// The side that reported a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DetectPoint {
    /// The caller.
    Client,
    /// The called service.
    Server,
}

/// A call from one node to another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Call {
    /// `<source>-<target>`.
    pub id: String,
    /// The id of the calling node.
    pub source: String,
    /// The id of the called node.
    pub target: String,
    /// The sides that reported calls. The statistics are those of the first one: the caller's
    /// durations include the network.
    pub detect_points: Vec<DetectPoint>,
    /// The name of the component that made the calls, or that received them if only the called
    /// service reported them. `None` (JSON `null`) if it is not registered.
    pub component: Option<String>,
    /// The calls.
    #[serde(flatten)]
    pub stats: CallStats,
}

impl Topology {
    /// Returns the node with this id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }
}
