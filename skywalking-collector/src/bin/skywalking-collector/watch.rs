//! `--watch`: prints traces as trees when they arrive.
//!
//! The last segment of a trace can't be recognized. A trace is printed when no segment of it has
//! arrived for a second, and again if it grows later. The output of each second is limited, and the
//! rest is counted.

use std::collections::HashSet;
use std::convert::Infallible;
use std::time::Duration;

use skywalking_collector::{Collector, view};

use crate::output::print;

/// How long a trace has to be quiet before it is printed.
const QUIET: Duration = Duration::from_secs(1);
/// The largest number of traces that are printed for one interval. Earlier arrivals are omitted.
const MAX_TRACES: usize = 100;
/// The largest number of spans that are printed for a trace.
const MAX_SPANS: usize = 100;
/// No further trace is printed in an interval after this many lines.
const MAX_LINES: usize = 500;
/// The largest number of calls that are printed for the service map.
const MAX_CALLS: usize = 500;

/// Prints new traces forever.
pub(crate) async fn traces(collector: &Collector) -> Infallible {
    let mut tick = tokio::time::interval(QUIET);
    let mut growing = Vec::new();
    let mut cursor = 0;
    loop {
        tick.tick().await;
        let new = collector.traces_since(cursor, MAX_TRACES);
        cursor = new.cursor;
        let arrived: Vec<String> = new.traces.into_iter().map(|trace| trace.trace_id).collect();
        let still_growing: HashSet<_> = arrived.iter().collect();
        growing.retain(|id| !still_growing.contains(id));
        print_traces(collector, &growing).await;
        if new.omitted > 0 {
            print(format!("… and {} more new traces: see /api/traces", new.omitted)).await;
        }
        growing = arrived;
    }
}

/// Prints these traces within the limits.
async fn print_traces(collector: &Collector, traces: &[String]) {
    let style = view::Style::stdout();
    let (mut lines, mut omitted, mut spans) = (0, 0, 0);
    for id in traces {
        let Some(trace) = collector.trace(id) else { continue };
        if lines >= MAX_LINES {
            omitted += 1;
            spans += trace.spans.len();
            continue;
        }
        let text = view::tree_with_limit(&trace, style, MAX_SPANS);
        lines += text.lines().count();
        print(text).await;
    }
    if omitted > 0 {
        print(format!("… and {omitted} more traces with {spans} spans: see /api/traces")).await;
    }
}

/// Returns the service map as text.
pub(crate) fn map(collector: &Collector) -> String {
    view::topology_with_limit(&collector.topology(), view::Style::stdout(), MAX_CALLS)
}
