//! The commands of other threads that the worker has not answered yet: flushes, registrations, the
//! shutdown. Each has a deadline and gets exactly one reply, or sees its channel closed.

use tokio::time::Instant;

use super::super::signal::Signal;
use super::reply::{Callers, Reply};

/// A command of another thread.
#[derive(Debug)]
pub(crate) enum Command {
    /// Replies when all segments that have ended by now are sent or dropped.
    Flush { deadline: Instant, reply: Reply },
    /// Does the same, and then ends the worker.
    Shutdown { deadline: Instant, reply: Reply },
    /// Replies when the backend has taken the properties.
    Registered { deadline: Instant, reply: Reply },
}

/// For each signal that a caller still waits for: the number of passes after which it is done.
pub(crate) type Goals = Vec<(Signal, u64)>;

#[derive(Debug)]
struct PendingDrain {
    /// The flush is done when none is left.
    goals: Goals,
    deadline: Instant,
    reply: Reply,
}

impl PendingDrain {
    /// Returns true if it waits for more passes than this.
    fn waits_for(&self, signal: Signal, passes: u64) -> bool {
        self.goals.iter().any(|(other, goal)| *other == signal && *goal > passes)
    }

    /// Notes the passes whose data is sent or dropped. Returns true if it waits for nothing more.
    fn is_done(&mut self, signal: Signal, passes: u64) -> bool {
        self.goals.retain(|(other, goal)| *other != signal || *goal > passes);
        self.goals.is_empty()
    }
}

#[derive(Debug)]
struct PendingShutdown {
    drain: PendingDrain,
    /// How many more failures it waits for if no backend was ever reached: one try per address.
    tries: usize,
    /// The reply, once it is over.
    done: Option<bool>,
}

/// All commands without a reply yet.
#[derive(Debug, Default)]
pub(crate) struct PendingCommands {
    flushes: Vec<PendingDrain>,
    registrations: Callers,
    registered: bool,
    shutdown: Option<PendingShutdown>,
}

impl PendingCommands {
    /// Adds a command, or replies at once.
    pub(crate) fn add(&mut self, command: Command, goals: Goals, addresses: usize) {
        match command {
            Command::Flush { deadline, reply } => {
                self.flushes.push(PendingDrain { goals, deadline, reply });
            }
            Command::Registered { reply, .. } if self.registered => reply.give(true),
            Command::Registered { deadline, reply } => self.registrations.add(deadline, reply),
            Command::Shutdown { deadline, reply } => {
                let drain = PendingDrain { goals, deadline, reply };
                self.shutdown = Some(PendingShutdown { drain, tries: addresses, done: None });
            }
        }
    }

    /// Returns the earliest deadline.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let flushes = self.flushes.iter().map(|flush| flush.deadline);
        flushes
            .chain(self.registrations.next_deadline())
            .chain(self.shutdown.iter().map(|shutdown| shutdown.drain.deadline))
            .min()
    }

    /// Returns true if a caller waits for more passes than this.
    pub(crate) fn waits_for(&self, signal: Signal, passes: u64) -> bool {
        self.flushes.iter().any(|flush| flush.waits_for(signal, passes))
            || self
                .shutdown
                .as_ref()
                .is_some_and(|shutdown| shutdown.drain.waits_for(signal, passes))
    }

    /// Replies to flushes and shutdowns that waited for nothing but this number of passes.
    pub(crate) fn reply_drained(&mut self, signal: Signal, passes: u64) {
        for flush in self.flushes.extract_if(.., |flush| flush.is_done(signal, passes)) {
            flush.reply.give(true);
        }
        if let Some(shutdown) = &mut self.shutdown
            && shutdown.drain.is_done(signal, passes)
        {
            shutdown.done.get_or_insert(true);
        }
    }

    /// Replies to callers that wait for the properties, which the backend has taken.
    pub(crate) fn reply_registered(&mut self) {
        self.registered = true;
        self.registrations.reply_all(true);
    }

    /// Replies to callers whose deadline is over.
    pub(crate) fn reply_late(&mut self, now: Instant) {
        for flush in self.flushes.extract_if(.., |flush| flush.deadline <= now) {
            flush.reply.give(false);
        }
        self.registrations.reply_late(now);
        if let Some(shutdown) =
            self.shutdown.as_mut().filter(|shutdown| shutdown.drain.deadline <= now)
        {
            shutdown.done.get_or_insert(false);
        }
    }

    /// Records the failure of an address. Returns true if the worker is about to end. If a backend
    /// was `reached` before, a shutdown waits until its deadline. Otherwise each address gets one
    /// try.
    pub(crate) fn failed(&mut self, reached: bool) -> bool {
        let Some(shutdown) = self.shutdown.as_mut() else { return false };
        shutdown.tries = shutdown.tries.saturating_sub(1);
        if shutdown.tries == 0 && !reached {
            shutdown.done.get_or_insert(false);
        }
        true
    }

    /// Returns true if the worker must end.
    pub(crate) fn is_over(&self) -> bool {
        self.shutdown.as_ref().is_some_and(|shutdown| shutdown.done.is_some())
    }

    /// Replies to all callers, because the worker has ended.
    pub(crate) fn reply_all(&mut self) {
        for flush in self.flushes.drain(..) {
            flush.reply.give(false);
        }
        self.registrations.reply_all(false);
        if let Some(PendingShutdown { drain, done, .. }) = self.shutdown.take() {
            drain.reply.give(done.unwrap_or(false));
        }
    }
}
