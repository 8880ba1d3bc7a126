//! Where finished segments go.

use super::address::{self, Port};

/// Where finished segments go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reporter {
    /// To the backend, by gRPC: the default.
    #[cfg(feature = "report-grpc")]
    Grpc,
    /// To the backend, by HTTP and as JSON: for backends that are reached by nothing else. The
    /// default without the feature `report-grpc`.
    #[cfg(feature = "report-http")]
    Http,
    /// To standard error, one line of JSON a segment: for people without a backend. The default
    /// where no feature brings another.
    Log,
    /// Nowhere: each segment counts as sent. For tests that look at the segments themselves.
    Discard,
}

impl Default for Reporter {
    fn default() -> Self {
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
