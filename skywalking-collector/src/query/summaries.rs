//! Lists of traces.
//!
//! A list is made in two steps, so that the store's lock is held only for the first: traces are
//! selected, then each is summarized.

use std::sync::Arc;

use super::filter::{self, Prepared};
use super::first::First;
use super::topology::CallEnds;
use crate::api::{
    Bar, Cursor, MAX_TRACES, SortOrder, TracePage, TraceQuery, TraceSort, TraceSummary,
};
use crate::budget::Memory;
use crate::store::{StoredTrace, TimeBar, TraceFacts, Traces};
use crate::text::Needle;

/// The largest number of services in a summary.
const MAX_SERVICES: usize = 8;

/// Selected traces, not summarized yet.
pub(crate) struct Selected {
    traces: Vec<TraceSelection>,
    matched: usize,
    next: Option<Cursor>,
}

impl Selected {
    /// Returns the page of summaries.
    pub(crate) fn summarize(self) -> TracePage {
        let traces = self.traces.into_iter().map(TraceSelection::summarize).collect();
        TracePage { traces, matched: self.matched, next: self.next }
    }
}

/// A selected trace, not summarized yet.
pub(crate) struct TraceSelection {
    trace_id: Arc<str>,
    facts: TraceFacts,
}

/// Selects traces by the query. Of traces with equal keys, the one that arrived later counts as
/// larger.
pub(crate) fn select<M: Memory>(
    traces: &Traces,
    query: &TraceQuery,
    prepared: &Prepared,
    memory: &mut M,
) -> Result<Selected, M::Error> {
    let key = |facts: &TraceFacts| match query.sort {
        TraceSort::Start => facts.start,
        TraceSort::Duration => i64::try_from(facts.duration()).unwrap_or(i64::MAX),
    };
    let in_order = |a: &(i64, u64), b: &(i64, u64)| match query.order {
        SortOrder::Descending => b.cmp(a),
        SortOrder::Ascending => a.cmp(b),
    };
    let limit = query.limit.min(MAX_TRACES);
    let (mut matched, mut after_cursor) = (0, 0);
    let mut page = First::new(limit, |(a, _): &((i64, u64), &StoredTrace), (b, _)| in_order(a, b));
    filter::matching(traces, query, prepared, |number, trace| {
        let own = (key(&trace.facts), number);
        matched += 1;
        let cursor = query.cursor.map(|Cursor { key, number }| (key, number));
        if cursor.is_none_or(|cursor| in_order(&own, &cursor).is_gt()) {
            after_cursor += 1;
            page.push((own, trace));
        }
        Ok(())
    })?;
    let page = page.into_sorted();
    memory.take(page.iter().map(|(_, trace)| TraceSelection::bytes(trace)).sum())?;
    let last = page.last().map(|((key, number), _)| Cursor { key: *key, number: *number });
    Ok(Selected {
        traces: page.into_iter().map(|(_, trace)| TraceSelection::new(trace)).collect(),
        matched,
        next: last.filter(|_| limit < after_cursor),
    })
}

/// Selects the traces that match the query and arrived or grew after the arrival number `cursor`.
/// `calls` has the ends of the calls of the query.
/// Returns the last `limit` of them and the number of the others.
pub(crate) fn select_since<M: Memory>(
    traces: &Traces,
    query: &TraceQuery,
    calls: Option<&CallEnds>,
    cursor: u64,
    limit: usize,
    memory: &mut M,
) -> Result<(Vec<TraceSelection>, usize), M::Error> {
    let needle = query.text.as_deref().map(Needle::new);
    let is_match = |trace: &&StoredTrace| {
        filter::is_match(traces.index(), trace, query, needle.as_ref(), calls)
    };
    let mut found = traces.since(cursor).filter(is_match);
    let mut newest = Vec::new();
    for trace in found.by_ref().take(limit) {
        memory.take(TraceSelection::bytes(trace))?;
        newest.push(TraceSelection::new(trace));
    }
    newest.reverse();
    Ok((newest, found.count()))
}

impl TraceSelection {
    /// Returns the memory of the selection of a trace and of its summary, in bytes.
    pub(super) fn bytes(trace: &StoredTrace) -> usize {
        let facts = &trace.facts;
        let (name, service) = facts.root();
        let services: usize = facts.services.iter().map(|one| one.name.len() + 40).sum();
        let texts = 2 * trace.id.len() + name.len() + service.len() + services;
        size_of::<Self>() + size_of::<TraceSummary>() + 2 * facts.bytes() + texts
    }

    pub(super) fn new(trace: &StoredTrace) -> Self {
        Self { trace_id: Arc::clone(&trace.id), facts: trace.facts.clone() }
    }

    /// Returns the summary of the trace.
    pub(crate) fn summarize(self) -> TraceSummary {
        let Self { trace_id, facts } = self;
        let mut by_start: Vec<usize> = (0..facts.services.len()).collect();
        by_start.sort_by_key(|at| facts.services.get(*at).map(|one| one.start));
        let services =
            || by_start.iter().filter_map(|at| facts.services.get(*at)).take(MAX_SERVICES);
        let (root_name, service) = facts.root();
        TraceSummary {
            trace_id: trace_id.as_ref().to_owned(),
            root_name: root_name.to_owned(),
            service: service.to_owned(),
            services: services().map(|one| one.name.as_ref().to_owned()).collect(),
            colors: services().map(|one| one.color).collect(),
            service_count: facts.service_count,
            start_time: facts.start,
            duration: facts.duration(),
            spans: facts.spans,
            segments: facts.segments,
            is_error: facts.is_error,
            reason: facts.reason().map(str::to_owned),
            violations: facts.violations,
            bars: bars(&facts, &by_start),
            last_arrival: facts.last_arrival,
        }
    }
}

/// Returns the bars in thousandths of the duration. `by_start` has the positions of the services.
fn bars(facts: &TraceFacts, by_start: &[usize]) -> Vec<Bar> {
    let length = i128::from(facts.end) - i128::from(facts.start);
    let part = |time: i64, if_zero: u16| {
        if length <= 0 {
            return if_zero;
        }
        let part = (i128::from(time) - i128::from(facts.start)) * 1_000 / length;
        u16::try_from(part.clamp(0, 1_000)).unwrap_or(if_zero)
    };
    let mut index = vec![0; by_start.len()];
    for (order, at) in by_start.iter().enumerate() {
        if let Some(index) = index.get_mut(*at) {
            *index = order;
        }
    }
    let bar = |bar: &TimeBar| Bar {
        service: index.get(usize::from(bar.service)).copied().unwrap_or(index.len()),
        start: part(bar.start, 0),
        end: part(bar.end.max(bar.start), 1_000),
        is_error: bar.is_error,
    };
    facts.bars.iter().map(bar).collect()
}
