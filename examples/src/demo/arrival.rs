//! Waits for spans, not for a time, and lists the missing ones on a timeout.

use std::fmt::Write as _;
use std::time::Duration;

use skywalking_collector::{Collector, TraceView};

/// The spans that a complete trace has: service, kind and name.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedTrace<'a>(pub &'a [(&'a str, &'a str, &'a str)]);

/// The spans that did not arrive.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Missing(String);

/// The largest number of traces that are listed. Further ones are counted.
const MAX_LISTED: usize = 5;

impl ExpectedTrace<'_> {
    /// Waits until every trace is complete. Returns the last one.
    ///
    /// # Errors
    ///
    /// Returns the missing spans of each trace on a timeout.
    pub async fn arrived(
        self,
        collector: &Collector,
        traces: &[String],
        timeout: Duration,
    ) -> Result<Option<TraceView>, Missing> {
        let mut complete = 0;
        let all_complete = |collector: &Collector| {
            while traces
                .get(complete)
                .is_some_and(|id| self.missing(collector.trace(id).as_ref()).is_empty())
            {
                complete += 1;
            }
            complete == traces.len()
        };
        if collector.wait_for(all_complete, timeout).await.is_ok() {
            return Ok(traces.last().and_then(|id| collector.trace(id)));
        }
        let incomplete: Vec<_> = traces
            .iter()
            .map(|id| (id.as_str(), self.missing(collector.trace(id).as_ref())))
            .collect();
        Err(Missing(format!(
            "{}\nReceived by the collector: {}. See the log above for the reason",
            self.describe(&incomplete, timeout),
            collector.stats()
        )))
    }

    /// Returns the indexes of the spans that a trace lacks.
    fn missing(self, trace: Option<&TraceView>) -> Vec<usize> {
        let has = |(service, kind, name): (&str, &str, &str)| {
            let spans = trace.map(|trace| &trace.spans[..]).unwrap_or_default();
            spans.iter().any(|span| {
                (span.service.as_str(), span.span_type, span.operation_name.as_str())
                    == (service, kind, name)
            })
        };
        (0..self.0.len()).filter(|at| !has(self.0[*at])).collect()
    }

    fn describe(self, traces: &[(&str, Vec<usize>)], timeout: Duration) -> String {
        let incomplete: Vec<_> = traces.iter().filter(|(_, missing)| !missing.is_empty()).collect();
        let (complete, all) = (traces.len() - incomplete.len(), traces.len());
        let mut text =
            format!("{complete} of {all} traces arrived complete within {timeout:?}. Missing:");
        for (id, missing) in incomplete.iter().take(MAX_LISTED) {
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
            // Writing to a `String` can't fail.
            let _ = write!(text, "\n  trace {id}: {spans}");
        }
        if incomplete.len() > MAX_LISTED {
            let _ = write!(text, "\n  and spans of {} more traces", incomplete.len() - MAX_LISTED);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTED: ExpectedTrace<'_> =
        ExpectedTrace(&[("one", "Entry", "/a"), ("one", "Exit", "/b"), ("two", "Entry", "/b")]);

    #[test]
    fn missing_spans_are_listed() {
        let traces = [("1.1", vec![]), ("1.2", vec![1, 2]), ("1.3", EXPECTED.missing(None))];
        assert_eq!(
            EXPECTED.describe(&traces, Duration::from_secs(30)),
            "1 of 3 traces arrived complete within 30s. Missing:\
             \n  trace 1.2: Exit /b of one, Entry /b of two\
             \n  trace 1.3: every span"
        );
    }

    #[test]
    fn incomplete_traces_are_limited() {
        let traces = vec![("1", vec![0]); 7];
        let text = EXPECTED.describe(&traces, Duration::from_secs(30));
        assert_eq!(text.lines().count(), 1 + MAX_LISTED + 1);
        assert!(text.ends_with("and spans of 2 more traces"), "{text}");
    }
}
