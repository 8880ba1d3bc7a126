//! Handles the outcome of a call: counts segments as sent or lost, changes the link's state, sets
//! the time of the next try, and logs failures.

use super::super::accounts::End;
use super::super::transport::{Outcome, Transport};
use super::{
    Activity, Batch, CHECK_INTERVAL, Cause, Duration, Heartbeat, Instant, Link, Losses,
    ManagementMessage, Ordering, WithoutThread, Worker, self_log,
};

impl<T: Transport> Worker<T> {
    pub(super) fn finish(&mut self, outcome: Outcome) {
        match std::mem::replace(&mut self.activity, Activity::Idle) {
            Activity::Managing(message, _) => self.finish_management(message, outcome),
            Activity::Sending(_) => self.finish_batch(outcome),
            Activity::Idle => {}
        }
    }

    fn finish_management(&mut self, message: ManagementMessage, outcome: Outcome) {
        match outcome {
            Outcome::Taken => {
                if message == ManagementMessage::Properties {
                    self.pending.reply_registered();
                }
                self.answered(&[Cause::Unreachable, Cause::Management]);
            }
            // The backend is reachable. It answers for segments separately.
            Outcome::Refused(problem) => {
                self.answered(&[Cause::Unreachable]);
                self.failed(Cause::Management, &problem);
            }
            Outcome::Overloaded(problem) => return self.mark_down(Cause::Overloaded, &problem),
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
            Link::Down { .. } => self.link = Link::Up(Heartbeat::begin(now)),
        }
    }

    fn finish_batch(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Taken if self.flight.is_handed_over() => {
                self.mark_up();
                self.end_batch(End::Sent);
                self.answered(&[
                    Cause::Unreachable,
                    Cause::Unconfirmed,
                    Cause::Refused,
                    Cause::Overloaded,
                ]);
            }
            // It is unknown how much of the batch the backend has read.
            Outcome::Taken => {
                self.mark_up();
                self.end_batch(End::Unconfirmed);
                self.answered(&[Cause::Unreachable]);
                self.failed(
                    Cause::Unconfirmed,
                    "the backend answered before all of the batch was sent",
                );
            }
            Outcome::Refused(problem) => {
                self.end_batch(End::Refused);
                self.answered(&[Cause::Unreachable]);
                self.failed(Cause::Refused, &problem);
            }
            Outcome::Overloaded(problem) => {
                self.end_batch(End::Refused);
                self.mark_down(Cause::Overloaded, &problem);
            }
            Outcome::Unprocessed(problem) => self.mark_down(Cause::Unreachable, &problem),
            Outcome::Failed(problem) => {
                if self.flight.revoke() {
                    self.mark_down(Cause::Unreachable, &problem);
                } else {
                    self.end_batch(End::Unconfirmed);
                    self.mark_down(Cause::Unconfirmed, &problem);
                }
            }
        }
    }

    /// Counts the batch and removes it.
    fn end_batch(&mut self, end: End) {
        self.ledger.arrive(self.batch.messages.len(), end);
        self.batch = Batch::default();
        self.pending.reply_drained(self.drain.passes());
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
    }

    /// Ends these causes of log lines, because the backend answered.
    fn answered(&mut self, causes: &[Cause]) {
        self.reached.store(true, Ordering::Relaxed);
        self.problems.answered(causes, Losses::read(), Instant::now());
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
            self.drain.note_time();
            self.problems.look(Losses::read(), now);
        }
        let mut lines = self.problems.take();
        lines.extend(self.unset_clock.line(self.drain.is_clock_set()));
        if !lines.is_empty() {
            self.findings.keep(self_log::emit(lines, WithoutThread::WriteHere));
        }
    }
}
