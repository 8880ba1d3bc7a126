//! The protocol violations of the stored segments.

use std::cmp::Reverse;
use std::sync::Arc;

use super::first::First;
use super::trace::{violations as of_segment, violations_bytes};
use crate::api::{MAX_TRACES, TraceQuery, ViolationView};
use crate::budget::Memory;
use crate::store::{StoredSegment, Traces};

/// Selected segments, whose violations are not copied yet.
pub(crate) struct SelectedViolations {
    segments: Vec<Arc<StoredSegment>>,
    limit: usize,
}

impl SelectedViolations {
    /// Returns the violations, those of the latest segment first.
    pub(crate) fn view(self) -> Vec<ViolationView> {
        let segments = self.segments.into_iter();
        let violations = segments.flat_map(|one| of_segment(&one).collect::<Vec<_>>());
        violations.take(self.limit).collect()
    }
}

/// Selects the violations of a service, or of all. The query's limit is their number.
pub(crate) fn violations<M: Memory>(
    traces: &Traces,
    query: &TraceQuery,
    memory: &mut M,
) -> Result<SelectedViolations, M::Error> {
    let limit = query.limit.min(MAX_TRACES);
    let mut latest =
        First::new(limit, |a: &&Arc<StoredSegment>, b| Reverse(a.arrival).cmp(&Reverse(b.arrival)));
    let is_selected = |segment: &&Arc<StoredSegment>| {
        query.service.as_ref().is_none_or(|service| segment.belongs_to(service))
    };
    traces.with_violations().filter(is_selected).for_each(|segment| latest.push(segment));
    // Each segment has a violation.
    let latest = latest.into_sorted();
    let (mut left, mut bytes) = (limit, 0);
    for segment in &latest {
        let number = segment.violations.len().min(left);
        bytes += violations_bytes(segment, number);
        left -= number;
    }
    memory.take(bytes)?;
    Ok(SelectedViolations { segments: latest.into_iter().cloned().collect(), limit })
}
