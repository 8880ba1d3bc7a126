//! How many segments a service sent and lost: as text, and as JSON for the demo that started it.

use std::fmt;
use std::ops::Add;

use serde::{Deserialize, Serialize};
use skywalking_runtime::stats::Report;

/// Counts segments that the backend accepted, and lost segments by cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeliveryCounts {
    sent: u64,
    refused: u64,
    unconfirmed: u64,
    unsent: u64,
    queue_full: u64,
}

impl DeliveryCounts {
    /// Returns the counts of an agent that was shut down.
    pub(crate) fn from_report(report: &Report) -> Self {
        let dropped = report.dropped;
        Self {
            sent: report.sent,
            refused: dropped.refused,
            unconfirmed: dropped.unconfirmed,
            unsent: dropped.shutdown + dropped.off,
            queue_full: dropped.queue_full,
        }
    }

    /// Returns the number of lost segments.
    pub(crate) fn lost(&self) -> u64 {
        self.refused + self.unconfirmed + self.unsent + self.queue_full
    }

    /// Returns one line of JSON.
    pub(crate) fn to_json(self) -> String {
        // Numbers always serialize.
        serde_json::to_string(&self).unwrap_or_default()
    }

    /// Parses a line of a service. Returns `None` for other output.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

impl Add for DeliveryCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            refused: self.refused + other.refused,
            unconfirmed: self.unconfirmed + other.unconfirmed,
            unsent: self.unsent + other.unsent,
            queue_full: self.queue_full + other.queue_full,
        }
    }
}

impl fmt::Display for DeliveryCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segments = if self.sent == 1 { "segment" } else { "segments" };
        write!(f, "{} {segments} sent, {} lost", self.sent, self.lost())?;
        let causes = [
            (self.refused, "refused by the backend"),
            (self.unconfirmed, "sent without a response"),
            (self.unsent, "not sent before shutdown"),
            (self.queue_full, "dropped from a full queue"),
        ];
        let lost: Vec<_> = causes
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, cause)| format!("{count} {cause}"))
            .collect();
        if lost.is_empty() { Ok(()) } else { write!(f, " ({})", lost.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_lists_each_cause_of_loss() {
        let lost =
            DeliveryCounts { sent: 3, refused: 2, queue_full: 1, ..DeliveryCounts::default() };
        assert_eq!(DeliveryCounts::default().to_string(), "0 segments sent, 0 lost");
        assert_eq!(
            (lost + lost).to_string(),
            "6 segments sent, 6 lost (4 refused by the backend, 2 dropped from a full queue)"
        );
    }

    #[test]
    fn json_is_parsed_and_other_lines_are_not() {
        let counts =
            DeliveryCounts { sent: 3, unconfirmed: 1, unsent: 2, ..DeliveryCounts::default() };
        assert_eq!(DeliveryCounts::parse(&counts.to_json()), Some(counts));
        assert_eq!(DeliveryCounts::parse("listening on http://127.0.0.1:1/mack"), None);
    }
}
