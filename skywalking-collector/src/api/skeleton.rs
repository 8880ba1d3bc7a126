//! A trace without tags, logs and references, for drawing traces of many spans.

use serde::Serialize;

/// A trace as columns. Row n of each column is one span, in the order of
/// [`TraceView::tree`](super::TraceView::tree). Times are offsets from `start` in milliseconds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Skeleton {
    pub(crate) trace_id: String,
    /// The earliest start, in epoch milliseconds.
    pub(crate) start: i64,
    /// The latest end, in epoch milliseconds.
    pub(crate) end: i64,
    /// The number of spans.
    pub(crate) spans: usize,
    // The texts that the columns index.
    pub(crate) services: Vec<String>,
    /// The color number of each service.
    pub(crate) colors: Vec<u32>,
    pub(crate) instances: Vec<String>,
    pub(crate) names: Vec<String>,
    pub(crate) peers: Vec<String>,
    pub(crate) components: Vec<String>,
    /// Why spans failed, see `store::reason`.
    pub(crate) reasons: Vec<String>,
    /// The ids of the segments, in the order of arrival.
    pub(crate) segments: Vec<String>,
    pub(crate) columns: Columns,
    /// The critical path as `[row, from, to]`, in the order of time, without overlap.
    pub(crate) critical: Vec<(usize, u64, u64)>,
    pub(crate) notes: Vec<Note>,
    pub(crate) violations: Vec<RowViolation>,
}

/// The columns of a [`Skeleton`]. An index is -1 if the span has no such text.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Columns {
    pub(crate) segment: Vec<i32>,
    pub(crate) span_id: Vec<i32>,
    /// The row of the parent, or -1.
    pub(crate) parent: Vec<i32>,
    pub(crate) depth: Vec<i32>,
    /// 0 root, 1 child, 2 reference, 3 parent missing, 4 cycle.
    pub(crate) link: Vec<u8>,
    pub(crate) service: Vec<i32>,
    pub(crate) instance: Vec<i32>,
    pub(crate) name: Vec<i32>,
    pub(crate) peer: Vec<i32>,
    pub(crate) component: Vec<i32>,
    /// 0 Entry, 1 Exit, 2 Local. A number that the protocol doesn't define becomes Local.
    #[serde(rename = "type")]
    pub(crate) span_type: Vec<i32>,
    /// 0 to 7. A number that the protocol doesn't define becomes 0, Unknown.
    pub(crate) layer: Vec<i32>,
    pub(crate) start: Vec<u64>,
    pub(crate) duration: Vec<u64>,
    /// The part of the duration in which no child runs.
    #[serde(rename = "self")]
    pub(crate) self_time: Vec<u64>,
    /// The bits of `query::skeleton::flags`.
    pub(crate) flags: Vec<u16>,
    pub(crate) reason: Vec<i32>,
}

/// A sentence about a span or the trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Note {
    /// The row of the span, or `None` for the trace.
    pub(crate) row: Option<usize>,
    pub(crate) kind: NoteKind,
    /// What it means and what to do.
    pub(crate) text: String,
}

/// What a [`Note`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum NoteKind {
    ParentMissing,
    Cycle,
    Split,
    LeftOut,
    SizeLimited,
    OtherTrace,
    ClockSkew,
}

/// A protocol violation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct RowViolation {
    /// The row of the span, or `None` if the violation is about the segment.
    pub(crate) row: Option<usize>,
    pub(crate) rule: &'static str,
    /// What is wrong, the value, and the fix.
    pub(crate) text: String,
}
