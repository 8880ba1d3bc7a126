//! SkyWalking for programs that use [`tracing`].
//!
//! # Trace ids in formatted lines
//!
//! Two wrappers add the trace id to the lines of `tracing_subscriber::fmt`: [`TextWithTraceId`] and
//! [`JsonWithTraceId`]. They wrap the program's own format and keep all of its bytes. A line of text
//! begins with the id, a JSON object has it as its first field.
//!
//! ```
//! use skywalking_tracing::TextWithTraceId;
//!
//! tracing_subscriber::fmt().compact().map_event_format(TextWithTraceId::new).init();
//! tracing::info!("no request yet"); // TID:N/A 2026-11-30T12:00:00.000000Z INFO ..
//! ```
//!
//! The id is that of the span that is current in the runtime when the line is formatted
//! ([`current`](skywalking_runtime::current)): the span of an annotated function, of a layer or a
//! middleware. Lines of requests that are not sampled have an id too. The texts are those of the log
//! toolkits of other SkyWalking agents, so a collector of logs needs one pattern for all of them.

mod format;

pub use format::{JsonWithTraceId, TextWithTraceId};

// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
