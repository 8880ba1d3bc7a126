//! Logs why segments wait or are lost while the reporter runs, and when that is over.
//!
//! Each cause is logged when it begins, at most once a minute while it lasts, and when it is over.
//! Suppressed lines are counted in the next line. This module only creates the lines; the worker
//! passes them to [`self_log`](crate::self_log). No line contains the token.

mod losses;

use std::time::Duration;

use tokio::time::Instant;

pub(crate) use self::losses::Losses;
use crate::self_log::Line;

/// How long no further line of a cause is logged.
const SILENCE: Duration = Duration::from_secs(60);

/// A loss without a defined end is over after this long without another one.
const OVER_AFTER: Duration = Duration::from_secs(10);

/// Why a line is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The backend is unreachable, or closed the connection.
    Unreachable,
    /// Segments were sent, but the backend did not confirm all of them.
    Unconfirmed,
    /// The backend refused segments.
    Refused,
    /// A batch is too large for the backend. Its halves are sent.
    TooLarge,
    /// The backend is overloaded.
    Overloaded,
    /// The backend refused a management message.
    Management,
    /// The program's redaction hook panicked.
    Redaction,
    /// Too many segments wait for the reporter.
    QueueFull,
    /// Too many segments are open.
    LiveLimit,
    /// Too many segments wait for a tail-sampling decision.
    KeepBuffer,
}

impl Cause {
    const ALL: [Self; 10] = [
        Self::Unreachable,
        Self::Unconfirmed,
        Self::Refused,
        Self::TooLarge,
        Self::Overloaded,
        Self::Management,
        Self::Redaction,
        Self::QueueFull,
        Self::LiveLimit,
        Self::KeepBuffer,
    ];

    fn text(self) -> &'static str {
        match self {
            Self::Unreachable => "the backend can't be reached; segments wait for it",
            Self::Unconfirmed => "segments were sent and not confirmed; they count as dropped",
            Self::Refused => "the backend refused segments; they count as dropped",
            Self::TooLarge => "a batch is too large for the backend; its halves are sent",
            Self::Overloaded => "the backend is overloaded; sending again later",
            Self::Management => "the backend refused the instance's properties or its keep-alive",
            Self::Redaction => "the program's redaction panicked; the segment counts as dropped",
            Self::QueueFull => {
                "the queue is full; segments are dropped (Config::max_queue_segments, Config::max_queue_bytes, Config::overflow)"
            }
            Self::LiveLimit => {
                "too many segments are open; new requests are not traced (Config::max_open_segments)"
            }
            Self::KeepBuffer => {
                "too many segments wait for the end of their request; the oldest are dropped (TailSampling::max_buffer_bytes)"
            }
        }
    }

    fn recovered(self) -> &'static str {
        match self {
            Self::Unreachable | Self::Overloaded => "recovered: the backend answers again",
            Self::Unconfirmed => "recovered: the backend confirms segments again",
            Self::Refused => "recovered: the backend takes segments again",
            Self::TooLarge => "recovered: no batch was too large for 10 s",
            Self::Management => "recovered: the backend takes the instance's properties again",
            Self::Redaction => "recovered: the program's redaction works again",
            Self::QueueFull => "recovered: the queue has space again",
            Self::LiveLimit => "recovered: new requests are traced again",
            Self::KeepBuffer => "recovered: segments can wait for the end of their request again",
        }
    }

    /// Returns true if it can lose segments in several ways.
    fn is_outage(self) -> bool {
        matches!(self, Self::Unreachable | Self::Overloaded)
    }

    /// Returns true if an answer of the backend ends it. Others end after a while without a loss.
    fn ends_by_answer(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::Unconfirmed
                | Self::Refused
                | Self::Overloaded
                | Self::Management
        )
    }
}

/// The state of one cause.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// The last line.
    line: Option<Instant>,
    /// Lines suppressed since.
    suppressed: u64,
    /// Whether its begin was logged, and not yet its end.
    logged: bool,
    /// When it last occurred, unless it is over.
    last: Option<Instant>,
    /// The segments that it lost since it began.
    lost: u64,
    /// For an outage: the segments lost to all outages before it, as of the backend's last answer.
    since: u64,
}

impl State {
    fn may_log(&self, now: Instant) -> bool {
        self.line.is_none_or(|line| now.duration_since(line) >= SILENCE)
    }
}

/// Decides which lines are logged.
#[derive(Debug)]
pub(crate) struct ProblemLog {
    states: [State; Cause::ALL.len()],
    /// The losses at the last call of `look`.
    seen: Losses,
    /// The segments lost to outages at the backend's last answer.
    answered: u64,
    lines: Vec<Line>,
}

impl ProblemLog {
    /// Creates a log. Earlier losses are not this reporter's.
    pub(crate) fn new(losses: Losses) -> Self {
        Self {
            states: Default::default(),
            seen: losses,
            answered: losses.by_outage(),
            lines: Vec::new(),
        }
    }

    /// Records a failure.
    pub(crate) fn failed(&mut self, cause: Cause, address: &str, problem: &str, now: Instant) {
        self.raise(cause, 0, now, |line| line.backend(address).problem(problem));
    }

    fn raise(&mut self, cause: Cause, lost: u64, now: Instant, detail: impl FnOnce(Line) -> Line) {
        let Some(state) = self.states.get_mut(cause as usize) else { return };
        if state.last.is_none() {
            state.since = self.answered;
        }
        state.last = Some(now);
        state.lost += lost;
        if !state.may_log(now) {
            state.suppressed += 1;
            return;
        }
        state.line = Some(now);
        state.logged = true;
        let suppressed = std::mem::take(&mut state.suppressed);
        let line = detail(Line::warn(cause.text())).suppressed(suppressed);
        self.lines.push(if lost > 0 { line.lost(state.lost) } else { line });
    }

    /// Ends these causes, because the backend answered.
    pub(crate) fn answered(&mut self, causes: &[Cause], losses: Losses, now: Instant) {
        // Earlier losses belong to them.
        self.look(losses, now);
        for cause in causes {
            self.end(*cause, now);
        }
        self.answered = losses.by_outage();
    }

    /// Logs the end of a cause, if its begin was logged or a line is due anyway.
    fn end(&mut self, cause: Cause, now: Instant) {
        let Some(state) = self.states.get_mut(cause as usize) else { return };
        if state.last.is_none() || !(state.logged || state.may_log(now)) {
            return;
        }
        let mut lost = std::mem::take(&mut state.lost);
        if cause.is_outage() {
            lost = self.seen.by_outage().saturating_sub(state.since);
        }
        (state.last, state.logged, state.suppressed) = (None, false, 0);
        state.line = Some(now);
        let line =
            if lost > 0 { Line::warn(cause.recovered()) } else { Line::info(cause.recovered()) };
        self.lines.push(line.lost(lost));
    }

    /// Records the losses since the last call.
    pub(crate) fn look(&mut self, losses: Losses, now: Instant) {
        let before = std::mem::replace(&mut self.seen, losses);
        for (cause, lost) in losses.since(&before) {
            if cause.ends_by_answer() {
                // The failed call has logged it already.
                if let Some(state) = self.states.get_mut(cause as usize) {
                    state.lost += lost;
                }
            } else {
                self.raise(cause, lost, now, |line| line);
            }
        }
        for cause in Cause::ALL.into_iter().filter(|cause| !cause.ends_by_answer()) {
            let last = self.states.get(cause as usize).and_then(|state| state.last);
            if last.is_some_and(|last| now.duration_since(last) >= OVER_AFTER) {
                self.end(cause, now);
            }
        }
    }

    /// Removes and returns the lines since the last call.
    pub(crate) fn take(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.lines)
    }
}

#[cfg(test)]
mod tests;
