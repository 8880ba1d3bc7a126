//! The batches of one signal: those that are being sent, and those that wait to be sent again.
//!
//! Several batches are sent at the same time, so that throughput does not depend on the time until
//! an answer. The number grows by one with each confirmed batch, so it doubles with each round of
//! answers, up to the transport's limit. It starts at 1 after each failure.

use std::collections::VecDeque;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use super::super::accounts::Flight;
use super::super::drain::Batch;
use super::super::signal::Signal;
use super::super::transport::{Call, Outcome};
use crate::util::catch_panic::catch_panic;

/// No further batch is sent while the oldest one has waited for its answer for longer than this. If
/// the backend is silent, fewer segments are lost.
const SILENCE: Duration = Duration::from_secs(2);

/// A batch that is being sent.
pub(super) struct Sending {
    pub(super) signal: Signal,
    pub(super) batch: Batch,
    pub(super) flight: Flight,
    /// The number of the link through which it is sent.
    pub(super) link: u64,
    pub(super) began: Instant,
    call: Call,
}

/// The batches of one signal.
pub(super) struct Lane {
    pub(super) signal: Signal,
    /// The longest wait for the answer to a batch.
    pub(super) deadline: Duration,
    /// When the next batch is filled.
    pub(super) next_tick: Instant,
    /// When the last batch was filled.
    pub(super) last_filled: Instant,
    sending: Vec<Sending>,
    again: VecDeque<Batch>,
    /// How many may be sent at the same time now, through this link, and at most.
    width: usize,
    link_width: usize,
    widest: usize,
}

impl Lane {
    pub(super) fn new(signal: Signal, widest: usize, deadline: Duration, now: Instant) -> Self {
        Self {
            signal,
            deadline,
            next_tick: now,
            last_filled: now,
            sending: Vec::new(),
            again: VecDeque::new(),
            width: 1,
            link_width: widest,
            widest,
        }
    }

    /// Returns true if a batch waits to be sent again, or if the next one is to be filled.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        !self.again.is_empty() || self.next_tick <= now
    }

    /// Returns true if another batch may be sent through this link. Batches of earlier links may
    /// wait for their deadline. They do not delay the link until they use as much as it may.
    pub(super) fn has_capacity(&self, link: u64, now: Instant) -> bool {
        let oldest = self.sent_through(link).map(|sending| sending.began).min();
        let (number, bytes) = size(self.sent_through(link));
        let (all, all_bytes) = size(self.sending.iter());
        let most = self.signal.bytes_in_flight();
        number < self.width
            && bytes < most
            && all < 2 * self.widest
            && all_bytes < 2 * most
            && oldest.is_none_or(|oldest| now.duration_since(oldest) <= SILENCE)
    }

    fn sent_through(&self, link: u64) -> impl Iterator<Item = &Sending> {
        self.sending.iter().filter(move |sending| sending.link == link)
    }

    /// Returns true if no batch is being sent.
    pub(super) fn is_quiet(&self) -> bool {
        self.sending.is_empty()
    }

    pub(super) fn add(&mut self, batch: Batch, flight: Flight, link: u64, call: Call) {
        let (signal, began) = (self.signal, Instant::now());
        self.sending.push(Sending { signal, batch, flight, link, began, call });
    }

    /// Keeps a batch that is to be sent again.
    pub(super) fn keep(&mut self, batch: Batch) {
        self.again.push_back(batch);
    }

    /// Removes the next batch that is to be sent again.
    pub(super) fn next_again(&mut self) -> Option<Batch> {
        self.again.pop_front()
    }

    /// Returns a batch that was answered or failed, and its outcome.
    pub(super) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<(Sending, Outcome)> {
        for (place, sending) in self.sending.iter_mut().enumerate() {
            if let Poll::Ready(outcome) = sending.call.as_mut().poll(cx) {
                return Poll::Ready((self.sending.swap_remove(place), outcome));
            }
        }
        Poll::Pending
    }

    /// Allows one batch more at the same time, because one was confirmed.
    pub(super) fn widen(&mut self) {
        self.width = (self.width + 1).min(self.link_width);
    }

    /// Allows no more batches than are being sent through this link, because a batch that began at
    /// this time found no connection. Returns false if all others are younger: the link may have
    /// failed.
    pub(super) fn limit(&mut self, link: u64, began: Instant) -> bool {
        let is_open = self.sent_through(link).any(|sending| sending.began <= began);
        if is_open {
            self.link_width = self.sent_through(link).count();
            self.width = self.width.min(self.link_width);
        }
        is_open
    }

    /// Allows one batch at a time, because the link failed.
    pub(super) fn narrow(&mut self) {
        self.width = 1;
        self.link_width = self.widest;
    }

    /// Returns the pass of the oldest batch.
    pub(super) fn oldest_pass(&self) -> Option<u64> {
        let sending = self.sending.iter().map(|sending| sending.batch.pass);
        sending.chain(self.again.iter().map(|batch| batch.pass)).min()
    }

    /// Stops all calls after a panic of the worker. Returns the number of segments that did not
    /// leave and are to be sent again.
    pub(super) fn recover(&mut self) -> usize {
        for Sending { batch, flight, call, .. } in std::mem::take(&mut self.sending) {
            catch_panic(move || drop(call));
            if flight.revoke() {
                self.again.push_back(batch);
            }
        }
        self.again.iter().map(|batch| batch.messages.len()).sum()
    }

    /// Stops all calls.
    pub(super) fn stop(&mut self) {
        self.sending.clear();
    }
}

/// Returns the number of batches and their bytes.
fn size<'a>(batches: impl Iterator<Item = &'a Sending>) -> (usize, usize) {
    batches.fold((0, 0), |(number, bytes), sending| (number + 1, bytes + sending.batch.bytes()))
}
