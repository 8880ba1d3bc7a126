//! [`Reporter`]: where finished segments are sent.

use super::Config;
use super::address::{self, Port};
#[cfg(feature = "report-custom")]
use crate::transport::{Given, Transport};

/// Where finished segments are sent.
///
/// The default is the first of `Grpc`, `Http` and `Log` that the build includes. A program should
/// set it with [`Config::reporter`](crate::Config::reporter) or `SW_AGENT_PROTOCOL`, since another
/// crate of the workspace may enable `report-grpc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reporter {
    /// To the backend by gRPC.
    #[cfg(feature = "report-grpc")]
    Grpc,
    /// To the backend by HTTP, as JSON. For backends that accept only HTTP.
    #[cfg(feature = "report-http")]
    Http,
    /// To standard error, one line of JSON per segment. For use without a backend.
    Log,
    /// Nowhere: each segment counts as sent. For tests that check the segments themselves.
    Discard,
}

impl Reporter {
    /// Returns the default. Not a public `Default`, since it depends on the features.
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
    /// Returns true if segments are sent to a backend.
    pub(crate) fn has_backend(self) -> bool {
        !matches!(self, Self::Log | Self::Discard)
    }

    /// Returns the default address of its backend, and whether an address needs a port.
    pub(super) fn backend(self) -> (&'static str, Port) {
        match self {
            #[cfg(feature = "report-http")]
            Self::Http => (address::HTTP, Port::Default(12_800)),
            _ => (address::GRPC, Port::Needed),
        }
    }
}

impl Config {
    /// Sets the reporter, in place of a transport that was given before.
    pub(super) fn set_reporter(&mut self, reporter: Reporter) {
        self.reporter = reporter;
        #[cfg(feature = "report-custom")]
        {
            self.transport = None;
        }
    }

    /// Sends batches through a transport of the program, in place of a [`Reporter`].
    ///
    /// The last of this method, [`Config::reporter`] and `SW_AGENT_PROTOCOL` counts. Settings of the
    /// connection to a backend have no effect: its addresses, TLS, proxies and the token. See
    /// [`transport`](mod@crate::transport) for an example.
    #[cfg(feature = "report-custom")]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Given::new(transport));
        self
    }
}
