//! Traces of a list: summaries, and pages of them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::query::Cursor;

/// One trace of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TraceSummary {
    /// The trace's id.
    pub trace_id: String,
    /// The operation name of its first root span. If the root is not stored, that of the earliest
    /// span whose parent belongs to another segment.
    pub root_name: String,
    /// The displayed name of that span's service.
    pub service: String,
    /// The displayed names of its services by their first start, at most 8.
    pub services: Vec<String>,
    /// The color numbers of these services, see [`ServiceView::color`](super::ServiceView::color).
    pub colors: Vec<u32>,
    /// The number of its services.
    pub service_count: usize,
    /// The earliest start, in epoch milliseconds.
    pub start_time: i64,
    /// The time from the earliest start to the latest end, in milliseconds.
    pub duration: u64,
    /// The number of stored spans.
    pub spans: usize,
    /// The number of stored segments.
    pub segments: usize,
    /// Whether any span failed.
    pub is_error: bool,
    /// The text of the first error, cut to 200 characters: the message of an error log, otherwise a
    /// status in a tag. `None` if no failed span has one.
    pub reason: Option<String>,
    /// The number of protocol violations in its stored segments.
    pub violations: usize,
    /// When each segment ran, in the order of their starts. Neighbours are merged to at most 24.
    pub bars: Vec<Bar>,
    /// The arrival number of its last segment. It increases when the trace grows.
    pub last_arrival: u64,
}

/// When a segment of a trace ran. Written to JSON as an array of four numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bar {
    /// The index of its service, in the order of [`TraceSummary::services`]. An index of 8 or more
    /// is a service that is not in that list.
    pub service: usize,
    /// The start, in thousandths of the trace's duration.
    pub start: u16,
    /// The end, in thousandths of the trace's duration.
    pub end: u16,
    /// Whether any span of it failed.
    pub is_error: bool,
}

impl Serialize for Bar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.service, self.start, self.end, u8::from(self.is_error)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Bar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (service, start, end, is_error): (_, _, _, u8) =
            Deserialize::deserialize(deserializer)?;
        Ok(Self { service, start, end, is_error: is_error != 0 })
    }
}

/// A page of a list. Returned by [`Collector::search`](crate::Collector::search).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TracePage {
    /// The traces, in the order of the query.
    pub traces: Vec<TraceSummary>,
    /// The number of stored traces that match the query, on all pages.
    pub matched: usize,
    /// The position of the next page, or `None` after the last one.
    pub next: Option<Cursor>,
}

/// The traces that arrived or grew since an earlier call. Returned by
/// [`Collector::traces_since`](crate::Collector::traces_since).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewTraces {
    /// The traces, the one with the latest arrival last.
    pub traces: Vec<TraceSummary>,
    /// The number of further traces that arrived or grew and exceeded the limit.
    pub omitted: usize,
    /// The cursor to pass to the next call.
    pub cursor: u64,
}
