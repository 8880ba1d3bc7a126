//! The management messages of an agent: its properties ([`properties`]) and its keep-alive, each
//! when it is due ([`heartbeat`]).
//!
//! The transports send them; the worker handles failures.

pub(crate) mod heartbeat;
#[cfg(any(feature = "report-grpc", feature = "report-http"))] // the ways to say them
pub(crate) mod properties;

/// A message about this instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ManagementMessage {
    /// Who and where this instance is: creates it at the backend.
    Properties,
    /// That this instance is still there: creates its service at the backend, too.
    KeepAlive,
}
