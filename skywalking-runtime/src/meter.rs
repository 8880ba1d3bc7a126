//! Meters: numbers about the process that are reported beside its traces.
//!
//! - A [`Counter`] only increases, a [`Histogram`] counts values by bucket, and a [`gauge`] is read
//!   from a closure each time meters are reported.
//! - The agent sends all meters every 20 s, and once more when it ends.
//!
//! Register a meter once and keep the handle. Handles are `Copy`, and updates never lock or
//! allocate. Meters exist until the process ends. At most [`LIMIT`] can be registered: each
//! combination of a name and labels is one meter.
//!
//! ```
//! use std::time::Duration;
//! use skywalking_runtime::meter;
//!
//! let orders = meter::counter("orders_created").label("region", "north").register()?;
//! let latency = meter::histogram("payment_ms", [5, 10, 25, 50, 100, 250]).register()?;
//! meter::gauge("workers", || 4.0).register()?;
//!
//! orders.add(1);
//! latency.record_duration(Duration::from_millis(12));
//! assert_eq!(orders.value(), 1);
//! # Ok::<(), meter::MeterError>(())
//! ```
//!
//! # Names
//!
//! The OAP's rules are expressions over identifiers. So each character of a name that isn't an
//! ASCII letter, a digit or `_` is reported as `_`, and a leading digit gets a `_` before it. Two
//! names that would be reported alike are an error at registration.
//!
//! The OAP shows a meter only if a rule names it. The folder `docs/oap` of the repository has rules
//! for the agent's own meters, to start from.
//!
//! # Forks
//!
//! A forked child has its parent's meters, with their values at the fork.

#![deny(clippy::disallowed_types)]

mod builder;
mod counter;
mod error;
mod histogram;
mod name;
mod reading;
mod refused;
mod registry;

pub use builder::{MeterBuilder, counter, gauge, histogram};
pub use counter::Counter;
pub use error::{BoundsProblem, LabelProblem, MeterError, NameProblem};
pub use histogram::Histogram;
pub use reading::{Reading, Value, read};
pub use refused::count_refused;
pub use registry::LIMIT;
#[cfg(feature = "agent")]
pub(crate) use {
    name::{AGENT_PREFIX, PROCESS_PREFIX},
    registry::count,
};

/// The kinds of meters, as parameters of [`MeterBuilder`].
#[doc(hidden)]
pub use builder::kinds;
