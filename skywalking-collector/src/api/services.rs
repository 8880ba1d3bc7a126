//! Services and their instances.

use serde::{Serialize, Serializer};

/// A service with an entry span or a keep-alive ping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServiceView {
    /// The name, cut to 70 UTF-16 units as in the OAP.
    pub name: String,
    /// The names of its instances, sorted.
    pub instances: Vec<String>,
    /// The time of the last report, in epoch milliseconds.
    pub last_seen: i64,
}

/// An instance of a service, as it reported itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
}

fn pairs<S: Serializer>(properties: &[(String, String)], to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Pair<'a> {
        key: &'a str,
        value: &'a str,
    }
    to.collect_seq(properties.iter().map(|(key, value)| Pair { key, value }))
}
