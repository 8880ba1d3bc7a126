//! The agent's own meters: its counts of segments, logs, events and meters.

use super::super::stats::{Dropped, SignalStats, Stats};
use crate::meter::{AGENT_PREFIX, Reading, Value};

/// Returns the meters of these statistics. Each cause of losses has a meter, also without a loss: a
/// rule computes the increase of a counter, and needs its value before.
pub(super) fn read(stats: &Stats, spans: u64) -> Vec<Reading> {
    let mut readings = vec![
        counter("segments_opened", &[], stats.opened),
        counter("segments_ignored", &[], stats.ignored),
        counter("spans", &[], spans),
    ];
    let signals = [
        ("segments", stats.sent, stats.queued + stats.in_flight, stats.dropped),
        of("logs", &stats.logs),
        of("events", &stats.events),
        of("meters", &stats.meters),
    ];
    for (signal, sent, queued, dropped) in signals {
        let label = ("signal", signal);
        readings.push(counter("sent", &[label], sent));
        #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
        readings.push(reading("queued", &[label], Value::Gauge(queued as f64)));
        let causes = dropped.by_cause().into_iter();
        readings.extend(
            causes.map(|(cause, count)| counter("dropped", &[("cause", cause), label], count)),
        );
    }
    readings
}

/// Returns the name of a signal, and what was sent, is queued, and was dropped.
fn of(name: &'static str, stats: &SignalStats) -> (&'static str, u64, u64, Dropped) {
    (name, stats.sent, stats.queued + stats.in_flight, stats.dropped)
}

fn counter(name: &str, labels: &[(&str, &str)], total: u64) -> Reading {
    reading(name, labels, Value::Counter(total))
}

fn reading(name: &str, labels: &[(&str, &str)], value: Value) -> Reading {
    let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Reading { name: format!("{AGENT_PREFIX}{name}"), labels: labels.collect(), value }
}
