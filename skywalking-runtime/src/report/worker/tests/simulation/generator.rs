//! A source of segments without a program. It has a queue and accounts of its own.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;

use crate::config::settings::Settings;
use crate::report::accounts::{Accounts, Counts, End, Flight};
use crate::report::drain::{Batch, Filled};
use crate::report::problem_log::Losses;
use crate::report::source::Source;
use crate::report::vitals::Change;
use crate::self_log::Line;

/// What the queue and the accounts of one agent contain.
#[derive(Debug)]
struct State {
    /// The identifiers of the segments that wait.
    queue: VecDeque<u64>,
    /// How many may wait.
    limit: usize,
    next: u64,
    made: u64,
    /// The segments that were dropped because the queue was full.
    full: u64,
    most_in_flight: u64,
    accounts: Accounts,
}

/// The segments of one agent. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Books(Arc<Mutex<State>>);

/// The counts of one agent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Totals {
    pub(super) made: u64,
    pub(super) full: u64,
    pub(super) queued: u64,
    pub(super) most_in_flight: u64,
    pub(super) counts: Counts,
}

impl Books {
    /// Creates empty books. The identifiers of its segments begin at `first`.
    pub(super) fn new(first: u64, limit: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            queue: VecDeque::new(),
            limit,
            next: first,
            made: 0,
            full: 0,
            most_in_flight: 0,
            accounts: Accounts::new(),
        })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Finishes segments. Returns true if the queue is at least half full.
    pub(super) fn finish(&self, segments: u64) -> bool {
        let mut state = self.lock();
        for _ in 0..segments {
            state.made += 1;
            if state.queue.len() < state.limit {
                let id = state.next;
                state.next += 1;
                state.queue.push_back(id);
            } else {
                state.full += 1;
            }
        }
        state.queue.len() >= state.limit / 2
    }

    /// Drops all segments without an outcome, as the agent does when its worker has ended.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.accounts.end_flights();
        let queued = state.queue.drain(..).count() as u64;
        state.accounts.counts.shutdown += queued;
    }

    pub(super) fn totals(&self) -> Totals {
        let state = self.lock();
        Totals {
            made: state.made,
            full: state.full,
            queued: state.queue.len() as u64,
            most_in_flight: state.most_in_flight,
            counts: state.accounts.counts,
        }
    }
}

impl Totals {
    /// Returns the segments that have an outcome or wait for one. They are all that were made.
    pub(super) fn accounted(&self) -> u64 {
        let Counts { sent, unconfirmed, refused, shutdown, reporter_panicked, in_flight, .. } =
            self.counts;
        let lost = self.full + unconfirmed + refused + shutdown + reporter_panicked;
        self.queued + sent + lost + in_flight
    }
}

/// Gives the segments of the books to a worker.
#[derive(Debug)]
pub(super) struct Generator {
    books: Books,
    passes: u64,
    /// How many segments the pass still has to take. `None` between two passes.
    left: Option<usize>,
}

impl Generator {
    pub(super) fn new(books: Books) -> Self {
        Self { books, passes: 0, left: None }
    }
}

/// Returns the bytes of a segment: its identifier, and between 50 and 2 000 bytes more.
fn message(id: u64) -> Bytes {
    let more = 50 + usize::try_from(id.wrapping_mul(0x9e37_79b9) % 50).unwrap().pow(2) * 3 / 4;
    let mut bytes = vec![0; 8 + more];
    bytes[..8].copy_from_slice(&id.to_be_bytes());
    bytes.into()
}

impl Source for Generator {
    fn fill(&mut self) -> (Batch, Filled) {
        let mut state = self.books.lock();
        let mut left = self.left.take().unwrap_or(state.queue.len());
        let mut batch = Batch::new(self.passes, Settings::default().batch);
        while left > 0
            && !batch.is_full()
            && let Some(id) = state.queue.pop_front()
        {
            batch.push(message(id));
            left -= 1;
        }
        let counts = &mut state.accounts.counts;
        counts.in_flight += batch.messages.len() as u64;
        let in_flight = counts.in_flight;
        state.most_in_flight = state.most_in_flight.max(in_flight);
        if left > 0 {
            self.left = Some(left);
            return (batch, Filled::Full);
        }
        self.passes += 1;
        (batch, Filled::Dry)
    }

    fn drops_oldest(&self) -> bool {
        false
    }

    fn free_space(&mut self) {}

    fn passes(&self) -> u64 {
        self.passes
    }

    fn goal(&self) -> u64 {
        self.passes + if self.left.is_some() { 2 } else { 1 }
    }

    fn poll_now(&mut self) {}

    fn release(&mut self) {}

    fn note_time(&mut self) {}

    fn is_clock_set(&self) -> bool {
        true
    }

    fn pulse(&mut self) {}

    fn free_idle(&mut self) {}

    fn is_open(&self) -> bool {
        true
    }

    fn depart(&mut self, flight: &Flight, segments: usize, bytes: usize) {
        self.books.lock().accounts.depart(flight, segments, bytes);
    }

    fn keep_for_retry(&mut self, flight: &Flight) {
        self.books.lock().accounts.keep_for_retry(flight);
    }

    fn arrive(&mut self, flight: &Flight, end: End, after: Duration) {
        self.books.lock().accounts.arrive(flight, end, after);
    }

    fn change(&mut self, _: Change<'_>) {}

    fn settle(&mut self, kept: usize) {
        self.books.lock().accounts.settle(0, 0, kept);
    }

    fn losses(&self) -> Losses {
        Losses::default()
    }

    fn log(&mut self, _: Vec<Line>) {}
}
