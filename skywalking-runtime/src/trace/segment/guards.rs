//! Guards that the program holds in a segment whose root is a future. Held over an `.await`, a
//! guard is current for whatever else its task polls. The root finds that out at its next poll,
//! without asking for more than it asks anyway: while a guard is open, the segment counts as due
//! for a look there.

use super::super::callsite::Callsite;
use super::super::misuse::{self, Misuse};
use super::super::tally::{self, Diagnostic};
use super::Segment;

#[derive(Clone, Copy, Debug)]
pub(super) struct Guards {
    open: u32,
    /// The callsite of the first of them.
    first: Option<&'static Callsite>,
}

impl Guards {
    pub(super) const NONE: Self = Self { open: 0, first: None };
}

impl Segment {
    pub(super) fn has_guards(&self) -> bool {
        self.guards.open > 0
    }

    /// A guard was opened. True if it is counted here, and to be closed by
    /// [`close_guard`](Self::close_guard).
    pub(crate) fn open_guard(&mut self, callsite: &'static Callsite) -> bool {
        if self.sync_task.is_some() {
            // No poll ends while a call runs.
            return false;
        }
        if self.guards.open == 0 {
            self.guards.first = Some(callsite);
        }
        self.guards.open += 1;
        self.expires_at_poll = 0;
        true
    }

    pub(crate) fn close_guard(&mut self) {
        self.guards.open = self.guards.open.saturating_sub(1);
        if self.guards.open == 0 {
            self.expires_at_poll = self.expires;
        }
    }

    /// The root is about to be polled again: guards that are open were held over the end of its
    /// last poll.
    #[cold]
    pub(crate) fn look_at_guards(&mut self) {
        if let Some(callsite) = self.guards.first.take().filter(|_| self.guards.open > 0) {
            tally::count(Diagnostic::GuardOverAwait);
            misuse::note(Misuse::GuardOverAwait, callsite);
        }
        // Seen once a guard is enough.
        self.expires_at_poll = self.expires;
    }
}
