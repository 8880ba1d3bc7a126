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
    /// Protocol violations of stored segments, and of logs, meters and events, also of refused
    /// ones. At most 100 count for each segment, log, event or batch of meters.
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
    /// Logs that were stored.
    pub logs_accepted: u64,
    /// Logs that were refused, and messages that are not a log.
    pub logs_refused: u64,
    /// Logs that were evicted at a limit.
    pub logs_evicted: u64,
    /// Logs that are stored now.
    pub logs_stored: usize,
    /// The estimated memory of the stored logs, in bytes.
    pub log_bytes_stored: usize,
    /// Values of meters that were stored.
    pub meters_accepted: u64,
    /// Meters of refused batches, meters without a valid value, and messages that are not a meter.
    pub meters_refused: u64,
    /// Series of meters that were evicted at a limit.
    pub meter_series_evicted: u64,
    /// Series of meters that are stored now.
    pub meter_series_stored: usize,
    /// The estimated memory of the stored meters, in bytes.
    pub meter_bytes_stored: usize,
    /// Reports of events that were stored.
    pub events_accepted: u64,
    /// Reports of events that were refused, and messages that are not an event.
    pub events_refused: u64,
    /// Events that were evicted at a limit.
    pub events_evicted: u64,
    /// Events that are stored now.
    pub events_stored: usize,
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
        for (name, accepted, refused) in [
            ("logs", self.logs_accepted, self.logs_refused),
            ("meters", self.meters_accepted, self.meters_refused),
            ("events", self.events_accepted, self.events_refused),
        ] {
            if accepted + refused > 0 {
                write!(f, "; {name}: {accepted} accepted, {refused} refused")?;
            }
        }
        if self.violations > 0 {
            write!(f, "; {} protocol violations", self.violations)?;
        }
        if self.received_not_kept != NotKeptCounts::default() {
            write!(f, "; received, not kept: {}", self.received_not_kept)?;
        }
        Ok(())
    }
}
