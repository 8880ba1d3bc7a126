//! The management messages of an agent: its properties ([`properties`]) and its keep-alive.
//!
//! [`heartbeat`] decides when each is due. The transports send them, and the worker handles
//! failures.

pub(crate) mod heartbeat;
#[cfg(any(feature = "report-grpc", feature = "report-http", feature = "report-custom"))]
// `log` and `discard` send none
pub(crate) mod properties;

/// A message about this instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ManagementMessage {
    /// The properties of this instance. Creates the instance at the backend.
    Properties,
    /// The keep-alive of this instance. Creates its service at the backend.
    KeepAlive,
}
