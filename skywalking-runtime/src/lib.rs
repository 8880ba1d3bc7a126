//! Distributed tracing for Rust services that report to Apache SkyWalking.
//!
//! Annotate functions. Their calls appear as traces and on the service map:
//!
//! ```
//! use skywalking_runtime::{Config, config::Reporter, entry_span, exit_span, local_span};
//!
//! #[entry_span(name = "/greet", layer = http)] // a request arrives
//! async fn greet(name: &str) -> String {
//!     count(name).await;
//!     look_up(name).await
//! }
//!
//! #[local_span(tags("name" = name))] // work inside the process
//! async fn count(name: &str) {}
//!
//! #[exit_span(name = "/users/find", peer = "users:8080", layer = rpc)] // a call to another service
//! async fn look_up(name: &str) -> String {
//!     format!("hello {name}")
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! // `init()` reads the SW_AGENT_* variables instead. `start_or_off()` never fails.
//! let _agent = Config::new("greeter").reporter(Reporter::Log).start()?;
//! assert_eq!(greet("you").await, "hello you");
//! # Ok::<(), skywalking_runtime::Error>(())
//! # }).unwrap();
//! ```
//!
//! Keep the [`Agent`] until the end of `main`. Dropping it sends the remaining spans, within a
//! deadline.
//!
//! # Where to go next
//!
//! - The attributes: [`entry_span`], [`exit_span`], [`local_span`], and [`Carrier`](derive@Carrier)
//!   for messages without headers.
//! - The current span: [`current`] adds tags, logs and errors; [`trace_id`] returns the id for logs.
//! - Other tasks and threads: `spawn`, and `.traced("name")` on futures and closures.
//! - Spans by hand: [`span`](fn@span) opens one by closure, future or guard.
//! - [`propagation`]: headers of messages, captured contexts, and key-value pairs that are propagated
//!   with the trace.
//! - [`config`]: [`Config`] lists each setting and variable.
//! - [`meter`]: counters, gauges and histograms that are reported beside the traces.
//! - [`LogRecord`] and [`Event`]: logs and events beside the traces.
//! - [`stats`]: counts of sent and lost segments, by cause.
//! - [Concepts](docs::concepts): traces, spans, segments, sampling, and
//!   [what is recorded when](docs::concepts#what-is-recorded-when).
//! - [Unexpected traces](docs::troubleshooting), and what the agent's warnings mean.
//! - Tests of your spans: `testing`, with the feature of that name.
//! - Guides for installation, production, Kubernetes, security and migrating are in the folder
//!   `docs` of the repository.
//!
//! # Guarantees
//!
//! The tracer does not panic, does not block the program, and uses bounded memory. Every lost
//! segment is counted with its cause: see [`stats`].
//!
//! # Features
//!
//! | feature | adds |
//! | --- | --- |
//! | `report-grpc` (default) | the reporter by gRPC |
//! | `report-http` | the reporter by HTTP, as JSON |
//! | `config-file` (default) | `SW_AGENT_CONFIG_PATH`: settings in a file of TOML |
//! | `report-custom` | the module `transport`, and `Config::transport`: a transport of your own |
//! | `report-log` | nothing but `agent`, for a program without a backend |
//! | `agent` | [`Config`], [`init`], the reporter's thread, and the reporters `Log` and `Discard`; each `report-*` enables it |
//! | `enabled` | spans are recorded; without it the attributes check their arguments, and the functions run as without them; `agent` enables it |
//! | `tokio` | `spawn`, `spawn_local` and `spawn_blocking`; `agent` enables it |
//! | `carrier-http` | [`Extract`](propagation::Extract) and [`Inject`](propagation::Inject) for `http::HeaderMap` |
//! | `carrier-tonic` | the same for tonic's `MetadataMap` |
//! | `http` | the module `integrations::http`: HTTP and gRPC calls as spans, for your own layers; enables `carrier-http` |
//! | `testing` | `testing::run`, which returns the spans of a closure; enables `agent` |
//! | `gzip` | compresses batches, if [`Config::compression`] asks for it |
//! | `tls-ring` | TLS to the backend, with the cryptography of ring; it needs a C compiler |
//! | `tls-aws-lc` | TLS with the cryptography of aws-lc-rs, which is used if both are on; it needs a C compiler |
//!
//! A library depends on this crate with `default-features = false` and leaves the choice to the
//! program. The crates `skywalking-tower` and `skywalking-reqwest` trace HTTP and gRPC.
//! `skywalking-log` reports the lines of a `log` logger.

// Without the agent nothing starts the tracer or reads its records.
#![cfg_attr(
    not(feature = "agent"),
    allow(dead_code, unreachable_pub, unused_imports, unused_macros)
)]
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "agent")]
mod agent;
pub mod config;
mod context;
pub mod docs;
#[cfg(feature = "agent")]
mod error;
mod headers;
#[cfg(feature = "http")]
pub mod integrations;
#[cfg(feature = "agent")]
mod management;
pub mod meter;
#[cfg(feature = "testing")]
mod observer;
#[cfg(not(feature = "testing"))]
#[path = "observer/off.rs"]
mod observer;
pub mod propagation;
mod queue;
#[cfg(feature = "agent")]
pub mod redact;
#[cfg(feature = "agent")]
mod report;
mod reported;
mod sampling;
#[cfg(any(feature = "agent", feature = "http"))]
mod secrets;
mod segment;
#[cfg(feature = "agent")]
mod self_log;
#[cfg(not(feature = "agent"))]
#[path = "self_log/off.rs"]
mod self_log;
mod span;
pub mod stats;
mod sys;
#[cfg(feature = "testing")]
pub mod testing;
mod trace;
mod tracer;
#[cfg(feature = "report-custom")]
pub mod transport;
#[cfg(feature = "agent")]
mod transports;
mod util;

#[cfg(feature = "agent")]
pub use agent::{Agent, health, init};
#[cfg(feature = "agent")]
pub use config::Config;
#[cfg(feature = "agent")]
pub use error::Error;
pub use reported::event::Event;
pub use reported::event_entry::EventType;
pub use reported::log_level::LogLevel;
pub use reported::log_record::LogRecord;
pub use span::callsite::Callsite;
pub use span::component;
pub use span::kind::SpanKind;
pub use span::layer::SpanLayer;
pub use span::tag::TagValue;
pub use trace::builder::{SpanBuilder, span};
pub use trace::child_guard::ChildGuard;
pub use trace::current::{CurrentSpan, current, trace_id};
pub use trace::detached::DetachedSpan;
pub use trace::opening_span::OpeningSpan;
pub use trace::snapshot::{TracedFn, TracedFuture, TracedStream};
pub use trace::span_context::SpanContext;
#[cfg(feature = "tokio")]
pub use trace::spawn::{spawn, spawn_blocking, spawn_local};
pub use trace::traced::ResumableSpan;

docs::page! {
    "carrier", "carrier/field", "carrier/header", "carrier/crate";
    pub use skywalking_macros::Carrier;
}
docs::page! {
    "entry_span", "keys/name", "keys/extract", "keys/extract_each", "keys/peer", "keys/component", "keys/layer", "keys/tags", "keys/ret_tags", "keys/err",
    "keys/err_ignore", "keys/covers", "keys/names", "keys/crate";
    pub use skywalking_macros::entry_span;
}
docs::page! {
    "exit_span", "keys/name", "keys/peer", "keys/inject", "keys/component", "keys/layer", "keys/tags", "keys/ret_tags", "keys/err",
    "keys/err_ignore", "keys/covers", "keys/names", "keys/crate";
    pub use skywalking_macros::exit_span;
}
docs::page! {
    "local_span", "keys/name", "keys/component", "keys/layer", "keys/tags", "keys/ret_tags", "keys/err", "keys/err_ignore", "keys/covers",
    "keys/logic_endpoint", "keys/orphan", "keys/names", "keys/crate";
    pub use skywalking_macros::local_span;
}
/// Excludes one function from an impl block that [`entry_span`], [`exit_span`] or
/// [`local_span`] traces as a whole.
///
/// ```
/// use skywalking_runtime::{local_span, skip_span, testing};
///
/// struct Planner;
///
/// #[local_span(names = "{type}::{fn}")]
/// impl Planner {
///     fn plan(&self) -> u32 {
///         self.tick() + 1
///     }
///
///     #[skip_span]
///     fn tick(&self) -> u32 {
///         41
///     }
/// }
///
/// let trees = testing::run(|| assert_eq!(Planner.plan(), 42));
/// assert_eq!(testing::text(&trees), "Local Planner::plan\n");
/// ```
pub use skywalking_macros::skip_span;

/// Returns true while a tracer runs. Use it to skip work that is only needed for spans.
///
/// ```
/// assert!(!skywalking_runtime::enabled());
/// ```
#[inline]
pub fn enabled() -> bool {
    tracer::is_running()
}

/// The names that most files of a traced program use, for `use skywalking_runtime::prelude::*`.
///
/// ```
/// use skywalking_runtime::prelude::*;
///
/// #[entry_span(name = "/orders")]
/// fn order(id: u64) {
///     current().tag("order.id", id);
///     let parts = (move || pack(id)).traced("pack");
///     std::thread::spawn(parts).join().unwrap();
/// }
///
/// #[local_span]
/// fn pack(_id: u64) {}
///
/// order(7);
/// ```
pub mod prelude {
    pub use crate::{
        Carrier, TracedFn as _, TracedFuture as _, TracedStream as _, current, entry_span,
        exit_span, local_span, skip_span,
    };
}

/// Spans that are entered and left by hand, in any order and on several threads. For bridges from
/// other tracing libraries.
#[doc(hidden)]
pub mod movable {
    pub use crate::trace::movable::{
        LeftSegment, MovableSpan, SpanFields, is_own_thread, leave, past,
    };
    pub use crate::util::text::format_value;
}

/// The functions that the fuzz targets call. Other builds do not contain them.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod __fuzzing {
    pub use crate::headers::fuzz_properties::{carrier_lines, correlation, extension, sw8};
}

#[doc(hidden)]
#[allow(missing_docs)]
pub mod __private {
    pub use std::borrow::Cow;
    pub use std::boxed::Box;

    pub use crate::config::policies::Orphans;
    pub use crate::context::quiet::Quiet;
    pub use crate::headers::carrier::{Extract, HeaderField, Inject};
    pub use crate::headers::incoming::IncomingHeaders;
    pub use crate::span::callsite::Callsite;
    pub use crate::span::kind::SpanKind;
    pub use crate::span::layer::SpanLayer;
    pub use crate::span::tag::{Plain, PutDisplay, PutRaw};
    pub use crate::trace::autoref::{
        CauseOfError, CauseThroughDeref, IsBoxed, IsBoxedAndSent, IsItself, IsNothing, KindOfError,
        KindOfValue, NoCause, OfReturned, Returned, ValueOfAny, ValueOfOk, ViaDebug, ViaDeref,
        ViaDisplay, ViaError, ViaName, ViaNothing,
    };
    pub use crate::trace::deferred_span::Prepared;
    pub use crate::trace::error_forms::{
        AnyResult, must_be_result, note_debug, note_display, note_message,
    };
    pub use crate::trace::failure::{Severity, recording};
    pub use crate::trace::inject::{inject, wants_inject};
    pub use crate::trace::made::{
        Made, MakesFuture, MakesHeldFuture, MakesHeldStream, MakesStream, MakesValue,
    };
    pub use crate::trace::opening::{Opening, begin};
    pub use crate::trace::scope::Scope;
    pub use crate::trace::traced::{BoxedFuture, BoxedStream, NoHook, Streamed, Traced};

    pub use crate::tracer::enabled;

    /// Borrows a place that headers can be written to, a message or a `&mut` to one, by autoref.
    pub trait Place {
        fn __skywalking_place(&mut self) -> &mut Self {
            self
        }
    }

    impl<T: ?Sized> Place for T {}

    /// Runs the body of a function and wraps the returned value.
    #[inline]
    pub fn wrapped<A, R, W>(
        arguments: A,
        body: impl FnOnce(A) -> R,
        wrap: impl FnOnce(R) -> W,
    ) -> W {
        wrap(body(arguments))
    }

    /// Runs the body of a function and passes a reference to the returned value to `look`.
    #[inline]
    pub fn seen<A, R>(arguments: A, body: impl FnOnce(A) -> R, look: impl FnOnce(&R)) -> R {
        let returned = body(arguments);
        look(&returned);
        returned
    }

    /// Ends code that never runs.
    #[cfg_attr(not(test), expect(clippy::panic, reason = "no expansion calls it"))]
    pub const fn never() -> ! {
        panic!("no expansion calls it")
    }

    /// Returns a value of the type, in code that never runs.
    pub fn never_made<R>() -> R {
        unreachable!("no expansion calls it")
    }
}

// The examples of the page are compiled with those of the crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
