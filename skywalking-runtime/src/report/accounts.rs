//! Counts the segments, logs and events that the reporter holds, sent and lost, by cause.
//!
//! Each of them is in one place at a time: in the buffer of a thread or in a queue, taken by the
//! reporter (`held`), in a batch (`in_flight`), sent, or dropped. Each step changes the counts under
//! one lock, which only the reporter and readers of the counts take. So no reader counts one twice.
//! The reporter's own state ([`vitals`](super::vitals)) is read and written under the same lock.
//! [`Ledger::close`] revokes the right to write from a reporter that was abandoned: its thread's
//! later writes have no effect.

use std::sync::PoisonError;
use std::time::Duration;

use super::signal::{PerSignal, Signal};
use super::vitals::{Change, ReporterStats, Vitals};
use crate::queue::{self, Buffer, FinishedSegments};
use crate::util::sync::{Arc, AtomicU8, Mutex, MutexGuard, Ordering, per_process};

/// Counts of one signal since the process started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    /// Made by the reporter. Other signals are counted in their queues.
    pub(crate) made: u64,
    pub(crate) sent: u64,
    pub(crate) unconfirmed: u64,
    pub(crate) refused: u64,
    pub(crate) shutdown: u64,
    /// Lost because the program's redaction hook panicked.
    pub(crate) hook_panicked: u64,
    pub(crate) not_kept: u64,
    /// Dropped by the reporter because the queue was full.
    pub(crate) overflow: u64,
    /// Lost because the reporter panicked before it sent them.
    pub(crate) reporter_panicked: u64,
    /// Taken out of a buffer and not encoded yet.
    pub(crate) held: u64,
    /// Encoded, and neither sent nor dropped yet.
    pub(crate) in_flight: u64,
}

/// The counts, and the batches that are being sent.
#[derive(Debug)]
pub(crate) struct Accounts {
    /// The generation of the tracer whose reporter may write, or 0.
    owner: u32,
    pub(crate) counts: PerSignal<Counts>,
    /// The bytes of the segments that are held.
    held_bytes: usize,
    /// The batches that are being sent.
    flights: Vec<Departed>,
    vitals: Vitals,
}

/// A batch that is being sent.
#[derive(Debug)]
struct Departed {
    signal: Signal,
    flight: Flight,
    items: u64,
    bytes: u64,
}

per_process! {
    static ACCOUNTS: Mutex<Accounts> = Mutex::new(Accounts::new());
}

fn lock() -> MutexGuard<'static, Accounts> {
    ACCOUNTS.get().lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the accounts have at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Snapshot {
    pub(crate) counts: PerSignal<Counts>,
    /// The segments in all buffers.
    pub(crate) waiting: u64,
    pub(crate) reporter: ReporterStats,
}

/// Returns what the accounts have, and what `others` returns at the same moment.
pub(crate) fn read<R>(others: impl FnOnce() -> R) -> (Snapshot, R) {
    let accounts = lock();
    let waiting = queue::outboxes().flat_map(|outbox| &outbox.buffers).map(Buffer::queued).sum();
    let (counts, reporter) = (accounts.counts, accounts.vitals.stats);
    (Snapshot { counts, waiting, reporter }, others())
}

/// Calls `look` with the state of the reporter.
pub(crate) fn with_vitals<R>(look: impl FnOnce(&Vitals) -> R) -> R {
    look(&lock().vitals)
}

/// Records why the process has no agent, unless one runs.
pub(crate) fn set_off(reason: &str) {
    let mut accounts = lock();
    if accounts.owner == 0 {
        accounts.vitals.stop(reason);
    }
}

/// Items of one signal that the reporter lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) unconfirmed: u64,
    pub(crate) refused: u64,
    pub(crate) hook_panicked: u64,
    pub(crate) overflow: u64,
}

/// Returns how much the reporter has lost so far.
pub(crate) fn lost() -> PerSignal<Lost> {
    let counts = lock().counts;
    PerSignal::new(|signal| {
        let Counts { unconfirmed, refused, hook_panicked, overflow, .. } = *counts.of(signal);
        Lost { unconfirmed, refused, hook_panicked, overflow }
    })
}

/// The outcome of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Sent,
    Unconfirmed,
    Refused,
}

/// The right of one reporter to write the accounts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ledger {
    generation: u32,
}

impl Ledger {
    /// Makes the reporter of this tracer the owner of the accounts.
    pub(crate) fn open(generation: u32) -> Self {
        let mut accounts = lock();
        accounts.owner = generation;
        accounts.vitals.start();
        Self { generation }
    }

    /// Returns the ledger of an abandoned reporter.
    #[cfg(test)]
    pub(crate) fn of_none() -> Self {
        Self { generation: u32::MAX }
    }

    /// Runs `write`, unless the reporter was abandoned.
    fn write<R>(self, write: impl FnOnce(&mut Accounts) -> R) -> Option<R> {
        let mut accounts = lock();
        (accounts.owner == self.generation).then(|| write(&mut accounts))
    }

    /// Returns false once the reporter was abandoned. It should end then.
    pub(crate) fn is_open(self) -> bool {
        self.write(|_| ()).is_some()
    }

    /// Takes the contents of a buffer. Returns false if it is empty or if its thread is writing to
    /// it, and `None` if the reporter was abandoned.
    pub(crate) fn take(self, buffer: &Buffer, empty: &mut FinishedSegments) -> Option<bool> {
        self.write(|accounts| {
            let taken = buffer.exchange(empty);
            if taken {
                accounts.counts.of_mut(Signal::Segments).held += empty.heads.len() as u64;
                accounts.held_bytes += empty.bytes();
            }
            taken
        })
    }

    /// Moves segments from taken to in flight: they are encoded and in a batch.
    pub(crate) fn pack(self, segments: usize, bytes: usize) {
        self.pass_on(segments, bytes, |counts| &mut counts.in_flight);
    }

    /// Moves segments from taken to lost: the program's redaction hook panicked.
    pub(crate) fn lose(self, segments: usize, bytes: usize) {
        self.pass_on(segments, bytes, |counts| &mut counts.hook_panicked);
    }

    /// Moves segments from taken to dropped: tail sampling rejected them.
    pub(crate) fn discard(self, segments: usize, bytes: usize) {
        self.pass_on(segments, bytes, |counts| &mut counts.not_kept);
    }

    /// Moves segments from taken to dropped: newer ones need their space in the queue.
    pub(crate) fn overflow(self, segments: usize, bytes: usize) {
        self.pass_on(segments, bytes, |counts| &mut counts.overflow);
    }

    /// Moves segments from taken to another count, and releases their part of the queue's budget.
    fn pass_on(self, segments: usize, bytes: usize, to: fn(&mut Counts) -> &mut u64) {
        self.write(|accounts| {
            accounts.counts.of_mut(Signal::Segments).pass_on(segments, to);
            accounts.held_bytes = accounts.held_bytes.saturating_sub(bytes);
            queue::release(bytes, segments);
        });
    }

    /// Does some work while the accounts are locked, unless the reporter was abandoned.
    pub(crate) fn locked(self, work: impl FnOnce()) {
        self.write(|_| work());
    }

    /// Takes items of another signal out of their queue. `take` returns how many it took.
    pub(crate) fn take_items(self, signal: Signal, take: impl FnOnce() -> usize) -> Option<usize> {
        self.write(|accounts| {
            let taken = take();
            accounts.counts.of_mut(signal).held += taken as u64;
            taken
        })
    }

    /// Moves taken items of another signal to in flight, and others to lost, because the program's
    /// redaction hook panicked. `release` releases their part of the budget of their queue.
    pub(crate) fn pack_items(
        self,
        signal: Signal,
        packed: usize,
        lost: usize,
        release: impl FnOnce(),
    ) {
        self.write(|accounts| {
            let counts = accounts.counts.of_mut(signal);
            counts.pass_on(packed, |counts| &mut counts.in_flight);
            counts.pass_on(lost, |counts| &mut counts.hook_panicked);
            release();
        });
    }

    /// Records that the reporter has made items of a signal that has no queue, for a batch.
    pub(crate) fn make(self, signal: Signal, items: usize) {
        self.write(|accounts| {
            let counts = accounts.counts.of_mut(signal);
            counts.made += items as u64;
            counts.in_flight += items as u64;
        });
    }

    /// Sets how much of the queue's budget waits for something other than the reporter.
    pub(crate) fn set_pending(self, bytes: usize, segments: usize) {
        self.write(|_| queue::set_pending(bytes, segments));
    }

    /// Records that a batch of this many items and bytes is being sent. [`close`](Self::close)
    /// reads from the flight whether any of it left.
    pub(crate) fn depart(self, signal: Signal, flight: &Flight, items: usize, bytes: usize) {
        self.write(|accounts| accounts.depart(signal, flight, items, bytes));
    }

    /// Records that a batch is not being sent any more, and is going to be sent again.
    pub(crate) fn keep_for_retry(self, flight: &Flight) {
        self.write(|accounts| accounts.keep_for_retry(flight));
    }

    /// Records the outcome of a batch, this long after its departure.
    pub(crate) fn arrive(self, flight: &Flight, end: End, after: Duration) {
        self.write(|accounts| accounts.arrive(flight, end, after));
    }

    /// Records a change of the reporter's state.
    pub(crate) fn change(self, change: Change<'_>) {
        self.write(|accounts| accounts.vitals.apply(change));
    }

    /// Corrects the counts after a panic of the reporter. See [`Accounts::settle`].
    /// Returns how many items of each signal are gone.
    pub(crate) fn settle(
        self,
        held: PerSignal<usize>,
        bytes: usize,
        kept: PerSignal<usize>,
    ) -> PerSignal<usize> {
        let settled = self.write(|accounts| {
            let (gone, bytes) = accounts.settle(held, bytes, kept);
            queue::release(bytes, *gone.of(Signal::Segments));
            gone
        });
        settled.unwrap_or_default()
    }

    /// Closes the outboxes and counts all that remains as lost. A batch that may have left in part
    /// is unconfirmed. All others are dropped by the shutdown. `others` closes the queues of the
    /// other signals, and adds what they contained to the counts. Later writes of the reporter have
    /// no effect.
    pub(crate) fn close(self, others: impl FnOnce(&mut PerSignal<Counts>)) {
        self.write(|accounts| {
            accounts.owner = 0;
            queue::close();
            queue::set_pending(0, 0);
            others(&mut accounts.counts);
            for buffer in queue::outboxes().flat_map(|outbox| &outbox.buffers) {
                // Each buffer gets an empty one in exchange, so it keeps no memory without an
                // agent.
                let mut taken = FinishedSegments::default();
                buffer.exchange_last(&mut taken);
                accounts.counts.of_mut(Signal::Segments).shutdown += taken.heads.len() as u64;
                queue::release(taken.bytes(), taken.heads.len());
            }
            queue::release(
                std::mem::take(&mut accounts.held_bytes),
                usize::try_from(accounts.counts.of(Signal::Segments).held).unwrap_or(usize::MAX),
            );
            for signal in Signal::ALL {
                let counts = accounts.counts.of_mut(signal);
                counts.shutdown += std::mem::take(&mut counts.held);
            }
            accounts.end_flights();
            accounts.vitals.stop("");
        });
    }
}

impl Counts {
    const ZERO: Self = Self {
        made: 0,
        sent: 0,
        unconfirmed: 0,
        refused: 0,
        shutdown: 0,
        hook_panicked: 0,
        not_kept: 0,
        overflow: 0,
        reporter_panicked: 0,
        held: 0,
        in_flight: 0,
    };

    /// Moves items from taken to another count.
    fn pass_on(&mut self, items: usize, to: fn(&mut Self) -> &mut u64) {
        self.held = self.held.saturating_sub(items as u64);
        *to(self) += items as u64;
    }
}

impl Accounts {
    pub(crate) const fn new() -> Self {
        let counts = PerSignal::all(Counts::ZERO);
        Self { owner: 0, counts, held_bytes: 0, flights: Vec::new(), vitals: Vitals::new() }
    }

    /// See [`Ledger::depart`].
    pub(crate) fn depart(&mut self, signal: Signal, flight: &Flight, items: usize, bytes: usize) {
        let (flight, items, bytes) = (flight.clone(), items as u64, bytes as u64);
        self.flights.push(Departed { signal, flight, items, bytes });
    }

    /// See [`Ledger::keep_for_retry`].
    pub(crate) fn keep_for_retry(&mut self, flight: &Flight) {
        self.remove(flight);
    }

    /// See [`Ledger::arrive`].
    pub(crate) fn arrive(&mut self, flight: &Flight, end: End, after: Duration) {
        let Some(Departed { signal, items, bytes, .. }) = self.remove(flight) else { return };
        let counts = self.counts.of_mut(signal);
        counts.in_flight = counts.in_flight.saturating_sub(items);
        match end {
            End::Sent => {
                counts.sent += items;
                let bytes = if signal == Signal::Segments { bytes } else { 0 };
                self.vitals.confirmed(after, bytes);
            }
            End::Unconfirmed => counts.unconfirmed += items,
            End::Refused => counts.refused += items,
        }
    }

    /// Counts the batches that have no outcome. One that may have left in part is unconfirmed. All
    /// others are dropped by the shutdown.
    pub(crate) fn end_flights(&mut self) {
        for signal in Signal::ALL {
            // Batches that wait to be sent again are in no flight.
            let counts = self.counts.of_mut(signal);
            counts.shutdown += std::mem::take(&mut counts.in_flight);
        }
        for Departed { signal, flight, items, .. } in std::mem::take(&mut self.flights) {
            if !flight.revoke() {
                let counts = self.counts.of_mut(signal);
                counts.shutdown = counts.shutdown.saturating_sub(items);
                counts.unconfirmed += items;
            }
        }
    }

    /// Corrects the counts after a panic of the reporter, which still has `held` taken items, whose
    /// segments have this many bytes, and batches of `kept` items that did not leave. A batch that
    /// may have left in part is unconfirmed. All other items that were counted and are gone are lost
    /// by the panic. Returns how many taken items are gone, and the bytes of their segments.
    pub(crate) fn settle(
        &mut self,
        held: PerSignal<usize>,
        bytes: usize,
        kept: PerSignal<usize>,
    ) -> (PerSignal<usize>, usize) {
        for Departed { signal, flight, items, .. } in std::mem::take(&mut self.flights) {
            if !flight.revoke() {
                let counts = self.counts.of_mut(signal);
                counts.in_flight = counts.in_flight.saturating_sub(items);
                counts.unconfirmed += items;
            }
        }
        let mut all_gone = PerSignal::all(0);
        for signal in Signal::ALL {
            let (held, kept) = (*held.of(signal) as u64, *kept.of(signal) as u64);
            let counts = self.counts.of_mut(signal);
            let gone = counts.held.saturating_sub(held);
            counts.reporter_panicked += gone + counts.in_flight.saturating_sub(kept);
            (counts.held, counts.in_flight) = (held, kept);
            *all_gone.of_mut(signal) = usize::try_from(gone).unwrap_or(usize::MAX);
        }
        let gone_bytes = self.held_bytes.saturating_sub(bytes);
        self.held_bytes = bytes;
        (all_gone, gone_bytes)
    }

    /// Removes a flight.
    fn remove(&mut self, flight: &Flight) -> Option<Departed> {
        let is_it = |departed: &Departed| Arc::ptr_eq(&departed.flight.0, &flight.0);
        let place = self.flights.iter().position(is_it)?;
        Some(self.flights.swap_remove(place))
    }
}

const WAITING: u8 = 0;
const TAKEN: u8 = 1;
const REVOKED: u8 = 2;
const HANDED_OVER: u8 = 3;

/// How much of a batch the transport has taken: nothing, a part, or all. The transport can take
/// nothing more after [`revoke`](Flight::revoke).
#[derive(Clone, Debug, Default)]
pub(crate) struct Flight(Arc<AtomicU8>);

impl Flight {
    /// Takes a message for the transport. Returns false if the flight was revoked.
    pub(crate) fn take(&self) -> bool {
        self.0.compare_exchange(WAITING, TAKEN, Ordering::AcqRel, Ordering::Acquire) != Err(REVOKED)
    }

    /// Records that the transport has the whole batch. Only an answer after that confirms it.
    pub(crate) fn hand_over(&self) {
        // Fails for a revoked batch, which has not left.
        let _ = self.0.compare_exchange(TAKEN, HANDED_OVER, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Records that the transport sends the batch again, from its first message: the backend has
    /// processed none of it.
    #[allow(dead_code, reason = "only transports with a token call it")]
    pub(crate) fn restart(&self) {
        // Fails for a batch that was not handed over, of which the transport has a part at most.
        let _ = self.0.compare_exchange(HANDED_OVER, TAKEN, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Returns true if the transport has the whole batch.
    pub(crate) fn is_handed_over(&self) -> bool {
        self.0.load(Ordering::Acquire) == HANDED_OVER
    }

    /// Ends the flight. Returns true if the transport took nothing: the batch can be sent again.
    pub(crate) fn revoke(&self) -> bool {
        !matches!(
            self.0.compare_exchange(WAITING, REVOKED, Ordering::AcqRel, Ordering::Acquire),
            Err(TAKEN | HANDED_OVER)
        )
    }
}

#[cfg(test)]
mod flight {
    use super::*;

    #[test]
    fn taken_and_revoked_exclude_each_other() {
        let flight = Flight::default();
        assert!(flight.take() && flight.take());
        assert!(!flight.revoke());
        let flight = Flight::default();
        assert!(flight.revoke() && flight.revoke());
        assert!(!flight.take());
    }

    #[test]
    fn only_a_taken_batch_can_be_handed_over() {
        let flight = Flight::default();
        flight.hand_over();
        assert!(!flight.is_handed_over());
        assert!(flight.take());
        assert!(!flight.is_handed_over());
        flight.hand_over();
        assert!(flight.is_handed_over() && !flight.revoke());
        flight.restart();
        assert!(!flight.is_handed_over() && flight.take() && !flight.revoke());
        let flight = Flight::default();
        assert!(flight.revoke());
        flight.restart();
        flight.hand_over();
        assert!(!flight.is_handed_over() && flight.revoke());
    }
}
