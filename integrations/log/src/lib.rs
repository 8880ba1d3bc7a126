//! SkyWalking for programs that use the [log] crate: [`Wrapper`] wraps any logger.
//!
//! - It reports records to the backend's Log tab, with the trace, segment and span id and the
//!   endpoint of the current span.
//! - It can write the ids of the current span into each line ([`Ids`]).
//!
//! ```
//! use std::sync::Mutex;
//!
//! use log::{LevelFilter, Log, Metadata, Record};
//! use skywalking_log::{Ids, Wrapper};
//! use skywalking_runtime::{entry_span, testing};
//!
//! static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
//!
//! /// The logger of the program. It may be any.
//! struct Lines;
//!
//! impl Log for Lines {
//!     fn enabled(&self, _: &Metadata<'_>) -> bool {
//!         true
//!     }
//!
//!     fn log(&self, record: &Record<'_>) {
//!         LINES.lock().unwrap().push(record.args().to_string());
//!     }
//!
//!     fn flush(&self) {}
//! }
//!
//! #[entry_span(name = "/orders")]
//! fn order() -> String {
//!     log::info!("an order came");
//!     skywalking_runtime::trace_id().unwrap()
//! }
//!
//! Wrapper::new(Lines).report(LevelFilter::Info).ids(Ids::Tid).install(LevelFilter::Debug)?;
//!
//! let mut trace = String::new();
//! testing::run(|| trace = order());
//! log::info!("idle");
//! let lines = LINES.lock().unwrap();
//! assert!(lines.contains(&format!("[TID:{trace}] an order came")));
//! assert!(lines.contains(&"[TID:N/A] idle".to_owned()));
//! # Ok::<(), log::SetLoggerError>(())
//! ```
//!
//! # What a record becomes
//!
//! | record | reported log |
//! | --- | --- |
//! | arguments | the body, as text |
//! | level | tag `level` |
//! | target | tag `logger` |
//! | name of the thread | tag `thread` |
//! | key-value pairs, with the feature `kv` | tags |
//!
//! Records are queued and sent in the background. The queue is bounded, and
//! `skywalking_runtime::stats::Stats::logs` counts what was sent and lost. Redaction sees the body
//! and the tags. `SW_AGENT_LOG_REPORTER_ACTIVE=false` turns the reports off.
//!
//! # What is not reported
//!
//! - Records below the level of [`Wrapper::report`], and below `log::max_level()`.
//! - Records without a running agent.
//! - The agent's own lines, whose target is `skywalking_runtime`, and all records of the agent's
//!   threads: the lines of the libraries that send the logs would become logs again. The wrapped
//!   logger still receives them.
//!
//! # Features
//!
//! | feature | adds |
//! | --- | --- |
//! | `kv` | key-value pairs: those of a record become tags, and `Ids::Pairs` |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod ids;
#[cfg(feature = "kv")]
mod pairs;
#[cfg(all(test, feature = "kv"))]
mod tests;
mod wrapper;

pub use ids::Ids;
pub use wrapper::Wrapper;

// The examples of the page are compiled with those of the crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
