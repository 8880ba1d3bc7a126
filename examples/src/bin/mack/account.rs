//! What became of the segments of a service, for a reader; and as JSON, for the demo that started
//! it.

use std::fmt;
use std::ops::Add;

use serde::{Deserialize, Serialize};
use skywalking_runtime::Report;

/// Segments: those that the backend took, and those that were lost, by cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    sent: u64,
    refused: u64,
    unconfirmed: u64,
    unsent: u64,
    no_room: u64,
}

impl Account {
    /// What the agent says at its end.
    pub(crate) fn of(report: &Report) -> Self {
        let dropped = report.dropped;
        Self {
            sent: report.sent,
            refused: dropped.refused,
            unconfirmed: dropped.unconfirmed,
            unsent: dropped.shutdown + dropped.off,
            no_room: dropped.queue_full,
        }
    }

    pub(crate) fn lost(&self) -> u64 {
        self.refused + self.unconfirmed + self.unsent + self.no_room
    }

    /// One line.
    pub(crate) fn to_json(self) -> String {
        // Numbers alone: nothing in it can fail.
        serde_json::to_string(&self).unwrap_or_default()
    }

    /// What a service said; `None` for a line that is none of its accounts.
    pub(crate) fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

impl Add for Account {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            refused: self.refused + other.refused,
            unconfirmed: self.unconfirmed + other.unconfirmed,
            unsent: self.unsent + other.unsent,
            no_room: self.no_room + other.no_room,
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segments = if self.sent == 1 { "segment" } else { "segments" };
        write!(f, "{} {segments} sent, {} lost", self.sent, self.lost())?;
        let causes = [
            (self.refused, "refused by the backend"),
            (self.unconfirmed, "sent without an answer"),
            (self.unsent, "not sent before the end"),
            (self.no_room, "no room to wait"),
        ];
        let told: Vec<_> = causes
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, cause)| format!("{count} {cause}"))
            .collect();
        if told.is_empty() { Ok(()) } else { write!(f, " ({})", told.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_tells_each_cause_that_cost_segments() {
        let lost = Account { sent: 3, refused: 2, no_room: 1, ..Account::default() };
        assert_eq!(Account::default().to_string(), "0 segments sent, 0 lost");
        assert_eq!(
            (lost + lost).to_string(),
            "6 segments sent, 6 lost (4 refused by the backend, 2 no room to wait)"
        );
    }

    #[test]
    fn what_a_service_says_is_read_again_and_other_lines_are_not() {
        let account = Account { sent: 3, unconfirmed: 1, unsent: 2, ..Account::default() };
        assert_eq!(Account::read(&account.to_json()), Some(account));
        assert_eq!(Account::read("listening on http://127.0.0.1:1/mack"), None);
    }
}
