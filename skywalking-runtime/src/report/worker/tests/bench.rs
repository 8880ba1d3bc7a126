//! A worker with a scripted transport, and access to both.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, SystemTime};

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::Instant;

use super::super::super::accounts::Ledger;
use super::super::super::backoff;
use super::super::super::drain::Drain;
use super::super::super::meters::{MeterForm, Meters};
use super::super::super::program::Program;
use super::super::super::reported::{self, Reported};
use super::super::super::stats::{Dropped, ReporterStats, Stats};
use super::super::super::transport::Transport as _;
use super::super::{Command, Pace, Reply, Worker, keep_running};
use super::faulty::{Fault, Faults, Faulty};
use super::script::{Plan, Script};
use crate::agent::alone;
use crate::config::settings::Settings;
use crate::config::{MeterSettings, Overflow, TailSampling, Timing};
use crate::queue::{
    self, Attached, Budget, FinishedSegment, HandOver, SegmentHeader, ThreadOutbox,
};
use crate::redact::Hook;
use crate::reported::queues;
use crate::sampling::Choice;
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::{NONE, Record, Trace};
use crate::tracer::{self, Identity};
use crate::util::clock::{self, WALL_AHEAD};

static WORK: Callsite = Callsite::new(SpanKind::Entry, "/work");

const WITHOUT_METERS: MeterSettings =
    MeterSettings { meters: false, meter_period: Duration::from_secs(20), runtime_meters: false };

/// A worker with its transport, alone in the process.
pub(super) struct Bench {
    pub(super) script: Script,
    faults: Faults,
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
        let overflow = Overflow::DropNewest;
        Self::alone(alone(), addresses, plan, queue, tail_sampling, overflow, WITHOUT_METERS)
    }

    /// Creates one with a queue of this size that drops the oldest segments.
    pub(super) fn dropping_oldest(queue: Budget) -> Self {
        Self::alone(alone(), 1, &[], queue, None, Overflow::DropOldest, WITHOUT_METERS)
    }

    /// Creates one that reports meters.
    pub(super) fn with_meters(plan: &[Plan]) -> Self {
        let (queue, overflow) = (Settings::default().queue, Overflow::DropNewest);
        Self::alone(alone(), 1, plan, queue, None, overflow, MeterSettings::default())
    }

    /// Creates one that starts while the wall clock shows the year 1970.
    pub(super) fn with_unset_clock() -> Self {
        let alone = alone();
        unset_clock();
        let queue = Settings::default().queue;
        Self::alone(alone, 1, &[], queue, None, Overflow::DropNewest, WITHOUT_METERS)
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
        overflow: Overflow,
        meters: MeterSettings,
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
        queues::open(Settings::default().reported);
        let script = Script::new(addresses, plan);
        let wake = Arc::new(Notify::new());
        let names = identity.clone();
        let drain = Drain::new(
            ledger,
            identity,
            Script::FORM,
            Hook::default(),
            Settings::default().max_segment_age,
            queue,
            tail_sampling,
        )
        .on_overflow(overflow);
        let full = Settings::default().batch;
        let reported = Reported::new(ledger, names, "", Hook::default(), Script::FORM, full);
        let pace = Pace {
            timing: Timing::default(),
            seed: backoff::seed(),
            reached: Arc::default(),
            losses: crate::report::problem_log::Losses::read(),
        };
        let faults = Faults::default();
        let meters = Meters::new(ledger, Identity::new("svc", "one"), meters, MeterForm::OfProgram);
        let program = Program { drain, reported, meters, ledger, findings: Arc::default() };
        let source = Faulty::new(program, faults.clone());
        let worker = Worker::new(script.clone(), source, Arc::clone(&wake), receiver, pace);
        tokio::spawn(keep_running(worker));
        Self {
            script,
            faults,
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

    pub(super) fn queue(&self) -> Budget {
        self.queue
    }

    /// Counts everything that remains as lost, as the end of an agent does.
    pub(super) fn close(&self) {
        self.ledger.close(reported::close);
    }

    /// Lets the worker panic at the next event of this kind, this many times.
    pub(super) fn panic_at(&self, fault: Fault, times: usize) {
        self.faults.set(fault, times);
    }

    /// Returns how often the worker has run.
    pub(super) fn pulses(&self) -> usize {
        self.faults.pulses()
    }

    /// Returns what [`Stats`] has about the reporter, and the segments that its panics lost.
    pub(super) fn reporter(&self) -> (ReporterStats, u64) {
        let now = Stats::read();
        (now.reporter, now.dropped.reporter_panicked - self.start.dropped.reporter_panicked)
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

    /// Returns true if the worker has ended.
    pub(super) fn is_over(&self) -> bool {
        self.commands.is_closed()
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
        self.close();
        tracer::uninstall(self.generation);
        self.outbox.release();
    }
}
