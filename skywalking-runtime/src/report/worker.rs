//! The reporter's loop: when to connect, drain and retry, and the outcome of each batch.
//!
//! At most one call is in flight, either a management message or a batch. Draining stops until the
//! backend has answered the last heartbeat. While the backend is unreachable, segments wait in the
//! outboxes within the queue's budget, and the newest are dropped there. Each wait has a deadline.
//! A batch is sent again only if the transport took none of its messages.
//!
//! The states, and what leads from one to the next:
//! * `Down` until an instant: then the properties are sent to the next address of the list. When
//!   all addresses have failed, the next round waits, longer each time. A flush and a shutdown try
//!   at once.
//! * `Up`: management messages when they are due, else a batch at each tick, or at once when half
//!   of the queue's budget is used, pending segments not counted.
//!
//! The transport sends bytes; `drain` makes them.

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
/// How soon a tray is looked at again that its thread was just working on, when somebody waits for
/// it.
const MISSED_TICK: Duration = Duration::from_millis(1);
/// How long it may be silent at most: segments learn from it how old they are.
const PULSE: Duration = Duration::from_secs(1);
/// How often losses and clocks are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How often it is looked for threads that have ended or are idle. Two looks later their memory is
/// free.
const SWEEP: Duration = Duration::from_secs(5);
/// Where nothing else is due.
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

/// Drains, sends and counts, until it is told to end.
pub(crate) struct Worker<T> {
    transport: T,
    commands: mpsc::Receiver<Command>,
    wake: Arc<Notify>,
    ledger: Ledger,
    drain: Drain,
    link: Link,
    activity: Activity,
    /// What is being sent, or waits to be sent again.
    batch: Batch,
    flight: Flight,
    pending: PendingCommands,
    backoff: Backoff,
    /// A backend has answered since the agent started.
    reached: Arc<AtomicBool>,
    /// Addresses that failed since the last wait or success.
    failed: usize,
    next_tick: Instant,
    last_segment: Instant,
    next_sweep: Instant,
    problems: ProblemLog,
    findings: Arc<Findings>,
    next_look: Instant,
    unset_clock: UnsetClock,
}

/// What a worker is told of the other side.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The longest wait between two tries.
    pub(crate) max_backoff: Duration,
    /// Set when a backend answers.
    pub(crate) reached: Arc<AtomicBool>,
    /// What the process had lost when the agent started. Read before any of its segments could be
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
            next_look: now,
            unset_clock: UnsetClock::new(now),
        }
    }

    /// Works until a shutdown was asked for and is done, nobody is left who could ask, or nothing
    /// counts any more that is done here.
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
                Event::Command(Some(command)) => self.ask(command),
                Event::Command(None) => break,
                Event::Done(outcome) => self.finish(outcome),
                Event::Woken => {
                    self.next_tick = Instant::now();
                    self.unset_clock.give_up(self.next_tick);
                }
                Event::Due => {}
            }
        }
        // Nothing may leave after the answer, which says what has left.
        self.activity = Activity::Idle;
        self.log();
        self.pending.reply_all();
    }

    async fn next_event(&mut self) -> Event {
        let due = self.next_moment();
        // While the wake-up can't be followed it stays where it is: so further ones cost their
        // callers no system call.
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

    /// The moment at which there is something to do without anybody asking.
    fn next_moment(&self) -> Instant {
        let own = match (&self.activity, &self.link) {
            (Activity::Idle, Link::Down { until }) => (*until).min(Instant::now() + PULSE),
            (Activity::Idle, Link::Up(heartbeat)) => heartbeat.next().min(self.next_tick),
            _ => Instant::now() + PULSE,
        };
        self.pending.next_deadline().map_or(own, |deadline| own.min(deadline))
    }

    fn ask(&mut self, command: Command) {
        let hurry = !matches!(command, Command::Registered { .. });
        if matches!(command, Command::Shutdown { .. }) {
            self.drain.release();
        }
        self.pending.add(command, self.drain.goal(), self.transport.addresses());
        if hurry {
            self.drain.poll_now();
            let now = Instant::now();
            self.next_tick = now;
            if let Link::Down { until } = &mut self.link {
                *until = now;
            }
        }
    }

    /// Begins what is due, if nothing is under way.
    fn advance(&mut self) {
        let now = Instant::now();
        while matches!(self.activity, Activity::Idle) {
            match &self.link {
                Link::Down { until } if *until <= now => {
                    self.send_management(ManagementMessage::Properties);
                }
                Link::Down { .. } => return,
                Link::Up(heartbeat) => match heartbeat.due(now) {
                    Some(word) => self.send_management(word),
                    None if !self.batch.messages.is_empty() => self.send(),
                    None if self.next_tick <= now => self.drain(now),
                    None => return,
                },
            }
        }
    }

    fn send_management(&mut self, word: ManagementMessage) {
        self.activity = Activity::Managing(
            word,
            limited(MANAGEMENT_DEADLINE, self.transport.send_management(word)),
        );
    }

    fn send(&mut self) {
        self.flight = Flight::default();
        self.ledger.depart(&self.flight);
        let messages = Messages::new(self.batch.messages.clone(), self.flight.clone());
        self.activity = Activity::Sending(limited(BATCH_DEADLINE, self.transport.send(messages)));
    }

    /// Fills the batch and decides when to come again.
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
            // Ends `advance`: there is nothing left to do.
            self.next_tick = now + IDLE;
        }
    }
}

/// The call with a deadline.
fn limited(limit: Duration, call: Call) -> Call {
    Box::pin(async move {
        let late = |_| Outcome::Failed(format!("no answer within {} s", limit.as_secs()));
        timeout(limit, call).await.unwrap_or_else(late)
    })
}
