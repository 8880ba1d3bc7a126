//! The interface between the worker and the process that it reports for: its data, the accounts,
//! and the log.

use std::time::Duration;

use tokio::time::Instant;

use super::accounts::{End, Flight};
use super::drain::{Batch, Filled};
use super::problem_log::Losses;
use super::signal::{PerSignal, Signal};
use super::vitals::Change;
use crate::self_log::Line;

/// Gives batches, counts their outcomes, and writes log lines.
pub(crate) trait Source: Send + 'static {
    /// The kinds of data that it gives.
    const SIGNALS: &'static [Signal];

    /// Fills a batch with data of this kind until it is full or the pass is complete.
    fn fill(&mut self, signal: Signal) -> (Batch, Filled);

    /// Returns when the next batch of this kind is due, if that does not depend on what waits.
    fn due(&self, _: Signal) -> Option<Instant> {
        None
    }

    /// Returns true if [`free_space`](Self::free_space) is called when the queue is nearly full.
    fn drops_oldest(&self) -> bool;

    /// Drops the oldest segments of a queue that is nearly full. Called while nothing can be sent.
    fn free_space(&mut self);

    /// Returns the number of complete passes over the data of this kind.
    fn passes(&self, signal: Signal) -> u64;

    /// Returns the number of passes after which all data of this kind that was ready by now is out.
    fn goal(&self, signal: Signal) -> u64;

    /// Checks the pending segments in the next pass, because a caller waits.
    fn poll_now(&mut self);

    /// Stops holding back segments, because the agent ends.
    fn release(&mut self);

    /// Reads the clocks. Called each second, even if no batch is filled.
    fn note_time(&mut self);

    /// Returns false while the wall clock shows a date that is before any possible run.
    fn is_clock_set(&self) -> bool;

    /// Does what is due whenever the worker runs, at least once a second.
    fn pulse(&mut self);

    /// Frees memory that is not used any more.
    fn free_idle(&mut self);

    /// Returns false once the reporter was abandoned. It should end then.
    fn is_open(&self) -> bool;

    /// Records that a batch of this many items and bytes is being sent.
    fn depart(&mut self, signal: Signal, flight: &Flight, items: usize, bytes: usize);

    /// Records that a batch is not being sent any more, and is going to be sent again.
    fn keep_for_retry(&mut self, flight: &Flight);

    /// Records the outcome of a batch of any signal, this long after its departure.
    fn arrive(&mut self, flight: &Flight, end: End, after: Duration);

    /// Records a change of the reporter's state.
    fn change(&mut self, change: Change<'_>);

    /// Corrects the counts after a panic of the reporter. Batches of this many items did not leave,
    /// and are sent again.
    fn settle(&mut self, kept: PerSignal<usize>);

    /// Returns what was lost so far.
    fn losses(&self) -> Losses;

    /// Writes lines to the log.
    fn log(&mut self, lines: Vec<Line>);
}
