//! What the reporter tells the program's log about itself: `tracing` events of the target `skywalking_runtime`, at most one a minute
//! for each cause. What was held back meanwhile is counted in the next one. The token is in none of them.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::self_log::{self, Line, WithoutThread};

const SILENCE: Duration = Duration::from_secs(60);

/// What there is to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The backend can't be reached, or broke off.
    Unreachable,
    /// Segments were sent and no answer came.
    Unconfirmed,
    /// The backend refused segments.
    Refused,
    /// The backend has too much to do.
    Overloaded,
    /// The backend refused a word of management.
    Management,
    /// The program's redaction panicked.
    Redaction,
}

const CAUSES: usize = 6;

/// When something was told last, and how much was not told since.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    last: Option<Instant>,
    suppressed: u64,
}

/// The reporter's voice.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    told: [Told; CAUSES],
}

impl Diagnostics {
    /// Tells it, unless the same cause was told less than a minute ago.
    pub(crate) fn tell(&mut self, cause: Cause, address: &str, problem: &dyn fmt::Display) {
        let Some(suppressed) = self.pass(cause, Instant::now()) else { return };
        let what = match cause {
            Cause::Unreachable => "the backend can't be reached; segments wait for it",
            Cause::Unconfirmed => "segments were sent and not confirmed; they count as dropped",
            Cause::Refused => "the backend refused segments; they count as dropped",
            Cause::Overloaded => "the backend is overloaded; sending again later",
            Cause::Management => "the backend refused the instance's properties or its sign of life",
            Cause::Redaction => "the program's redaction panicked; the segment counts as dropped",
        };
        let line = Line::warn(what).backend(address).problem(problem.to_string()).suppressed(suppressed);
        drop(self_log::emit(vec![line], WithoutThread::WriteHere));
    }

    /// The number of events that were held back, if this one may be told.
    fn pass(&mut self, cause: Cause, now: Instant) -> Option<u64> {
        let told = self.told.get_mut(cause as usize)?;
        if told.last.is_some_and(|last| now.duration_since(last) < SILENCE) {
            told.suppressed += 1;
            return None;
        }
        told.last = Some(now);
        Some(std::mem::take(&mut told.suppressed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_event_a_minute_for_each_cause_says_how_many_were_held_back() {
        let (mut diagnostics, start) = (Diagnostics::default(), Instant::now());
        let mut pass = |cause, seconds| diagnostics.pass(cause, start + Duration::from_secs(seconds));
        assert_eq!(pass(Cause::Refused, 0), Some(0));
        assert_eq!(pass(Cause::Refused, 1), None);
        assert_eq!(pass(Cause::Management, 1), Some(0));
        assert_eq!(pass(Cause::Refused, 59), None);
        assert_eq!(pass(Cause::Refused, 60), Some(2));
        assert_eq!(pass(Cause::Refused, 61), None);
    }
}
