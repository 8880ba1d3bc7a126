//! Arrival: waits for the spans, not for a time, and says what is missing if they don't come.

use std::fmt::Write as _;
use std::time::Duration;

use skywalking_collector::{Collector, TraceView};

/// The spans of a whole trace: service, kind, name.
#[derive(Clone, Copy, Debug)]
pub struct WholeTrace<'a>(pub &'a [(&'a str, &'a str, &'a str)]);

/// What did not come, in words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Missing(String);

/// Of more traces than these, only their number is told.
const TOLD: usize = 5;

impl WholeTrace<'_> {
    /// Comes back when every trace is whole; gives the last one.
    ///
    /// # Errors
    /// What is missing of which trace when the patience ends.
    pub async fn arrived(
        self,
        collector: &Collector,
        traces: &[String],
        patience: Duration,
    ) -> Result<Option<TraceView>, Missing> {
        let mut whole = 0;
        let all_whole = |collector: &Collector| {
            while traces
                .get(whole)
                .is_some_and(|id| self.lacks(collector.trace(id).as_ref()).is_empty())
            {
                whole += 1;
            }
            whole == traces.len()
        };
        if collector.wait_for(all_whole, patience).await.is_ok() {
            return Ok(traces.last().and_then(|id| collector.trace(id)));
        }
        let incomplete: Vec<_> = traces
            .iter()
            .map(|id| (id.as_str(), self.lacks(collector.trace(id).as_ref())))
            .collect();
        Err(Missing(format!(
            "{}\nThe collector has seen: {}. Look above for what became of the spans",
            self.told(&incomplete, patience),
            collector.stats()
        )))
    }

    /// The places of the spans that a trace lacks.
    fn lacks(self, trace: Option<&TraceView>) -> Vec<usize> {
        let has = |(service, kind, name): (&str, &str, &str)| {
            let spans = trace.map(|trace| &trace.spans[..]).unwrap_or_default();
            spans.iter().any(|span| {
                (span.service.as_str(), span.span_type, span.operation_name.as_str())
                    == (service, kind, name)
            })
        };
        (0..self.0.len()).filter(|at| !has(self.0[*at])).collect()
    }

    fn told(self, traces: &[(&str, Vec<usize>)], patience: Duration) -> String {
        let incomplete: Vec<_> = traces.iter().filter(|(_, missing)| !missing.is_empty()).collect();
        let (whole, all) = (traces.len() - incomplete.len(), traces.len());
        let mut text =
            format!("{whole} of {all} traces arrived complete within {patience:?}. Missing:");
        for (id, missing) in incomplete.iter().take(TOLD) {
            let spans: Vec<_> = missing
                .iter()
                .map(|at| self.0[*at])
                .map(|(service, kind, name)| format!("{kind} {name} of {service}"))
                .collect();
            let spans = if missing.len() == self.0.len() {
                "every span".to_owned()
            } else {
                spans.join(", ")
            };
            // Writing to a String can't fail.
            let _ = write!(text, "\n  trace {id}: {spans}");
        }
        if incomplete.len() > TOLD {
            let _ = write!(text, "\n  and spans of {} more traces", incomplete.len() - TOLD);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTED: WholeTrace<'_> =
        WholeTrace(&[("one", "Entry", "/a"), ("one", "Exit", "/b"), ("two", "Entry", "/b")]);

    #[test]
    fn what_is_missing_is_told_span_by_span() {
        let traces = [("1.1", vec![]), ("1.2", vec![1, 2]), ("1.3", EXPECTED.lacks(None))];
        assert_eq!(
            EXPECTED.told(&traces, Duration::from_secs(30)),
            "1 of 3 traces arrived complete within 30s. Missing:\
             \n  trace 1.2: Exit /b of one, Entry /b of two\
             \n  trace 1.3: every span"
        );
    }

    #[test]
    fn of_many_traces_the_first_are_told() {
        let traces = vec![("1", vec![0]); 7];
        let text = EXPECTED.told(&traces, Duration::from_secs(30));
        assert_eq!(text.lines().count(), 1 + TOLD + 1);
        assert!(text.ends_with("and spans of 2 more traces"), "{text}");
    }
}
