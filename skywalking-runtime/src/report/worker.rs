//! The reporter's loop: when to connect, drain and retry, and the outcome of each batch.
//!
//! At most one call is in flight, either a management message or a batch. Draining stops until the
//! backend has answered the last heartbeat. While the backend is unreachable, segments wait in the
//! outboxes within the queue's budget, and the newest are dropped there. Each wait has a deadline.
//! A batch is sent again only if the transport took none of its messages.
//!
//! The link has two states:
//! * `Down` until an instant: at that time the worker sends the properties to the next address.
//!   After each round in which all addresses failed it waits longer. A flush and a shutdown try at
//!   once.
//! * `Up`: the worker sends management messages when they are due. Otherwise it sends a batch at
//!   each tick, or at once when half of the queue's budget is used, without pending segments.
//!
//! `drain` encodes the segments. The transport only sends bytes.

mod commands;
mod outcomes;
mod reply;
#[cfg(test)]
mod tests;
mod thread;
mod unset_clock;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until, timeout};

pub(crate) use self::commands::Command;
use self::commands::PendingCommands;
pub(crate) use self::reply::Reply;
pub(crate) use self::thread::{Handle, prepare, start};
use self::unset_clock::UnsetClock;
use super::accounts::{Flight, Ledger};
use super::backoff::Backoff;
use super::drain::{Batch, Drain, Filled};
use super::findings::Findings;
use super::problem_log::{Cause, Losses, ProblemLog};
use super::transport::{Call, Messages, Outcome, Transport};
use crate::management::ManagementMessage;
use crate::management::heartbeat::Heartbeat;
use crate::queue;
use crate::self_log::{self, WithoutThread};
use crate::util::coarse_clock;

const BATCH_DEADLINE: Duration = Duration::from_secs(30);
const MANAGEMENT_DEADLINE: Duration = Duration::from_secs(10);
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

enum Activity {
    Idle,
    Managing(ManagementMessage, Call),
    Sending(Call),
}

enum Event {
    Command(Option<Command>),
    Done(Outcome),
    Woken,
    Due,
}

/// Drains, sends and counts until it is shut down.
pub(crate) struct Worker<T> {
    transport: T,
    commands: mpsc::Receiver<Command>,
    wake: Arc<Notify>,
    ledger: Ledger,
    drain: Drain,
    link: Link,
    activity: Activity,
    /// The batch that is being sent, or waits to be sent again.
    batch: Batch,
    flight: Flight,
    pending: PendingCommands,
    backoff: Backoff,
    /// Set once a backend has answered since the agent started.
    reached: Arc<AtomicBool>,
    /// How many addresses failed since the last wait or success.
    failed: usize,
    next_tick: Instant,
    last_segment: Instant,
    next_sweep: Instant,
    problems: ProblemLog,
    findings: Arc<Findings>,
    next_check: Instant,
    unset_clock: UnsetClock,
}

/// The part of a worker's settings and state that its agent shares.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The longest delay between two tries.
    pub(crate) max_backoff: Duration,
    /// Set when a backend answers.
    pub(crate) reached: Arc<AtomicBool>,
    /// The losses of the process when the agent started, read before any of its segments could be
    /// lost.
    pub(crate) losses: Losses,
    pub(crate) findings: Arc<Findings>,
}

impl<T: Transport> Worker<T> {
    pub(crate) fn new(
        transport: T,
        drain: Drain,
        ledger: Ledger,
        wake: Arc<Notify>,
        commands: mpsc::Receiver<Command>,
        pace: Pace,
    ) -> Self {
        let now = Instant::now();
        Self {
            transport,
            commands,
            wake,
            ledger,
            drain,
            link: Link::Down { until: now },
            activity: Activity::Idle,
            batch: Batch::default(),
            flight: Flight::default(),
            pending: PendingCommands::default(),
            backoff: Backoff::new(pace.max_backoff),
            reached: pace.reached,
            failed: 0,
            next_tick: now,
            last_segment: now,
            next_sweep: now + SWEEP,
            problems: ProblemLog::new(pace.losses),
            findings: pace.findings,
            next_check: now,
            unset_clock: UnsetClock::new(now),
        }
    }

    /// Runs until a shutdown is done, until no handle is left that could send commands, or until
    /// the ledger is closed.
    pub(crate) async fn run(mut self) {
        loop {
            coarse_clock::tick();
            self.findings.log(WithoutThread::WriteHere);
            self.log();
            let now = Instant::now();
            self.pending.reply_late(now);
            if self.next_sweep <= now {
                self.next_sweep = now + SWEEP;
                queue::free_idle();
            }
            if !self.pending.is_over() {
                self.advance();
            }
            if self.pending.is_over() || !self.ledger.is_open() {
                break;
            }
            match self.next_event().await {
                Event::Command(Some(command)) => self.handle(command),
                Event::Command(None) => break,
                Event::Done(outcome) => self.finish(outcome),
                Event::Woken => {
                    self.next_tick = Instant::now();
                    self.unset_clock.give_up(self.next_tick);
                }
                Event::Due => {}
            }
        }
        // Nothing may be sent after the reply, which reports what was sent.
        self.activity = Activity::Idle;
        self.log();
        self.pending.reply_all();
    }

    async fn next_event(&mut self) -> Event {
        let due = self.next_moment();
        // A wake-up that cannot be handled now is left pending: further ones cost their callers no
        // system call.
        let listening = matches!((&self.link, &self.activity), (Link::Up(_), Activity::Idle));
        let call = async {
            match &mut self.activity {
                Activity::Idle => std::future::pending().await,
                Activity::Managing(_, call) | Activity::Sending(call) => call.await,
            }
        };
        tokio::select! {
            biased;
            command = self.commands.recv() => Event::Command(command),
            outcome = call => Event::Done(outcome),
            () = self.wake.notified(), if listening => Event::Woken,
            () = sleep_until(due) => Event::Due,
        }
    }

    /// Returns when there is work to do without a command.
    fn next_moment(&self) -> Instant {
        let own = match (&self.activity, &self.link) {
            (Activity::Idle, Link::Down { until }) => (*until).min(Instant::now() + PULSE),
            (Activity::Idle, Link::Up(heartbeat)) => heartbeat.next().min(self.next_tick),
            _ => Instant::now() + PULSE,
        };
        self.pending.next_deadline().map_or(own, |deadline| own.min(deadline))
    }

    fn handle(&mut self, command: Command) {
        let urgent = !matches!(command, Command::Registered { .. });
        if matches!(command, Command::Shutdown { .. }) {
            self.drain.release();
        }
        self.pending.add(command, self.drain.goal(), self.transport.addresses());
        if urgent {
            self.drain.poll_now();
            let now = Instant::now();
            self.next_tick = now;
            if let Link::Down { until } = &mut self.link {
                *until = now;
            }
        }
    }

    /// Starts the work that is due, unless a call is running.
    fn advance(&mut self) {
        let now = Instant::now();
        while matches!(self.activity, Activity::Idle) {
            match &self.link {
                Link::Down { until } if *until <= now => {
                    self.send_management(ManagementMessage::Properties);
                }
                Link::Down { .. } => return,
                Link::Up(heartbeat) => match heartbeat.due(now) {
                    Some(message) => self.send_management(message),
                    None if !self.batch.messages.is_empty() => self.send(),
                    None if self.next_tick <= now => self.drain(now),
                    None => return,
                },
            }
        }
    }

    fn send_management(&mut self, message: ManagementMessage) {
        self.activity = Activity::Managing(
            message,
            limited(MANAGEMENT_DEADLINE, self.transport.send_management(message)),
        );
    }

    fn send(&mut self) {
        self.flight = Flight::default();
        self.ledger.depart(&self.flight);
        let messages = Messages::new(self.batch.messages.clone(), self.flight.clone());
        self.activity = Activity::Sending(limited(BATCH_DEADLINE, self.transport.send(messages)));
    }

    /// Fills the batch and sets the time of the next drain.
    fn drain(&mut self, now: Instant) {
        let waited_for = self.pending.waits_for(self.drain.passes());
        if !waited_for && self.unset_clock.holds(self.drain.is_clock_set(), now) {
            self.next_tick = now + TICK;
            return;
        }
        let filled = self.drain.fill(&mut self.batch);
        let empty = self.batch.messages.is_empty();
        if !empty {
            self.last_segment = now;
        }
        if empty {
            self.pending.reply_drained(self.drain.passes());
        }
        let waited_for = self.pending.waits_for(self.drain.passes());
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

/// Adds a deadline to a call.
fn limited(limit: Duration, call: Call) -> Call {
    Box::pin(async move {
        let late = |_| Outcome::Failed(format!("no answer within {} s", limit.as_secs()));
        timeout(limit, call).await.unwrap_or_else(late)
    })
}
