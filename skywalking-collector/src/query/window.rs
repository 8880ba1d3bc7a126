//! The cells that a query selects, and statistics of their totals.
//!
//! A reader collects what it needs of each series while the store is locked for a part of them, and
//! computes the result afterwards.

use std::ops::Range;

use crate::api::{CallStats, SeriesPoint, TimeRange};
use crate::store::{CELL_MILLIS, SeriesRef, Totals};

const CELLS_PER_MINUTE: f64 = 6.0;

/// Collects what it needs of each series.
pub(crate) trait Reader {
    /// Adds a series. Returns the memory that it takes in the reader and in the result, in bytes.
    fn add(&mut self, series: &SeriesRef<'_>) -> usize;
}

/// A range of time slots. An open end is replaced by the first or last cell that was seen.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    from: Option<i64>,
    to: Option<i64>,
    seen: Option<(i64, i64)>,
}

impl Window {
    pub(crate) fn new(range: TimeRange) -> Self {
        let from = range.from.map(|from| from.div_euclid(CELL_MILLIS));
        let to = range
            .to
            .map(|to| to.div_euclid(CELL_MILLIS) + i64::from(to.rem_euclid(CELL_MILLIS) > 0));
        // An empty range selects nothing, also if both ends are in one cell.
        let is_empty = range.from.zip(range.to).is_some_and(|(from, to)| from >= to);
        Self { from, to: if is_empty { from } else { to }, seen: None }
    }

    /// Passes the selected cells of a series to `visit`, the earliest first.
    pub(crate) fn cells<'a>(
        &mut self,
        series: &'a SeriesRef<'_>,
        mut visit: impl FnMut(i64, &'a Totals),
    ) {
        let slots = self.from.unwrap_or(i64::MIN)..self.to.unwrap_or(i64::MAX);
        for (slot, totals) in series.cells(slots) {
            let (first, last) = self.seen.unwrap_or((slot, slot));
            self.seen = Some((first.min(slot), last.max(slot)));
            visit(slot, totals);
        }
    }

    /// Adds the selected cells of a series.
    pub(crate) fn add(&mut self, series: &SeriesRef<'_>, sum: &mut Totals) {
        self.cells(series, |_, totals| sum.merge(totals));
    }

    /// Returns the range of time slots. Without cells and ends it is empty.
    pub(crate) fn slots(&self) -> Range<i64> {
        let (first, last) = self
            .seen
            .map_or((None, None), |(first, last)| (Some(first), Some(last.saturating_add(1))));
        let from = self.from.or(first).or(self.to).unwrap_or(0);
        let to = self.to.or(last).unwrap_or(from);
        from..to.max(from)
    }

    pub(crate) fn stats(&self, totals: &Totals) -> CallStats {
        let SeriesPoint { calls, errors, p50, p95, p99 } = point(totals);
        CallStats { calls, errors, per_minute: self.per_minute(calls), p50, p95, p99 }
    }

    /// Returns a rate with at most three decimals.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    fn per_minute(&self, calls: u64) -> f64 {
        let slots = self.slots();
        let minutes = (slots.end.saturating_sub(slots.start)) as f64 / CELLS_PER_MINUTE;
        if minutes > 0.0 { (calls as f64 / minutes * 1_000.0).round() / 1_000.0 } else { 0.0 }
    }
}

/// Returns the statistics without a rate.
pub(crate) fn point(totals: &Totals) -> SeriesPoint {
    let percentile = |percent| totals.durations.percentile(percent);
    SeriesPoint {
        calls: totals.calls,
        errors: totals.errors,
        p50: percentile(50),
        p95: percentile(95),
        p99: percentile(99),
    }
}
