//! The types that the collector returns: what the library's methods return, what `/api/..` writes
//! as JSON and what the text views print.
//!
//! They are plain data. Field names in JSON are in camelCase, times are in epoch milliseconds, and
//! enums have the names of the protocol.

mod about;
mod call_stats;
mod events;
mod logs;
mod meters;
mod nesting;
mod new;
mod not_kept;
mod query;
mod rules;
mod search;
mod services;
mod skeleton;
mod span_details;
mod statements;
mod stats;
mod summary;
mod topology;
mod trace;
mod tree;

pub(crate) use about::{About, AboutLimits};
pub use call_stats::{CallStats, EndpointView, SeriesPoint, SeriesView, TimeRange};
pub use events::{EventKind, EventQuery, EventView, MAX_EVENTS};
pub use logs::{LogFormat, LogPage, LogQuery, LogRecord, MAX_LOGS};
pub use meters::{MAX_SERIES, MeterKind, MeterQuery, MeterView};
pub use nesting::{ParentLink, TreeNode};
pub(crate) use nesting::{Position, SpanKey, nest};
pub(crate) use new::New;
pub use not_kept::{NotKept, NotKeptCounts};
pub use query::{Cursor, InvalidCursor, MAX_TRACES, SortOrder, TraceQuery, TraceSort};
pub use rules::RuleView;
pub use search::{Bucket, Found, FoundEndpoint, Histogram, TagKey, TagValue};
pub use services::{InstanceView, ServiceView};
pub(crate) use skeleton::{Columns, Note, NoteKind, RowViolation, Skeleton};
pub(crate) use span_details::{Reference, Referrer, SpanDetails};
pub use statements::{StatementKind, StatementView};
pub use stats::Stats;
pub use summary::{Bar, NewTraces, TracePage, TraceSummary};
pub use topology::{Call, DetectPoint, Node, NodeKind, Topology};
pub use trace::{KeyValue, LogView, RefView, SpanView, TraceView, ViolationView};
