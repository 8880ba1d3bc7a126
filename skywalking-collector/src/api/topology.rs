//! The service map.

use serde::{Deserialize, Serialize};

/// A service map: the services and the calls between them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Topology {
    /// The nodes, sorted by name.
    pub nodes: Vec<Node>,
    /// The calls, sorted by the names of source and target.
    pub calls: Vec<Call>,
}

/// A service, a guessed peer, or the node `User`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Whether it is a normal service. As in the OAP, the peer of an RPC or HTTP call counts as
    /// one before it has reported anything.
    pub is_real: bool,
}

/// A call from one node to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Call {
    /// `<source>-<target>`.
    pub id: String,
    /// The id of the calling node.
    pub source: String,
    /// The id of the called node.
    pub target: String,
}

impl Topology {
    /// Returns the node with this id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }
}
