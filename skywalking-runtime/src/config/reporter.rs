//! Where finished segments go.

use super::address::{self, Port};

/// Where finished segments go.
///
/// An agent for which none is set takes the first of `Grpc`, `Http` and `Log` that the build has.
/// Set it in a program, with [`Config::reporter`](crate::Config::reporter) or `SW_AGENT_PROTOCOL`: in
/// a workspace another crate may turn `report-grpc` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reporter {
    /// To the backend, by gRPC.
    #[cfg(feature = "report-grpc")]
    Grpc,
    /// To the backend, by HTTP and as JSON: for backends that are reached by nothing else.
    #[cfg(feature = "report-http")]
    Http,
    /// To standard error, one line of JSON a segment: for people without a backend.
    Log,
    /// Nowhere: each segment counts as sent. For tests that look at the segments themselves.
    Discard,
}

impl Reporter {
    /// The reporter where none is set. Not a public `Default`, as it depends on the features.
    pub(super) fn unless_set() -> Self {
        #[cfg(feature = "report-grpc")]
        return Self::Grpc;
        #[cfg(all(feature = "report-http", not(feature = "report-grpc")))]
        return Self::Http;
        #[cfg(not(any(feature = "report-grpc", feature = "report-http")))]
        return Self::Log;
    }
}

impl Reporter {
    /// True if segments leave the process for a backend.
    pub(super) fn has_backend(self) -> bool {
        !matches!(self, Self::Log | Self::Discard)
    }

    /// Where its backend listens unless told, and whether an address may do without its port.
    pub(super) fn backend(self) -> (&'static str, Port) {
        match self {
            #[cfg(feature = "report-http")]
            Self::Http => (address::HTTP, Port::Default(12_800)),
            _ => (address::GRPC, Port::Needed),
        }
    }
}
