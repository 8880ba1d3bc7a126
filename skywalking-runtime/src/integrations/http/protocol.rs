//! The protocols that a call distinguishes.

/// How a response reports its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// By the status of HTTP.
    Http,
    /// By the header or trailer `grpc-status`.
    Grpc,
}
