//! Being written.

mod agent;
mod config;
mod error;
mod management;
mod propagation;
mod report;
#[cfg(feature = "testing")]
pub mod testing;
mod trace;
mod tracer;

pub use agent::Agent;
pub use config::{Config, Enabled, Reporter, init};
pub use error::Error;
pub use propagation::carrier::{Extract, Inject};
pub use propagation::inject;
pub use skywalking_macros::{Carrier, entry_span, exit_span, local_span};
pub use report::stats::{Dropped, Report, Stats, stats};
pub use trace::callsite::{COMPONENT_RUST, Callsite, Kind, Layer};
pub use trace::child::{Child, child};
pub use trace::current::{Current, current, trace_id};
pub use trace::root::Root;
pub use trace::snapshot::{Continued, Snapshot, TracedFn, TracedFuture, capture, spawn, spawn_blocking};
pub use trace::tag::TagValue;
pub use trace::tally::Reason;
pub use tracer::{Cancelled, Inbound, Orphans};

/// What the program sends along with a trace.
pub mod correlation {
    pub use crate::propagation::correlation::{get, put};
}

#[doc(hidden)]
#[allow(missing_docs)]
pub mod __private {
    pub use std::borrow::Cow;

    pub use crate::propagation::carrier::{Extract, HeaderField, Inject};
    pub use crate::propagation::{inject, wants_inject};
    pub use crate::trace::callsite::{Callsite, Kind, Layer};
    pub use crate::trace::failure::{AnyResult, Returned, must_be_result, ViaDebug, ViaDeref, ViaDisplay, ViaError, ViaName, ViaNothing};
    pub use crate::trace::opening::Opening;
    pub use crate::trace::scope::Scope;
    pub use crate::trace::tag::{Plain, PutDisplay, PutRaw};
    pub use crate::trace::traced::{NoHook, Traced};

    /// True while a tracer runs.
    #[inline]
    pub fn enabled() -> bool {
        crate::tracer::enabled()
    }

    /// Every value as a place that headers can be written to: a message and a `&mut` to one alike, by auto-ref.
    pub trait Place {
        fn __skywalking_place(&mut self) -> &mut Self {
            self
        }
    }

    impl<T: ?Sized> Place for T {}

    /// Runs the body of a function: its type fixes what `?` and `return` give.
    #[inline]
    pub fn once<R>(body: impl FnOnce() -> R) -> R {
        body()
    }
}
