//! The traced program, as the worker sees it: the segments of its threads, the accounts of the
//! process, and its log.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::accounts::{End, Flight, Ledger};
use super::drain::{Batch, Drain, Filled};
use super::findings::Findings;
use super::meters::Meters;
use super::problem_log::Losses;
use super::reported::Reported;
use super::signal::{PerSignal, Signal};
use super::source::Source;
use super::vitals::Change;
use crate::context::parking;
use crate::queue;
use crate::self_log::{self, Line, WithoutThread};
use crate::util::coarse_clock;

/// The program of this process.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) drain: Drain,
    pub(crate) reported: Reported,
    pub(crate) meters: Meters,
    pub(crate) ledger: Ledger,
    pub(crate) findings: Arc<Findings>,
}

impl Program {
    fn fill_meters(&mut self) -> (Batch, Filled) {
        let filled = self.meters.fill(self.drain.spans());
        if self.meters.is_first_unsupported() {
            self.log(vec![Line::warn(
                "meters are not sent, because HTTP has no form for them; report by gRPC, or turn them off (Config::meters)",
            )]);
        }
        filled
    }
}

impl Source for Program {
    const SIGNALS: &'static [Signal] = &Signal::ALL;

    fn fill(&mut self, signal: Signal) -> (Batch, Filled) {
        match signal {
            Signal::Segments => self.drain.fill(),
            Signal::Logs => self.reported.fill_logs(self.drain.timeline()),
            Signal::Events => self.reported.fill_events(),
            Signal::Meters => self.fill_meters(),
        }
    }

    fn due(&self, signal: Signal) -> Option<Instant> {
        (signal == Signal::Meters).then(|| self.meters.due())
    }

    fn drops_oldest(&self) -> bool {
        self.drain.drops_oldest()
    }

    fn free_space(&mut self) {
        self.drain.free_space();
    }

    fn passes(&self, signal: Signal) -> u64 {
        match signal {
            Signal::Segments => self.drain.passes(),
            Signal::Meters => self.meters.passes(),
            _ => self.reported.passes(signal).0,
        }
    }

    fn goal(&self, signal: Signal) -> u64 {
        match signal {
            Signal::Segments => self.drain.goal(),
            Signal::Meters => self.meters.goal(),
            _ => self.reported.passes(signal).1,
        }
    }

    fn poll_now(&mut self) {
        self.drain.poll_now();
    }

    fn release(&mut self) {
        parking::end_all();
        self.drain.release();
        self.meters.release();
    }

    fn note_time(&mut self) {
        self.drain.note_time();
    }

    fn is_clock_set(&self) -> bool {
        self.drain.is_clock_set()
    }

    fn pulse(&mut self) {
        // Segments learn their age from this clock.
        coarse_clock::tick();
        parking::end_old();
        self.findings.log(WithoutThread::WriteHere);
    }

    fn free_idle(&mut self) {
        queue::free_idle();
    }

    fn is_open(&self) -> bool {
        self.ledger.is_open()
    }

    fn depart(&mut self, signal: Signal, flight: &Flight, items: usize, bytes: usize) {
        self.ledger.depart(signal, flight, items, bytes);
    }

    fn keep_for_retry(&mut self, flight: &Flight) {
        self.ledger.keep_for_retry(flight);
    }

    fn arrive(&mut self, flight: &Flight, end: End, after: Duration) {
        self.ledger.arrive(flight, end, after);
    }

    fn change(&mut self, change: Change<'_>) {
        self.ledger.change(change);
    }

    fn settle(&mut self, kept: PerSignal<usize>) {
        let (segments, bytes) = self.drain.recover();
        let mut held = PerSignal::all(0);
        *held.of_mut(Signal::Segments) = segments;
        self.reported.recover(&mut held);
        self.ledger.settle(held, bytes, kept);
    }

    fn losses(&self) -> Losses {
        Losses::read()
    }

    fn log(&mut self, lines: Vec<Line>) {
        self.findings.keep(self_log::emit(lines, WithoutThread::WriteHere));
    }
}
