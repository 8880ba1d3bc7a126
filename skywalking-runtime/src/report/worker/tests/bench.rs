//! A worker with a scripted transport, and access to both.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use prost::Message as _;
use skywalking_proto::v3::SegmentObject;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::Instant;

use super::super::super::accounts::Ledger;
use super::super::super::drain::Drain;
use super::super::super::stats::{Dropped, Stats};
use super::super::super::transport::{Call, Messages, Outcome, Transport};
use super::super::{Command, Flight, Pace, Reply, Worker};
use crate::agent::alone;
use crate::config::TailSampling;
use crate::management::ManagementMessage;
use crate::queue::{
    self, Attached, Budget, FinishedSegment, HandOver, SegmentHeader, ThreadOutbox,
};
use crate::redact::Hook;
use crate::sampling::Choice;
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::{NONE, Record, Trace};
use crate::tracer::{self, Identity, Settings};
use crate::util::clock::{self, WALL_AHEAD};

static WORK: Callsite = Callsite::new(SpanKind::Entry, "/work");

/// What the transport does with the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    Take,
    Refuse,
    Overload,
    /// Fails before it takes a message.
    Absent,
    /// Takes the messages and closes the connection.
    Cut,
    /// Takes the messages and never answers.
    Stall,
    /// Takes one message and confirms the whole batch.
    Early,
}

#[derive(Default)]
pub(super) struct Other {
    /// The next calls. Further calls succeed.
    plan: VecDeque<Plan>,
    /// Replaces `plan` while it is set.
    pub(super) always: Option<Plan>,
    heard: Vec<(u64, String)>,
    /// When the first span of each taken segment began, in milliseconds since 1970.
    began: Vec<i64>,
}

/// A scripted transport. It records each call with the second at which it happened.
#[derive(Clone)]
pub(super) struct Script {
    other: Arc<Mutex<Other>>,
    start: Instant,
    addresses: usize,
    at: usize,
}

impl Script {
    pub(super) fn lock(&self) -> MutexGuard<'_, Other> {
        self.other.lock().unwrap()
    }

    fn next(&self, what: &str) -> Plan {
        let mut other = self.lock();
        let place = if self.addresses > 1 { format!(" to {}", self.at) } else { String::new() };
        let plan = other.always.or_else(|| other.plan.pop_front()).unwrap_or(Plan::Take);
        let result = if plan == Plan::Take { String::new() } else { format!(": {plan:?}") };
        other.heard.push((self.start.elapsed().as_secs(), format!("{what}{place}{result}")));
        plan
    }

    fn answer(other: Arc<Mutex<Other>>, plan: Plan, messages: Messages) -> Call {
        let text = String::from("as planned");
        Box::pin(async move {
            let flight = messages.flight();
            match plan {
                Plan::Absent => {}
                Plan::Early => messages.take(1).for_each(drop),
                _ => {
                    let began = |message: Bytes| {
                        SegmentObject::decode(message).unwrap().spans[0].start_time
                    };
                    let began: Vec<_> = messages.map(began).collect();
                    other.lock().unwrap().began.extend(began);
                    flight.hand_over();
                }
            }
            match plan {
                Plan::Take | Plan::Early => Outcome::Taken,
                Plan::Refuse => Outcome::Refused(text),
                Plan::Overload => Outcome::Overloaded(text),
                Plan::Absent | Plan::Cut => Outcome::Failed(text),
                Plan::Stall => std::future::pending().await,
            }
        })
    }
}

impl Transport for Script {
    fn addresses(&self) -> usize {
        self.addresses
    }

    fn address(&self) -> String {
        self.at.to_string()
    }

    fn next_backend(&mut self) {
        self.at = (self.at + 1) % self.addresses;
    }

    fn send_management(&mut self, message: ManagementMessage) -> Call {
        Self::answer(
            Arc::clone(&self.other),
            self.next(&format!("{message:?}")),
            Messages::new(Vec::new(), Flight::default()),
        )
    }

    fn send(&mut self, messages: Messages) -> Call {
        // Named without taking a message, which would mark the batch as sent.
        Self::answer(Arc::clone(&self.other), self.next("batch"), messages)
    }
}

/// A worker with its transport, alone in the process.
pub(super) struct Bench {
    pub(super) script: Script,
    commands: mpsc::Sender<Command>,
    pub(super) wake: Arc<Notify>,
    outbox: &'static ThreadOutbox,
    generation: u32,
    pub(super) ledger: Ledger,
    queue: Budget,
    start: Stats,
    _alone: MutexGuard<'static, ()>,
}

impl Bench {
    pub(super) fn new(addresses: usize, plan: &[Plan]) -> Self {
        Self::with(addresses, plan, Settings::default().queue, None)
    }

    /// Creates one with a queue of this size and with tail sampling.
    pub(super) fn with(
        addresses: usize,
        plan: &[Plan],
        queue: Budget,
        tail_sampling: Option<TailSampling>,
    ) -> Self {
        Self::alone(alone(), addresses, plan, queue, tail_sampling)
    }

    /// Creates one that starts while the wall clock shows the year 1970.
    pub(super) fn with_unset_clock() -> Self {
        let alone = alone();
        unset_clock();
        Self::alone(alone, 1, &[], Settings::default().queue, None)
    }

    /// Sets the wall clock to the year 1970.
    pub(super) fn unset_clock(&self) {
        unset_clock();
    }

    /// Sets the wall clock.
    pub(super) fn set_clock(&self) {
        WALL_AHEAD.store(0, Ordering::Relaxed);
    }

    fn alone(
        alone: MutexGuard<'static, ()>,
        addresses: usize,
        plan: &[Plan],
        queue: Budget,
        tail_sampling: Option<TailSampling>,
    ) -> Self {
        clock::choose();
        let identity = Identity::new("svc", "one");
        let tracer =
            tracer::install(identity.clone(), Settings::default(), Choice::default(), || {})
                .expect("no other tracer runs now");
        let (commands, receiver) = mpsc::channel(8);
        let (generation, start) = (tracer.generation, Stats::read());
        let ledger = Ledger::open(generation);
        queue::open(generation);
        let other = Other { plan: plan.iter().copied().collect(), ..Other::default() };
        let script =
            Script { other: Arc::new(Mutex::new(other)), start: Instant::now(), addresses, at: 0 };
        let wake = Arc::new(Notify::new());
        let drain = Drain::new(
            ledger,
            identity,
            Script::FORM,
            Hook::default(),
            Settings::default().max_segment_age,
            queue,
            tail_sampling,
        );
        let pace = Pace {
            max_backoff: Duration::from_secs(4),
            reached: Arc::default(),
            losses: crate::report::problem_log::Losses::read(),
            findings: Arc::default(),
        };
        let worker = Worker::new(script.clone(), drain, ledger, Arc::clone(&wake), receiver, pace);
        tokio::spawn(worker.run());
        Self {
            script,
            commands,
            wake,
            outbox: ThreadOutbox::claim(),
            generation,
            ledger,
            queue,
            start,
            _alone: alone,
        }
    }

    /// Finishes this many segments.
    pub(super) fn finish(&self, segments: usize) {
        for _ in 0..segments {
            let handed = self.hand_over(self.queue);
            assert!(matches!(handed, HandOver::Queued | HandOver::QueuedAndHalfFull), "{handed:?}");
        }
    }

    pub(super) fn hand_over(&self, budget: Budget) -> HandOver {
        self.hand_over_with(Attached::default(), budget)
    }

    /// Finishes segments with this attachment, and returns how many of them wake the reporter.
    pub(super) fn wakes(&self, segments: usize, attached: impl Fn() -> Attached) -> usize {
        (0..segments)
            .filter(|_| self.hand_over_with(attached(), self.queue) == HandOver::QueuedAndHalfFull)
            .count()
    }

    fn hand_over_with(&self, mut attached: Attached, budget: Budget) -> HandOver {
        let now = clock::now();
        let records =
            [Record { start: now, end: now, callsite: &WORK, parent: NONE, flags: 0, side: 0 }];
        let head = SegmentHeader {
            id: 2,
            trace: Trace::Own(3),
            ended: now,
            records: 1,
            sides: 0,
            text: 0,
            ..SegmentHeader::default()
        };
        self.outbox.opened();
        let segment = FinishedSegment {
            head,
            records: &records,
            sides: &[],
            text: "",
            attached: &mut attached,
        };
        self.outbox.hand_over(segment, self.generation, budget)
    }

    pub(super) async fn ask(&self, seconds: u64, command: fn(Instant, Reply) -> Command) -> bool {
        let (sender, receiver) = oneshot::channel();
        let answer = Reply::Task(sender);
        self.commands
            .send(command(Instant::now() + Duration::from_secs(seconds), answer))
            .await
            .unwrap();
        receiver.await.unwrap()
    }

    pub(super) async fn flush(&self, seconds: u64) -> bool {
        self.ask(seconds, |deadline, reply| Command::Flush { deadline, reply }).await
    }

    pub(super) async fn shutdown(&self, seconds: u64) -> bool {
        self.ask(seconds, |deadline, reply| Command::Shutdown { deadline, reply }).await
    }

    pub(super) async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// Removes and returns the calls since the last look, with their seconds.
    pub(super) fn heard(&self) -> Vec<(u64, String)> {
        std::mem::take(&mut self.script.lock().heard)
    }

    /// Removes and returns the start times of the segments that were taken since the last look.
    pub(super) fn began(&self) -> Vec<i64> {
        std::mem::take(&mut self.script.lock().began)
    }

    pub(super) fn calls(&self) -> Vec<String> {
        self.heard().into_iter().map(|(_, call)| call).collect()
    }

    /// Returns counts since the start: sent, unconfirmed, refused, dropped by the shutdown; queued
    /// and in flight.
    pub(super) fn counts(&self) -> ([u64; 4], [u64; 2]) {
        let now = Stats::read();
        let lost = |of: fn(&Dropped) -> u64| of(&now.dropped) - of(&self.start.dropped);
        (
            [
                now.sent - self.start.sent,
                lost(|d| d.unconfirmed),
                lost(|d| d.refused),
                lost(|d| d.shutdown),
            ],
            [now.queued, now.in_flight],
        )
    }
}

fn unset_clock() {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    WALL_AHEAD.store(1_000_u64.wrapping_sub(now.as_secs()), Ordering::Relaxed);
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.set_clock();
        self.ledger.close();
        tracer::uninstall(self.generation);
        self.outbox.release();
    }
}
