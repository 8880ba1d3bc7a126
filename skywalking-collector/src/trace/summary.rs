//! The list of traces: one line a trace, newest first.

use std::cmp::Reverse;
use std::sync::Arc;

use serde::Serialize;

use super::TraceView;
use crate::store::{StoredSegment, StoredTrace, Traces};

/// The most traces that one query gives.
pub const MAX_TRACES: usize = 10_000;
const DEFAULT_TRACES: usize = 20;

/// Which traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceQuery {
    /// Only those with a segment of this service.
    pub service: Option<String>,
    /// At most so many (20 by default); more than [`MAX_TRACES`] counts as that.
    pub limit: usize,
}

impl Default for TraceQuery {
    fn default() -> Self {
        Self { service: None, limit: DEFAULT_TRACES }
    }
}

/// One trace of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceSummary {
    /// The trace's id.
    pub trace_id: String,
    /// The operation name of its first root.
    pub root_name: String,
    /// The service of its first root.
    pub service: String,
    /// The earliest start, in epoch milliseconds.
    pub start_time: i64,
    /// The latest end minus the earliest start, in milliseconds.
    pub duration: u64,
    /// How many spans are stored.
    pub spans: usize,
    /// Whether any span failed.
    pub is_error: bool,
    /// What is stored of it breaks the wire's rules so many times.
    pub violations: usize,
}

/// What [`crate::Collector::arrivals`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrivals {
    /// The traces that arrived or grew last, the one that did so last at the end.
    pub traces: Vec<TraceSummary>,
    /// How many more arrived or grew.
    pub left_out: usize,
    /// Where the next look begins.
    pub upto: u64,
}

/// A trace that was chosen, before its root is looked for (which is done without the store's lock).
pub(crate) struct Chosen {
    trace_id: Arc<str>,
    segments: Vec<Arc<StoredSegment>>,
    start: i64,
    end: i64,
    spans: usize,
    is_error: bool,
    violations: usize,
}

/// Chooses by the query: newest start first, of equal starts the one that arrived later.
pub(crate) fn list(traces: &Traces, query: &TraceQuery) -> Vec<Chosen> {
    let mut found: Vec<_> = traces
        .iter()
        .filter(|(_, trace)| query.service.as_ref().is_none_or(|service| trace.touches(service)))
        .collect();
    let newest = |(_, trace): &(&Arc<str>, &StoredTrace)| Reverse((trace.start, trace.began));
    let limit = query.limit.min(MAX_TRACES);
    if limit < found.len() {
        found.select_nth_unstable_by_key(limit, newest);
        found.truncate(limit);
    }
    found.sort_unstable_by_key(newest);
    found.into_iter().map(Chosen::new).collect()
}

/// Chooses what arrived or grew after `after`: of more than `limit` the last ones, and the number
/// of the others.
pub(crate) fn arrivals(traces: &Traces, after: u64, limit: usize) -> (Vec<Chosen>, usize) {
    let mut found: Vec<_> =
        traces.iter().filter(|(_, trace)| trace.last_arrival() > after).collect();
    found.sort_unstable_by_key(|(_, trace)| trace.last_arrival());
    let left_out = found.len().saturating_sub(limit);
    (found.into_iter().skip(left_out).map(Chosen::new).collect(), left_out)
}

impl Chosen {
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

/// A span without any parent, the earliest of several. Where there is none (not yet, or in a
/// circle), the first line of the tree.
fn root(trace_id: &str, segments: &[Arc<StoredSegment>]) -> (String, String) {
    let spans = segments
        .iter()
        .flat_map(|segment| segment.object.spans.iter().map(move |span| (segment, span)));
    let roots = spans.filter(|(_, span)| span.parent_span_id < 0 && span.refs.is_empty());
    if let Some((segment, span)) = roots.min_by_key(|(_, span)| span.start_time) {
        return (span.operation_name.clone(), segment.object.service.clone());
    }
    let trace = TraceView::new(trace_id, segments);
    let tree = trace.tree();
    tree.first().map_or_else(Default::default, |branch| {
        let span = &trace.spans[branch.span];
        (span.operation_name.clone(), span.service.clone())
    })
}
