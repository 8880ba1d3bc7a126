//! Services and their instances.

use serde::{Deserialize, Serialize, Serializer};

use super::call_stats::CallStats;
use super::topology::NodeKind;

/// A service and the requests that it received.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServiceView {
    /// The name, cut to 70 UTF-16 units as in the OAP.
    pub name: String,
    /// The layer of its last ping that names one. `None` (JSON `null`) without such a ping.
    pub layer: Option<String>,
    /// The number of its instances.
    pub instances: usize,
    /// The time of the last report, in epoch milliseconds.
    pub last_seen: i64,
    /// The kind of its node on the map.
    pub kind: NodeKind,
    /// The requests.
    #[serde(flatten)]
    pub stats: CallStats,
    /// The number of protocol violations in its segments since the start of the collector.
    pub violations: u64,
    /// Its number in the order of first arrival, from 0. Views use it to give the service the same
    /// color everywhere. A service that is evicted and reports again gets another one.
    pub color: u32,
    /// Whether the OAP lists it: only after an entry span or a ping.
    pub listed: bool,
    /// The number of requests over the range, in 30 parts, the earliest first.
    pub sparkline: Vec<u64>,
}

/// An instance of a service, as it reported itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InstanceView {
    /// The name of the service.
    pub service: String,
    /// The name of the instance.
    pub instance: String,
    /// The properties in the order of their first report. A later report of a key replaces its
    /// values. A key can occur more than once, so the JSON form is a list of `{"key": ..,
    /// "value": ..}`.
    #[serde(serialize_with = "pairs")]
    pub properties: Vec<(String, String)>,
    /// The time of the last keep-alive ping, in epoch milliseconds.
    pub last_ping: Option<i64>,
    /// The service layer of the last ping. Empty means `GENERAL`.
    pub layer: String,
    /// The time of the last report, in epoch milliseconds.
    pub last_seen: i64,
    /// The requests that it received.
    #[serde(flatten)]
    pub stats: CallStats,
}

fn pairs<S: Serializer>(properties: &[(String, String)], to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Pair<'a> {
        key: &'a str,
        value: &'a str,
    }
    to.collect_seq(properties.iter().map(|(key, value)| Pair { key, value }))
}
