//! Handles the outcome of a call: counts segments as sent or lost, changes the link's state, sets
//! the time of the next try, and logs failures.

use super::super::accounts::End;
use super::super::drain::Batch;
use super::super::signal::Signal;
use super::super::transport::{Outcome, Transport};
use super::super::vitals::Change;
use super::{
    CHECK_INTERVAL, Cause, Duration, Heartbeat, Instant, Lane, Link, ManagementMessage, Managing,
    Ordering, Sending, Source, Timing, Worker,
};

impl<T: Transport, S: Source> Worker<T, S> {
    pub(super) fn finish_management(&mut self, outcome: Outcome) {
        let Some(Managing { message, began, .. }) = self.managing.take() else { return };
        match outcome {
            Outcome::Taken => {
                // Before the reply: a caller that gets it reads the state.
                self.source.change(Change::Up(began.elapsed()));
                if message == ManagementMessage::Properties {
                    self.pending.reply_registered();
                }
                self.answered(&[Cause::Unreachable, Cause::Management]);
            }
            // The backend is reachable. It answers for segments separately.
            Outcome::Refused(problem) | Outcome::TooLarge(problem) => {
                self.source.change(Change::Down(&problem));
                self.answered(&[Cause::Unreachable]);
                self.failed(Cause::Management, &problem);
            }
            Outcome::Overloaded(problem) => return self.mark_down(Cause::Overloaded, &problem),
            // It is still due.
            Outcome::Unprocessed(_)
                if matches!(self.link, Link::Up(_)) && !self.is_unprocessed_again(began) =>
            {
                return;
            }
            Outcome::Failed(problem) | Outcome::Unprocessed(problem) => {
                return self.mark_down(Cause::Unreachable, &problem);
            }
        }
        let now = Instant::now();
        match &mut self.link {
            Link::Up(heartbeat) => {
                if heartbeat.sent(now) {
                    self.mark_up();
                }
            }
            Link::Down { .. } => {
                let Timing { heartbeat, properties_every, .. } = self.timing;
                self.link = Link::Up(Heartbeat::begin(now, heartbeat, properties_every));
            }
        }
    }

    /// Counts a batch or keeps it, and draws the conclusion for the link if it is still the same.
    pub(super) fn finish_batch(&mut self, sending: Sending, outcome: Outcome) {
        let is_current = sending.link == self.link_number && matches!(self.link, Link::Up(_));
        let (signal, began) = (sending.signal, sending.began);
        let next = Next::of(&sending, &outcome);
        let outcome = match outcome {
            Outcome::TooLarge(problem) => {
                Outcome::TooLarge(format!("{problem} ({})", sending.batch.size(signal)))
            }
            other => other,
        };
        match next {
            Next::Again => {
                self.source.keep_for_retry(&sending.flight);
                self.keep(sending.signal, [sending.batch]);
            }
            Next::Halved => {
                self.source.keep_for_retry(&sending.flight);
                self.keep(sending.signal, sending.batch.halve());
            }
            Next::Ended(end) => {
                self.source.arrive(&sending.flight, end, sending.began.elapsed());
                self.reply_drained(signal);
            }
        }
        if is_current {
            self.judge_link(signal, began, next, outcome);
        }
    }

    /// Keeps batches that are to be sent again.
    fn keep<const N: usize>(&mut self, signal: Signal, batches: [Batch; N]) {
        if let Some(lane) = self.lanes.of_mut(signal) {
            for batch in batches {
                lane.keep(batch);
            }
        }
    }

    /// Draws the conclusion for the link from a batch that was sent at this time.
    fn judge_link(&mut self, signal: Signal, began: Instant, next: Next, outcome: Outcome) {
        match outcome {
            Outcome::Taken => {
                self.mark_up();
                self.unprocessed_since.take_if(|since| began >= *since);
                if next == Next::Ended(End::Sent) {
                    if let Some(lane) = self.lanes.of_mut(signal) {
                        lane.widen();
                    }
                    self.answered(&[
                        Cause::Unreachable,
                        Cause::Unconfirmed(signal),
                        Cause::Refused(signal),
                        Cause::Overloaded,
                    ]);
                } else {
                    self.answered(&[Cause::Unreachable]);
                    self.failed(
                        Cause::Unconfirmed(signal),
                        "the backend answered before all of the batch was sent",
                    );
                }
            }
            Outcome::Refused(problem) => {
                self.answered(&[Cause::Unreachable]);
                self.failed(Cause::Refused(signal), &problem);
            }
            Outcome::TooLarge(problem) => {
                self.answered(&[Cause::Unreachable]);
                let refused = Cause::Refused(signal);
                let cause = if next == Next::Halved { Cause::TooLarge } else { refused };
                self.failed(cause, &problem);
            }
            Outcome::Overloaded(problem) => self.mark_down(Cause::Overloaded, &problem),
            // The transport opens another connection if the backend closes this one.
            Outcome::Unprocessed(_) if !self.is_unprocessed_again(began) => {}
            // A further connection could not be opened. The others are in use.
            Outcome::Failed(_) if next == Next::Again && self.limit(signal, began) => {}
            Outcome::Unprocessed(problem) | Outcome::Failed(problem) => {
                let unconfirmed = Cause::Unconfirmed(signal);
                let cause = if next == Next::Again { Cause::Unreachable } else { unconfirmed };
                self.mark_down(cause, &problem);
            }
        }
    }

    /// Returns true if an earlier call was not processed before this one began, and none that began
    /// later has succeeded.
    fn is_unprocessed_again(&mut self, began: Instant) -> bool {
        if let Some(since) = self.unprocessed_since {
            return began >= since;
        }
        self.unprocessed_since = Some(Instant::now());
        false
    }

    /// Returns true if older batches of this lane are being sent through the link. The lane then
    /// has no more in flight than these.
    fn limit(&mut self, signal: Signal, began: Instant) -> bool {
        let link = self.link_number;
        self.lanes.of_mut(signal).is_some_and(|lane| lane.limit(link, began))
    }

    /// Resets the count of failures, because a call succeeded.
    fn mark_up(&mut self) {
        self.failed = 0;
        self.backoff.reset();
    }

    /// Switches to the next address after a failure, and waits when all addresses have failed in
    /// turn.
    fn mark_down(&mut self, cause: Cause, problem: &str) {
        if cause == Cause::Overloaded {
            self.reached.store(true, Ordering::Relaxed);
        }
        self.source.change(Change::Down(problem));
        self.failed(cause, problem);
        self.transport.next_backend();
        self.failed += 1;
        let ending = self.pending.failed(self.reached.load(Ordering::Relaxed));
        let round_is_over = self.failed >= self.transport.addresses() || cause == Cause::Overloaded;
        let wait = if round_is_over {
            self.failed = 0;
            match cause {
                _ if ending => self.backoff.next_ending(),
                Cause::Overloaded => self.backoff.next_overloaded(),
                _ => self.backoff.next(),
            }
        } else {
            Duration::ZERO
        };
        self.link = Link::Down { until: Instant::now() + wait };
        self.link_number += 1;
        self.unprocessed_since = None;
        // A management message of the old link would delay the first one of the next link.
        self.managing = None;
        self.lanes.iter_mut().for_each(Lane::narrow);
    }

    /// Ends these causes of log lines, because the backend answered.
    fn answered(&mut self, causes: &[Cause]) {
        self.reached.store(true, Ordering::Relaxed);
        self.problems.answered(causes, self.source.losses(), Instant::now());
    }

    fn failed(&mut self, cause: Cause, problem: &str) {
        let address = self.transport.address();
        self.problems.failed(cause, &address, problem, Instant::now());
    }

    /// Logs problems and recoveries.
    pub(super) fn log(&mut self) {
        let now = Instant::now();
        if self.next_check <= now {
            self.next_check = now + CHECK_INTERVAL;
            self.source.note_time();
            self.problems.look(self.source.losses(), now);
        }
        let mut lines = self.problems.take();
        lines.extend(self.unset_clock.line(self.source.is_clock_set()));
        if !lines.is_empty() {
            self.source.log(lines);
        }
    }
}

/// What the worker does with a batch after its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// It is sent again.
    Again,
    /// Its two halves are sent. No part of it was processed.
    Halved,
    Ended(End),
}

impl Next {
    fn of(sending: &Sending, outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Taken if sending.flight.is_handed_over() => Self::Ended(End::Sent),
            Outcome::TooLarge(_) if sending.batch.is_divisible() => Self::Halved,
            Outcome::Refused(_) | Outcome::TooLarge(_) | Outcome::Overloaded(_) => {
                Self::Ended(End::Refused)
            }
            Outcome::Unprocessed(_) => Self::Again,
            Outcome::Failed(_) if sending.flight.revoke() => Self::Again,
            // It is unknown how much of the batch the backend has read.
            Outcome::Taken | Outcome::Failed(_) => Self::Ended(End::Unconfirmed),
        }
    }
}
