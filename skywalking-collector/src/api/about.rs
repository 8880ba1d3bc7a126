//! The collector itself: version, addresses and limits.

use std::net::SocketAddr;

use serde::Serialize;

/// The settings of a running collector. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    pub(crate) version: &'static str,
    /// The address for reports by gRPC.
    pub(crate) grpc_addr: SocketAddr,
    /// The address for queries and for reports over HTTP.
    pub(crate) http_addr: SocketAddr,
    /// Whether agents and API clients need a token.
    pub(crate) token_required: bool,
    pub(crate) limits: AboutLimits,
    /// The start of the collector, in epoch milliseconds.
    pub(crate) started_at: i64,
}

/// The limits of the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AboutLimits {
    /// The largest number of stored spans.
    pub(crate) max_spans: usize,
    /// The largest memory of the stored traces, in bytes.
    pub(crate) max_bytes: usize,
}
