//! Changes of spans whose segment is in use on another thread. They are kept in a list that the
//! segment's owner applies when the segment ends or is split.

use crate::segment::{Change, MOST_CHANGES, MOST_TEXT, Part, Segment, SpanRef};
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::push_list::{PushList, Refused};
use crate::util::sync::{Arc, AtomicUsize, Ordering};

/// The changes that other threads make.
#[derive(Debug)]
pub(crate) struct Inbox {
    changes: PushList<(SpanRef, Change)>,
    /// The bytes of their text.
    bytes: AtomicUsize,
}

impl Inbox {
    fn new() -> Self {
        Self { changes: PushList::new(MOST_CHANGES), bytes: AtomicUsize::new(0) }
    }

    /// Adds a change. If the list is full or the segment has ended, the change is lost and counted.
    pub(crate) fn push(&self, opened: SpanRef, change: Change) {
        let bytes = change.bytes();
        if self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > MOST_TEXT {
            return diagnostics::count(Diagnostic::EntryLimit);
        }
        let is_done = matches!(change, Change::Done(_));
        match self.changes.push((opened, change)) {
            // The span has left with its segment, with the end that it had.
            Err(Refused::Closed) if is_done => {}
            Err(Refused::Closed) => diagnostics::count(Diagnostic::RecordedTooLate),
            Err(Refused::Full) => diagnostics::count(Diagnostic::EntryLimit),
            Ok(()) => {}
        }
    }
}

impl Segment {
    /// Accepts changes of other threads. Identities of the segment that are shared from now on have
    /// the list.
    pub(crate) fn accept_changes(&mut self) {
        if self.inbox.is_none() {
            self.inbox = Some(Arc::new(Inbox::new()));
            self.unshare();
        }
    }

    /// Applies the changes of other threads. The last part refuses later ones.
    #[cold]
    pub(super) fn apply_changes(&mut self, part: Part) {
        let changes = match part {
            Part::Last => self.inbox.take().map(|inbox| inbox.changes.close()),
            Part::Intermediate => self.inbox.as_ref().map(|inbox| {
                inbox.bytes.store(0, Ordering::Relaxed);
                inbox.changes.take()
            }),
        };
        for (opened, change) in changes.unwrap_or_default() {
            if !change.apply_to(self, opened) {
                diagnostics::count(Diagnostic::RecordedTooLate);
            }
        }
    }

    /// Refuses changes of other threads, since the segment is lost. Changes that it has are counted.
    pub(crate) fn lose_changes(&mut self) {
        if let Some(inbox) = self.inbox.take() {
            let lost = inbox.changes.close().len();
            diagnostics::count_many(Diagnostic::RecordedTooLate, lost as u64);
        }
    }
}
