//! The segments lost in this process so far, by the cause that is logged.

use super::Cause;
use crate::queue;
use crate::report::accounts;
use crate::util::diagnostics::{self, Diagnostic};

/// Counts since the process started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Losses {
    pub(super) queue_full: u64,
    pub(super) unconfirmed: u64,
    pub(super) refused: u64,
    pub(super) hook_panicked: u64,
    pub(super) live_limit: u64,
    pub(super) keep_buffer: u64,
}

impl Losses {
    pub(crate) fn read() -> Self {
        let accounts::Lost { unconfirmed, refused, hook_panicked, overflow } = accounts::lost();
        Self {
            queue_full: queue::totals().full + overflow,
            unconfirmed,
            refused,
            hook_panicked,
            live_limit: diagnostics::read(Diagnostic::UnsampledLiveLimit),
            keep_buffer: diagnostics::read(Diagnostic::TailBufferFull),
        }
    }

    /// Returns the segments lost to outages in any way.
    pub(super) fn by_outage(&self) -> u64 {
        self.queue_full + self.unconfirmed + self.refused
    }

    /// Returns the losses since `before`, without causes that lost none.
    pub(super) fn since(self, before: &Self) -> impl Iterator<Item = (Cause, u64)> + use<> {
        let now = self.by_cause();
        let before = before.by_cause();
        let both = now.into_iter().zip(before);
        both.map(|((cause, now), (_, before))| (cause, now.saturating_sub(before)))
            .filter(|(_, lost)| *lost > 0)
    }

    fn by_cause(self) -> [(Cause, u64); 6] {
        [
            (Cause::QueueFull, self.queue_full),
            (Cause::Unconfirmed, self.unconfirmed),
            (Cause::Refused, self.refused),
            (Cause::Redaction, self.hook_panicked),
            (Cause::LiveLimit, self.live_limit),
            (Cause::KeepBuffer, self.keep_buffer),
        ]
    }
}
