//! The lanes of all signals. They share the backends, the link and the deadline of a shutdown.
//!
//! Each lane has its own limits, so a lane that is full or gets no answers does not stop another.
//! Lanes with something to send take turns.

use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use super::super::signal::Signal;
use super::super::transport::Outcome;
use super::lane::{Lane, Sending};

/// One lane for each signal.
pub(super) struct Lanes {
    lanes: Vec<Lane>,
    /// The lane whose turn it is.
    turn: usize,
}

impl Lanes {
    /// Creates lanes with these limits: the most batches that each sends at the same time, and the
    /// longest wait for an answer.
    pub(super) fn new(signals: &[Signal], widest: usize, deadline: Duration, now: Instant) -> Self {
        let lanes = signals.iter().map(|signal| Lane::new(*signal, widest, deadline, now));
        Self { lanes: lanes.collect(), turn: 0 }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Lane> {
        self.lanes.iter_mut()
    }

    /// Returns the lane of a signal. `None` if the source does not give this signal.
    pub(super) fn of(&self, signal: Signal) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.signal == signal)
    }

    /// Returns the lane of a signal. `None` if the source does not give this signal.
    pub(super) fn of_mut(&mut self, signal: Signal) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|lane| lane.signal == signal)
    }

    /// Returns the next lane that has something to send through this link.
    pub(super) fn next_due(&mut self, link: u64, now: Instant) -> Option<&mut Lane> {
        let number = self.lanes.len();
        let can_send = |lane: &Lane| lane.has_capacity(link, now) && lane.is_due(now);
        let mut places = (0..number).map(|step| (self.turn + step) % number);
        let place = places.find(|place| self.lanes.get(*place).is_some_and(can_send))?;
        self.turn = place + 1;
        self.lanes.get_mut(place)
    }

    /// Returns a batch that was answered or failed, and its outcome.
    pub(super) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<(Sending, Outcome)> {
        for lane in &mut self.lanes {
            if let Poll::Ready(ended) = lane.poll_ended(cx) {
                return Poll::Ready(ended);
            }
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::accounts::Flight;
    use super::super::super::drain::Batch;
    use super::*;
    use crate::queue::Budget;

    #[tokio::test(start_paused = true)]
    async fn lanes_with_something_to_send_take_turns() {
        let now = Instant::now();
        let signals = [Signal::Segments, Signal::Logs];
        let mut lanes = Lanes::new(&signals, 1, Duration::from_secs(1), now);
        let due = |lanes: &mut Lanes| lanes.next_due(0, now).map(|lane| lane.signal);
        let turns: Vec<_> = (0..4).filter_map(|_| due(&mut lanes)).collect();
        assert_eq!(turns, [signals, signals].concat());

        // One that is full, or has nothing to send, is left out.
        let batch = Batch::new(0, Budget { bytes: 1, segments: 1 });
        let call = Box::pin(std::future::pending());
        lanes.of_mut(Signal::Segments).unwrap().add(batch, Flight::default(), 0, call);
        assert_eq!([due(&mut lanes), due(&mut lanes)], [Some(Signal::Logs); 2]);
        lanes.of_mut(Signal::Logs).unwrap().next_tick = now + Duration::from_secs(1);
        assert_eq!(due(&mut lanes), None);
    }
}
