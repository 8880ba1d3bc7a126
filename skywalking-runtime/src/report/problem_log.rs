//! What the reporter logs about itself while it runs: why segments wait or are lost, and when that
//! is over.
//!
//! Each cause is one line when it begins, at most one a minute while it lasts, and one when it is
//! over. What was held back meanwhile is counted in the next line. The lines are only made here:
//! the worker hands them to [`self_log`](crate::self_log). The token is in none.

mod losses;

use std::time::Duration;

use tokio::time::Instant;

pub(crate) use self::losses::Losses;
use crate::self_log::Line;

/// A cause is silent this long after a line.
const SILENCE: Duration = Duration::from_secs(60);

/// A loss that nobody reports the end of is over after this long without another one.
const OVER_AFTER: Duration = Duration::from_secs(10);

/// Why something is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The backend can't be reached, or broke off.
    Unreachable,
    /// Segments were sent, and the backend did not confirm that it has read all of them.
    Unconfirmed,
    /// The backend refused segments.
    Refused,
    /// The backend has too much to do.
    Overloaded,
    /// The backend refused a word of management.
    Management,
    /// The program's redaction panicked.
    Redaction,
    /// Too many segments wait for the reporter.
    QueueFull,
    /// Too many segments are open.
    LiveLimit,
    /// Too many segments wait for the end of their request.
    KeepBuffer,
}

impl Cause {
    const ALL: [Self; 9] = [
        Self::Unreachable,
        Self::Unconfirmed,
        Self::Refused,
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
            Self::Overloaded => "the backend is overloaded; sending again later",
            Self::Management => "the backend refused the instance's properties or its keep-alive",
            Self::Redaction => "the program's redaction panicked; the segment counts as dropped",
            Self::QueueFull => {
                "the queue is full; new segments are dropped (Config::max_queue_segments, Config::max_queue_bytes)"
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
            Self::Management => "recovered: the backend takes the instance's properties again",
            Self::Redaction => "recovered: the program's redaction works again",
            Self::QueueFull => "recovered: the queue has room again",
            Self::LiveLimit => "recovered: new requests are traced again",
            Self::KeepBuffer => "recovered: segments can wait for the end of their request again",
        }
    }

    /// True if segments are lost in several ways because of it.
    fn is_outage(self) -> bool {
        matches!(self, Self::Unreachable | Self::Overloaded)
    }

    /// True if an answer of the backend ends it; else it is over when nothing was lost for a while.
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

/// What is known of one cause.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// The last line.
    line: Option<Instant>,
    /// Lines held back since.
    suppressed: u64,
    /// It has a line, and none that it is over.
    told: bool,
    /// When it came up last, unless it is over.
    last: Option<Instant>,
    /// What it cost since it was over last.
    lost: u64,
    /// For an outage: what such cost altogether when the backend answered last before it.
    since: u64,
}

impl State {
    fn may_speak(&self, now: Instant) -> bool {
        self.line.is_none_or(|line| now.duration_since(line) >= SILENCE)
    }
}

/// Decides which lines there are.
#[derive(Debug)]
pub(crate) struct ProblemLog {
    states: [State; Cause::ALL.len()],
    /// What was lost when it was looked at last.
    seen: Losses,
    /// What outages had cost when the backend answered last.
    answered: u64,
    lines: Vec<Line>,
}

impl ProblemLog {
    /// What was lost before is not this reporter's.
    pub(crate) fn new(losses: Losses) -> Self {
        Self {
            states: Default::default(),
            seen: losses,
            answered: losses.by_outage(),
            lines: Vec::new(),
        }
    }

    /// Something failed.
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
        if !state.may_speak(now) {
            state.suppressed += 1;
            return;
        }
        state.line = Some(now);
        state.told = true;
        let suppressed = std::mem::take(&mut state.suppressed);
        let line = detail(Line::warn(cause.text())).suppressed(suppressed);
        self.lines.push(if lost > 0 { line.lost(state.lost) } else { line });
    }

    /// The backend answered: these causes are over.
    pub(crate) fn answered(&mut self, causes: &[Cause], losses: Losses, now: Instant) {
        // What was lost until this moment belongs to them.
        self.look(losses, now);
        for cause in causes {
            self.end(*cause, now);
        }
        self.answered = losses.by_outage();
    }

    /// Says that it is over, if it was told or its line is due anyway.
    fn end(&mut self, cause: Cause, now: Instant) {
        let Some(state) = self.states.get_mut(cause as usize) else { return };
        if state.last.is_none() || !(state.told || state.may_speak(now)) {
            return;
        }
        let mut lost = std::mem::take(&mut state.lost);
        if cause.is_outage() {
            lost = self.seen.by_outage().saturating_sub(state.since);
        }
        (state.last, state.told, state.suppressed) = (None, false, 0);
        state.line = Some(now);
        let line =
            if lost > 0 { Line::warn(cause.recovered()) } else { Line::info(cause.recovered()) };
        self.lines.push(line.lost(lost));
    }

    /// Compares with what was lost before.
    pub(crate) fn look(&mut self, losses: Losses, now: Instant) {
        let before = std::mem::replace(&mut self.seen, losses);
        for (cause, lost) in losses.since(&before) {
            if cause.ends_by_answer() {
                // Its line came with the answer that told of it.
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

    /// The lines since this was asked last.
    pub(crate) fn take(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.lines)
    }
}

#[cfg(test)]
mod tests;
