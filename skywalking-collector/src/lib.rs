//! An embedded collector for `SkyWalking` traces.
//!
//! - Receives reports of any SkyWalking agent, by gRPC and over HTTP.
//! - Stores traces, logs, meters and events in memory, within limits.
//! - Shows traces as trees and the service map as text ([`view`]), and all data as JSON over HTTP.
//! - Reports segments that a real OAP would lose silently, and other violations of the protocol.
//!
//! Use it in tests and examples, or run the program `skywalking-collector` while you develop. It
//! doesn't replace an OAP: it has no alarms, no analysis of meters and no persistent storage.
//!
//! # Example
//!
//! ```
//! use std::time::Duration;
//!
//! use skywalking_collector::{Collector, TraceQuery, view};
//!
//! # #[tokio::main] async fn main() -> Result<(), skywalking_collector::Error> {
//! let collector = Collector::builder()
//!     .grpc_addr("127.0.0.1:0") // a free port
//!     .http_addr("127.0.0.1:0")
//!     .start()
//!     .await?;
//!
//! // Let an agent report to this address, then wait for its spans. Here nothing is sent.
//! println!("report to {}", collector.grpc_addr());
//! let arrived = collector
//!     .wait_for(|c| c.stats().spans_stored >= 2, Duration::from_millis(5))
//!     .await;
//! assert!(arrived.is_err());
//!
//! for summary in collector.traces(&TraceQuery::new().limit(10)) {
//!     if let Some(trace) = collector.trace(&summary.trace_id) {
//!         println!("{}", view::tree(&trace, view::Style::stdout()));
//!     }
//! }
//! collector.shutdown().await;
//! # Ok(()) }
//! ```
//!
//! # Modules
//!
//! A module uses only modules of the rows above it. The test `module_order` of `skywalking-tests`
//! checks this.
//!
//! | modules | content |
//! | --- | --- |
//! | `text`, `naming`, `enums` | quoting of untrusted text; names and ids as in the OAP; names of the protocol's enums |
//! | `api` | the public data types: traces, logs, meters, services, topology, counters, queries |
//! | `error` | errors of the library |
//! | `config` | addresses, limits and timeouts |
//! | `auth`, `budget`, `shutdown` | the token; the memory budget for data in flight; the shutdown signal |
//! | `gzip`, `segment_error`, `record_error` | decompression within the budget; why a report is refused |
//! | `proto_json`, `decode`, `validate` | JSON to protobuf; protobuf to segments of bounded memory; the rules of the protocol |
//! | `store` | traces, metrics, logs, meters, events, services and instances, with eviction of the oldest |
//! | `query` | lists of traces, whole traces, metrics, the service map |
//! | [`view`] | text for a terminal |
//! | `server` | connections of both ports: their number and their deadlines |
//! | `state` | what both servers share |
//! | `partial_success`, `management` | the result of a call with several segments; instance reports |
//! | `grpc`, `http` | the two ports |
//! | `collector` | [`Collector`] |
//! | `builder` | [`Builder`] |
//! | `fuzz_properties` | for tests and fuzz targets: what holds for all bytes of an agent |

mod api;
mod auth;
mod budget;
mod builder;
mod collector;
mod config;
mod decode;
mod enums;
mod error;
#[cfg(any(test, fuzzing))]
mod fuzz_properties;
mod grpc;
mod gzip;
mod http;
mod management;
mod naming;
mod partial_success;
mod proto_json;
mod query;
mod record_error;
mod segment_error;
mod server;
mod shutdown;
mod state;
mod store;
mod text;
mod validate;
pub mod view;

pub use api::{
    Bar, Bucket, Call, CallStats, Cursor, DetectPoint, EndpointView, EventKind, EventQuery,
    EventView, Found, FoundEndpoint, Histogram, InstanceView, InvalidCursor, KeyValue, LogFormat,
    LogPage, LogQuery, LogRecord, LogView, MAX_EVENTS, MAX_LOGS, MAX_SERIES, MAX_TRACES, MeterKind,
    MeterQuery, MeterView, NewTraces, Node, NodeKind, NotKept, NotKeptCounts, ParentLink, RefView,
    RuleView, SeriesPoint, SeriesView, ServiceView, SortOrder, SpanView, StatementKind,
    StatementView, Stats, TagKey, TagValue, TimeRange, Topology, TracePage, TraceQuery, TraceSort,
    TraceSummary, TraceView, TreeNode, ViolationView,
};
pub use builder::Builder;
pub use collector::Collector;
pub use config::{
    DEFAULT_GRPC_ADDR, DEFAULT_HTTP_ADDR, Limits, MESSAGE_LIMIT, parse_address, parse_host,
};
pub use error::{Error, Port};

/// The functions that the fuzz targets call. Other builds do not contain them.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod __fuzzing {
    pub use crate::fuzz_properties::segment;
}

// The examples of the README are compiled with those of the crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
