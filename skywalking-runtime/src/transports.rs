//! The transports: how the reporter sends its batches.
//!
//! `grpc` and `http` send to a backend, and share `backends` and `dial`. `custom` calls the transport
//! of the program. [`log`] writes to standard error, and [`discard`] drops everything. Each
//! implements [`Transport`](crate::report::transport::Transport).
//!
//! Calls that block run on their own threads: `dial` resolves names, `files` reads certificates and
//! the token, `custom` runs code of the program, and [`offload`] writes to standard error.

#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod backends;
#[cfg(feature = "report-custom")]
pub(crate) mod custom;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
pub(crate) mod dial;
pub(crate) mod discard;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod files;
#[cfg(feature = "report-grpc")]
pub(crate) mod grpc;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod gzip;
#[cfg(feature = "report-http")]
pub(crate) mod http;
pub(crate) mod log;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod metered;
mod offload;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod quote;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
pub(crate) mod token;
