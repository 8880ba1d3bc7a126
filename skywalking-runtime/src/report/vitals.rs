//! The state of the reporter as other threads see it: whether the backend answers, since when it
//! does not, and why.
//!
//! It is a part of the accounts, so it is read together with the counts.

use std::fmt;
use std::time::{Duration, SystemTime};

/// The longest text of a problem, in characters.
const PROBLEM: usize = 512;

/// Whether the reporter reaches its backend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReporterState {
    /// No agent runs.
    #[default]
    Off,
    /// The agent runs, and no call to the backend has succeeded or failed yet.
    Starting,
    /// The backend confirmed the last heartbeat.
    Up,
    /// The last call failed. Segments wait in the queue.
    Down {
        /// When the first call failed.
        since: SystemTime,
    },
    /// The reporter panicked. It starts again after 1 s to 16 s, at most 5 times in 10 minutes.
    Dead {
        /// When it panicked.
        since: SystemTime,
    },
}

impl ReporterState {
    /// Returns the name in lower case, for metric labels and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Starting => "starting",
            Self::Up => "up",
            Self::Down { .. } => "down",
            Self::Dead { .. } => "dead",
        }
    }

    fn since(self) -> Option<SystemTime> {
        match self {
            Self::Down { since } | Self::Dead { since } => Some(since),
            _ => None,
        }
    }
}

impl fmt::Display for ReporterState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The reporter's connection to its backend. Counts begin when the process starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReporterStats {
    /// Whether the reporter reaches its backend.
    pub state: ReporterState,
    /// The bytes of the segments in [`Stats::sent`](crate::stats::Stats::sent), encoded, without
    /// compression and framing.
    pub bytes_sent: u64,
    /// How often the backend was reached again after a failure.
    pub reconnects: u64,
    /// How often the reporter was started again after a panic.
    pub restarts: u64,
    /// When the backend last confirmed a batch or a heartbeat of the running agent.
    pub last_success: Option<SystemTime>,
    /// The time from the start of that call to its answer.
    pub round_trip: Option<Duration>,
}

impl ReporterStats {
    /// Creates the state of a process without an agent.
    pub(crate) const fn new() -> Self {
        Self {
            state: ReporterState::Off,
            bytes_sent: 0,
            reconnects: 0,
            restarts: 0,
            last_success: None,
            round_trip: None,
        }
    }

    /// Returns the members of a JSON object. Times are in milliseconds since 1970, the round trip
    /// is in microseconds.
    pub(super) fn members(&self) -> String {
        let Self { state, bytes_sent, reconnects, restarts, last_success, round_trip } = *self;
        let milliseconds = |time: SystemTime| {
            time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis()
        };
        let times = [
            ("since_ms", state.since().map(milliseconds)),
            ("last_success_ms", last_success.map(milliseconds)),
            ("round_trip_us", round_trip.map(|time| time.as_micros())),
        ];
        let counts = [
            format!(r#""state":"{state}","bytes_sent":{bytes_sent}"#),
            format!(r#""reconnects":{reconnects},"restarts":{restarts}"#),
        ];
        let times = times
            .into_iter()
            .filter_map(|(name, time)| time.map(|time| format!(r#""{name}":{time}"#)));
        counts.into_iter().chain(times).collect::<Vec<_>>().join(",")
    }
}

/// A change of the reporter's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change<'a> {
    /// The backend confirmed a heartbeat, this long after it was sent.
    Up(Duration),
    /// A call failed.
    Down(&'a str),
    /// The reporter panicked.
    Died(&'a str),
    /// The reporter was started again after a panic.
    Restarted,
}

/// The state of the reporter, and the reason for it.
#[derive(Debug)]
pub(crate) struct Vitals {
    pub(crate) stats: ReporterStats,
    /// Why it is down, dead or off.
    pub(crate) problem: String,
    /// Whether the running agent's backend has confirmed a heartbeat before.
    was_up: bool,
}

impl Vitals {
    pub(crate) const fn new() -> Self {
        Self { stats: ReporterStats::new(), problem: String::new(), was_up: false }
    }

    /// An agent starts.
    pub(crate) fn start(&mut self) {
        let stats = &mut self.stats;
        (stats.state, stats.last_success, stats.round_trip) = (ReporterState::Starting, None, None);
        self.problem.clear();
        self.was_up = false;
    }

    /// The agent has ended, or is off for this reason.
    pub(crate) fn stop(&mut self, reason: &str) {
        self.stats.state = ReporterState::Off;
        self.set_problem(reason);
    }

    /// The backend confirmed a call.
    pub(crate) fn confirmed(&mut self, after: Duration, bytes: u64) {
        let stats = &mut self.stats;
        stats.bytes_sent += bytes;
        (stats.last_success, stats.round_trip) = (Some(SystemTime::now()), Some(after));
    }

    pub(crate) fn apply(&mut self, change: Change<'_>) {
        let now = SystemTime::now();
        let state = &mut self.stats.state;
        match change {
            Change::Up(after) => {
                let was_up = std::mem::replace(&mut self.was_up, true);
                if was_up && *state != ReporterState::Up {
                    self.stats.reconnects += 1;
                }
                self.stats.state = ReporterState::Up;
                self.problem.clear();
                self.confirmed(after, 0);
            }
            Change::Down(problem) => {
                if !matches!(state, ReporterState::Down { .. }) {
                    *state = ReporterState::Down { since: now };
                }
                self.set_problem(problem);
            }
            Change::Died(problem) => {
                *state = ReporterState::Dead { since: now };
                self.set_problem(problem);
            }
            Change::Restarted => self.stats.restarts += 1,
        }
    }

    fn set_problem(&mut self, problem: &str) {
        self.problem = problem.chars().take(PROBLEM).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reconnects_are_counted_after_the_first_success() {
        let mut vitals = Vitals::new();
        vitals.start();
        let up = Change::Up(Duration::from_millis(3));
        let changes = [Change::Down("no"), up, up, Change::Down("no"), Change::Down("no"), up];
        let counts = changes.map(|change| {
            vitals.apply(change);
            vitals.stats.reconnects
        });
        assert_eq!(counts, [0, 0, 0, 0, 0, 1]);
        vitals.start();
        vitals.apply(up);
        assert_eq!(vitals.stats.reconnects, 1, "the next agent has its own connection");
        assert_eq!(vitals.stats.round_trip, Some(Duration::from_millis(3)));
    }

    #[test]
    fn down_since_is_the_first_failure_and_the_problem_the_last() {
        let mut vitals = Vitals::new();
        vitals.start();
        assert_eq!(vitals.stats.state, ReporterState::Starting);
        vitals.apply(Change::Down("first"));
        let state = vitals.stats.state;
        assert!(matches!(state, ReporterState::Down { .. }), "{state:?}");
        vitals.apply(Change::Down(&"x".repeat(5_000)));
        assert_eq!((vitals.stats.state, vitals.problem.len()), (state, PROBLEM));
        vitals.apply(Change::Up(Duration::ZERO));
        assert_eq!((vitals.stats.state, vitals.problem.as_str()), (ReporterState::Up, ""));
        vitals.stop("");
        assert_eq!(vitals.stats.state, ReporterState::Off);
    }
}
