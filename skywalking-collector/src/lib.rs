//! The embedded collector of `SkyWalking` traces.
//!
//! It receives what any agent sends (gRPC and HTTP), keeps it in memory within bounds, and shows
//! it: trace trees and the map of services as text for a terminal, and as JSON over HTTP. It is the
//! default backend of this project's examples and the backend of its tests; it is no replacement
//! for a real OAP: there are no metrics, no alarms and no storage.
//!
//! ```
//! use std::time::Duration;
//!
//! use skywalking_collector::{Collector, Limits, TraceQuery};
//!
//! # #[tokio::main] async fn main() -> Result<(), skywalking_collector::Error> {
//! let collector = Collector::builder()
//!     .grpc_addr("127.0.0.1:0")
//!     .http_addr("127.0.0.1:0")
//!     .limits(Limits { max_spans: 10_000, ..Limits::default() })
//!     .start()
//!     .await?;
//! println!("send spans to {}", collector.grpc_addr());
//!
//! // Waits for arrival, not for a time; here nothing was sent.
//! let waited = collector.wait_for(|c| c.stats().segments_accepted >= 1, Duration::from_millis(5)).await;
//! assert!(waited.is_err());
//! assert!(collector.traces(&TraceQuery::default()).is_empty());
//! collector.shutdown().await;
//! # Ok(()) }
//! ```
//!
//! # The rooms, in the order in which data flows
//!
//! | room | what lives there |
//! | --- | --- |
//! | `config` | limits and addresses, checked once |
//! | `serve` | connections of both ports: their number, their deadlines |
//! | `budget` | the bytes that may be in flight, on both ports together |
//! | `grpc` | every service that agents call, on raw bytes; answers with a reason what it can't take |
//! | `http` | the same as JSON or bytes, and all that is stored as JSON; who gets in |
//! | `json` | the JSON form of the protocol to its bytes |
//! | `wire` | bytes to a segment: weighed before it is decoded, so that a small message can't become a large one |
//! | `management` | who reports, and that it is still there |
//! | `check` | the wire's rules: what a real OAP would lose in silence is refused aloud, what else is wrong is told |
//! | `store` | traces, services and instances, bounded; the oldest goes first |
//! | `names` | the OAP's rules for names and ids; the wire's names of enums |
//! | `trace` | one trace as it is shown: spans, summary, tree |
//! | `topology` | the map of services, by the OAP's rules |
//! | [`view`] | text for a terminal |
//! | `collector` | what holds all of it together: [`Collector`] and its [`Builder`] |

mod budget;
mod check;
mod collector;
mod config;
mod error;
mod grpc;
mod gzip;
mod http;
mod json;
mod management;
mod names;
mod serve;
mod shared;
mod store;
mod token;
mod topology;
mod trace;
mod verdict;
pub mod view;
mod wire;

pub use check::Refusal;
pub use collector::{Builder, Collector};
pub use config::{
    DEFAULT_GRPC_ADDR, DEFAULT_HTTP_ADDR, Limits, MESSAGE_LIMIT, Timeouts, parse_address,
};
pub use error::{Error, Port};
pub use store::{InstanceView, ServiceView, Stats, Unkept, UnkeptCounts};
pub use topology::{Call, Node, Topology};
pub use trace::{
    Arrivals, Branch, KeyValue, Link, LogView, MAX_TRACES, RefView, SpanView, TraceQuery,
    TraceSummary, TraceView, ViolationView,
};
