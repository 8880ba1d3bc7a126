//! What follows from the outcome of a call: which segments are sent or lost, whether the other side
//! is up, when to try again, and what is logged of it.

use super::super::accounts::End;
use super::super::transport::{Outcome, Transport};
use super::{
    Activity, Batch, Beats, Cause, Duration, Instant, LOOK, Link, Losses, Ordering, WithoutThread,
    Word, Worker, self_log,
};

impl<T: Transport> Worker<T> {
    pub(super) fn finish(&mut self, outcome: Outcome) {
        match std::mem::replace(&mut self.activity, Activity::Idle) {
            Activity::Saying(word, _) => self.finish_word(word, outcome),
            Activity::Sending(_) => self.finish_batch(outcome),
            Activity::Idle => {}
        }
    }

    fn finish_word(&mut self, word: Word, outcome: Outcome) {
        match outcome {
            Outcome::Taken => {
                if word == Word::Properties {
                    self.asked.answer_registered();
                }
                self.answered(&[Cause::Unreachable, Cause::Management]);
            }
            // It is there and it answers: what it thinks of segments, it shall say itself.
            Outcome::Refused(problem) => {
                self.answered(&[Cause::Unreachable]);
                self.failed(Cause::Management, &problem);
            }
            Outcome::Overloaded(problem) => return self.fall(Cause::Overloaded, &problem),
            Outcome::Failed(problem) => return self.fall(Cause::Unreachable, &problem),
        }
        let now = Instant::now();
        match &mut self.link {
            Link::Up(beats) => {
                if beats.said(now) {
                    self.stand();
                }
            }
            Link::Down { .. } => self.link = Link::Up(Beats::begin(now)),
        }
    }

    fn finish_batch(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Taken if self.flight.is_handed_over() => {
                self.stand();
                self.settle(End::Sent);
                self.answered(&[
                    Cause::Unreachable,
                    Cause::Unconfirmed,
                    Cause::Refused,
                    Cause::Overloaded,
                ]);
            }
            // What it has read of it by then, nobody knows.
            Outcome::Taken => {
                self.stand();
                self.settle(End::Unconfirmed);
                self.answered(&[Cause::Unreachable]);
                self.failed(
                    Cause::Unconfirmed,
                    "the backend answered before all of the batch was sent",
                );
            }
            Outcome::Refused(problem) => {
                self.settle(End::Refused);
                self.answered(&[Cause::Unreachable]);
                self.failed(Cause::Refused, &problem);
            }
            Outcome::Overloaded(problem) => {
                self.settle(End::Refused);
                self.fall(Cause::Overloaded, &problem);
            }
            Outcome::Failed(problem) => {
                if self.flight.revoke() {
                    self.fall(Cause::Unreachable, &problem);
                } else {
                    self.settle(End::Unconfirmed);
                    self.fall(Cause::Unconfirmed, &problem);
                }
            }
        }
    }

    /// The batch is over.
    fn settle(&mut self, end: End) {
        self.ledger.arrive(self.batch.messages.len(), end);
        self.batch = Batch::default();
        self.asked.answer_drained(self.drain.passes());
    }

    /// Things work: the next failure is a first one.
    fn stand(&mut self) {
        self.failed = 0;
        self.backoff.reset();
    }

    /// The other side failed: turns to the next address, and waits when all of them have failed in
    /// turn.
    fn fall(&mut self, cause: Cause, problem: &str) {
        if cause == Cause::Overloaded {
            self.reached.store(true, Ordering::Relaxed);
        }
        self.failed(cause, problem);
        self.transport.turn();
        self.failed += 1;
        let ending = self.asked.failed(self.reached.load(Ordering::Relaxed));
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
        self.diagnostics.answered(causes, Losses::read(), Instant::now());
    }

    fn failed(&mut self, cause: Cause, problem: &str) {
        let address = self.transport.address();
        self.diagnostics.failed(cause, &address, problem, Instant::now());
    }

    /// Logs what there is to log.
    pub(super) fn log(&mut self) {
        let now = Instant::now();
        if self.next_look <= now {
            self.next_look = now + LOOK;
            self.drain.note_time();
            self.diagnostics.look(Losses::read(), now);
        }
        let mut lines = self.diagnostics.take();
        lines.extend(self.unset_clock.line(self.drain.is_clock_set()));
        if !lines.is_empty() {
            self.findings.keep(self_log::emit(lines, WithoutThread::WriteHere));
        }
    }
}
