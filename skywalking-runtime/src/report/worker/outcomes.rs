//! What follows from the outcome of a call: which segments are sent or lost, whether the other side
//! is up, when to try again, and what is logged of it.

use super::super::accounts::End;
use super::super::transport::{Outcome, Transport};
use super::{
    Activity, Batch, Cause, Duration, Heartbeat, Instant, LOOK, Link, Losses, ManagementMessage,
    Ordering, WithoutThread, Worker, self_log,
};

impl<T: Transport> Worker<T> {
    pub(super) fn finish(&mut self, outcome: Outcome) {
        match std::mem::replace(&mut self.activity, Activity::Idle) {
            Activity::Managing(word, _) => self.finish_management(word, outcome),
            Activity::Sending(_) => self.finish_batch(outcome),
            Activity::Idle => {}
        }
    }

    fn finish_management(&mut self, word: ManagementMessage, outcome: Outcome) {
        match outcome {
            Outcome::Taken => {
                if word == ManagementMessage::Properties {
                    self.pending.reply_registered();
                }
                self.answered(&[Cause::Unreachable, Cause::Management]);
            }
            // It is there and it answers: what it thinks of segments, it shall say itself.
            Outcome::Refused(problem) => {
                self.answered(&[Cause::Unreachable]);
                self.failed(Cause::Management, &problem);
            }
            Outcome::Overloaded(problem) => return self.mark_down(Cause::Overloaded, &problem),
            Outcome::Failed(problem) => return self.mark_down(Cause::Unreachable, &problem),
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
            // What it has read of it by then, nobody knows.
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

    /// The batch is over.
    fn end_batch(&mut self, end: End) {
        self.ledger.arrive(self.batch.messages.len(), end);
        self.batch = Batch::default();
        self.pending.reply_drained(self.drain.passes());
    }

    /// Things work: the next failure is a first one.
    fn mark_up(&mut self) {
        self.failed = 0;
        self.backoff.reset();
    }

    /// The other side failed: turns to the next address, and waits when all of them have failed in
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

    /// The backend answered: these causes of lines are over.
    fn answered(&mut self, causes: &[Cause]) {
        self.reached.store(true, Ordering::Relaxed);
        self.problems.answered(causes, Losses::read(), Instant::now());
    }

    fn failed(&mut self, cause: Cause, problem: &str) {
        let address = self.transport.address();
        self.problems.failed(cause, &address, problem, Instant::now());
    }

    /// Logs what there is to log.
    pub(super) fn log(&mut self) {
        let now = Instant::now();
        if self.next_look <= now {
            self.next_look = now + LOOK;
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
