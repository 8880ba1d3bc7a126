//! What an agent says of itself: who it is (`properties`) and that it is there (the keep-alive),
//! each at its time ([`heartbeat`]).
//!
//! How it is said is the transport's business (`report/`), and so is what happens when nobody
//! listens.

pub(crate) mod heartbeat;
#[cfg(any(feature = "report-grpc", feature = "report-http"))] // the ways to say them
pub(crate) mod properties;

/// What there is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ManagementMessage {
    /// Who and where this instance is: creates it at the backend.
    Properties,
    /// That this instance is still there: creates its service at the backend, too.
    KeepAlive,
}
