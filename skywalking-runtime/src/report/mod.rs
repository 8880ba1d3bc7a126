//! The way out: finished segments from the threads' outboxes to the backend, or to another place
//! that takes them.
//!
//! In the order in which a segment meets them: [`drain`] takes it out of its outbox, [`encode`]
//! makes bytes of it (by [`wire`], with times by [`timeline`], without what shall not leave by
//! [`redact`]; [`json`] is its other form), the [`worker`] sends them in batches by a
//! [`transport`]: `grpc`, `http` (`backends` is what these two have in common), [`log`] or
//! [`discard`]. What became of it is written down in [`accounts`]; [`stats`] puts that beside what
//! the threads counted. What blocks in the operating system has a thread of its own: [`lookup`] of
//! names, for the [`connector`], and [`offload`] of writes to standard error. [`backoff`] says when
//! to try again after a failure, [`problem_log`] what is logged of it (by `self_log`).
//!
//! Everything here but reading the accounts happens on the reporter's own thread. This room knows
//! how segments are stored (`trace/record`) and nothing of how spans are opened and closed.

pub(crate) mod accounts;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
pub(crate) mod backends;
pub(crate) mod backoff;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
pub(crate) mod connector;
pub(crate) mod discard;
pub(crate) mod drain;
pub(crate) mod encode;
pub(crate) mod findings;
#[cfg(feature = "report-grpc")]
pub(crate) mod grpc;
#[cfg(feature = "report-http")]
pub(crate) mod http;
pub(crate) mod json;
pub(crate) mod log;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod lookup;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
mod metered;
mod offload;
mod pending;
pub(crate) mod problem_log;
#[cfg(any(feature = "report-grpc", feature = "report-http"))]
pub(crate) mod quote;
pub(crate) mod redact;
pub(crate) mod stats;
pub(crate) mod tail_sampling;
#[cfg(feature = "testing")]
pub(crate) mod test_sink;
pub(crate) mod timeline;
pub(crate) mod transport;
pub(crate) mod wire;
#[cfg(feature = "testing")]
pub(crate) mod wire_check;
pub(crate) mod worker;
