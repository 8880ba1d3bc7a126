//! Arrival: waits for the spans, not for a time, and says what is missing if they don't come.

use std::fmt::Write as _;
use std::time::Duration;

use skywalking_collector::{Collector, TraceView};

use crate::error::Error;

/// The spans of a whole trace: service, kind, name.
const EXPECTED: [(&str, &str, &str); 4] = [
    ("RTS_Test", "Entry", "/API/Snapshot"),
    ("RTS_Test", "Exit", "/Service/OnSnapshot"),
    ("Service_Test", "Entry", "/Service/OnSnapshot/QueringSnapshot"),
    ("Service_Test", "Exit", "/database/QuerySnapshot"),
];
/// Of more traces than these, only their number is told.
const TOLD: usize = 5;

/// Comes back when every trace is whole; gives the last one.
pub(crate) async fn all(collector: &Collector, traces: &[String], patience: Duration) -> Result<Option<TraceView>, Error> {
    let mut whole = 0;
    let all_whole = |collector: &Collector| {
        while traces.get(whole).is_some_and(|id| missing(collector.trace(id).as_ref()).is_empty()) {
            whole += 1;
        }
        whole == traces.len()
    };
    if collector.wait_for(all_whole, patience).await.is_ok() {
        return Ok(traces.last().and_then(|id| collector.trace(id)));
    }
    let incomplete: Vec<_> = traces.iter().map(|id| (id.as_str(), missing(collector.trace(id).as_ref()))).collect();
    Err(Error::Missing(format!(
        "{}\nThe collector has seen: {}. Look at the counters above for what became of the spans",
        told(&incomplete, patience),
        collector.stats()
    )))
}

/// The places of [`EXPECTED`] that a trace lacks.
fn missing(trace: Option<&TraceView>) -> Vec<usize> {
    let has = |(service, kind, name): (&str, &str, &str)| {
        let spans = trace.map(|trace| &trace.spans[..]).unwrap_or_default();
        spans.iter().any(|span| (span.service.as_str(), span.span_type, span.operation_name.as_str()) == (service, kind, name))
    };
    (0..EXPECTED.len()).filter(|at| !has(EXPECTED[*at])).collect()
}

fn told(traces: &[(&str, Vec<usize>)], patience: Duration) -> String {
    let incomplete: Vec<_> = traces.iter().filter(|(_, missing)| !missing.is_empty()).collect();
    let (whole, all) = (traces.len() - incomplete.len(), traces.len());
    let mut text = format!("{whole} of {all} traces arrived complete within {patience:?}. Missing:");
    for (id, missing) in incomplete.iter().take(TOLD) {
        let spans: Vec<_> =
            missing.iter().map(|at| EXPECTED[*at]).map(|(service, kind, name)| format!("{kind} {name} of {service}")).collect();
        // Writing to a String can't fail.
        let _ =
            write!(text, "\n  trace {id}: {}", if missing.len() == EXPECTED.len() { "every span".to_owned() } else { spans.join(", ") });
    }
    if incomplete.len() > TOLD {
        let _ = write!(text, "\n  and spans of {} more traces", incomplete.len() - TOLD);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_span_by_span() {
        let traces = [("1.1", vec![]), ("1.2", vec![2, 3]), ("1.3", missing(None))];
        assert_eq!(
            told(&traces, Duration::from_secs(30)),
            "1 of 3 traces arrived complete within 30s. Missing:\
             \n  trace 1.2: Entry /Service/OnSnapshot/QueringSnapshot of Service_Test, Exit /database/QuerySnapshot of Service_Test\
             \n  trace 1.3: every span"
        );
    }

    #[test]
    fn of_many_traces_the_first_are_told() {
        let traces = vec![("1", vec![0]); 7];
        let text = told(&traces, Duration::from_secs(30));
        assert_eq!(text.lines().count(), 1 + TOLD + 1);
        assert!(text.ends_with("and spans of 2 more traces"), "{text}");
    }
}
