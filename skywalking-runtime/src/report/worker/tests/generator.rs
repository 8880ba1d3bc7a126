//! A source of two signals without a program. It has a queue for each, and accounts of its own.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;

use crate::config::settings::Settings;
use crate::report::accounts::{Accounts, Counts, End, Flight};
use crate::report::drain::{Batch, Filled};
use crate::report::problem_log::Losses;
use crate::report::signal::{PerSignal, Signal};
use crate::report::source::Source;
use crate::report::vitals::Change;
use crate::self_log::Line;

const SIGNALS: [Signal; 2] = [Signal::Segments, Signal::Logs];

/// Returns the signal of an identifier.
pub(super) fn signal_of(id: u64) -> Signal {
    if id.is_multiple_of(2) { Signal::Segments } else { Signal::Logs }
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
    made: PerSignal<u64>,
    /// What was dropped because the queue was full.
    full: PerSignal<u64>,
    most_in_flight: u64,
    accounts: Accounts,
}

/// The segments of one agent. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Books(Arc<Mutex<State>>);

/// The counts of one agent, over all signals.
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
            made: PerSignal::all(0),
            full: PerSignal::all(0),
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
            let made = SIGNALS.map(|signal| *state.made.of(signal));
            let signal = SIGNALS[usize::from(made[0] > made[1])];
            let place = signal as usize;
            *state.made.of_mut(signal) += 1;
            if state.queues[place].len() < state.limit {
                state.queues[place].push_back(state.next[place]);
                state.next[place] += 2;
            } else {
                *state.full.of_mut(signal) += 1;
            }
        }
        state.queues.iter().any(|queue| queue.len() >= state.limit / 2)
    }

    /// Drops all segments without an outcome, as the agent does when its worker has ended.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.accounts.end_flights();
        for signal in SIGNALS {
            let queued = state.queues[signal as usize].drain(..).count();
            state.accounts.counts.of_mut(signal).shutdown += queued as u64;
        }
    }

    pub(super) fn totals(&self) -> Totals {
        let state = self.lock();
        let of = |signal| Totals {
            made: *state.made.of(signal),
            full: *state.full.of(signal),
            queued: state.queues[signal as usize].len() as u64,
            most_in_flight: state.most_in_flight,
            counts: *state.accounts.counts.of(signal),
        };
        let [segments, logs] = SIGNALS.map(of);
        for totals in [segments, logs] {
            assert_eq!(totals.accounted(), totals.made, "each signal has its own equation");
        }
        segments.plus(logs)
    }
}

impl Totals {
    /// Adds the counts of another signal.
    fn plus(self, other: Self) -> Self {
        let (one, two) = (self.counts, other.counts);
        let counts = Counts {
            sent: one.sent + two.sent,
            unconfirmed: one.unconfirmed + two.unconfirmed,
            refused: one.refused + two.refused,
            shutdown: one.shutdown + two.shutdown,
            reporter_panicked: one.reporter_panicked + two.reporter_panicked,
            in_flight: one.in_flight + two.in_flight,
            ..one
        };
        Self {
            made: self.made + other.made,
            full: self.full + other.full,
            queued: self.queued + other.queued,
            most_in_flight: self.most_in_flight,
            counts,
        }
    }

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
        state.accounts.counts.of_mut(signal).in_flight += batch.messages.len() as u64;
        let in_flight =
            SIGNALS.iter().map(|signal| state.accounts.counts.of(*signal).in_flight).sum();
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

    fn depart(&mut self, signal: Signal, flight: &Flight, items: usize, bytes: usize) {
        self.books.lock().accounts.depart(signal, flight, items, bytes);
    }

    fn keep_for_retry(&mut self, flight: &Flight) {
        self.books.lock().accounts.keep_for_retry(flight);
    }

    fn arrive(&mut self, flight: &Flight, end: End, after: Duration) {
        self.books.lock().accounts.arrive(flight, end, after);
    }

    fn change(&mut self, _: Change<'_>) {}

    fn settle(&mut self, kept: PerSignal<usize>) {
        self.books.lock().accounts.settle(PerSignal::all(0), 0, kept);
    }

    fn losses(&self) -> Losses {
        Losses::default()
    }

    fn log(&mut self, _: Vec<Line>) {}
}
