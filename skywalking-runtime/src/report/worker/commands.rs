//! The commands of other threads that the worker has not answered yet: flushes, registrations, the
//! shutdown. Each has a deadline and gets exactly one reply, or sees its channel closed.

use tokio::time::Instant;

use super::reply::{Callers, Reply};

/// What can be asked.
#[derive(Debug)]
pub(crate) enum Command {
    /// That all segments that have ended by now are sent or dropped.
    Flush { deadline: Instant, reply: Reply },
    /// The same, and then the end of the worker.
    Shutdown { deadline: Instant, reply: Reply },
    /// Whether the backend has taken the properties.
    Registered { deadline: Instant, reply: Reply },
}

#[derive(Debug)]
struct PendingDrain {
    /// The number of passes of the drain after which it is done.
    goal: u64,
    deadline: Instant,
    reply: Reply,
}

#[derive(Debug)]
struct PendingShutdown {
    drain: PendingDrain,
    /// How many failures it stands beside backends that were never reached: each address gets one
    /// try.
    tries: usize,
    /// Set when it is over, with the reply.
    done: Option<bool>,
}

/// All that was asked and is not answered yet.
#[derive(Debug, Default)]
pub(crate) struct PendingCommands {
    flushes: Vec<PendingDrain>,
    registrations: Callers,
    registered: bool,
    shutdown: Option<PendingShutdown>,
}

impl PendingCommands {
    /// Takes a command, or answers it at once.
    pub(crate) fn add(&mut self, command: Command, goal: u64, addresses: usize) {
        match command {
            Command::Flush { deadline, reply } => {
                self.flushes.push(PendingDrain { goal, deadline, reply });
            }
            Command::Registered { reply, .. } if self.registered => reply.give(true),
            Command::Registered { deadline, reply } => self.registrations.add(deadline, reply),
            Command::Shutdown { deadline, reply } => {
                let drain = PendingDrain { goal, deadline, reply };
                self.shutdown = Some(PendingShutdown { drain, tries: addresses, done: None });
            }
        }
    }

    /// The earliest deadline.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let flushes = self.flushes.iter().map(|flush| flush.deadline);
        flushes
            .chain(self.registrations.next_deadline())
            .chain(self.shutdown.iter().map(|shutdown| shutdown.drain.deadline))
            .min()
    }

    /// True if somebody waits for more passes than these.
    pub(crate) fn waits_for(&self, passes: u64) -> bool {
        self.flushes.iter().any(|flush| flush.goal > passes)
            || self.shutdown.as_ref().is_some_and(|shutdown| shutdown.drain.goal > passes)
    }

    /// After so many passes nothing is on its way.
    pub(crate) fn reply_drained(&mut self, passes: u64) {
        for flush in self.flushes.extract_if(.., |flush| flush.goal <= passes) {
            flush.reply.give(true);
        }
        if let Some(shutdown) =
            self.shutdown.as_mut().filter(|shutdown| shutdown.drain.goal <= passes)
        {
            shutdown.done.get_or_insert(true);
        }
    }

    /// The backend has taken the properties.
    pub(crate) fn reply_registered(&mut self) {
        self.registered = true;
        self.registrations.reply_all(true);
    }

    /// Answers what is late by now.
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

    /// An address has failed. True if the worker is about to end. With backends that were `reached`
    /// before it goes on until its deadline; with others each address had its try.
    pub(crate) fn failed(&mut self, reached: bool) -> bool {
        let Some(shutdown) = self.shutdown.as_mut() else { return false };
        shutdown.tries = shutdown.tries.saturating_sub(1);
        if shutdown.tries == 0 && !reached {
            shutdown.done.get_or_insert(false);
        }
        true
    }

    /// True if the worker shall end.
    pub(crate) fn is_over(&self) -> bool {
        self.shutdown.as_ref().is_some_and(|shutdown| shutdown.done.is_some())
    }

    /// The worker has ended: nobody waits in vain.
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
