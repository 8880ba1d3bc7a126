//! The transports: where the reporter sends its batches.
//!
//! `grpc` and `http` send to a backend; [`log`] writes to standard error; [`discard`] drops. Each
//! implements [`Transport`](crate::report::transport::Transport). `backends` is what the first two
//! share. Calls that block in the operating system have a thread of their own: `lookup` of names for
//! the `connector`, and [`offload`] of writes to standard error.

#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod backends;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod connector;
pub(crate) mod discard;
#[cfg(feature = "report-grpc")]
pub(crate) mod grpc;
#[cfg(feature = "report-http")]
pub(crate) mod http;
pub(crate) mod log;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod lookup;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod metered;
mod offload;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod quote;
