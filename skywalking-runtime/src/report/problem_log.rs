//! Logs why segments wait or are lost while the reporter runs, and when that is over.
//!
//! Each cause is logged when it begins, at most once a minute while it lasts, and when it is over.
//! Suppressed lines are counted in the next line. This module only creates the lines; the worker
//! passes them to [`self_log`](crate::self_log). No line contains the token.

mod losses;

use std::time::Duration;

use tokio::time::Instant;

pub(crate) use self::losses::Losses;
use super::signal::Signal;
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
    /// Segments or others were sent, but the backend did not confirm all of them.
    Unconfirmed(Signal),
    /// The backend refused segments or others.
    Refused(Signal),
    /// A batch is too large for the backend. Its halves are sent.
    TooLarge,
    /// The backend is overloaded.
    Overloaded,
    /// The backend refused a management message.
    Management,
    /// The program's redaction hook panicked.
    Redaction(Signal),
    /// Too many segments or others wait for the reporter.
    QueueFull(Signal),
    /// Too many segments are open.
    LiveLimit,
    /// Too many segments wait for a tail-sampling decision.
    KeepBuffer,
}

impl Cause {
    /// The causes that do not belong to a signal.
    const SHARED: [Self; 6] = [
        Self::Unreachable,
        Self::TooLarge,
        Self::Overloaded,
        Self::Management,
        Self::LiveLimit,
        Self::KeepBuffer,
    ];
    /// The causes that each signal has.
    const OF_SIGNALS: [fn(Signal) -> Self; 4] =
        [Self::Unconfirmed, Self::Refused, Self::Redaction, Self::QueueFull];

    /// Returns all causes.
    fn all() -> impl Iterator<Item = Self> {
        let of_signals =
            Signal::ALL.into_iter().flat_map(|signal| Self::OF_SIGNALS.map(|cause| cause(signal)));
        Self::SHARED.into_iter().chain(of_signals)
    }

    fn text(self) -> String {
        match self {
            Self::Unreachable => "the backend can't be reached; segments wait for it".to_owned(),
            Self::Unconfirmed(signal) => {
                format!("{signal} were sent and not confirmed; they count as dropped")
            }
            Self::Refused(signal) => {
                format!("the backend refused {signal}; they count as dropped")
            }
            Self::TooLarge => "a batch is too large for the backend; its halves are sent".to_owned(),
            Self::Overloaded => "the backend is overloaded; sending again later".to_owned(),
            Self::Management => {
                "the backend refused the instance's properties or its keep-alive".to_owned()
            }
            Self::Redaction(signal) => {
                format!("the program's redaction panicked; the {} counts as dropped", signal.item())
            }
            Self::QueueFull(Signal::Segments) => {
                "the queue is full; segments are dropped (Config::max_queue_segments, Config::max_queue_bytes, Config::overflow)".to_owned()
            }
            Self::QueueFull(Signal::Logs) => {
                "the queue of logs is full; new ones are dropped (Config::max_log_queue_bytes)".to_owned()
            }
            Self::QueueFull(signal) => {
                format!("the queue of {signal} is full; new ones are dropped")
            }
            Self::LiveLimit => {
                "too many segments are open; new requests are not traced (Config::max_open_segments)".to_owned()
            }
            Self::KeepBuffer => {
                "too many segments wait for the end of their request; the oldest are dropped (TailSampling::max_buffer_bytes)".to_owned()
            }
        }
    }

    fn recovered(self) -> String {
        match self {
            Self::Unreachable | Self::Overloaded => {
                "recovered: the backend answers again".to_owned()
            }
            Self::Unconfirmed(signal) => {
                format!("recovered: the backend confirms {signal} again")
            }
            Self::Refused(signal) => format!("recovered: the backend takes {signal} again"),
            Self::TooLarge => "recovered: no batch was too large for 10 s".to_owned(),
            Self::Management => {
                "recovered: the backend takes the instance's properties again".to_owned()
            }
            Self::Redaction(_) => "recovered: the program's redaction works again".to_owned(),
            Self::QueueFull(Signal::Segments) => "recovered: the queue has space again".to_owned(),
            Self::QueueFull(signal) => format!("recovered: the queue of {signal} has space again"),
            Self::LiveLimit => "recovered: new requests are traced again".to_owned(),
            Self::KeepBuffer => {
                "recovered: segments can wait for the end of their request again".to_owned()
            }
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
                | Self::Unconfirmed(_)
                | Self::Refused(_)
                | Self::Overloaded
                | Self::Management
        )
    }
}

/// The state of one cause.
#[derive(Clone, Copy, Debug)]
struct State {
    cause: Cause,
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
    fn new(cause: Cause) -> Self {
        Self { cause, line: None, suppressed: 0, logged: false, last: None, lost: 0, since: 0 }
    }

    fn may_log(&self, now: Instant) -> bool {
        self.line.is_none_or(|line| now.duration_since(line) >= SILENCE)
    }
}

/// Decides which lines are logged.
#[derive(Debug)]
pub(crate) struct ProblemLog {
    /// One of each cause.
    states: Vec<State>,
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
            states: Cause::all().map(State::new).collect(),
            seen: losses,
            answered: losses.by_outage(),
            lines: Vec::new(),
        }
    }

    /// Records a failure.
    pub(crate) fn failed(&mut self, cause: Cause, address: &str, problem: &str, now: Instant) {
        self.raise(cause, 0, now, |line| line.backend(address).problem(problem));
    }

    fn state(&mut self, cause: Cause) -> Option<&mut State> {
        self.states.iter_mut().find(|state| state.cause == cause)
    }

    fn raise(&mut self, cause: Cause, lost: u64, now: Instant, detail: impl FnOnce(Line) -> Line) {
        let answered = self.answered;
        let Some(state) = self.state(cause) else { return };
        if state.last.is_none() {
            state.since = answered;
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
        let line = if lost > 0 { line.lost(state.lost) } else { line };
        self.lines.push(line);
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
        let by_outage = self.seen.by_outage();
        let Some(state) = self.state(cause) else { return };
        if state.last.is_none() || !(state.logged || state.may_log(now)) {
            return;
        }
        let mut lost = std::mem::take(&mut state.lost);
        if cause.is_outage() {
            lost = by_outage.saturating_sub(state.since);
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
                if let Some(state) = self.state(cause) {
                    state.lost += lost;
                }
            } else {
                self.raise(cause, lost, now, |line| line);
            }
        }
        for cause in Cause::all().filter(|cause| !cause.ends_by_answer()) {
            let last = self.state(cause).and_then(|state| state.last);
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
