//! Detects guards that are held across an `.await`.
//!
//! The span of such a guard stays current for everything else that its task polls. A root future
//! detects this at its next poll. That costs a poll nothing: while a guard is open, the segment
//! counts as due for a check, which each poll compares anyway. Below a call that blocks on a future,
//! polls are not visible. There a guard checks when it closes: in code that does not await, guards
//! close in the reverse order of their opening.

use crate::segment::root_task::RootTask;
use crate::segment::{Segment, SpanRef};
use crate::span::callsite::Callsite;
use crate::span::misuse::{self, Misuse};
use crate::span::record::Record;
use crate::util::diagnostics::{self, Diagnostic};

#[derive(Clone, Copy, Debug)]
pub(super) struct Guards {
    open: u32,
    /// The callsite of the first open guard.
    first: Option<&'static Callsite>,
    /// True if a span was opened in a task other than the root's.
    other_task: bool,
}

impl Guards {
    pub(super) const NONE: Self = Self { open: 0, first: None, other_task: false };
}

impl Segment {
    /// Returns true if the root must check at its next poll.
    pub(super) fn needs_check(&self) -> bool {
        self.guards.open > 0 || self.guards.other_task
    }

    /// Notes that a guard was opened, until [`close_guard`](Self::close_guard).
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

    /// Notes that a guard is about to close.
    pub(crate) fn close_guard(&mut self, opened: SpanRef) {
        if let RootTask::Call(_) = self.root_task {
            return self.check_order(opened);
        }
        self.guards.open = self.guards.open.saturating_sub(1);
        if !self.needs_check() {
            self.expires_at_poll = self.expires;
        }
    }

    /// Checks a guard that closes below a root call: its span should be the current one.
    fn check_order(&self, opened: SpanRef) {
        if self.current == self.place_of(opened) || opened.overflow_number().is_some() {
            return;
        }
        let Some(own) = self.records.get(usize::from(opened.index())) else { return };
        if !own.is_open() {
            // It merged with a span that ended before.
            return;
        }
        let mut at = self.current;
        let mut inside = at.index() == opened.index() && at.level() > opened.level();
        while let Some(record) = self.records.get(usize::from(at.index())) {
            if at.index() == opened.index() {
                // Another order of guards can be intended, so it is noted and not counted. Other
                // open spans inside this one have no guard.
                if inside {
                    misuse::note(Misuse::GuardsCross, own.callsite);
                }
                return;
            }
            inside |= record.is_open() && record.is(Record::BY_HAND);
            at = at.up(record);
        }
        // A future that was polled meanwhile made another span current.
        diagnostics::count(Diagnostic::GuardOverAwait);
        misuse::note(Misuse::GuardOverAwait, own.callsite);
    }

    /// Notes that a span opened in a task that may not be the root's.
    #[cold]
    pub(crate) fn suspect_other_task(&mut self) {
        if !self.guards.other_task && self.sampled {
            self.guards.other_task = true;
            self.expires_at_poll = 0;
        }
    }

    /// Checks the guards before the root is polled again: open ones were held across the end of its
    /// last poll.
    #[cold]
    pub(crate) fn check_guards(&mut self) {
        if let Some(callsite) = self.guards.first.take().filter(|_| self.guards.open > 0) {
            diagnostics::count(Diagnostic::GuardOverAwait);
            misuse::note(Misuse::GuardOverAwait, callsite);
        }
        self.check_other_task();
        // Each guard is reported once.
        self.expires_at_poll = self.expires;
    }

    /// Checks for spans of other tasks before a root future is polled again or ends.
    #[inline]
    pub(crate) fn check_other_task(&mut self) {
        if self.guards.other_task {
            self.guards.other_task = false;
            self.report_other_task();
        }
    }
}
