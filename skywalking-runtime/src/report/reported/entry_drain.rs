//! Takes the entries of one queue, and counts their outcomes.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::queue::{Budget, Entry, EntryQueue};
use crate::report::accounts::Ledger;
use crate::report::drain::{Batch, Filled};
use crate::report::signal::Signal;

/// How many entries are taken while the accounts are locked.
const AT_ONCE: usize = 1_000;

/// Takes the entries of one queue. A pass takes what waited when it began.
#[derive(Debug)]
pub(super) struct EntryDrain<T: 'static> {
    signal: Signal,
    queue: &'static EntryQueue<T>,
    ledger: Ledger,
    full: Budget,
    taken: VecDeque<T>,
    /// How many entries this pass still has to take. `None` between two passes.
    left: Option<usize>,
    passes: u64,
}

impl<T: Entry> EntryDrain<T> {
    pub(super) fn new(
        signal: Signal,
        queue: &'static EntryQueue<T>,
        ledger: Ledger,
        full: Budget,
    ) -> Self {
        Self { signal, queue, ledger, full, taken: VecDeque::new(), left: None, passes: 0 }
    }

    /// Fills a batch until it is full or the pass is complete. `encode` returns `None` if the
    /// program's redaction panicked.
    pub(super) fn fill(&mut self, mut encode: impl FnMut(T) -> Option<Bytes>) -> (Batch, Filled) {
        let mut batch = Batch::new(self.passes, self.full);
        let mut left = self.left.take().unwrap_or_else(|| self.queue.waiting());
        let (mut lost, mut bytes) = (0, 0);
        while !batch.is_full() {
            let Some(entry) = self.next(&mut left) else { break };
            bytes += entry.bytes();
            match encode(entry) {
                Some(message) => batch.push(message),
                None => lost += 1,
            }
        }
        let packed = batch.messages.len();
        if packed + lost > 0 {
            let (queue, ledger) = (self.queue, self.ledger);
            ledger.pack_items(self.signal, packed, lost, || queue.release(bytes, packed + lost));
        }
        if batch.is_full() && left + self.taken.len() > 0 {
            self.left = Some(left);
            return (batch, Filled::Full);
        }
        if self.taken.is_empty() {
            // Frees the memory of a burst.
            self.taken = VecDeque::new();
        }
        self.passes += 1;
        (batch, Filled::Dry)
    }

    /// Returns the next entry of this pass.
    fn next(&mut self, left: &mut usize) -> Option<T> {
        if self.taken.is_empty() && *left > 0 {
            let (queue, most) = (self.queue, (*left).min(AT_ONCE));
            let taken = &mut self.taken;
            match self.ledger.take_items(self.signal, || queue.take(most, taken)) {
                // A caller dropped an entry again, or has not finished its push.
                Some(0) | None => *left = 0,
                Some(number) => *left -= number.min(*left),
            }
        }
        self.taken.pop_front()
    }

    /// Returns the number of complete passes, and the number after which all that waits now is out.
    pub(super) fn passes(&self) -> (u64, u64) {
        let more = if self.left.is_some() || !self.taken.is_empty() { 2 } else { 1 };
        (self.passes, self.passes + more)
    }

    /// Prepares for further passes after a panic of the reporter. Releases the entries that are
    /// gone, and returns how many are held.
    pub(super) fn recover(&mut self) -> usize {
        self.left = None;
        let held_bytes: usize = self.taken.iter().map(Entry::bytes).sum();
        self.ledger.locked(|| {
            let (bytes, entries) = self.queue.held();
            let gone = entries.saturating_sub(self.taken.len());
            self.queue.release(bytes.saturating_sub(held_bytes), gone);
        });
        self.taken.len()
    }
}
