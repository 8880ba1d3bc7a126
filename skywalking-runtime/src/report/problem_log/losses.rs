//! What was lost in this process so far, by the cause that is logged.

use super::Cause;
use crate::queue;
use crate::report::accounts;
use crate::report::signal::{PerSignal, Signal};
use crate::reported::queues;
use crate::util::diagnostics::{self, Diagnostic};

/// Counts since the process started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Losses {
    pub(super) queue_full: PerSignal<u64>,
    pub(super) unconfirmed: PerSignal<u64>,
    pub(super) refused: PerSignal<u64>,
    pub(super) hook_panicked: PerSignal<u64>,
    pub(super) live_limit: u64,
    pub(super) keep_buffer: u64,
}

impl Losses {
    pub(crate) fn read() -> Self {
        let lost = accounts::lost();
        let mut queue_full = PerSignal::new(|signal| lost.of(signal).overflow);
        *queue_full.of_mut(Signal::Segments) += queue::totals().full;
        let queues::ReportedCounts { logs, events } = queues::counts();
        *queue_full.of_mut(Signal::Logs) += logs.full;
        *queue_full.of_mut(Signal::Events) += events.full;
        Self {
            queue_full,
            unconfirmed: PerSignal::new(|signal| lost.of(signal).unconfirmed),
            refused: PerSignal::new(|signal| lost.of(signal).refused),
            hook_panicked: PerSignal::new(|signal| lost.of(signal).hook_panicked),
            live_limit: diagnostics::read(Diagnostic::UnsampledLiveLimit),
            keep_buffer: diagnostics::read(Diagnostic::TailBufferFull),
        }
    }

    /// Returns the segments lost to outages in any way. The losses of other signals have lines of
    /// their own.
    pub(super) fn by_outage(&self) -> u64 {
        let of = |losses: &PerSignal<u64>| *losses.of(Signal::Segments);
        of(&self.queue_full) + of(&self.unconfirmed) + of(&self.refused)
    }

    /// Returns the losses since `before`, without causes that lost none.
    pub(super) fn since(self, before: &Self) -> impl Iterator<Item = (Cause, u64)> + use<> {
        let both = self.by_cause().zip(before.by_cause());
        both.map(|((cause, now), (_, before))| (cause, now.saturating_sub(before)))
            .filter(|(_, lost)| *lost > 0)
    }

    fn by_cause(self) -> impl Iterator<Item = (Cause, u64)> + use<> {
        let of_signals = move |signal| {
            [
                (Cause::QueueFull(signal), *self.queue_full.of(signal)),
                (Cause::Unconfirmed(signal), *self.unconfirmed.of(signal)),
                (Cause::Refused(signal), *self.refused.of(signal)),
                (Cause::Redaction(signal), *self.hook_panicked.of(signal)),
            ]
        };
        Signal::ALL
            .into_iter()
            .flat_map(of_signals)
            .chain([(Cause::LiveLimit, self.live_limit), (Cause::KeepBuffer, self.keep_buffer)])
    }
}
