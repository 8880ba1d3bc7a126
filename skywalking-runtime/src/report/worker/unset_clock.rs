//! Holds segments back while the wall clock has not been set.
//!
//! A machine without a battery-backed clock starts in 1970 and gets the time from the network. A
//! segment that is sent before has the wrong date: the backend never shows it, and may delete it at
//! once. Segments that wait get their times from the clock once it is set. The wait is bounded,
//! since some machines never get the time.

use std::time::Duration;

use tokio::time::Instant;

use crate::self_log::Line;

/// How long segments wait after the start of the agent.
pub(super) const WAIT: Duration = Duration::from_secs(60);

/// One agent's wait for the wall clock.
#[derive(Debug)]
pub(super) struct UnsetClock {
    until: Instant,
    is_logged: bool,
}

impl UnsetClock {
    pub(super) fn new(now: Instant) -> Self {
        Self { until: now + WAIT, is_logged: false }
    }

    /// Ends the wait, because the queue is half full.
    pub(super) fn give_up(&mut self, now: Instant) {
        self.until = self.until.min(now);
    }

    /// Returns true if segments have to wait for a clock in this state.
    pub(super) fn holds(&self, is_set: bool, now: Instant) -> bool {
        !is_set && now < self.until
    }

    /// Returns the line to log about a clock in this state, once.
    pub(super) fn line(&mut self, is_set: bool) -> Option<Line> {
        let is_first = !is_set && !std::mem::replace(&mut self.is_logged, true);
        is_first.then(|| {
            Line::warn(format!(
                "the system clock is not set (it shows a date before September 2001): segments \
                 wait for it, at most {} s after the start or until the queue is half full, and \
                 leave with its date then",
                WAIT.as_secs()
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unset_clock_is_logged_once() {
        let mut clock = UnsetClock::new(Instant::now());
        let logged = [true, false, false, true, false].map(|is_set| clock.line(is_set).is_some());
        assert_eq!(logged, [false, true, false, false, false]);
    }
}
