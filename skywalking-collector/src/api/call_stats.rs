//! Calls, errors and durations of a range of time.

use serde::{Deserialize, Serialize};

/// A range of time in epoch milliseconds. By default it has no ends.
///
/// Metrics are stored in cells of 10 s, so the ends are extended to multiples of 10 s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeRange {
    /// The first millisecond of the range. `None` is the start of what is stored.
    pub from: Option<i64>,
    /// The first millisecond after the range. `None` is the end of what is stored.
    pub to: Option<i64>,
}

impl TimeRange {
    /// Returns whether the time is in the range, to the millisecond.
    pub(crate) fn contains(self, time: i64) -> bool {
        self.from.is_none_or(|from| time >= from) && self.to.is_none_or(|to| time < to)
    }
}

/// Counts calls and errors, and describes the durations of a range of time.
///
/// Durations are in milliseconds. Their error is at most 3.2 %. A percentile is `None` (JSON
/// `null`) if there are no calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CallStats {
    /// The number of calls.
    pub calls: u64,
    /// The number of calls that failed.
    pub errors: u64,
    /// Calls per minute of the range. Without a range: of the time from the first stored cell to
    /// the last.
    pub per_minute: f64,
    /// The duration that half of the calls don't exceed.
    pub p50: Option<u64>,
    /// The duration that 95 % of the calls don't exceed.
    pub p95: Option<u64>,
    /// The duration that 99 % of the calls don't exceed.
    pub p99: Option<u64>,
}

/// An endpoint and the requests that it received.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EndpointView {
    /// The name of the service.
    pub service: String,
    /// The operation name, cut to 150 UTF-16 units as in the OAP.
    pub endpoint: String,
    /// The requests.
    #[serde(flatten)]
    pub stats: CallStats,
}

/// Calls over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SeriesView {
    /// The start of the first point, in epoch milliseconds.
    pub from: i64,
    /// The end of the last point, in epoch milliseconds.
    pub to: i64,
    /// The time that a point covers, in milliseconds. A multiple of 10 000.
    pub width: i64,
    /// The points, the earliest first, those without calls included.
    pub points: Vec<SeriesPoint>,
}

/// The calls that started in a part of the time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SeriesPoint {
    /// The number of calls.
    pub calls: u64,
    /// The number of calls that failed.
    pub errors: u64,
    /// The duration that half of the calls don't exceed.
    pub p50: Option<u64>,
    /// The duration that 95 % of the calls don't exceed.
    pub p95: Option<u64>,
    /// The duration that 99 % of the calls don't exceed.
    pub p99: Option<u64>,
}
