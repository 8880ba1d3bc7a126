//! The reporter: takes finished segments out of the queue and sends them to a backend.
//!
//! A finished segment passes these modules in order:
//! 1. [`drain`] takes it out of its outbox.
//! 2. [`pending`] keeps it while a handle of one of its spans is open.
//! 3. [`tail_sampling`] keeps it until its request is decided.
//! 4. [`encode`] writes its bytes with [`wire`], with times from [`timeline`]. [`json`] is the
//!    other format.
//! 5. [`worker`] takes batches from a [`source`], which is [`program`], and sends them through a
//!    [`transport`].
//!
//! [`accounts`] counts the outcome of each segment, and has the reporter's own state ([`vitals`]).
//! [`stats`] adds the counts of the threads.
//! [`backoff`] computes the delay after a failure. [`problem_log`] and [`findings`] decide what is
//! logged.
//!
//! Everything runs on the reporter's thread, except that any thread can read the counts. This
//! module depends on how segments are stored (`segment`), not on how spans are opened and closed.

pub(crate) mod accounts;
mod backlog;
pub(crate) mod backoff;
pub(crate) mod drain;
pub(crate) mod encode;
pub(crate) mod findings;
#[cfg(test)]
pub(crate) mod golden;
pub(crate) mod json;
pub(crate) mod meters;
mod pending;
pub(crate) mod problem_log;
pub(crate) mod program;
pub(crate) mod reported;
pub(crate) mod signal;
pub(crate) mod source;
pub(crate) mod stats;
pub(crate) mod tail_sampling;
pub(crate) mod timeline;
pub(crate) mod transport;
pub(crate) mod vitals;
pub(crate) mod wire;
pub(crate) mod worker;
