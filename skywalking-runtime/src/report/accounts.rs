//! The reporter's half of the counts: what it has, what it sent, what it lost and why.
//!
//! A segment is in one place at a time: in a thread's buffer, among those that the reporter took
//! (`held`), in the batch in flight (`in_flight`), or it is sent or dropped. Each step changes the
//! counts under one lock that only the reporter and readers take, so a reader never counts a
//! segment twice. [`Ledger::close`] takes the counts away from a reporter that has been given up:
//! what its thread writes later does not count.

use std::sync::PoisonError;

use crate::queue::{self, Buffer, FinishedSegments};
use crate::util::sync::{Arc, AtomicU8, Mutex, MutexGuard, Ordering, per_process};

/// The counts, since the process started.
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    /// The generation of the tracer whose reporter may write; 0 for none.
    owner: u32,
    pub(crate) sent: u64,
    pub(crate) unconfirmed: u64,
    pub(crate) refused: u64,
    pub(crate) shutdown: u64,
    /// Lost to a panic of the program's redaction.
    pub(crate) hook_panicked: u64,
    pub(crate) not_kept: u64,
    /// Taken out of a buffer and not yet encoded.
    pub(crate) held: u64,
    held_bytes: usize,
    /// Encoded, and neither sent nor dropped.
    pub(crate) in_flight: u64,
    flight: Option<Flight>,
}

per_process! {
    static ACCOUNTS: Mutex<Accounts> = Mutex::new(Accounts {
        owner: 0,
        sent: 0,
        unconfirmed: 0,
        refused: 0,
        shutdown: 0,
        hook_panicked: 0,
        not_kept: 0,
        held: 0,
        held_bytes: 0,
        in_flight: 0,
        flight: None,
    });
}

fn lock() -> MutexGuard<'static, Accounts> {
    ACCOUNTS.get().lock().unwrap_or_else(PoisonError::into_inner)
}

/// The counts, and what waits in all buffers, at one moment at which the reporter moves nothing.
pub(crate) fn read() -> (Accounts, u64) {
    let accounts = lock();
    let waiting = queue::outboxes().flat_map(|outbox| &outbox.buffers).map(Buffer::queued).sum();
    (accounts.clone(), waiting)
}

/// What the reporter lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) unconfirmed: u64,
    pub(crate) refused: u64,
    pub(crate) hook_panicked: u64,
}

/// What the reporter has lost so far.
pub(crate) fn lost() -> Lost {
    let accounts = lock();
    Lost {
        unconfirmed: accounts.unconfirmed,
        refused: accounts.refused,
        hook_panicked: accounts.hook_panicked,
    }
}

/// How a batch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Sent,
    Unconfirmed,
    Refused,
}

/// The right to write the accounts, for one reporter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ledger {
    generation: u32,
}

impl Ledger {
    /// Gives the accounts to the reporter of this tracer.
    pub(crate) fn open(generation: u32) -> Self {
        lock().owner = generation;
        Self { generation }
    }

    /// Writes, unless the reporter has been given up.
    fn write<R>(self, write: impl FnOnce(&mut Accounts) -> R) -> Option<R> {
        let mut accounts = lock();
        (accounts.owner == self.generation).then(|| write(&mut accounts))
    }

    /// False once the reporter has been given up: it should end.
    pub(crate) fn is_open(self) -> bool {
        self.write(|_| ()).is_some()
    }

    /// Takes what is in a buffer. False if there is nothing, or if its thread is just working on
    /// it; none if the reporter was given up.
    pub(crate) fn take(self, buffer: &Buffer, empty: &mut FinishedSegments) -> Option<bool> {
        self.write(|accounts| {
            let taken = buffer.exchange(empty);
            if taken {
                accounts.held += empty.heads.len() as u64;
                accounts.held_bytes += empty.bytes();
            }
            taken
        })
    }

    /// So much of what was taken is encoded and in a batch now.
    pub(crate) fn pack(self, segments: usize, bytes: usize) {
        self.pass_on(segments, bytes, |accounts| &mut accounts.in_flight);
    }

    /// So much of what was taken is lost: the program's own code panicked on it.
    pub(crate) fn lose(self, segments: usize, bytes: usize) {
        self.pass_on(segments, bytes, |accounts| &mut accounts.hook_panicked);
    }

    /// So much of what was taken is dropped: the sampler left it out, and nothing went wrong.
    pub(crate) fn discard(self, segments: usize, bytes: usize) {
        self.pass_on(segments, bytes, |accounts| &mut accounts.not_kept);
    }

    /// So much of what was taken is in that other place now, and takes no room in the queue any
    /// more.
    fn pass_on(self, segments: usize, bytes: usize, to: fn(&mut Accounts) -> &mut u64) {
        self.write(|accounts| {
            accounts.held = accounts.held.saturating_sub(segments as u64);
            accounts.held_bytes = accounts.held_bytes.saturating_sub(bytes);
            *to(accounts) += segments as u64;
            queue::release(bytes, segments);
        });
    }

    /// So much of what was taken waits here for something else than the reporter.
    pub(crate) fn set_pending(self, bytes: usize, segments: usize) {
        self.write(|_| queue::set_pending(bytes, segments));
    }

    /// The batch is on its way. Whoever gives the reporter up learns by the flight whether any of
    /// it left.
    pub(crate) fn depart(self, flight: &Flight) {
        self.write(|accounts| accounts.flight = Some(flight.clone()));
    }

    /// The batch has ended, with so many segments.
    pub(crate) fn arrive(self, segments: usize, end: End) {
        let segments = segments as u64;
        self.write(|accounts| {
            accounts.flight = None;
            accounts.in_flight = accounts.in_flight.saturating_sub(segments);
            match end {
                End::Sent => accounts.sent += segments,
                End::Unconfirmed => accounts.unconfirmed += segments,
                End::Refused => accounts.refused += segments,
            }
        });
    }

    /// Ends the account: closes the outboxes and counts all that is left as lost. A batch of which
    /// something may have left is unconfirmed, all else was dropped by the shutdown. What the
    /// reporter still writes later is ignored.
    pub(crate) fn close(self) {
        self.write(|accounts| {
            accounts.owner = 0;
            queue::close();
            queue::set_pending(0, 0);
            for buffer in queue::outboxes().flat_map(|outbox| &outbox.buffers) {
                // Each gets one without buffers: nothing stays where no agent runs.
                let mut load = FinishedSegments::default();
                buffer.exchange_last(&mut load);
                accounts.shutdown += load.heads.len() as u64;
                queue::release(load.bytes(), load.heads.len());
            }
            let held = std::mem::take(&mut accounts.held);
            accounts.shutdown += held;
            queue::release(
                std::mem::take(&mut accounts.held_bytes),
                usize::try_from(held).unwrap_or(usize::MAX),
            );
            let in_flight = std::mem::take(&mut accounts.in_flight);
            match accounts.flight.take() {
                Some(flight) if !flight.revoke() => accounts.unconfirmed += in_flight,
                _ => accounts.shutdown += in_flight,
            }
        });
    }
}

const WAITING: u8 = 0;
const TAKEN: u8 = 1;
const REVOKED: u8 = 2;
const HANDED_OVER: u8 = 3;

/// How much of a batch the transport has taken: nothing, something or all. After
/// [`revoke`](Flight::revoke) nothing is given out any more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flight(Arc<AtomicU8>);

impl Flight {
    /// The transport asks for a message. False: it gets none.
    pub(crate) fn take(&self) -> bool {
        self.0.compare_exchange(WAITING, TAKEN, Ordering::AcqRel, Ordering::Acquire) != Err(REVOKED)
    }

    /// The transport has all of it. Only then does an answer say that the other side has read it.
    pub(crate) fn hand_over(&self) {
        // A batch that was revoked has not left.
        let _ = self.0.compare_exchange(TAKEN, HANDED_OVER, Ordering::AcqRel, Ordering::Acquire);
    }

    /// True if the transport has all of it.
    pub(crate) fn is_handed_over(&self) -> bool {
        self.0.load(Ordering::Acquire) == HANDED_OVER
    }

    /// Ends the flight. True if nothing has been taken: the batch can be sent again, or is surely
    /// lost.
    pub(crate) fn revoke(&self) -> bool {
        !matches!(
            self.0.compare_exchange(WAITING, REVOKED, Ordering::AcqRel, Ordering::Acquire),
            Err(TAKEN | HANDED_OVER)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_can_not_be_revoked_and_what_was_revoked_not_taken() {
        let flight = Flight::default();
        assert!(flight.take() && flight.take());
        assert!(!flight.revoke());
        let flight = Flight::default();
        assert!(flight.revoke() && flight.revoke());
        assert!(!flight.take());
    }

    #[test]
    fn only_what_was_taken_can_be_handed_over() {
        let flight = Flight::default();
        flight.hand_over();
        assert!(!flight.is_handed_over());
        assert!(flight.take());
        assert!(!flight.is_handed_over());
        flight.hand_over();
        assert!(flight.is_handed_over() && !flight.revoke());
        let flight = Flight::default();
        assert!(flight.revoke());
        flight.hand_over();
        assert!(!flight.is_handed_over() && flight.revoke());
    }
}
