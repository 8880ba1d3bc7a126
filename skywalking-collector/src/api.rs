//! The types that the collector returns: what the library's methods return, what `/api/..` writes
//! as JSON and what the text views print.
//!
//! They are plain data. Field names in JSON are in camelCase, times are in epoch milliseconds, and
//! enums have the names of the protocol.

mod not_kept;
mod query;
mod services;
mod stats;
mod summary;
mod topology;
mod trace;
mod tree;

pub use not_kept::{NotKept, NotKeptCounts};
pub use query::{Cursor, InvalidCursor, MAX_TRACES, SortOrder, TraceQuery, TraceSort};
pub use services::{InstanceView, ServiceView};
pub use stats::Stats;
pub use summary::{Bar, NewTraces, TracePage, TraceSummary};
pub use topology::{Call, Node, Topology};
pub use trace::{KeyValue, LogView, RefView, SpanView, TraceView, ViolationView};
pub use tree::{ParentLink, TreeNode};
