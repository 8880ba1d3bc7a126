//! Apache SkyWalking tracing for Rust programs: annotate functions, see traces and the service map.
//!
//! ```
//! use skywalking_runtime::{Config, Reporter, entry_span, exit_span, local_span};
//!
//! #[entry_span(name = "/greet", layer = http)]
//! async fn greet(name: &str) -> String {
//!     count(name).await;
//!     look_up(name).await
//! }
//!
//! #[local_span(tags("name" = name))]
//! async fn count(name: &str) {}
//!
//! #[exit_span(name = "/users/find", peer = "users:8080", layer = rpc)]
//! async fn look_up(name: &str) -> String {
//!     format!("hello {name}")
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! // `init()` reads the SW_AGENT_* variables instead; `start_or_off()` never fails.
//! let _agent = Config::new("greeter").reporter(Reporter::Log).start()?;
//! assert_eq!(greet("you").await, "hello you");
//! # Ok::<(), skywalking_runtime::Error>(())
//! # }).unwrap();
//! ```
//!
//! Dropping the [`Agent`] flushes within a deadline. The macros expand into calls that can be
//! written by hand: [`Root`], [`child`], [`inject`]. What the active span should say is at hand
//! inside: [`current`], [`correlation`], [`trace_id`].
//!
//! # What is traced when
//!
//! | what happens | what is recorded |
//! | --- | --- |
//! | an annotated function is called | a span from the call to its return, child of the current one; nothing while no agent runs |
//! | an annotated async function is called | nothing yet: the span opens at the **first poll**, in the context that it finds there |
//! | its future is dropped before that | nothing |
//! | its future is dropped unfinished | the span ends with the log `event=cancelled` and counts as no error ([`Config::cancelled`] can change that) |
//! | `tokio::spawn(f())` | a trace of its own, since a task begins without a context |
//! | [`spawn("name", f())`](spawn), `tokio::spawn(f().traced("name"))` | the trace goes on, in a segment of its own |
//! | a future is moved to another task after its first poll | it goes on in a segment of its own that refers to its span |
//! | an Entry opens directly inside an Entry, an Exit inside an Exit | [one span](docs::concepts#two-that-are-one): a middleware and a handler see the same request |
//! | no context is current | Entry, Exit and Local spans each begin a trace ([`Orphans::Skip`] leaves such Local spans out) |
//! | the request is [left out](docs::concepts#which-requests-are-recorded) | nothing of it or below, and nothing is an orphan; it has a trace id all the same |
//! | it panics | the span is an error, with a log of the panic's `message` and `location` (file, line and column); the panic goes on |
//! | it returns `Err` | the span is an error, with type, message and causes, unless `no_err`; an error that `err_ignore` names is only logged |
//! | it returns early, by `return` or `?` | the span ends there |
//! | it returns a future or a stream | what `covers` says: the call, or what was returned, from its first poll on |
//! | an argument's expression panics | that panic is the program's own; only formatting is caught (`<panicked>`) |
//! | an argument is computed | before the span opens and in the caller's context, only if the span is recorded |
//! | parameters drop | before the span ends, where the function is async or its result is looked at (`err`, `ret_tags`); else after it, as do always `_` and parameters that rustc calls unused |
//! | more than 300 spans in a segment | the further ones are left out, the segment says so; exits still send their header |
//!
//! # What is lost is counted
//!
//! The tracer never panics, never blocks the program and never grows without bound. What it had to
//! drop is in [`Stats`], by cause.
//!
//! # Features
//!
//! | feature | what it brings |
//! | --- | --- |
//! | `enabled` (default) | without it the macros check everything and emit the functions unchanged |
//! | `report-grpc` (default) | the reporter to a SkyWalking backend; without it there is the log reporter |
//! | `report-http` | the same by HTTP and as JSON, for backends that are reached by nothing else |
//! | `carrier-http` | [`Extract`] and [`Inject`] for `http::HeaderMap` |
//! | `http` | the module [`integrations::http`]: HTTP and gRPC calls as spans, for layers of your own |
//! | `testing` | `testing::run`: the spans of a program in its own tests |

mod agent;
mod config;
pub mod docs;
mod error;
#[cfg(feature = "http")]
pub mod integrations;
mod management;
mod propagation;
mod report;
mod self_log;
mod sync;
mod sys;
#[cfg(feature = "testing")]
pub mod testing;
mod trace;
mod tracer;

pub use agent::Agent;
pub use config::{Config, Reporter, Sampling, SelfLog, Storage, TailSampling, init};
pub use error::Error;
pub use propagation::carrier::{Extract, Inject};
pub use propagation::inject;
pub use report::stats::{Dropped, Report, Stats, stats};
pub use trace::callsite::{Callsite, SpanKind, SpanLayer};
pub use trace::child::{Child, child};
pub use trace::component;
pub use trace::current::{CurrentSpan, current, trace_id};
pub use trace::describe::Describe;
pub use trace::detached::DetachedSpan;
pub use trace::orphans::orphans;
pub use trace::root::Root;
pub use trace::sampler::Sampler;
pub use trace::snapshot::{
    Continued, ContinuedStream, Snapshot, TracedFn, TracedFuture, TracedStream, capture,
};
#[cfg(feature = "tokio")]
pub use trace::spawn::{spawn, spawn_blocking, spawn_local};
pub use trace::tag::TagValue;
pub use trace::tally::Diagnostic;
pub use trace::traced::Resumable;
pub use tracer::{Cancelled, Inbound, Orphans, OtherContexts};

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
/// Leaves one function out of an impl block that [`entry_span`], [`exit_span`] or
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

/// True while a tracer runs: for an integration that would compute something first.
///
/// ```
/// assert!(!skywalking_runtime::enabled());
/// ```
#[inline]
pub fn enabled() -> bool {
    tracer::is_running()
}

/// What shall not leave the process: see [`Config::redact`].
pub mod redact {
    pub use crate::report::redact::{Field, Redact, Redaction};
}

/// Carriers made of closures: for header types of other crates, for which [`Extract`] and
/// [`Inject`] can't be implemented.
pub mod carrier {
    pub use crate::propagation::closures::{Getter, Setter, getter, setter};
}

/// What the program sends along with a trace.
pub mod correlation {
    pub use crate::propagation::correlation::{get, put};
}

/// What the fuzz targets call; not there in any other build.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod __fuzzing {
    pub use crate::propagation::properties::{carrier_lines, correlation, extension, sw8};
}

#[doc(hidden)]
#[allow(missing_docs)]
pub mod __private {
    pub use std::borrow::Cow;
    pub use std::boxed::Box;

    pub use crate::propagation::carrier::{Extract, HeaderField, Inject};
    pub use crate::propagation::{inject, wants_inject};
    pub use crate::trace::callsite::{Callsite, SpanKind, SpanLayer};
    pub use crate::trace::failure::{Severity, recording};
    pub use crate::trace::made::{
        Made, MakesFuture, MakesHeldFuture, MakesHeldStream, MakesStream, MakesValue,
    };
    pub use crate::trace::opening::{Opening, begin};
    pub use crate::trace::prepared::Prepared;
    pub use crate::trace::quiet::Quiet;
    pub use crate::trace::returned::{
        AnyResult, CauseOfError, CauseThroughDeref, IsBoxed, IsBoxedAndSent, IsItself, IsNothing,
        KindOfError, KindOfValue, NoCause, OfReturned, Returned, ValueOfAny, ValueOfOk, ViaDebug,
        ViaDeref, ViaDisplay, ViaError, ViaName, ViaNothing, must_be_result, note_debug,
        note_display, note_message,
    };
    pub use crate::trace::scope::Scope;
    pub use crate::trace::tag::{Plain, PutDisplay, PutRaw};
    pub use crate::trace::traced::{BoxedFuture, BoxedStream, NoHook, Streamed, Traced};
    pub use crate::tracer::Orphans;

    pub use crate::tracer::enabled;

    /// Every value as a place that headers can be written to: a message and a `&mut` to one alike,
    /// by auto-ref.
    pub trait Place {
        fn __skywalking_place(&mut self) -> &mut Self {
            self
        }
    }

    impl<T: ?Sized> Place for T {}

    /// Runs the body of a function, and turns what it returns into what the function returns.
    #[inline]
    pub fn wrapped<A, R, W>(
        arguments: A,
        body: impl FnOnce(A) -> R,
        wrap: impl FnOnce(R) -> W,
    ) -> W {
        wrap(body(arguments))
    }

    /// Runs the body of a function, and looks at what it returns.
    #[inline]
    pub fn seen<A, R>(arguments: A, body: impl FnOnce(A) -> R, look: impl FnOnce(&R)) -> R {
        let returned = body(arguments);
        look(&returned);
        returned
    }

    /// The end of code that never runs.
    pub const fn never() -> ! {
        panic!("no expansion calls it")
    }

    /// A value of the type, in code that never runs.
    pub fn never_made<R>() -> R {
        unreachable!("no expansion calls it")
    }
}
