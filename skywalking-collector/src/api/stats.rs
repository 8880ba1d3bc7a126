//! The collector's counters.

use std::fmt;

use serde::Serialize;

use super::not_kept::NotKeptCounts;

/// Counts what was received, stored, refused and evicted.
///
/// [`Display`](fmt::Display) writes one line:
///
/// ```
/// use skywalking_collector::Stats;
///
/// assert_eq!(
///     Stats::default().to_string(),
///     "segments: 0 accepted, 0 refused, 0 duplicate, 0 empty; \
///      stored: 0 traces, 0 spans; evicted: 0 traces, 0 spans"
/// );
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Stats {
    /// Segments that were stored.
    pub segments_accepted: u64,
    /// Segments that were refused, and messages that are not a segment.
    pub segments_refused: u64,
    /// Segments whose id was stored already. The first one is kept. A duplicate is recognized only
    /// while the first one is stored.
    pub segments_duplicate: u64,
    /// Segments without a span. They are ignored.
    pub segments_empty: u64,
    /// Protocol violations in stored segments, at most 100 for each segment.
    pub violations: u64,
    /// Spans of the segments that were stored.
    pub spans_accepted: u64,
    /// Traces that were evicted at a limit.
    pub traces_evicted: u64,
    /// Spans of evicted traces.
    pub spans_evicted: u64,
    /// Instances that were evicted at a limit.
    pub instances_evicted: u64,
    /// Reports of instance properties.
    pub properties_reports: u64,
    /// Keep-alive pings.
    pub pings: u64,
    /// Reports of properties and pings that were refused.
    pub management_refused: u64,
    /// Messages that were received and not stored, by kind.
    pub received_not_kept: NotKeptCounts,
    /// Cells of metrics that were evicted at a limit. A cell has the calls of 10 s to one service,
    /// instance or endpoint, or of one caller.
    pub metric_cells_evicted: u64,
    /// Cells of metrics that are stored now.
    pub metric_cells_stored: usize,
    /// The estimated memory of the metrics, in bytes.
    pub metric_bytes_stored: usize,
    /// Traces that are stored now.
    pub traces_stored: usize,
    /// Spans that are stored now.
    pub spans_stored: usize,
    /// The estimated memory of the stored traces, in bytes.
    pub bytes_stored: usize,
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "segments: {} accepted, {} refused, {} duplicate, {} empty; stored: {} traces, {} spans; evicted: {} traces, {} spans",
            self.segments_accepted,
            self.segments_refused,
            self.segments_duplicate,
            self.segments_empty,
            self.traces_stored,
            self.spans_stored,
            self.traces_evicted,
            self.spans_evicted,
        )?;
        if self.violations > 0 {
            write!(f, "; {} protocol violations", self.violations)?;
        }
        if self.received_not_kept != NotKeptCounts::default() {
            write!(f, "; received, not kept: {}", self.received_not_kept)?;
        }
        Ok(())
    }
}
