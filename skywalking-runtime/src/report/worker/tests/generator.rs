//! A source of two signals without a program. It has a queue for each, and accounts of its own.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;

use crate::config::settings::Settings;
use crate::report::accounts::{Accounts, Counts, End, Flight};
use crate::report::drain::{Batch, Filled};
use crate::report::problem_log::Losses;
use crate::report::signal::Signal;
use crate::report::source::Source;
use crate::report::vitals::Change;
use crate::self_log::Line;

const SIGNALS: [Signal; 2] = [Signal::Segments, Signal::Other];

/// Returns the signal of an identifier.
pub(super) fn signal_of(id: u64) -> Signal {
    if id.is_multiple_of(2) { Signal::Segments } else { Signal::Other }
}

/// What the queues and the accounts of one agent contain.
#[derive(Debug)]
struct State {
    /// The identifiers of the segments that wait, for each signal.
    queues: [VecDeque<u64>; SIGNALS.len()],
    /// How many may wait in each queue.
    limit: usize,
    /// The next identifier for each signal.
    next: [u64; SIGNALS.len()],
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
    /// Creates empty books. The identifiers of its segments begin at `first`, which is even.
    pub(super) fn new(first: u64, limit: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            queues: Default::default(),
            limit,
            next: [first, first + 1],
            made: 0,
            full: 0,
            most_in_flight: 0,
            accounts: Accounts::new(),
        })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Finishes segments, of the signals in turn. Returns true if a queue is at least half full.
    pub(super) fn finish(&self, segments: u64) -> bool {
        let mut locked = self.lock();
        let state = &mut *locked;
        for _ in 0..segments {
            let signal = usize::from(state.made % 2 == 1);
            state.made += 1;
            if state.queues[signal].len() < state.limit {
                state.queues[signal].push_back(state.next[signal]);
                state.next[signal] += 2;
            } else {
                state.full += 1;
            }
        }
        state.queues.iter().any(|queue| queue.len() >= state.limit / 2)
    }

    /// Drops all segments without an outcome, as the agent does when its worker has ended.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.accounts.end_flights();
        let queued: usize = state.queues.iter_mut().map(|queue| queue.drain(..).count()).sum();
        state.accounts.counts.shutdown += queued as u64;
    }

    pub(super) fn totals(&self) -> Totals {
        let state = self.lock();
        Totals {
            made: state.made,
            full: state.full,
            queued: state.queues.iter().map(VecDeque::len).sum::<usize>() as u64,
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
    passes: [u64; SIGNALS.len()],
    /// How many segments each pass still has to take. `None` between two passes.
    left: [Option<usize>; SIGNALS.len()],
}

impl Generator {
    pub(super) fn new(books: Books) -> Self {
        Self { books, passes: Default::default(), left: Default::default() }
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
    const SIGNALS: &'static [Signal] = &SIGNALS;

    fn fill(&mut self, signal: Signal) -> (Batch, Filled) {
        let mut state = self.books.lock();
        let place = signal as usize;
        let mut left = self.left[place].take().unwrap_or(state.queues[place].len());
        let mut batch = Batch::new(self.passes[place], Settings::default().batch);
        while left > 0
            && !batch.is_full()
            && let Some(id) = state.queues[place].pop_front()
        {
            batch.push(message(id));
            left -= 1;
        }
        let counts = &mut state.accounts.counts;
        counts.in_flight += batch.messages.len() as u64;
        let in_flight = counts.in_flight;
        state.most_in_flight = state.most_in_flight.max(in_flight);
        if left > 0 {
            self.left[place] = Some(left);
            return (batch, Filled::Full);
        }
        self.passes[place] += 1;
        (batch, Filled::Dry)
    }

    fn drops_oldest(&self) -> bool {
        false
    }

    fn free_space(&mut self) {}

    fn passes(&self, signal: Signal) -> u64 {
        self.passes[signal as usize]
    }

    fn goal(&self, signal: Signal) -> u64 {
        let place = signal as usize;
        self.passes[place] + if self.left[place].is_some() { 2 } else { 1 }
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
