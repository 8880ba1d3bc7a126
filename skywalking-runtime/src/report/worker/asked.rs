//! What others have asked of the worker and wait for: flushes, the first properties, the end. Each
//! has a deadline and gets exactly one answer, if only that of being dropped.

use tokio::time::Instant;

use super::answer::{Answer, Callers};

/// What can be asked.
#[derive(Debug)]
pub(crate) enum Command {
    /// That all segments that have ended by now are sent or dropped.
    Flush { deadline: Instant, answer: Answer },
    /// The same, and then the end of the worker.
    Shutdown { deadline: Instant, answer: Answer },
    /// Whether the backend has taken the properties.
    Registered { deadline: Instant, answer: Answer },
}

#[derive(Debug)]
struct Waiting {
    /// The number of passes of the drain after which it is done.
    goal: u64,
    deadline: Instant,
    answer: Answer,
}

#[derive(Debug)]
struct Ending {
    waiting: Waiting,
    /// How many failures it stands beside backends that were never reached: each address gets one
    /// try.
    tries: usize,
    /// Set when it is over, with the answer.
    done: Option<bool>,
}

/// All that was asked and is not answered yet.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    flushes: Vec<Waiting>,
    registrations: Callers,
    registered: bool,
    ending: Option<Ending>,
}

impl Asked {
    /// Takes a command, or answers it at once.
    pub(crate) fn add(&mut self, command: Command, goal: u64, addresses: usize) {
        match command {
            Command::Flush { deadline, answer } => {
                self.flushes.push(Waiting { goal, deadline, answer });
            }
            Command::Registered { answer, .. } if self.registered => answer.give(true),
            Command::Registered { deadline, answer } => self.registrations.add(deadline, answer),
            Command::Shutdown { deadline, answer } => {
                let waiting = Waiting { goal, deadline, answer };
                self.ending = Some(Ending { waiting, tries: addresses, done: None });
            }
        }
    }

    /// The earliest deadline.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let flushes = self.flushes.iter().map(|flush| flush.deadline);
        flushes
            .chain(self.registrations.next_deadline())
            .chain(self.ending.iter().map(|ending| ending.waiting.deadline))
            .min()
    }

    /// True if somebody waits for more passes than these.
    pub(crate) fn waits_for(&self, passes: u64) -> bool {
        self.flushes.iter().any(|flush| flush.goal > passes)
            || self.ending.as_ref().is_some_and(|ending| ending.waiting.goal > passes)
    }

    /// After so many passes nothing is on its way.
    pub(crate) fn answer_drained(&mut self, passes: u64) {
        for flush in self.flushes.extract_if(.., |flush| flush.goal <= passes) {
            flush.answer.give(true);
        }
        if let Some(ending) = self.ending.as_mut().filter(|ending| ending.waiting.goal <= passes) {
            ending.done.get_or_insert(true);
        }
    }

    /// The backend has taken the properties.
    pub(crate) fn answer_registered(&mut self) {
        self.registered = true;
        self.registrations.answer_all(true);
    }

    /// Answers what is late by now.
    pub(crate) fn answer_late(&mut self, now: Instant) {
        for flush in self.flushes.extract_if(.., |flush| flush.deadline <= now) {
            flush.answer.give(false);
        }
        self.registrations.answer_late(now);
        if let Some(ending) = self.ending.as_mut().filter(|ending| ending.waiting.deadline <= now) {
            ending.done.get_or_insert(false);
        }
    }

    /// An address has failed. True if the worker is about to end. With backends that were `reached`
    /// before it goes on until its deadline; with others each address had its try.
    pub(crate) fn failed(&mut self, reached: bool) -> bool {
        let Some(ending) = self.ending.as_mut() else { return false };
        ending.tries = ending.tries.saturating_sub(1);
        if ending.tries == 0 && !reached {
            ending.done.get_or_insert(false);
        }
        true
    }

    /// True if the worker shall end.
    pub(crate) fn is_over(&self) -> bool {
        self.ending.as_ref().is_some_and(|ending| ending.done.is_some())
    }

    /// The worker has ended: nobody waits in vain.
    pub(crate) fn answer_all(&mut self) {
        for flush in self.flushes.drain(..) {
            flush.answer.give(false);
        }
        self.registrations.answer_all(false);
        if let Some(Ending { waiting, done, .. }) = self.ending.take() {
            waiting.answer.give(done.unwrap_or(false));
        }
    }
}
