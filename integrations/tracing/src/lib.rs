//! SkyWalking for programs that use [`tracing`]: a layer that turns their spans and events into
//! spans and logs of the runtime, and trace ids in formatted lines.
//!
//! # The layer
//!
//! Add [`layer`] to the subscriber. It has a filter of its own, so other layers see what they saw
//! before. [`TracingLayer`] has the settings.
//!
//! ```
//! use skywalking_runtime::{Config, config::Reporter, local_span};
//! use tracing_subscriber::prelude::*;
//!
//! #[tracing::instrument]
//! fn order(id: u64) {
//!     tracing::info!(items = 2, "ordered"); // a log of the span `order`
//!     pack();
//! }
//!
//! #[local_span] // a child of the span `order`
//! fn pack() {}
//!
//! let _agent = Config::new("shop").reporter(Reporter::Log).start()?;
//! tracing_subscriber::registry()
//!     .with(skywalking_tracing::layer())
//!     .with(tracing_subscriber::fmt::layer())
//!     .init();
//! order(7);
//! # Ok::<(), skywalking_runtime::Error>(())
//! ```
//!
//! - A span is a child of what is current in the runtime: of a span of `tracing`, an annotated
//!   function, a layer or a middleware. Without a current span it begins a trace.
//! - It starts when it is created and ends when it is left for the last time. It can be entered in
//!   other tasks and threads: there it has a segment of its own, with a reference.
//! - Fields become tags. They can be recorded late, until the segment is sent. Fields that hold
//!   headers are never recorded.
//! - An event is a log of the current span, or of the span that `parent:` names. An event of the
//!   level ERROR marks it as failed.
//! - [`TracingLayer::reported_events`] reports events as logs of their own too, for the Log tab, with
//!   the ids and the endpoint of their span. Default: off.
//! - The spans start at the level INFO. The agent's own threads and lines are never traced.
//!
//! ## Kinds
//!
//! A span is a Local span unless its fields say otherwise. The names are those of
//! `tracing-opentelemetry` and of OpenTelemetry's semantic conventions.
//!
//! | field | effect |
//! | --- | --- |
//! | `otel.kind` | `server` and `consumer`: Entry; `client` and `producer`: Exit. It must be set when the span is created |
//! | `otel.name` | the operation name |
//! | `otel.status_code` | `ERROR`: the span has failed |
//! | `server.address`, `server.port`, `peer.service`, `url.full` | the peer of an Exit span |
//! | `http.request.method`, `http.route`, `url.path`, `http.response.status_code` | layer Http, a name `METHOD:path`, an error from status 400 |
//! | `rpc.system`, `rpc.service`, `rpc.method` | layer RPC, a name `/service/method` |
//! | `db.system` | layer Database, for Redis, Valkey and Memcached layer Cache; an Exit span |
//! | `messaging.system`, `messaging.destination.name` | layer MQ |
//! | `sw8`, `sw8-correlation`, `sw8-x` | an Entry span that begins a trace continues this context |
//!
//! [`rules`] describes spans and events of libraries that do not use these names. [`Rule`] does it
//! for others.
//!
//! ## Traces of other services
//!
//! A layer does not see headers. To continue the trace of a caller, put `ServerLayer` of
//! `skywalking-tower` outside, or record the header as the field `sw8` of an Entry span, or use
//! `DefaultMakeSpan::include_headers(true)` of tower-http. The last one also writes cookies and
//! tokens into the lines of other layers.
//!
//! An Exit span adds no headers to a request. Use `skywalking-reqwest` or `ClientLayer` of
//! `skywalking-tower`, or call [`inject`](skywalking_runtime::propagation::inject) inside the span.
//! Without it the called service begins a new trace.
//!
//! ## Compared with the attributes
//!
//! `#[tracing::instrument]` gives the same tree as [`local_span`](skywalking_runtime::local_span),
//! except for this:
//!
//! | what | attribute | `#[tracing::instrument]` | reason |
//! | --- | --- | --- | --- |
//! | default name | `module::function` | `function` | the name of the span; the module is its target |
//! | arguments | none, unless named | all, by `Debug` | the default of `tracing` |
//! | kind of an error | in `error.kind` | none | an event does not have the type |
//! | cancelled future | log `event=cancelled` | none | a span that is left looks the same |
//! | start of a future | the first poll | the call of `.instrument`, for a span that it creates | the span exists from then on |
//! | function in a spawned task below a span that a filter disables | begins a trace | the same, but its spans refer to the next enabled span | nobody enters a span there |
//!
//! A span that was left and whose segment was sent is not changed any more: later fields and logs
//! are lost, and counted as
//! [`RecordedTooLate`](skywalking_runtime::stats::Diagnostic::RecordedTooLate).
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

mod builder;
mod fields;
mod filter;
mod format;
mod layer;
mod meaning;
pub mod rules;
mod settings;

use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

pub use builder::TracingLayer;
pub use rules::Rule;

/// Returns the layer with the default settings.
pub fn layer<S>() -> impl Layer<S> + Send + Sync + 'static
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    TracingLayer::new().build()
}

pub use format::{JsonWithTraceId, TextWithTraceId};

// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
