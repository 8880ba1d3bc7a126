//! `--watch`: trees in the terminal as traces arrive. A trace has no last segment, so it is shown when it was quiet for a
//! moment, and again if it grew after that.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use skywalking_collector::{Collector, TraceQuery, view};

/// How long a trace has to be quiet.
const QUIET: Duration = Duration::from_secs(1);
/// Of more new traces than these in a moment, the newest are shown.
const AT_ONCE: usize = 100;

/// What was seen of a trace: how many spans, and whether they were shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Growing(usize),
    Shown(usize),
}

/// Says each trace; never comes back.
pub(crate) async fn traces(collector: &Collector, say: fn(&str)) -> Infallible {
    let style = view::Style::stdout();
    let mut known: HashMap<String, Seen> = HashMap::new();
    let mut tick = tokio::time::interval(QUIET);
    loop {
        tick.tick().await;
        let mut now = HashMap::with_capacity(AT_ONCE);
        // Oldest first, as a log is read.
        for trace in collector.traces(&TraceQuery { limit: AT_ONCE, ..TraceQuery::default() }).into_iter().rev() {
            let quiet = Seen::Growing(trace.spans);
            let seen = match known.get(&trace.trace_id) {
                Some(before) if *before == quiet => {
                    if let Some(whole) = collector.trace(&trace.trace_id) {
                        say(&view::tree(&whole, style));
                    }
                    Seen::Shown(trace.spans)
                }
                Some(Seen::Shown(spans)) if *spans == trace.spans => Seen::Shown(*spans),
                _ => quiet,
            };
            now.insert(trace.trace_id, seen);
        }
        known = now;
    }
}

/// The map as it is now.
pub(crate) fn map(collector: &Collector) -> String {
    view::topology(&collector.topology(), view::Style::stdout())
}
