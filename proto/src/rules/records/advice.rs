//! What a backend does with a record that breaks a rule, and what to change in the agent.

use super::RecordRule;
use crate::rules::advice::{COLUMN, NUL};

impl RecordRule {
    /// Returns what a backend does with a record that breaks the rule, in one sentence.
    pub fn explanation(&self) -> &'static str {
        self.advice().0
    }

    /// Returns what to change in the agent's code, in one sentence.
    pub fn remedy(&self) -> &'static str {
        self.advice().1
    }

    /// Returns explanation and remedy.
    fn advice(&self) -> (&'static str, &'static str) {
        match self {
            Self::NoService { .. } => {
                ("The OAP drops the record.", "Set the service of the agent on each record.")
            }
            Self::NoBody => {
                ("The OAP drops the log.", "Set the body to a text, to JSON or to YAML.")
            }
            Self::StreamService { .. } => (
                "The OAP writes the first service of a stream over that of all later logs.",
                "Send the logs of each service in a stream of its own.",
            ),
            Self::LogLayer { .. } => (
                "The OAP drops logs of an unknown layer, and of a layer without rules for logs.",
                "Leave the layer empty, or send GENERAL.",
            ),
            Self::SpanWithoutSegment { .. } => (
                "The OAP stores the trace id, but not the span.",
                "Send trace id, segment id and span id together.",
            ),
            Self::SpanNegative { .. } => (
                "The trace view does not find the span of the log.",
                "Leave the trace context out of logs without a span.",
            ),
            Self::IdLength { .. } => (
                "The id does not fit its column in SQL storage, so the record is lost.",
                "Send ids of at most 150 characters.",
            ),
            Self::Column { .. } => (COLUMN, "Cut the text to the limit, and mark that it was cut."),
            Self::Nul { .. } => NUL,
            Self::Time { .. } => (
                "SQL storage has no table for that day, so the record is lost.",
                "Send epoch milliseconds of the real clock.",
            ),
            Self::NoKey { .. } => {
                ("The OAP stores the value, but nothing finds it.", "Set a key for each tag.")
            }
            Self::NoMeter => (
                "The OAP skips the element, and does not read its service, instance and time.",
                "Send service, instance and time with a meter.",
            ),
            Self::NoSource { .. } => (
                "The OAP drops the whole batch.",
                "Set service, instance and time on the first meter of each batch.",
            ),
            Self::LabelTwice { .. } => {
                ("The OAP drops the whole batch.", "Send each label of a meter once.")
            }
            Self::LabelReserved { .. } => (
                "The OAP drops the whole batch.",
                "Do not use the labels service and instance, nor le on a histogram.",
            ),
            Self::MeterName { .. } => (
                "No rule of the OAP can name the meter, so it is not shown.",
                "Name meters by letters, digits and _ alone.",
            ),
            Self::MeterValue { .. } => (
                "The OAP can't aggregate the value.",
                "Leave a meter out while it has no finite value.",
            ),
            Self::Buckets { .. } => (
                "The OAP computes wrong percentiles.",
                "Sort the buckets by their lower bounds, and send running counts.",
            ),
            Self::BucketFractions { .. } => (
                "The OAP reads bounds as whole numbers, so buckets become one.",
                "Scale the values to a unit with whole bounds, such as milliseconds.",
            ),
            Self::EventLayer => (
                "The OAP ends the call with an error, so the event and the rest of the call are \
                 lost.",
                "Send the layer GENERAL.",
            ),
            Self::NoUuid => (
                "The OAP stores events of one second under the same key.",
                "Generate a random uuid for each event.",
            ),
            Self::EventName => ("The OAP stores the event without a name.", "Set the name."),
            Self::EventType { .. } => {
                ("The OAP reads the number as unrecognized.", "Send 0 for Normal and 1 for Error.")
            }
            Self::EventEnd { .. } => {
                ("The OAP stores a negative duration.", "Take both times from one clock.")
            }
            Self::EventStartTwice { .. } => (
                "SQL storage has a row of that second and uuid already, and rejects the second \
                 one.",
                "Send the end time alone in the report that ends an event.",
            ),
        }
    }
}
