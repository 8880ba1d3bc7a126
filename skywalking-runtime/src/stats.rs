//! Counts of the segments of this process by outcome, and of everything that was lost or misused.
//!
//! - [`read`] returns the [`Stats`] of the process. [`Agent::stats`](crate::Agent::stats) and
//!   [`Agent::shutdown`](crate::Agent::shutdown) return them as well, the latter in a [`Report`].
//! - [`Dropped`] has the lost segments by cause.
//! - [`ReporterStats`] is the state of the connection to the backend.
//!   [`health`](crate::health) returns what is wrong with it, for a health check.
//! - [`Diagnostic`] names everything else that is counted: rejected headers, limits that were
//!   reached, misuse of the API.
//! - [`orphans`] lists the callsites whose Local spans had no parent.
//!
//! ```
//! use skywalking_runtime::stats::{self, Diagnostic};
//! use skywalking_runtime::{Config, config::Reporter, local_span};
//!
//! #[local_span(name = "tick")]
//! fn tick() {}
//!
//! let agent = Config::new("ticker").reporter(Reporter::Discard).start()?;
//! tick();
//! let counts = stats::read();
//! assert_eq!(counts.finished, 1);
//! assert_eq!(counts.dropped.total(), 0);
//! assert_eq!(counts.count(Diagnostic::SpanLimit), 0);
//! assert_eq!(stats::orphans().map(|(callsite, _)| callsite.name()).collect::<Vec<_>>(), ["tick"]);
//! # drop(agent);
//! # Ok::<(), skywalking_runtime::Error>(())
//! ```

#[cfg(feature = "agent")]
pub use crate::agent::Unhealthy;
#[cfg(feature = "agent")]
pub use crate::report::stats::{
    Dropped, Report, ReporterState, ReporterStats, SignalStats, Stats, read,
};
pub use crate::trace::orphans::orphans;
pub use crate::util::diagnostics::Diagnostic;
