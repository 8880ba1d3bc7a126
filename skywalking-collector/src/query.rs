//! Reads the store: lists of traces, one trace, the service map.

mod summaries;
mod topology;
mod trace;

pub(crate) use summaries::{TraceSelection, select, select_since};
pub(crate) use topology::topology;
pub(crate) use trace::{view as trace_view, violations};
