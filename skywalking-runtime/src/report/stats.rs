//! The statistics of segments, log records and events of this process.
//!
//! The threads count in the queue, and the reporter counts in its accounts. Both are read in the
//! order that keeps the invariant: dropped and sent before finished, finished before opened. So
//! every reader gets `opened >= finished >= sent + dropped`. Nothing is counted in this module.

use std::fmt;

use super::accounts::{self, Counts};
use super::signal::Signal;
pub use super::vitals::{ReporterState, ReporterStats};
use crate::queue::{self, EntryCounts, Totals};
use crate::reported::queues;
use crate::util::diagnostics::{self, Diagnostic};

/// Counts of segments since the process started, over all agents that ran in it, and the state of
/// the reporter. [`sent`](Self::sent), [`queued`](Self::queued), [`in_flight`](Self::in_flight),
/// the reporter's losses and [`reporter`](Self::reporter) are read at the same moment.
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
    /// Segments that have started.
    pub opened: u64,
    /// Segments that have ended.
    pub finished: u64,
    /// Segments that have started and not ended.
    pub open: u64,
    /// Segments that were not recorded: their requests were not sampled, were ignored by name, or
    /// began while too many segments were open. [`count`](Self::count) has each reason. Segments
    /// that tail sampling drops are in [`Dropped::not_kept`].
    pub ignored: u64,
    /// Segments that wait for the reporter.
    pub queued: u64,
    /// Segments that the reporter is sending.
    pub in_flight: u64,
    /// Segments that the backend confirmed.
    pub sent: u64,
    /// Segments that were lost.
    pub dropped: Dropped,
    /// The reporter's connection to its backend.
    pub reporter: ReporterStats,
    /// Log records of the program ([`LogRecord`](crate::LogRecord)).
    pub logs: SignalStats,
    /// Events of the program and of the agent ([`Event`](crate::Event)).
    pub events: SignalStats,
    /// Values of meters: each report has one of each meter.
    pub meters: SignalStats,
    reasons: [u64; Diagnostic::ALL.len()],
}

/// Counts of log records, events or values of meters since the process started.
///
/// While none is reported, exactly: `recorded = sent + dropped.total() + queued + in_flight`. At any
/// moment: `recorded >= sent + dropped.total()`.
///
/// ```
/// use std::time::Duration;
/// use skywalking_runtime::{Config, LogLevel, LogRecord, config::Reporter};
///
/// let agent = Config::new("RTS_Test").reporter(Reporter::Discard).start()?;
/// LogRecord::new(LogLevel::Info, "hello").report();
/// assert!(agent.flush(Duration::from_secs(5)));
/// let logs = agent.stats().logs;
/// assert_eq!((logs.recorded, logs.sent), (1, 1));
/// # Ok::<(), skywalking_runtime::Error>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignalStats {
    /// What was reported by the program, or by the agent.
    pub recorded: u64,
    /// What waits for the reporter.
    pub queued: u64,
    /// What the reporter is sending.
    pub in_flight: u64,
    /// What the backend confirmed.
    pub sent: u64,
    /// What was lost.
    pub dropped: Dropped,
}

/// What was lost, by cause, of segments, log records, events or values
/// of meters. `Debug` shows the counts that aren't 0.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// Too many were waiting for the reporter. [`Config::overflow`](crate::Config::overflow) sets
    /// which segments are dropped. Of log records and events the newest are.
    pub queue_full: u64,
    /// They ended when no agent was running any more.
    pub off: u64,
    /// At least a part was sent, and no answer came. The backend may have them. They are never sent
    /// twice.
    pub unconfirmed: u64,
    /// The backend refused them. It may have some of them.
    pub refused: u64,
    /// The agent was shut down before they could be sent.
    pub shutdown: u64,
    /// The program's redaction panicked on them ([`Config::redact`](crate::Config::redact)).
    pub hook_panicked: u64,
    /// Their requests were not sampled, and were dropped by
    /// [`Config::tail_sampling`](crate::Config::tail_sampling) because they neither failed nor were
    /// slow, or because its buffer was full ([`Diagnostic::TailBufferFull`]).
    pub not_kept: u64,
    /// The reporter panicked before it sent them ([`ReporterState::Dead`]).
    pub reporter_panicked: u64,
}

impl Dropped {
    /// `full` and `off` were counted where they were dropped.
    fn new(counts: &Counts, full: u64, off: u64) -> Self {
        Self {
            queue_full: full + counts.overflow,
            off,
            unconfirmed: counts.unconfirmed,
            refused: counts.refused,
            shutdown: counts.shutdown,
            hook_panicked: counts.hook_panicked,
            not_kept: counts.not_kept,
            reporter_panicked: counts.reporter_panicked,
        }
    }

    /// Returns the sum over all causes.
    pub fn total(&self) -> u64 {
        self.queue_full
            + self.off
            + self.unconfirmed
            + self.refused
            + self.shutdown
            + self.hook_panicked
            + self.not_kept
            + self.reporter_panicked
    }

    /// Returns each cause with its count.
    pub(super) fn by_cause(&self) -> [(&'static str, u64); 8] {
        let Self {
            queue_full,
            off,
            unconfirmed,
            refused,
            shutdown,
            hook_panicked,
            not_kept,
            reporter_panicked,
        } = *self;
        [
            ("queue_full", queue_full),
            ("off", off),
            ("unconfirmed", unconfirmed),
            ("refused", refused),
            ("shutdown", shutdown),
            ("hook_panicked", hook_panicked),
            ("not_kept", not_kept),
            ("reporter_panicked", reporter_panicked),
        ]
    }

    /// Returns the losses since `earlier`.
    fn since(&self, earlier: &Self) -> Self {
        Self {
            queue_full: self.queue_full.saturating_sub(earlier.queue_full),
            off: self.off.saturating_sub(earlier.off),
            unconfirmed: self.unconfirmed.saturating_sub(earlier.unconfirmed),
            refused: self.refused.saturating_sub(earlier.refused),
            shutdown: self.shutdown.saturating_sub(earlier.shutdown),
            hook_panicked: self.hook_panicked.saturating_sub(earlier.hook_panicked),
            not_kept: self.not_kept.saturating_sub(earlier.not_kept),
            reporter_panicked: self.reporter_panicked.saturating_sub(earlier.reporter_panicked),
        }
    }
}

impl fmt::Debug for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        with_counts(f, "Dropped", self.by_cause()).finish()
    }
}

impl SignalStats {
    /// `recorded` is read last.
    fn new(counts: &Counts, queue: EntryCounts) -> Self {
        let EntryCounts { recorded, full, off, queued } = queue;
        Self {
            recorded,
            queued,
            in_flight: counts.in_flight,
            sent: counts.sent,
            dropped: Dropped::new(counts, full, off),
        }
    }

    fn of_meters(counts: &Counts) -> Self {
        Self::new(counts, EntryCounts { recorded: counts.made, full: 0, off: 0, queued: 0 })
    }

    fn by_state(&self) -> [(&'static str, u64); 4] {
        let Self { recorded, queued, in_flight, sent, .. } = *self;
        [("recorded", recorded), ("queued", queued), ("in_flight", in_flight), ("sent", sent)]
    }

    fn to_json(self) -> String {
        let (states, causes) = (members(self.by_state()), members(self.dropped.by_cause()));
        format!(r#"{{{states},"dropped":{{{causes}}}}}"#)
    }
}

impl fmt::Debug for SignalStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.by_state().into_iter().chain(self.dropped.by_cause());
        with_counts(f, "SignalStats", counts).finish()
    }
}

impl fmt::Debug for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.by_state().into_iter().chain(self.dropped.by_cause());
        let mut shown = with_counts(f, "Stats", counts.chain(self.by_reason()));
        if self.reporter != ReporterStats::default() {
            shown.field("reporter", &self.reporter);
        }
        for (name, counts) in
            [("logs", &self.logs), ("events", &self.events), ("meters", &self.meters)]
        {
            if *counts != SignalStats::default() {
                shown.field(name, counts);
            }
        }
        shown.finish()
    }
}

/// Begins the text of a struct with the counts that aren't 0.
fn with_counts<'a, 'f>(
    f: &'a mut fmt::Formatter<'f>,
    name: &str,
    counts: impl IntoIterator<Item = (&'static str, u64)>,
) -> fmt::DebugStruct<'a, 'f> {
    let mut shown = f.debug_struct(name);
    for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        shown.field(name, &count);
    }
    shown
}

/// What an agent sent and lost while it ran, returned when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "it contains the number of lost segments"]
pub struct Report {
    /// Segments that the backend confirmed.
    pub sent: u64,
    /// Segments that were lost.
    pub dropped: Dropped,
    /// The counts of the process, over all its agents.
    pub stats: Stats,
}

impl Report {
    /// Creates the report of a disabled agent: zeros, even if another agent runs meanwhile.
    pub(crate) fn of_none() -> Self {
        Self { sent: 0, dropped: Dropped::default(), stats: Stats::read() }
    }

    /// Creates the report of an agent whose counts at its start were `start`.
    pub(crate) fn since(start: &Stats) -> Self {
        let stats = Stats::read();
        Self {
            sent: stats.sent.saturating_sub(start.sent),
            dropped: stats.dropped.since(&start.dropped),
            stats,
        }
    }
}

/// Returns the counts of this process. Equal to [`Agent::stats`](crate::Agent::stats), for callers
/// without an agent.
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
        let (read, queues::ReportedCounts { logs, events }) = accounts::read(queues::counts);
        let accounts::Snapshot { counts: all, waiting, reporter } = read;
        let counts = all.of(Signal::Segments);
        let Totals { full, off, finished, open, opened, ignored } = queue::totals();
        let dropped = Dropped::new(counts, full, off);
        let mut reasons = [0; Diagnostic::ALL.len()];
        for (count, reason) in reasons.iter_mut().zip(Diagnostic::ALL) {
            *count = diagnostics::read(*reason);
        }
        Self {
            opened,
            finished,
            open: open as u64,
            ignored,
            queued: waiting + counts.held,
            in_flight: counts.in_flight,
            sent: counts.sent,
            dropped,
            reporter,
            logs: SignalStats::new(all.of(Signal::Logs), logs),
            events: SignalStats::new(all.of(Signal::Events), events),
            meters: SignalStats::of_meters(all.of(Signal::Meters)),
            reasons,
        }
    }

    /// Returns how often something was ignored, cut or rejected for this reason.
    pub fn count(&self, reason: Diagnostic) -> u64 {
        self.reasons.get(reason as usize).copied().unwrap_or(0)
    }

    /// Returns how often something was ignored, cut or rejected, by reason. Each reason occurs
    /// once, in a fixed order.
    pub fn diagnostics(&self) -> impl Iterator<Item = (Diagnostic, u64)> + '_ {
        Diagnostic::ALL.iter().copied().zip(self.reasons)
    }

    /// Returns the counts of segments by state, without the dropped ones.
    fn by_state(&self) -> [(&'static str, u64); 7] {
        let Self { opened, finished, open, ignored, queued, in_flight, sent, .. } = *self;
        [
            ("opened", opened),
            ("finished", finished),
            ("open", open),
            ("ignored", ignored),
            ("queued", queued),
            ("in_flight", in_flight),
            ("sent", sent),
        ]
    }

    /// Returns each reason by name with its count.
    fn by_reason(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.diagnostics().map(|(reason, count)| (reason.as_str(), count))
    }

    /// Returns the counts and the state of the reporter as one line of JSON. Reasons with a count
    /// of 0 are omitted, and so are times that are not known.
    ///
    /// Names of times end with their unit: `since_ms` and `last_success_ms` are milliseconds since
    /// 1970, and `round_trip_us` is in microseconds.
    pub fn to_json(&self) -> String {
        let states = members(self.by_state());
        let causes = members(self.dropped.by_cause());
        let reasons = members(self.by_reason().filter(|(_, count)| *count > 0));
        let reporter = self.reporter.members();
        let [logs, events, meters] =
            [self.logs, self.events, self.meters].map(SignalStats::to_json);
        format!(
            r#"{{{states},"dropped":{{{causes}}},"reporter":{{{reporter}}},"logs":{logs},"events":{events},"meters":{meters},"reasons":{{{reasons}}}}}"#
        )
    }
}

/// Formats counts as members of a JSON object. The names need no escapes.
fn members(counts: impl IntoIterator<Item = (&'static str, u64)>) -> String {
    let members = counts.into_iter().map(|(name, count)| format!(r#""{name}":{count}"#));
    members.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests;
