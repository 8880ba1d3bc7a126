//! The statistics of this process: what became of its segments.
//!
//! The threads count in the queue, the reporter in its accounts. Both are read here in the order
//! that keeps the invariant: dropped and sent before finished, finished before opened. So a reader
//! always sees `opened >= finished >= sent + dropped`. Nothing is counted here.

use std::fmt;

use super::accounts;
use crate::queue::{self, Totals};
use crate::util::diagnostics::{self, Diagnostic};

/// Counts of segments since the process started, over all agents that ran in it.
///
/// While nothing is traced, exactly: `opened = finished + open` and `finished = sent +
/// dropped.total() + queued + in_flight`. At any moment: `opened >= finished >= sent +
/// dropped.total()`.
///
/// ```
/// use skywalking_runtime::{Config, config::Reporter};
///
/// let agent = Config::new("RTS_Test").reporter(Reporter::Discard).start()?;
/// let stats = agent.stats();
/// assert_eq!(stats.finished, stats.sent + stats.dropped.total() + stats.queued + stats.in_flight);
/// # Ok::<(), skywalking_runtime::Error>(())
/// ```
///
/// `Debug` shows the counts that aren't 0, by name.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Segments that have begun.
    pub opened: u64,
    /// Segments that have ended.
    pub finished: u64,
    /// Segments that have begun and not ended.
    pub open: u64,
    /// Segments that wait for the reporter.
    pub queued: u64,
    /// Segments that the reporter is sending.
    pub in_flight: u64,
    /// Segments that the backend confirmed.
    pub sent: u64,
    /// Segments that were lost.
    pub dropped: Dropped,
    reasons: [u64; Diagnostic::ALL.len()],
}

/// Segments that were lost, by cause. `Debug` shows the counts that aren't 0.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// Too many were waiting for the reporter.
    pub queue_full: u64,
    /// No agent was running any more when they ended.
    pub off: u64,
    /// They were sent, at least in part, and no answer came. The backend may have them; they are
    /// never sent twice.
    pub unconfirmed: u64,
    /// The backend answered that it doesn't take them. It may have some.
    pub refused: u64,
    /// The agent was shut down before they could be sent.
    pub shutdown: u64,
    /// The program's redaction panicked on them ([`Config::redact`](crate::Config::redact)).
    pub hook_panicked: u64,
    /// The sampler had left their requests out, and nothing went wrong that
    /// [`Config::tail_sampling`](crate::Config::tail_sampling) would keep; or there was no room for
    /// them to wait for that ([`Diagnostic::TailBufferFull`]).
    pub not_kept: u64,
}

impl Dropped {
    /// All causes together.
    pub fn total(&self) -> u64 {
        self.queue_full
            + self.off
            + self.unconfirmed
            + self.refused
            + self.shutdown
            + self.hook_panicked
            + self.not_kept
    }

    /// Each cause with its count.
    fn by_cause(&self) -> [(&'static str, u64); 7] {
        let Self { queue_full, off, unconfirmed, refused, shutdown, hook_panicked, not_kept } =
            *self;
        [
            ("queue_full", queue_full),
            ("off", off),
            ("unconfirmed", unconfirmed),
            ("refused", refused),
            ("shutdown", shutdown),
            ("hook_panicked", hook_panicked),
            ("not_kept", not_kept),
        ]
    }

    /// What was lost since `earlier`.
    fn since(&self, earlier: &Self) -> Self {
        Self {
            queue_full: self.queue_full.saturating_sub(earlier.queue_full),
            off: self.off.saturating_sub(earlier.off),
            unconfirmed: self.unconfirmed.saturating_sub(earlier.unconfirmed),
            refused: self.refused.saturating_sub(earlier.refused),
            shutdown: self.shutdown.saturating_sub(earlier.shutdown),
            hook_panicked: self.hook_panicked.saturating_sub(earlier.hook_panicked),
            not_kept: self.not_kept.saturating_sub(earlier.not_kept),
        }
    }
}

impl fmt::Debug for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, "Dropped", self.by_cause())
    }
}

impl fmt::Debug for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.by_state().into_iter().chain(self.dropped.by_cause());
        show(f, "Stats", counts.chain(self.by_reason()))
    }
}

/// Writes the counts that aren't 0.
fn show(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    counts: impl IntoIterator<Item = (&'static str, u64)>,
) -> fmt::Result {
    let mut shown = f.debug_struct(name);
    for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        shown.field(name, &count);
    }
    shown.finish()
}

/// What an agent sent and lost while it ran, told when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "it says what was lost"]
pub struct Report {
    /// Segments that the backend confirmed.
    pub sent: u64,
    /// Segments that were lost.
    pub dropped: Dropped,
    /// The counts of the process, over all agents that ran in it.
    pub stats: Stats,
}

impl Report {
    /// That of an agent that was off: it sent nothing and lost nothing, whatever another one does
    /// meanwhile.
    pub(crate) fn of_none() -> Self {
        Self { sent: 0, dropped: Dropped::default(), stats: Stats::read() }
    }

    /// What has happened since `start`.
    pub(crate) fn since(start: &Stats) -> Self {
        let stats = Stats::read();
        Self {
            sent: stats.sent.saturating_sub(start.sent),
            dropped: stats.dropped.since(&start.dropped),
            stats,
        }
    }
}

/// Reads the counts of this process. [`Agent::stats`](crate::Agent::stats) returns the same.
///
/// ```
/// let stats = skywalking_runtime::stats::read();
/// assert!(stats.opened >= stats.finished);
/// ```
pub fn read() -> Stats {
    Stats::read()
}

impl Stats {
    pub(crate) fn read() -> Self {
        let (reporter, waiting) = accounts::read();
        let Totals { full, off, finished, open, opened } = queue::totals();
        let dropped = Dropped {
            queue_full: full,
            off,
            unconfirmed: reporter.unconfirmed,
            refused: reporter.refused,
            shutdown: reporter.shutdown,
            hook_panicked: reporter.hook_panicked,
            not_kept: reporter.not_kept,
        };
        let mut reasons = [0; Diagnostic::ALL.len()];
        for (count, reason) in reasons.iter_mut().zip(Diagnostic::ALL) {
            *count = diagnostics::read(*reason);
        }
        Self {
            opened,
            finished,
            open: open as u64,
            queued: waiting + reporter.held,
            in_flight: reporter.in_flight,
            sent: reporter.sent,
            dropped,
            reasons,
        }
    }

    /// How often something was ignored, cut or refused for this reason.
    pub fn count(&self, reason: Diagnostic) -> u64 {
        self.reasons.get(reason as usize).copied().unwrap_or(0)
    }

    /// How often something was ignored, cut or refused, by reason; each reason once, in a fixed
    /// order.
    pub fn diagnostics(&self) -> impl Iterator<Item = (Diagnostic, u64)> + '_ {
        Diagnostic::ALL.iter().copied().zip(self.reasons)
    }

    /// The segments in each state, but for the dropped ones.
    fn by_state(&self) -> [(&'static str, u64); 6] {
        let Self { opened, finished, open, queued, in_flight, sent, .. } = *self;
        [
            ("opened", opened),
            ("finished", finished),
            ("open", open),
            ("queued", queued),
            ("in_flight", in_flight),
            ("sent", sent),
        ]
    }

    /// Each reason by name.
    fn by_reason(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.diagnostics().map(|(reason, count)| (reason.name(), count))
    }

    /// The counts as one line of JSON. Of the reasons only those that came up.
    pub fn to_json(&self) -> String {
        let states = members(self.by_state());
        let causes = members(self.dropped.by_cause());
        let reasons = members(self.by_reason().filter(|(_, count)| *count > 0));
        format!(r#"{{{states},"dropped":{{{causes}}},"reasons":{{{reasons}}}}}"#)
    }
}

/// The counts as members of a JSON object. The names need no escapes.
fn members(counts: impl IntoIterator<Item = (&'static str, u64)>) -> String {
    let members = counts.into_iter().map(|(name, count)| format!(r#""{name}":{count}"#));
    members.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_names_what_is_not_zero_and_nothing_else() {
        let none = Stats {
            opened: 0,
            finished: 0,
            open: 0,
            queued: 0,
            in_flight: 0,
            sent: 0,
            dropped: Dropped::default(),
            reasons: [0; Diagnostic::ALL.len()],
        };
        assert_eq!(format!("{none:?} {:?}", none.dropped), "Stats Dropped");
        let dropped = Dropped { shutdown: 2, ..Dropped::default() };
        assert_eq!(format!("{dropped:?}"), "Dropped { shutdown: 2 }");
        let mut stats = Stats { opened: 9, open: 9, dropped, ..none };
        stats.reasons[Diagnostic::EmptyPeer as usize] = 3;
        assert_eq!(
            format!("{stats:?}"),
            "Stats { opened: 9, open: 9, shutdown: 2, empty_peer: 3 }"
        );
        let report = Report { sent: 0, dropped, stats };
        assert_eq!(
            format!("{report:?}"),
            "Report { sent: 0, dropped: Dropped { shutdown: 2 }, stats: Stats { opened: 9, open: 9, shutdown: 2, empty_peer: 3 } }"
        );
    }

    #[test]
    fn the_counts_are_one_line_of_json() {
        let mut stats = Stats {
            opened: 9,
            finished: 8,
            open: 1,
            queued: 2,
            in_flight: 1,
            sent: 1,
            dropped: Dropped {
                queue_full: 1,
                off: 0,
                unconfirmed: 2,
                refused: 1,
                shutdown: 0,
                hook_panicked: 0,
                not_kept: 0,
            },
            reasons: [0; Diagnostic::ALL.len()],
        };
        stats.reasons[0] = 3;
        let json: serde_json::Value = serde_json::from_str(&stats.to_json()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "opened": 9, "finished": 8, "open": 1, "queued": 2, "in_flight": 1, "sent": 1,
                "dropped": { "queue_full": 1, "off": 0, "unconfirmed": 2, "refused": 1, "shutdown": 0, "hook_panicked": 0, "not_kept": 0 },
                "reasons": { (Diagnostic::ALL[0].name()): 3 },
            })
        );
        assert!(!stats.to_json().contains('\n'));
        assert_eq!(stats.dropped.total(), 4);
    }
}
