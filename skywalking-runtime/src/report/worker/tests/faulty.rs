//! A source that panics where a test wants it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use super::super::super::accounts::{End, Flight};
use super::super::super::drain::{Batch, Filled};
use super::super::super::problem_log::Losses;
use super::super::super::program::Program;
use super::super::super::signal::{PerSignal, Signal};
use super::super::super::source::Source;
use super::super::super::vitals::Change;
use crate::self_log::Line;

/// Where the worker panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Before a batch is filled.
    Fill,
    /// When a batch with segments was filled. The batch is lost.
    Filled,
    /// When a batch was recorded as being sent. The batch is lost.
    Depart,
    /// Before the outcome of a batch is recorded.
    Arrive,
    /// At each step of the loop.
    Pulse,
}

/// The next panics.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    planned: Arc<Mutex<Option<(Fault, usize)>>>,
    pulses: Arc<AtomicUsize>,
}

impl Faults {
    pub(super) fn set(&self, fault: Fault, times: usize) {
        *self.planned.lock().unwrap() = (times > 0).then_some((fault, times));
    }

    /// Returns how often the worker has run.
    pub(super) fn pulses(&self) -> usize {
        self.pulses.load(Ordering::Relaxed)
    }

    fn reach(&self, fault: Fault) {
        let is_due = {
            let mut planned = self.planned.lock().unwrap();
            match &mut *planned {
                Some((at, times)) if *at == fault => {
                    *times -= 1;
                    if *times == 0 {
                        *planned = None;
                    }
                    true
                }
                _ => false,
            }
        };
        assert!(!is_due, "planned at {fault:?}");
    }
}

#[derive(Debug)]
pub(super) struct Faulty {
    program: Program,
    faults: Faults,
}

impl Faulty {
    pub(super) fn new(program: Program, faults: Faults) -> Self {
        Self { program, faults }
    }
}

impl Source for Faulty {
    const SIGNALS: &'static [Signal] = Program::SIGNALS;

    fn fill(&mut self, signal: Signal) -> (Batch, Filled) {
        self.faults.reach(Fault::Fill);
        let filled = self.program.fill(signal);
        if !filled.0.messages.is_empty() {
            self.faults.reach(Fault::Filled);
        }
        filled
    }

    fn due(&self, signal: Signal) -> Option<Instant> {
        self.program.due(signal)
    }

    fn drops_oldest(&self) -> bool {
        self.program.drops_oldest()
    }

    fn free_space(&mut self) {
        self.program.free_space();
    }

    fn passes(&self, signal: Signal) -> u64 {
        self.program.passes(signal)
    }

    fn goal(&self, signal: Signal) -> u64 {
        self.program.goal(signal)
    }

    fn poll_now(&mut self) {
        self.program.poll_now();
    }

    fn release(&mut self) {
        self.program.release();
    }

    fn note_time(&mut self) {
        self.program.note_time();
    }

    fn is_clock_set(&self) -> bool {
        self.program.is_clock_set()
    }

    fn pulse(&mut self) {
        self.faults.pulses.fetch_add(1, Ordering::Relaxed);
        self.faults.reach(Fault::Pulse);
        self.program.pulse();
    }

    fn free_idle(&mut self) {
        self.program.free_idle();
    }

    fn is_open(&self) -> bool {
        self.program.is_open()
    }

    fn depart(&mut self, signal: Signal, flight: &Flight, items: usize, bytes: usize) {
        self.program.depart(signal, flight, items, bytes);
        self.faults.reach(Fault::Depart);
    }

    fn keep_for_retry(&mut self, flight: &Flight) {
        self.program.keep_for_retry(flight);
    }

    fn arrive(&mut self, flight: &Flight, end: End, after: Duration) {
        self.faults.reach(Fault::Arrive);
        self.program.arrive(flight, end, after);
    }

    fn change(&mut self, change: Change<'_>) {
        self.program.change(change);
    }

    fn settle(&mut self, kept: PerSignal<usize>) {
        self.program.settle(kept);
    }

    fn losses(&self) -> Losses {
        self.program.losses()
    }

    fn log(&mut self, lines: Vec<Line>) {
        self.program.log(lines);
    }
}
