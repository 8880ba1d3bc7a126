//! The reporter's loop: when to connect, drain and retry, and the outcome of each batch.
//!
//! Several batches are in flight at the same time ([`lane`]), and at most one management message.
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
pub(crate) use self::reply::Reply;
pub(crate) use self::restart::keep_running;
pub(crate) use self::thread::{Handle, prepare, start};
use self::unset_clock::UnsetClock;
use super::accounts::Flight;
use super::backoff::Backoff;
use super::drain::{Batch, Filled};
use super::problem_log::{Cause, Losses, ProblemLog};
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
/// The delay if nothing else is due.
const IDLE: Duration = Duration::from_secs(3_600);

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
    managing: Option<Managing>,
    lane: Lane,
    pending: PendingCommands,
    timing: Timing,
    backoff: Backoff,
    /// Set once a backend has answered since the agent started.
    reached: Arc<AtomicBool>,
    /// How many addresses failed since the last wait or success.
    failed: usize,
    next_tick: Instant,
    last_segment: Instant,
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
        let now = Instant::now();
        Self {
            transport,
            source,
            commands,
            wake,
            link: Link::Down { until: now },
            link_number: 0,
            managing: None,
            lane: Lane::new(T::WIDTH),
            pending: PendingCommands::default(),
            timing: pace.timing,
            backoff: Backoff::new(pace.timing.max_backoff, pace.seed),
            reached: pace.reached,
            failed: 0,
            next_tick: now,
            last_segment: now,
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
                    self.next_tick = Instant::now();
                    self.unset_clock.give_up(self.next_tick);
                    if !self.can_send(self.next_tick) {
                        self.source.free_space();
                    }
                }
                Event::Due => {}
            }
        }
        // Nothing may be sent after the reply, which reports what was sent.
        self.managing = None;
        self.lane.stop();
        self.log();
        self.pending.reply_all();
    }

    async fn next_event(&mut self) -> Event {
        let due = self.next_moment();
        // A wake-up that cannot be handled now is left pending: further ones cost their callers no
        // system call.
        let listening = self.source.drops_oldest() || self.can_send(Instant::now());
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
            (sending, outcome) = poll_fn(|cx| self.lane.poll_ended(cx)) => {
                Event::Ended(sending, outcome)
            }
            () = self.wake.notified(), if listening => Event::Woken,
            () = sleep_until(due) => Event::Due,
        }
    }

    /// Returns true if a batch may be sent now.
    fn can_send(&self, now: Instant) -> bool {
        matches!(self.link, Link::Up(_))
            && self.managing.is_none()
            && self.lane.has_capacity(self.link_number, now)
    }

    /// Returns when there is work to do without a command.
    fn next_moment(&self) -> Instant {
        let now = Instant::now();
        let own = match &self.link {
            _ if self.managing.is_some() => now + PULSE,
            Link::Down { until } => (*until).min(now + PULSE),
            Link::Up(heartbeat) if self.can_send(now) => heartbeat.next().min(self.next_tick),
            Link::Up(heartbeat) => heartbeat.next(),
        };
        let own = if self.lane.is_quiet() { own } else { own.min(now + PULSE) };
        self.pending.next_deadline().map_or(own, |deadline| own.min(deadline))
    }

    fn handle(&mut self, command: Command) {
        let urgent = !matches!(command, Command::Registered { .. });
        if matches!(command, Command::Shutdown { .. }) {
            self.source.release();
        }
        self.pending.add(command, self.source.goal(), self.transport.addresses());
        if urgent {
            self.source.poll_now();
            let now = Instant::now();
            self.next_tick = now;
            if let Link::Down { until } = &mut self.link {
                *until = now;
            }
        }
    }

    /// Starts the work that is due.
    fn advance(&mut self) {
        let now = Instant::now();
        while self.managing.is_none() {
            match &self.link {
                Link::Down { until } if *until <= now => {
                    self.send_management(ManagementMessage::Properties);
                }
                Link::Down { .. } => return,
                Link::Up(heartbeat) => {
                    if let Some(message) = heartbeat.due(now) {
                        self.send_management(message);
                    } else if !self.lane.has_capacity(self.link_number, now) {
                        return;
                    } else if let Some(batch) = self.lane.next_again() {
                        self.send(batch);
                    } else if self.next_tick <= now {
                        self.drain(now);
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

    fn send(&mut self, batch: Batch) {
        let flight = Flight::default();
        self.source.depart(&flight, batch.messages.len(), batch.bytes());
        let messages = Messages::new(batch.messages.clone(), flight.clone());
        let call = limited(self.timing.batch_deadline, self.transport.send(messages));
        self.lane.add(batch, flight, self.link_number, call);
    }

    /// Returns the number of passes whose segments have all been sent or dropped.
    fn drained(&self) -> u64 {
        let passes = self.source.passes();
        self.lane.oldest_pass().map_or(passes, |oldest| oldest.min(passes))
    }

    /// Sends a batch of the segments that wait, and sets the time of the next drain.
    fn drain(&mut self, now: Instant) {
        let waited_for = self.pending.waits_for(self.source.passes());
        if !waited_for && self.unset_clock.holds(self.source.is_clock_set(), now) {
            self.next_tick = now + TICK;
            return;
        }
        let (batch, filled) = self.source.fill();
        if batch.messages.is_empty() {
            self.pending.reply_drained(self.drained());
        } else {
            self.last_segment = now;
            self.send(batch);
        }
        let waited_for = self.pending.waits_for(self.source.passes());
        self.next_tick = match filled {
            Filled::Full => now,
            Filled::Missed if waited_for => now + MISSED_TICK,
            Filled::Dry if waited_for => now,
            _ if now.duration_since(self.last_segment) > QUIET_AFTER => now + QUIET_TICK,
            _ => now + TICK,
        };
        if self.pending.is_over() {
            // Ends `advance`: there is no work left.
            self.next_tick = now + IDLE;
        }
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
