//! A bounded queue of entries from all threads to the reporter. Callers take no lock.
//!
//! An entry is in one place at a time: waiting in the channel, held by the reporter, or gone. The
//! first two use the budget. The reporter takes and releases entries under the lock of its
//! accounts, so that readers of both count each entry once.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An entry of a queue.
pub(crate) trait Entry: Send + 'static {
    /// Returns how many bytes of memory it uses.
    fn bytes(&self) -> usize;
}

/// Entries that wait for the reporter, and their counts.
#[derive(Debug)]
pub(crate) struct EntryQueue<T> {
    sender: Sender<T>,
    /// Only the reporter uses it, and a caller that met the end of the agent.
    receiver: Mutex<Receiver<T>>,
    is_open: AtomicBool,
    limit: Level,
    /// What waits or is held.
    used: Level,
    /// What is held. Written under the lock of the accounts.
    held: Level,
    /// Set when the reporter was woken because half of the budget is used.
    is_woken: AtomicBool,
    recorded: AtomicU64,
    full: AtomicU64,
    off: AtomicU64,
}

/// A number of bytes and of entries.
#[derive(Debug, Default)]
struct Level {
    bytes: AtomicUsize,
    entries: AtomicUsize,
}

/// The counts of a queue since the process started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct EntryCounts {
    /// All entries that were pushed.
    pub(crate) recorded: u64,
    /// Dropped because the queue was full.
    pub(crate) full: u64,
    /// Dropped because no agent ran any more.
    pub(crate) off: u64,
    /// Waiting or held.
    pub(crate) queued: u64,
}

/// What happened to an entry that was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    Queued,
    /// It is queued, and the caller is the one to wake the reporter: half of the budget is used.
    QueuedAndHalfFull,
    /// It was dropped and counted.
    Dropped,
}

impl<T> Default for EntryQueue<T> {
    /// Creates a closed queue.
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self {
            sender,
            receiver: Mutex::new(receiver),
            is_open: AtomicBool::new(false),
            limit: Level::default(),
            used: Level::default(),
            held: Level::default(),
            is_woken: AtomicBool::new(false),
            recorded: AtomicU64::new(0),
            full: AtomicU64::new(0),
            off: AtomicU64::new(0),
        }
    }
}

impl<T: Entry> EntryQueue<T> {
    /// Opens it with these limits.
    pub(crate) fn open(&self, bytes: usize, entries: usize) {
        self.limit.set(bytes, entries);
        self.is_open.store(true, Ordering::SeqCst);
    }

    /// Returns true while an agent takes its entries.
    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }

    /// Adds an entry, or drops and counts it.
    pub(crate) fn push(&self, entry: T) -> Pushed {
        // Before any count of its outcome.
        self.recorded.fetch_add(1, Ordering::Release);
        if !self.is_open() {
            self.off.fetch_add(1, Ordering::Release);
            return Pushed::Dropped;
        }
        let size = entry.bytes();
        let (bytes, entries) = self.used.add(size, 1);
        let (most_bytes, most) = self.limit.get();
        if bytes > most_bytes || entries > most {
            self.used.subtract(size, 1);
            self.full.fetch_add(1, Ordering::Release);
            return Pushed::Dropped;
        }
        // Never fails: the queue owns the receiver.
        let _ = self.sender.send(entry);
        // Either this sees the end of the agent, or the agent's end sees the entry.
        fence(Ordering::SeqCst);
        if !self.is_open.load(Ordering::SeqCst) {
            self.off.fetch_add(self.drain(&self.receiver()), Ordering::Release);
            return Pushed::Dropped;
        }
        let is_half_full = bytes > most_bytes / 2 || entries > most / 2;
        if is_half_full && !self.is_woken.swap(true, Ordering::Relaxed) {
            return Pushed::QueuedAndHalfFull;
        }
        Pushed::Queued
    }

    /// Takes up to this many entries, which the reporter then holds. Returns how many.
    pub(crate) fn take(&self, most: usize, to: &mut VecDeque<T>) -> usize {
        self.is_woken.store(false, Ordering::Relaxed);
        let receiver = self.receiver();
        let mut taken = 0;
        while taken < most
            && let Ok(entry) = receiver.try_recv()
        {
            self.held.add(entry.bytes(), 1);
            to.push_back(entry);
            taken += 1;
        }
        taken
    }

    /// Releases entries that the reporter held.
    pub(crate) fn release(&self, bytes: usize, entries: usize) {
        self.held.subtract(bytes, entries);
        self.used.subtract(bytes, entries);
    }

    /// Returns the bytes and the number of the entries that the reporter holds.
    pub(crate) fn held(&self) -> (usize, usize) {
        self.held.get()
    }

    /// Returns how many entries wait.
    pub(crate) fn waiting(&self) -> usize {
        self.used.get().1.saturating_sub(self.held.get().1)
    }

    /// Closes it, and releases what the reporter held. Returns how many entries waited.
    pub(crate) fn close(&self) -> u64 {
        let receiver = self.receiver();
        self.is_open.store(false, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let (bytes, entries) = self.held.get();
        self.release(bytes, entries);
        self.drain(&receiver)
    }

    /// Drops all entries that wait. Returns how many.
    fn drain(&self, receiver: &Receiver<T>) -> u64 {
        let mut dropped = 0;
        for entry in receiver.try_iter() {
            self.used.subtract(entry.bytes(), 1);
            dropped += 1;
        }
        dropped
    }

    /// Returns the counts. Its outcomes are read before `recorded`, which is at least their sum.
    pub(crate) fn counts(&self) -> EntryCounts {
        let queued = self.used.get().1 as u64;
        let (full, off) = (self.full.load(Ordering::Acquire), self.off.load(Ordering::Acquire));
        EntryCounts { recorded: self.recorded.load(Ordering::Acquire), full, off, queued }
    }

    fn receiver(&self) -> MutexGuard<'_, Receiver<T>> {
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Level {
    fn get(&self) -> (usize, usize) {
        (self.bytes.load(Ordering::Relaxed), self.entries.load(Ordering::Relaxed))
    }

    fn set(&self, bytes: usize, entries: usize) {
        self.bytes.store(bytes, Ordering::Relaxed);
        self.entries.store(entries, Ordering::Relaxed);
    }

    /// Returns the new level.
    fn add(&self, bytes: usize, entries: usize) -> (usize, usize) {
        (
            self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes,
            self.entries.fetch_add(entries, Ordering::Relaxed) + entries,
        )
    }

    fn subtract(&self, bytes: usize, entries: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.entries.fetch_sub(entries, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Pushed::{Dropped, Queued, QueuedAndHalfFull};
    use super::*;

    struct Number(u64);

    impl Entry for Number {
        fn bytes(&self) -> usize {
            10
        }
    }

    fn queue(entries: usize) -> EntryQueue<Number> {
        let queue = EntryQueue::default();
        queue.open(usize::MAX, entries);
        queue
    }

    #[test]
    fn entries_are_taken_in_order_and_use_the_budget_until_released() {
        let queue = queue(4);
        let pushed: Vec<_> = (0..5).map(|number| queue.push(Number(number))).collect();
        assert_eq!(pushed, [Queued, Queued, QueuedAndHalfFull, Queued, Dropped]);
        let mut taken = VecDeque::new();
        assert_eq!((queue.take(3, &mut taken), queue.waiting(), queue.held()), (3, 1, (30, 3)));
        assert_eq!(taken.iter().map(|number| number.0).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(queue.push(Number(5)), Dropped, "held entries use the budget");
        queue.release(20, 2);
        assert_eq!(queue.push(Number(6)), QueuedAndHalfFull, "woken again after a take");
        let expected = EntryCounts { recorded: 7, full: 2, off: 0, queued: 3 };
        assert_eq!(queue.counts(), expected);
        assert_eq!((queue.close(), queue.push(Number(7))), (2, Dropped));
        let expected = EntryCounts { recorded: 8, full: 2, off: 1, queued: 0 };
        assert_eq!(queue.counts(), expected);
        assert_eq!((queue.used.get(), queue.held.get()), ((0, 0), (0, 0)));
    }

    #[test]
    fn bytes_are_limited() {
        let queue = EntryQueue::default();
        queue.open(25, 100);
        let dropped = (0..3).filter(|n| queue.push(Number(*n)) == Pushed::Dropped).count();
        assert_eq!(dropped, 1);
    }

    /// Threads push while the queue is closed: each entry has one outcome, and none stays.
    #[test]
    fn entries_of_a_closing_queue_are_counted_once() {
        for _ in 0..200 {
            let queue = queue(50);
            let (closed, taken) = std::thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        for number in 0..40 {
                            queue.push(Number(number));
                        }
                    });
                }
                let mut taken = VecDeque::new();
                let number = queue.take(20, &mut taken);
                (queue.close(), number as u64)
            });
            let EntryCounts { recorded, full, off, queued } = queue.counts();
            assert_eq!((recorded, queued), (120, 0));
            assert_eq!(full + off + closed + taken, 120);
            assert_eq!((queue.used.get(), queue.held.get()), ((0, 0), (0, 0)));
        }
    }
}
