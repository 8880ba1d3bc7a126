//! The log lines about watched files: at most one a minute for each event.

use std::time::{Duration, Instant};

use crate::self_log::Line;

/// How long no further line of an event is logged.
const SILENCE: Duration = Duration::from_secs(60);

/// What happened to the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Their contents changed, and are used.
    Used,
    /// Their contents changed, and are invalid.
    Unusable,
    /// One of them could not be read.
    Unreadable,
    /// They were read again, without a change.
    Readable,
    /// A read takes long.
    Slow,
}

/// What was logged of an event.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    last: Option<Instant>,
    /// Lines suppressed since.
    suppressed: u64,
}

/// Decides which lines are logged.
#[derive(Debug, Default)]
pub(super) struct Lines([Past; 5]);

impl Lines {
    /// Returns the line of an event, unless one was logged within the last minute.
    pub(super) fn line(
        &mut self,
        event: Event,
        what: &str,
        problem: Option<&str>,
        now: Instant,
    ) -> Option<Line> {
        let past = self.0.get_mut(event as usize)?;
        if past.last.is_some_and(|last| now.duration_since(last) < SILENCE) {
            past.suppressed += 1;
            return None;
        }
        past.last = Some(now);
        let suppressed = std::mem::take(&mut past.suppressed);
        let line = match event {
            Event::Used => Line::info(format!("{what} changed, and the new files are used")),
            Event::Unusable => Line::warn(format!(
                "{what} changed and cannot be used; the previous files stay in use"
            )),
            Event::Unreadable => {
                Line::warn(format!("{what} cannot be read; the previous contents stay in use"))
            }
            Event::Readable => Line::info(format!("recovered: {what} can be read again")),
            Event::Slow => Line::warn(format!(
                "a read of {what} has not ended after 10 s; the previous contents stay in use"
            )),
        };
        let line = line.suppressed(suppressed);
        Some(match problem {
            Some(problem) => line.problem(problem),
            None => line,
        })
    }
}

#[cfg(test)]
impl Lines {
    /// Acts as if a minute had passed.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_is_logged_once_a_minute_with_a_count() {
        let mut lines = Lines::default();
        let begun = Instant::now();
        let mut line = |event, seconds| {
            let now = begun + Duration::from_secs(seconds);
            lines.line(event, "the test", Some("reason"), now)
        };
        let expected = Line::warn("the test cannot be read; the previous contents stay in use");
        let expected = expected.problem("reason");
        assert_eq!(line(Event::Unreadable, 0), Some(expected.clone()));
        assert_eq!((line(Event::Unreadable, 1), line(Event::Unreadable, 59)), (None, None));
        assert!(line(Event::Used, 59).is_some(), "another event");
        assert_eq!(line(Event::Unreadable, 60), Some(expected.suppressed(2)));
    }
}
