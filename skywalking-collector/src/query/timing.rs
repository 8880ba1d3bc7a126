//! Where the time of a trace is spent: the self time of each span and the critical path.
//!
//! Both take the rows of the tree, so a parent precedes its children and siblings are sorted by
//! start. The times are those that agents sent: a span may end before it starts, and spans of
//! different hosts may contradict each other.

mod critical_path;

use critical_path::critical_path;

use super::rows::Row;
use crate::api::{TraceView, TreeNode};

/// The largest number of pieces of a critical path. The longest ones are kept.
pub(super) const MAX_PIECES: usize = 5_000;

/// The times of one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimedRow {
    pub(super) parent: Option<usize>,
    pub(super) start: i64,
    pub(super) end: i64,
    /// Whether the parent can have waited for the span.
    pub(super) is_awaited: bool,
    /// Whether the span continues its parent, which the agent split.
    pub(super) is_continuation: bool,
}

impl TimedRow {
    /// Returns the times of the rows.
    pub(super) fn of(rows: &[Row<'_>]) -> Vec<Self> {
        rows.iter()
            .map(|row| {
                let is_continuation = row.is_continuation();
                // Threads of a process share a clock. Of other processes the end can't be compared.
                let outlives = row.is_cross_thread()
                    && row
                        .parent
                        .and_then(|parent| rows.get(parent))
                        .is_some_and(|parent| row.span.end_time > parent.span.end_time);
                Self {
                    parent: row.parent,
                    start: row.span.start_time,
                    end: row.span.end_time.max(row.span.start_time),
                    is_awaited: !is_continuation && !outlives,
                    is_continuation,
                }
            })
            .collect()
    }

    pub(super) fn duration(&self) -> u64 {
        between(self.start, self.end)
    }
}

/// Returns the milliseconds from one time to another, or 0 if it is earlier.
pub(super) fn between(from: i64, to: i64) -> u64 {
    u64::try_from(to.saturating_sub(from)).unwrap_or(0)
}

/// Returns the self time of each row in milliseconds: its duration without the time in which at
/// least one child runs.
pub(super) fn self_times(rows: &[TimedRow]) -> Vec<u64> {
    let mut times: Vec<u64> = rows.iter().map(TimedRow::duration).collect();
    // The end of the part that earlier siblings cover.
    let mut covered: Vec<i64> = rows.iter().map(|row| row.start).collect();
    for row in rows {
        let Some(parent) = row.parent else { continue };
        let from = row.start.max(covered[parent]);
        let to = row.end.min(rows[parent].end);
        if from < to {
            times[parent] = times[parent].saturating_sub(between(from, to));
            covered[parent] = to;
        }
    }
    times
}

/// Returns the critical path as rows, each with a beginning and an end in milliseconds after
/// `start`.
pub(super) fn critical_parts(rows: &[TimedRow], start: i64) -> Vec<(usize, u64, u64)> {
    let parts = critical_path(rows).into_iter();
    parts.map(|part| (part.row, between(start, part.from), between(start, part.to))).collect()
}

/// Returns the self times of the rows of a trace's tree.
pub(crate) fn self_times_of(trace: &TraceView, tree: &[TreeNode]) -> Vec<u64> {
    let timed = |node: &TreeNode| {
        let span = &trace.spans[node.span];
        TimedRow {
            parent: node.parent,
            start: span.start_time,
            end: span.end_time.max(span.start_time),
            is_awaited: true,
            is_continuation: false,
        }
    };
    self_times(&tree.iter().map(timed).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests;
