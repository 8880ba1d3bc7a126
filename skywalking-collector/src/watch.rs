//! `--watch`: trees in the terminal as traces arrive. A trace has no last segment, so it is shown
//! when it was quiet for a moment, and again if it grew after that. What is printed in a moment is
//! bounded; what is left out is counted.

use std::collections::HashSet;
use std::convert::Infallible;
use std::time::Duration;

use skywalking_collector::{Arrivals, Collector, view};

use crate::out::say;

/// How long a trace has to be quiet.
const QUIET: Duration = Duration::from_secs(1);
/// Of more traces that arrive or grow in a moment, the last ones are shown.
const TRACES: usize = 100;
/// Spans that are printed of one trace.
const SPANS: usize = 100;
/// Lines that are printed in a moment, and those of the last tree beyond them.
const LINES: usize = 500;
/// Calls that are printed of the map.
const CALLS: usize = 500;

/// Says each trace; never comes back.
pub(crate) async fn traces(collector: &Collector) -> Infallible {
    let mut tick = tokio::time::interval(QUIET);
    let mut growing = Vec::new();
    let mut seen = 0;
    loop {
        tick.tick().await;
        let Arrivals { traces, left_out, upto } = collector.arrivals(seen, TRACES);
        seen = upto;
        let arrived: Vec<String> = traces.into_iter().map(|trace| trace.trace_id).collect();
        let still: HashSet<_> = arrived.iter().collect();
        growing.retain(|id| !still.contains(id));
        print(collector, &growing).await;
        if left_out > 0 {
            say(format!("… and {left_out} more traces that arrived: /api/traces lists them")).await;
        }
        growing = arrived;
    }
}

/// Says these traces as far as there is room.
async fn print(collector: &Collector, traces: &[String]) {
    let style = view::Style::stdout();
    let (mut lines, mut left_out, mut spans) = (0, 0, 0);
    for id in traces {
        let Some(trace) = collector.trace(id) else { continue };
        if lines >= LINES {
            left_out += 1;
            spans += trace.spans.len();
            continue;
        }
        let text = view::tree_within(&trace, style, SPANS);
        lines += text.lines().count();
        say(text).await;
    }
    if left_out > 0 {
        say(format!("… and {left_out} more traces of {spans} spans: /api/traces lists them")).await;
    }
}

/// The map as it is now.
pub(crate) fn map(collector: &Collector) -> String {
    view::topology_within(&collector.topology(), view::Style::stdout(), CALLS)
}
