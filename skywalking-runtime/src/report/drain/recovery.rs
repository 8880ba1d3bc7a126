//! The drain after a panic of the reporter.

use super::Drain;

impl Drain {
    /// Prepares for further passes. A pass that was interrupted begins again. Returns how many
    /// segments the drain still has, and the bytes that they use of the queue's budget.
    pub(crate) fn recover(&mut self) -> (usize, usize) {
        let (segments, bytes) = std::mem::take(&mut self.discarded);
        if segments > 0 {
            self.ledger.discard(segments, bytes);
        }
        self.todo = None;
        self.missed = false;
        let (taken, backlog) = (self.taken.size(), self.backlog.weight());
        let waiting = self.pending.all().chain(self.tail_sampler.all()).chain(&self.kept);
        waiting.fold(
            (taken.segments + backlog.1, taken.bytes + backlog.0),
            |(segments, bytes), pending| (segments + 1, bytes + pending.bytes),
        )
    }
}
