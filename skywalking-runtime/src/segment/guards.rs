//! Guards that the program holds in a segment, and what is looked at when its root is polled again.
//!
//! Held over an `.await`, a guard is current for whatever else its task polls. A root that is a
//! future finds that out at its next poll, without asking for more than it asks anyway: while a
//! guard is open, the segment counts as due for a look there. Below a call that blocks on a future
//! no poll is seen, so a guard looks when it closes: in code that does not await, guards close in
//! the reverse order of their opening.

use crate::segment::root_task::RootTask;
use crate::segment::{Segment, SpanRef};
use crate::span::callsite::Callsite;
use crate::span::misuse::{self, Misuse};
use crate::span::record::Record;
use crate::util::diagnostics::{self, Diagnostic};

#[derive(Clone, Copy, Debug)]
pub(super) struct Guards {
    open: u32,
    /// The callsite of the first of them.
    first: Option<&'static Callsite>,
    /// A span was opened in another task than the root's.
    other_task: bool,
}

impl Guards {
    pub(super) const NONE: Self = Self { open: 0, first: None, other_task: false };
}

impl Segment {
    /// True if the root is to look at its next poll.
    pub(super) fn wants_look(&self) -> bool {
        self.guards.open > 0 || self.guards.other_task
    }

    /// A guard was opened, which [`close_guard`](Self::close_guard) closes.
    pub(crate) fn open_guard(&mut self, callsite: &'static Callsite, opened: SpanRef) {
        if let RootTask::Call(_) = self.root_task {
            if let Some(record) = self.records.get_mut(usize::from(opened.index()))
                && opened.overflow_number().is_none()
            {
                record.flags |= Record::BY_HAND;
            }
            return;
        }
        if self.guards.open == 0 {
            self.guards.first = Some(callsite);
        }
        self.guards.open += 1;
        self.expires_at_poll = 0;
    }

    /// A guard is about to close.
    pub(crate) fn close_guard(&mut self, opened: SpanRef) {
        if let RootTask::Call(_) = self.root_task {
            return self.look_at_order(opened);
        }
        self.guards.open = self.guards.open.saturating_sub(1);
        if !self.wants_look() {
            self.expires_at_poll = self.expires;
        }
    }

    /// A guard closes below a root that is a call: its span should be the current one.
    fn look_at_order(&self, opened: SpanRef) {
        if self.current == self.place_of(opened) || opened.overflow_number().is_some() {
            return;
        }
        let Some(own) = self.records.get(usize::from(opened.index())) else { return };
        if !own.is_open() {
            // It is one with a span that ended before.
            return;
        }
        let mut at = self.current;
        let mut inside = at.index() == opened.index() && at.level() > opened.level();
        while let Some(record) = self.records.get(usize::from(at.index())) {
            if at.index() == opened.index() {
                // Guards that close in another order may be meant. What else is open inside of
                // this one was never a guard.
                if inside {
                    misuse::note(Misuse::GuardsCross, own.callsite);
                }
                return;
            }
            inside |= record.is_open() && record.is(Record::BY_HAND);
            at = at.up(record);
        }
        // Another span was made current since: one of a future that was polled meanwhile.
        diagnostics::count(Diagnostic::GuardOverAwait);
        misuse::note(Misuse::GuardOverAwait, own.callsite);
    }

    /// A span opened in a task that is perhaps not the root's.
    #[cold]
    pub(crate) fn suspect_other_task(&mut self) {
        if !self.guards.other_task && self.sampled {
            self.guards.other_task = true;
            self.expires_at_poll = 0;
        }
    }

    /// The root is about to be polled again: guards that are open were held over the end of its
    /// last poll.
    #[cold]
    pub(crate) fn look_at_guards(&mut self) {
        if let Some(callsite) = self.guards.first.take().filter(|_| self.guards.open > 0) {
            diagnostics::count(Diagnostic::GuardOverAwait);
            misuse::note(Misuse::GuardOverAwait, callsite);
        }
        self.look_for_other_task();
        // Seen once a guard is enough.
        self.expires_at_poll = self.expires;
    }

    /// The root, a future, is about to be polled again or ends.
    #[inline]
    pub(crate) fn look_for_other_task(&mut self) {
        if self.guards.other_task {
            self.guards.other_task = false;
            self.look_at_other_task();
        }
    }
}
