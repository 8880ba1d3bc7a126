//! Counts the segments that the reporter holds, sent and lost, by cause.
//!
//! A segment is in one place at a time: in a thread's buffer, taken by the reporter (`held`), in a
//! batch (`in_flight`), sent, or dropped. Each step changes the counts under one lock, which only
//! the reporter and readers of the counts take. So no reader counts a segment twice.
//! The reporter's own state ([`vitals`](super::vitals)) is read and written under the same lock.
//! [`Ledger::close`] revokes the right to write from a reporter that was abandoned: its thread's
//! later writes have no effect.

use std::sync::PoisonError;
use std::time::Duration;

use super::vitals::{Change, ReporterStats, Vitals};
use crate::queue::{self, Buffer, FinishedSegments};
use crate::util::sync::{Arc, AtomicU8, Mutex, MutexGuard, Ordering, per_process};

/// Counts since the process started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
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
    pub(crate) counts: Counts,
    held_bytes: usize,
    /// The batches that are being sent.
    flights: Vec<Departed>,
    vitals: Vitals,
}

/// A batch that is being sent.
#[derive(Debug)]
struct Departed {
    flight: Flight,
    segments: u64,
    bytes: u64,
}

per_process! {
    static ACCOUNTS: Mutex<Accounts> = Mutex::new(Accounts::new());
}

fn lock() -> MutexGuard<'static, Accounts> {
    ACCOUNTS.get().lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the counts, the number of segments in all buffers, and the state of the reporter, read
/// at the same moment.
pub(crate) fn read() -> (Counts, u64, ReporterStats) {
    let accounts = lock();
    let waiting = queue::outboxes().flat_map(|outbox| &outbox.buffers).map(Buffer::queued).sum();
    (accounts.counts, waiting, accounts.vitals.stats)
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

/// Segments that the reporter lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) unconfirmed: u64,
    pub(crate) refused: u64,
    pub(crate) hook_panicked: u64,
    pub(crate) overflow: u64,
}

/// Returns how many segments the reporter has lost so far.
pub(crate) fn lost() -> Lost {
    let Counts { unconfirmed, refused, hook_panicked, overflow, .. } = lock().counts;
    Lost { unconfirmed, refused, hook_panicked, overflow }
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
                accounts.counts.held += empty.heads.len() as u64;
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
            accounts.counts.held = accounts.counts.held.saturating_sub(segments as u64);
            accounts.held_bytes = accounts.held_bytes.saturating_sub(bytes);
            *to(&mut accounts.counts) += segments as u64;
            queue::release(bytes, segments);
        });
    }

    /// Sets how much of the queue's budget waits for something other than the reporter.
    pub(crate) fn set_pending(self, bytes: usize, segments: usize) {
        self.write(|_| queue::set_pending(bytes, segments));
    }

    /// Records that a batch of this many segments and bytes is being sent. [`close`](Self::close)
    /// reads from the flight whether any of it left.
    pub(crate) fn depart(self, flight: &Flight, segments: usize, bytes: usize) {
        self.write(|accounts| accounts.depart(flight, segments, bytes));
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
    pub(crate) fn settle(self, held: usize, bytes: usize, kept: usize) {
        self.write(|accounts| {
            let (segments, bytes) = accounts.settle(held, bytes, kept);
            queue::release(bytes, segments);
        });
    }

    /// Closes the outboxes and counts all remaining segments as lost. A batch that may have left
    /// in part is unconfirmed. All other segments are dropped by the shutdown. Later writes of the
    /// reporter have no effect.
    pub(crate) fn close(self) {
        self.write(|accounts| {
            accounts.owner = 0;
            queue::close();
            queue::set_pending(0, 0);
            for buffer in queue::outboxes().flat_map(|outbox| &outbox.buffers) {
                // Each buffer gets an empty one in exchange, so it keeps no memory without an
                // agent.
                let mut taken = FinishedSegments::default();
                buffer.exchange_last(&mut taken);
                accounts.counts.shutdown += taken.heads.len() as u64;
                queue::release(taken.bytes(), taken.heads.len());
            }
            let counts = &mut accounts.counts;
            let held = std::mem::take(&mut counts.held);
            counts.shutdown += held;
            queue::release(
                std::mem::take(&mut accounts.held_bytes),
                usize::try_from(held).unwrap_or(usize::MAX),
            );
            accounts.end_flights();
            accounts.vitals.stop("");
        });
    }
}

impl Accounts {
    pub(crate) const fn new() -> Self {
        let counts = Counts {
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
        Self { owner: 0, counts, held_bytes: 0, flights: Vec::new(), vitals: Vitals::new() }
    }

    /// See [`Ledger::depart`].
    pub(crate) fn depart(&mut self, flight: &Flight, segments: usize, bytes: usize) {
        let (flight, segments, bytes) = (flight.clone(), segments as u64, bytes as u64);
        self.flights.push(Departed { flight, segments, bytes });
    }

    /// See [`Ledger::keep_for_retry`].
    pub(crate) fn keep_for_retry(&mut self, flight: &Flight) {
        self.remove(flight);
    }

    /// See [`Ledger::arrive`].
    pub(crate) fn arrive(&mut self, flight: &Flight, end: End, after: Duration) {
        let (segments, bytes) = self.remove(flight);
        let counts = &mut self.counts;
        counts.in_flight = counts.in_flight.saturating_sub(segments);
        match end {
            End::Sent => {
                counts.sent += segments;
                self.vitals.confirmed(after, bytes);
            }
            End::Unconfirmed => counts.unconfirmed += segments,
            End::Refused => counts.refused += segments,
        }
    }

    /// Counts the batches that have no outcome. One that may have left in part is unconfirmed. All
    /// others are dropped by the shutdown.
    pub(crate) fn end_flights(&mut self) {
        let counts = &mut self.counts;
        // Batches that wait to be sent again are in no flight.
        counts.shutdown += std::mem::take(&mut counts.in_flight);
        for Departed { flight, segments, .. } in std::mem::take(&mut self.flights) {
            if !flight.revoke() {
                counts.shutdown = counts.shutdown.saturating_sub(segments);
                counts.unconfirmed += segments;
            }
        }
    }

    /// Corrects the counts after a panic of the reporter, which still has `held` taken segments of
    /// this many bytes, and batches of `kept` segments that did not leave. A batch that may have
    /// left in part is unconfirmed. All other segments that were counted and are gone are lost by
    /// the panic. Returns how much the queue has to release.
    pub(crate) fn settle(&mut self, held: usize, bytes: usize, kept: usize) -> (usize, usize) {
        let counts = &mut self.counts;
        for Departed { flight, segments, .. } in std::mem::take(&mut self.flights) {
            if !flight.revoke() {
                counts.in_flight = counts.in_flight.saturating_sub(segments);
                counts.unconfirmed += segments;
            }
        }
        let gone = counts.held.saturating_sub(held as u64);
        counts.reporter_panicked += gone + counts.in_flight.saturating_sub(kept as u64);
        (counts.held, counts.in_flight) = (held as u64, kept as u64);
        let gone_bytes = self.held_bytes.saturating_sub(bytes);
        self.held_bytes = bytes;
        (usize::try_from(gone).unwrap_or(usize::MAX), gone_bytes)
    }

    /// Removes a flight. Returns its numbers of segments and bytes.
    fn remove(&mut self, flight: &Flight) -> (u64, u64) {
        let is_it = |departed: &Departed| Arc::ptr_eq(&departed.flight.0, &flight.0);
        let place = self.flights.iter().position(is_it);
        place.map_or((0, 0), |place| {
            let Departed { segments, bytes, .. } = self.flights.swap_remove(place);
            (segments, bytes)
        })
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
