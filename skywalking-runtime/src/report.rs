//! The reporter: takes finished segments out of the queue and sends them to a backend.
//!
//! In the order in which a segment passes them: [`drain`] takes it out of its outbox; [`pending`]
//! keeps it while one of its spans is open, [`tail_sampling`] until its request is decided;
//! [`encode`] makes its bytes (with [`wire`], with times by [`timeline`]; [`json`] is the other
//! form); the [`worker`] sends batches with a [`transport`]. [`accounts`] counts what became of
//! segments, and [`stats`] adds the counts of the threads. [`backoff`] says when to try again after
//! a failure, [`problem_log`] and [`findings`] what is logged.
//!
//! Everything here but reading the counts runs on the reporter's thread. This module knows how
//! segments are stored (`span::record`), not how spans are opened and closed.

pub(crate) mod accounts;
pub(crate) mod backoff;
pub(crate) mod drain;
pub(crate) mod encode;
pub(crate) mod findings;
pub(crate) mod json;
mod pending;
pub(crate) mod problem_log;
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
