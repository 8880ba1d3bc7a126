//! Lists of traces.
//!
//! A list is made in two steps, so that the store's lock is held only for the first: traces are
//! selected, then each is summarized.

use std::cmp::Reverse;
use std::sync::Arc;

use super::trace;
use crate::api::{MAX_TRACES, TraceQuery, TraceSummary};
use crate::store::{StoredSegment, StoredTrace, Traces};

/// A selected trace, not summarized yet.
pub(crate) struct TraceSelection {
    trace_id: Arc<str>,
    segments: Vec<Arc<StoredSegment>>,
    start: i64,
    end: i64,
    spans: usize,
    is_error: bool,
    violations: usize,
}

/// Selects traces by the query, the newest start first. Of traces with equal starts, the one that
/// arrived later comes first.
pub(crate) fn select(traces: &Traces, query: &TraceQuery) -> Vec<TraceSelection> {
    let mut found: Vec<_> = traces
        .iter()
        .filter(|(_, trace)| {
            query.service.as_ref().is_none_or(|service| trace.has_service(service))
        })
        .collect();
    let newest =
        |(_, trace): &(&Arc<str>, &StoredTrace)| Reverse((trace.start, trace.first_arrival));
    let limit = query.limit.min(MAX_TRACES);
    if limit < found.len() {
        found.select_nth_unstable_by_key(limit, newest);
        found.truncate(limit);
    }
    found.sort_unstable_by_key(newest);
    found.into_iter().map(TraceSelection::new).collect()
}

/// Selects the traces that arrived or grew after the arrival number `cursor`. Returns the last
/// `limit` of them and the number of the others.
pub(crate) fn select_since(
    traces: &Traces,
    cursor: u64,
    limit: usize,
) -> (Vec<TraceSelection>, usize) {
    let mut found: Vec<_> =
        traces.iter().filter(|(_, trace)| trace.last_arrival() > cursor).collect();
    found.sort_unstable_by_key(|(_, trace)| trace.last_arrival());
    let omitted = found.len().saturating_sub(limit);
    (found.into_iter().skip(omitted).map(TraceSelection::new).collect(), omitted)
}

impl TraceSelection {
    fn new((id, trace): (&Arc<str>, &StoredTrace)) -> Self {
        Self {
            trace_id: Arc::clone(id),
            segments: trace.segments.clone(),
            start: trace.start,
            end: trace.end,
            spans: trace.spans,
            is_error: trace.is_error,
            violations: trace.violations,
        }
    }

    /// Returns the summary of the trace.
    pub(crate) fn summarize(self) -> TraceSummary {
        let (root_name, service) = root(&self.trace_id, &self.segments);
        TraceSummary {
            trace_id: self.trace_id.as_ref().to_owned(),
            root_name,
            service,
            start_time: self.start,
            duration: u64::try_from(self.end.saturating_sub(self.start)).unwrap_or(0),
            spans: self.spans,
            is_error: self.is_error,
            violations: self.violations,
        }
    }
}

/// Returns name and service of the earliest span without a parent. If every span has one (the root
/// has not arrived, or there is a cycle), returns those of the first row of the tree.
fn root(trace_id: &str, segments: &[Arc<StoredSegment>]) -> (String, String) {
    let spans = segments
        .iter()
        .flat_map(|segment| segment.object.spans.iter().map(move |span| (segment, span)));
    let roots = spans.filter(|(_, span)| span.parent_span_id < 0 && span.refs.is_empty());
    if let Some((segment, span)) = roots.min_by_key(|(_, span)| span.start_time) {
        return (span.operation_name.clone(), segment.object.service.clone());
    }
    let trace = trace::view(trace_id, segments);
    let tree = trace.tree();
    tree.first().map_or_else(Default::default, |node| {
        let span = &trace.spans[node.span];
        (span.operation_name.clone(), span.service.clone())
    })
}
