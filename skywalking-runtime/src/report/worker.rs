//! The reporter's loop: when to connect, drain and retry, and the outcome of each batch.
//!
//! Each kind of data has a lane ([`lanes`]) with several batches in flight at the same time
//! ([`lane`]). At most one management message is in flight.
//! No batch departs until the backend has answered the last heartbeat. While the backend is
//! unreachable, segments wait in the outboxes within the queue's budget. Above it the newest are
//! dropped there, or the oldest by the [`Source`]. Each wait has a deadline. A batch is sent again only if the transport took none of its
//! messages, or if the backend stated that it has not processed it.
//!
//! The link has two states:
//! * `Down` until an instant: at that time the worker sends the properties to the next address.
//!   After each round in which all addresses failed it waits longer. A flush and a shutdown try at
//!   once.
//! * `Up`: the worker sends management messages when they are due. Otherwise it sends a batch at
//!   each tick, or at once when half of the queue's budget is used, without pending segments.
//!
//! Each change to `Down` ends a link and begins the next one. What happens later to a batch of an
//! earlier link is counted, and says nothing about the link of now.
//!
//! A panic of a call is a failure of its batch. A panic of the worker itself costs what it was
//! working on: [`restart`] runs it again.
//!
//! The [`Source`] encodes the segments and counts them. The transport only sends bytes. The worker
//! knows neither the process nor the network, so tests run it in simulated ones.

mod commands;
mod lane;
mod lanes;
mod outcomes;
mod reply;
mod restart;
#[cfg(test)]
mod tests;
mod thread;
mod unset_clock;

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until, timeout};

pub(crate) use self::commands::Command;
use self::commands::PendingCommands;
use self::lane::{Lane, Sending};
use self::lanes::Lanes;
pub(crate) use self::reply::Reply;
pub(crate) use self::restart::keep_running;
#[cfg(feature = "report-custom")]
pub(crate) use self::thread::{Drivers, Engine};
pub(crate) use self::thread::{Handle, prepare, start};
use self::unset_clock::UnsetClock;
use super::accounts::Flight;
use super::backoff::Backoff;
use super::drain::{Batch, Filled};
use super::problem_log::{Cause, Losses, ProblemLog};
use super::signal::Signal;
use super::source::Source;
use super::transport::{Call, Messages, Outcome, Transport};
use crate::config::Timing;
use crate::management::ManagementMessage;
use crate::management::heartbeat::Heartbeat;
use crate::util::catch_panic::catch_in;

const TICK: Duration = Duration::from_millis(100);
const QUIET_TICK: Duration = Duration::from_secs(1);
const QUIET_AFTER: Duration = Duration::from_secs(60);
/// How soon a buffer is visited again whose thread was writing to it, if a caller waits for it.
const MISSED_TICK: Duration = Duration::from_millis(1);
/// The longest sleep. The worker advances the coarse clock, from which segments learn their age.
const PULSE: Duration = Duration::from_secs(1);
/// How often losses and clocks are checked.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// How often the outboxes of ended and idle threads are checked. Two checks later their memory is
/// freed.
const SWEEP: Duration = Duration::from_secs(5);

enum Link {
    Down { until: Instant },
    Up(Heartbeat),
}

enum Event {
    Command(Option<Command>),
    Managed(Outcome),
    Ended(Sending, Outcome),
    Woken,
    Due,
}

/// A management message that is being sent.
struct Managing {
    message: ManagementMessage,
    began: Instant,
    call: Call,
}

/// Drains, sends and counts until it is shut down.
pub(crate) struct Worker<T, S> {
    transport: T,
    source: S,
    commands: mpsc::Receiver<Command>,
    wake: Arc<Notify>,
    link: Link,
    /// How many links there were before.
    link_number: u64,
    /// When the backend stated for the first time that it had not processed a call of this link. A
    /// backend does that before it closes a connection. A later call that succeeds resets it.
    unprocessed_since: Option<Instant>,
    managing: Option<Managing>,
    lanes: Lanes,
    pending: PendingCommands,
    timing: Timing,
    backoff: Backoff,
    /// Set once a backend has answered since the agent started.
    reached: Arc<AtomicBool>,
    /// How many addresses failed since the last wait or success.
    failed: usize,
    next_sweep: Instant,
    problems: ProblemLog,
    next_check: Instant,
    unset_clock: UnsetClock,
}

/// The part of a worker's settings and state that its agent shares.
#[derive(Debug)]
pub(crate) struct Pace {
    pub(crate) timing: Timing,
    /// The seed of the delays.
    pub(crate) seed: u64,
    /// Set when a backend answers.
    pub(crate) reached: Arc<AtomicBool>,
    /// The losses of the process when the agent started, read before any of its segments could be
    /// lost.
    pub(crate) losses: Losses,
}

impl<T: Transport, S: Source> Worker<T, S> {
    pub(crate) fn new(
        transport: T,
        source: S,
        wake: Arc<Notify>,
        commands: mpsc::Receiver<Command>,
        pace: Pace,
    ) -> Self {
        let (now, width) = (Instant::now(), transport.width());
        Self {
            transport,
            source,
            commands,
            wake,
            link: Link::Down { until: now },
            link_number: 0,
            unprocessed_since: None,
            managing: None,
            lanes: Lanes::new(S::SIGNALS, width, pace.timing.batch_deadline, now),
            pending: PendingCommands::default(),
            timing: pace.timing,
            backoff: Backoff::new(pace.timing.max_backoff, pace.seed),
            reached: pace.reached,
            failed: 0,
            next_sweep: now + SWEEP,
            problems: ProblemLog::new(pace.losses),
            next_check: now,
            unset_clock: UnsetClock::new(now),
        }
    }

    /// Runs until a shutdown is done, until no handle is left that could send commands, or until
    /// the source is closed.
    pub(crate) async fn run(&mut self) {
        loop {
            self.source.pulse();
            self.log();
            let now = Instant::now();
            self.pending.reply_late(now);
            if self.next_sweep <= now {
                self.next_sweep = now + SWEEP;
                self.source.free_idle();
            }
            if !self.pending.is_over() {
                self.advance();
            }
            if self.pending.is_over() || !self.source.is_open() {
                break;
            }
            match self.next_event().await {
                Event::Command(Some(command)) => self.handle(command),
                Event::Command(None) => break,
                Event::Managed(outcome) => self.finish_management(outcome),
                Event::Ended(sending, outcome) => self.finish_batch(sending, outcome),
                Event::Woken => {
                    let now = Instant::now();
                    self.fill_at(now);
                    self.unset_clock.give_up(now);
                    if self.source.drops_oldest() && !self.can_send(Signal::Segments, now) {
                        self.source.free_space();
                    }
                }
                Event::Due => {}
            }
        }
        // Nothing may be sent after the reply, which reports what was sent.
        self.managing = None;
        self.lanes.iter_mut().for_each(Lane::stop);
        self.log();
        self.pending.reply_all();
    }

    async fn next_event(&mut self) -> Event {
        let due = self.next_moment();
        // A wake-up that cannot be handled now is left pending: further ones cost their callers no
        // system call.
        let now = Instant::now();
        let listening = self.source.drops_oldest()
            || S::SIGNALS.iter().any(|signal| self.can_send(*signal, now));
        let management = async {
            match &mut self.managing {
                Some(Managing { call, .. }) => call.await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            command = self.commands.recv() => Event::Command(command),
            outcome = management => Event::Managed(outcome),
            (sending, outcome) = poll_fn(|cx| self.lanes.poll_ended(cx)) => {
                Event::Ended(sending, outcome)
            }
            () = self.wake.notified(), if listening => Event::Woken,
            () = sleep_until(due) => Event::Due,
        }
    }

    /// Returns true if a batch of this signal may be sent now.
    fn can_send(&self, signal: Signal, now: Instant) -> bool {
        matches!(self.link, Link::Up(_))
            && self.managing.is_none()
            && self.lanes.of(signal).is_some_and(|lane| lane.has_capacity(self.link_number, now))
    }

    /// Sets when all lanes fill their next batches.
    fn fill_at(&mut self, at: Instant) {
        self.lanes.iter_mut().for_each(|lane| lane.next_tick = at);
    }

    /// Returns when there is work to do without a command.
    fn next_moment(&self) -> Instant {
        let now = Instant::now();
        let own = match &self.link {
            _ if self.managing.is_some() => now + PULSE,
            Link::Down { until } => (*until).min(now + PULSE),
            Link::Up(heartbeat) => {
                let lanes = self.lanes.iter();
                let free = lanes.filter(|lane| lane.has_capacity(self.link_number, now));
                free.map(|lane| lane.next_tick).fold(heartbeat.next(), Instant::min)
            }
        };
        let is_quiet = self.lanes.iter().all(Lane::is_quiet);
        let own = if is_quiet { own } else { own.min(now + PULSE) };
        self.pending.next_deadline().map_or(own, |deadline| own.min(deadline))
    }

    fn handle(&mut self, command: Command) {
        let urgent = !matches!(command, Command::Registered { .. });
        if matches!(command, Command::Shutdown { .. }) {
            self.source.release();
        }
        let goals = S::SIGNALS.iter().map(|signal| (*signal, self.source.goal(*signal)));
        self.pending.add(command, goals.collect(), self.transport.addresses());
        if urgent {
            self.source.poll_now();
            let now = Instant::now();
            self.fill_at(now);
            if let Link::Down { until } = &mut self.link {
                *until = now;
            }
        }
    }

    /// Starts the work that is due.
    fn advance(&mut self) {
        let now = Instant::now();
        while self.managing.is_none() && !self.pending.is_over() {
            match &self.link {
                Link::Down { until } if *until <= now => {
                    self.send_management(ManagementMessage::Properties);
                }
                Link::Down { .. } => return,
                Link::Up(heartbeat) => {
                    if let Some(message) = heartbeat.due(now) {
                        self.send_management(message);
                    } else if let Some(lane) = self.lanes.next_due(self.link_number, now) {
                        let signal = lane.signal;
                        match lane.next_again() {
                            Some(batch) => self.send(signal, batch),
                            None => self.drain(signal, now),
                        }
                    } else {
                        return;
                    }
                }
            }
        }
    }

    fn send_management(&mut self, message: ManagementMessage) {
        let call =
            limited(self.timing.management_deadline, self.transport.send_management(message));
        self.managing = Some(Managing { message, began: Instant::now(), call });
    }

    fn send(&mut self, signal: Signal, batch: Batch) {
        let Some(lane) = self.lanes.of_mut(signal) else { return };
        let flight = Flight::default();
        self.source.depart(signal, &flight, batch.messages.len(), batch.bytes());
        let messages = Messages::new(signal, batch.messages.clone(), flight.clone());
        let call = limited(lane.deadline, self.transport.send(messages));
        lane.add(batch, flight, self.link_number, call);
    }

    /// Replies to callers whose data has all been sent or dropped.
    fn reply_drained(&mut self, signal: Signal) {
        let passes = self.source.passes(signal);
        let oldest = self.lanes.of(signal).and_then(Lane::oldest_pass);
        self.pending.reply_drained(signal, oldest.map_or(passes, |oldest| oldest.min(passes)));
    }

    /// Sends a batch of the data that waits, and sets the time of the next drain.
    fn drain(&mut self, signal: Signal, now: Instant) {
        let waited_for = self.pending.waits_for(signal, self.source.passes(signal));
        if !waited_for && self.unset_clock.holds(self.source.is_clock_set(), now) {
            // Only of this lane: a caller may wait for another.
            self.reply_drained(signal);
            if let Some(lane) = self.lanes.of_mut(signal) {
                lane.next_tick = now + TICK;
            }
            return;
        }
        let (batch, filled) = self.source.fill(signal);
        let is_empty = batch.messages.is_empty();
        if is_empty {
            self.reply_drained(signal);
        } else {
            self.send(signal, batch);
        }
        let waited_for = self.pending.waits_for(signal, self.source.passes(signal));
        let due = self.source.due(signal);
        let Some(lane) = self.lanes.of_mut(signal) else { return };
        if !is_empty {
            lane.last_filled = now;
        }
        lane.next_tick = match filled {
            Filled::Full => now,
            Filled::Missed if waited_for => now + MISSED_TICK,
            Filled::Dry if waited_for => now,
            _ if let Some(due) = due => due,
            _ if now.duration_since(lane.last_filled) > QUIET_AFTER => now + QUIET_TICK,
            _ => now + TICK,
        };
    }
}

/// Adds a deadline to a call. A panic of the call is its outcome.
fn limited(limit: Duration, call: Call) -> Call {
    Box::pin(async move {
        match timeout(limit, catch_in(call)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(message)) => Outcome::Failed(format!("the transport panicked: {message}")),
            Err(_) => Outcome::Failed(format!("no answer within {} s", limit.as_secs_f64())),
        }
    })
}
