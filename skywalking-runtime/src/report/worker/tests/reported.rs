//! Log records and events in lanes of their own: batches, faults and counts.
//!
//! Their counts belong to the process. A bench runs alone, so they are compared with those at its
//! start.

use std::collections::HashMap;
use std::time::Duration;

use prost::Message as _;
use skywalking_proto::v3::{self, LogData};

use super::bench::Bench;
use super::faulty::Fault;
use super::script::Plan;
use crate::report::signal::Signal;
use crate::report::stats::{SignalStats, Stats};
use crate::reported::event::Event;
use crate::reported::log_level::LogLevel;
use crate::reported::log_record::LogRecord;
use crate::reported::queues;

/// Reports this many log records and a fifth of it as events.
fn report(records: u64) {
    for number in 0..records {
        LogRecord::new(LogLevel::Info, format!("line {number}")).tag("number", number).report();
    }
    for number in 0..records / 5 {
        Event::new("Reload").parameter("number", number).report();
    }
}

/// The counts since the start of a bench.
struct Counts {
    start: Stats,
}

impl Counts {
    fn new() -> Self {
        Self { start: Stats::read() }
    }

    /// Returns for logs and events: sent, unconfirmed, refused, dropped by the shutdown, lost by a
    /// panic, dropped because the queue was full. Checks the equation of both.
    fn since(&self) -> [[u64; 6]; 2] {
        let now = Stats::read();
        [(now.logs, self.start.logs), (now.events, self.start.events)].map(|(now, start)| {
            assert_exact(&now);
            [
                now.sent - start.sent,
                now.dropped.unconfirmed - start.dropped.unconfirmed,
                now.dropped.refused - start.dropped.refused,
                now.dropped.shutdown - start.dropped.shutdown,
                now.dropped.reporter_panicked - start.dropped.reporter_panicked,
                now.dropped.queue_full - start.dropped.queue_full,
            ]
        })
    }

    fn waiting() -> [[u64; 2]; 2] {
        let Stats { logs, events, .. } = Stats::read();
        [logs, events].map(|counts| [counts.queued, counts.in_flight])
    }
}

#[track_caller]
fn assert_exact(counts: &SignalStats) {
    let SignalStats { recorded, queued, in_flight, sent, dropped } = counts;
    assert_eq!(*recorded, sent + dropped.total() + queued + in_flight, "{counts:?}");
}

/// Returns the numbers in the messages that the script took, of one signal.
fn arrived(bench: &Bench, signal: Signal) -> Vec<u64> {
    let taken = &bench.script.lock().taken;
    let messages = taken.iter().filter(|(of, _)| *of == signal).map(|(_, message)| message);
    let number = |message: &bytes::Bytes| match signal {
        Signal::Logs => {
            let tags = LogData::decode(message.clone()).unwrap().tags.unwrap().data;
            tags.into_iter().find(|tag| tag.key == "number").unwrap().value
        }
        _ => v3::Event::decode(message.clone()).unwrap().parameters["number"].clone(),
    };
    messages.map(|message| number(message).parse().unwrap()).collect()
}

// Feature: reported logs
// Feature: events
#[tokio::test(start_paused = true)]
async fn logs_and_events_are_sent_in_order_in_batches_of_their_own() {
    let (bench, counts) = (Bench::new(1, &[]), Counts::new());
    report(2_500);
    bench.finish(3);
    assert!(bench.flush(5).await);
    assert_eq!(counts.since(), [[2_500, 0, 0, 0, 0, 0], [500, 0, 0, 0, 0, 0]]);
    assert_eq!(bench.counts(), ([3, 0, 0, 0], [0, 0]));
    assert_eq!(arrived(&bench, Signal::Logs), (0..2_500).collect::<Vec<_>>());
    assert_eq!(arrived(&bench, Signal::Events), (0..500).collect::<Vec<_>>());
    let batches = bench.calls().iter().filter(|call| *call == "batch").count();
    assert_eq!(batches, 5, "1 of segments, 3 of logs, 1 of events");
}

#[tokio::test(start_paused = true)]
async fn outcome_of_a_batch_counts_for_its_signal_alone() {
    // What remains, for each outcome of the first batch, which is one of logs.
    for (plan, expected) in [
        (Plan::Take, [10, 0, 0]),
        (Plan::Refuse, [0, 0, 10]),
        (Plan::Cut, [0, 10, 0]),
        (Plan::Early, [0, 10, 0]),
        (Plan::Overload, [0, 0, 10]),
        (Plan::Absent, [10, 0, 0]),
        (Plan::Unprocess, [10, 0, 0]),
        (Plan::TooLarge, [10, 0, 0]),
    ] {
        let (bench, counts) = (Bench::new(1, &[Plan::Take, Plan::Take, plan]), Counts::new());
        bench.pass(1).await;
        // No events: they would be in another batch.
        (0..10_u64).for_each(|n| LogRecord::new(LogLevel::Warn, "w").tag("number", n).report());
        assert!(bench.flush(20).await, "{plan:?}");
        bench.finish(2);
        assert!(bench.flush(80).await, "{plan:?}");
        let [sent, unconfirmed, refused] = expected;
        assert_eq!(counts.since()[0], [sent, unconfirmed, refused, 0, 0, 0], "{plan:?}");
        assert_eq!(bench.counts(), ([2, 0, 0, 0], [0, 0]), "{plan:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn logs_wait_within_their_own_queue_while_the_backend_is_absent() {
    let (bench, counts) = (Bench::new(1, &[]), Counts::new());
    bench.script.lock().always = Some(Plan::Absent);
    queues::logs().open(100_000, 100);
    report(200);
    bench.finish(5);
    bench.pass(40).await;
    assert_eq!(counts.since()[0], [0, 0, 0, 0, 0, 100]);
    assert_eq!(Counts::waiting(), [[100, 0], [40, 0]]);
    assert_eq!(bench.counts(), ([0; 4], [5, 0]), "logs displace no segment");
    bench.script.lock().always = None;
    assert!(bench.flush(10).await);
    assert_eq!(counts.since(), [[100, 0, 0, 0, 0, 100], [40, 0, 0, 0, 0, 0]]);
    assert_eq!(bench.counts(), ([5, 0, 0, 0], [0, 0]));
    assert_eq!(
        arrived(&bench, Signal::Logs),
        (0..100).collect::<Vec<_>>(),
        "the newest are dropped"
    );
}

#[tokio::test(start_paused = true)]
async fn full_segment_queue_displaces_no_log() {
    let queue = crate::queue::Budget { bytes: usize::MAX, segments: 3 };
    let (bench, counts) = (Bench::with(1, &[], queue, None), Counts::new());
    bench.script.lock().always = Some(Plan::Absent);
    bench.finish(3);
    assert_eq!(bench.hand_over(queue), crate::queue::HandOver::Full);
    report(10);
    bench.script.lock().always = None;
    assert!(bench.flush(10).await);
    assert_eq!(counts.since(), [[10, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0]]);
}

#[tokio::test(start_paused = true)]
async fn log_that_fills_half_of_the_queue_wakes_the_reporter() {
    let (bench, counts) = (Bench::new(1, &[]), Counts::new());
    bench.pass(70).await;
    queues::logs().open(1_000_000, 10);
    let wakes = (0..10).filter(|_| {
        use crate::queue::Pushed;
        let entry = LogRecord::new(LogLevel::Info, "x").tag("number", 1).into_entry();
        queues::logs().push(entry.unwrap()) == Pushed::QueuedAndHalfFull
    });
    assert_eq!(wakes.count(), 1);
    bench.wake.notify_one();
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_eq!(counts.since()[0][0], 10);
}

#[tokio::test(start_paused = true)]
async fn shutdown_sends_what_waits_and_counts_the_rest() {
    let (bench, counts) = (Bench::new(1, &[]), Counts::new());
    report(50);
    assert!(bench.shutdown(5).await);
    assert_eq!(counts.since(), [[50, 0, 0, 0, 0, 0], [10, 0, 0, 0, 0, 0]]);
    report(10);
    bench.close();
    assert_eq!(counts.since(), [[50, 0, 0, 10, 0, 0], [10, 0, 0, 2, 0, 0]]);
    assert_eq!(Counts::waiting(), [[0, 0]; 2]);
    let recorded = Stats::read().logs.recorded;
    report(10);
    assert_eq!(Stats::read().logs.recorded, recorded, "without an agent a record does nothing");
}

#[tokio::test(start_paused = true)]
async fn shutdown_with_a_silent_backend_leaves_nothing_uncounted() {
    let plan = [Plan::Take, Plan::Take, Plan::Stall, Plan::Hang];
    let (bench, counts) = (Bench::new(1, &plan), Counts::new());
    bench.pass(1).await;
    report(1_500);
    assert!(!bench.shutdown(3).await);
    bench.close();
    // The batch of logs that stalls has left. That of events has not.
    assert_eq!(counts.since(), [[0, 1_000, 0, 500, 0, 0], [0, 0, 0, 300, 0, 0]]);
    assert_eq!(Counts::waiting(), [[0, 0]; 2]);
}

#[tokio::test(start_paused = true)]
async fn panics_of_the_worker_are_counted_exactly() {
    for (fault, expected) in [
        (Fault::Fill, [1_500, 0, 0]),
        (Fault::Filled, [500, 0, 1_000]),
        (Fault::Depart, [500, 0, 1_000]),
        (Fault::Arrive, [500, 1_000, 0]),
        (Fault::Pulse, [1_500, 0, 0]),
    ] {
        let (bench, counts) = (Bench::new(1, &[]), Counts::new());
        bench.pass(1).await;
        bench.panic_at(fault, 1);
        (0..1_500_u64).for_each(|n| LogRecord::new(LogLevel::Info, "i").tag("number", n).report());
        bench.pass(20).await;
        let [sent, unconfirmed, panicked] = expected;
        assert_eq!(counts.since()[0], [sent, unconfirmed, 0, 0, panicked, 0], "{fault:?}");
        assert_eq!(Counts::waiting(), [[0, 0]; 2], "{fault:?}");
        (0..3_u64).for_each(|n| LogRecord::new(LogLevel::Info, "i").tag("number", n).report());
        assert!(bench.flush(10).await, "{fault:?}");
        assert_eq!(counts.since()[0][0], sent + 3, "{fault:?}");
        let mut times = HashMap::new();
        for number in arrived(&bench, Signal::Logs) {
            *times.entry(number).or_insert(0) += 1;
        }
        assert!(times.iter().all(|(n, times)| *times == 1 || *n < 3), "{fault:?}: sent twice");
    }
}

/// What a log record is worth in the queue is released, whatever its outcome.
#[tokio::test(start_paused = true)]
async fn queue_is_empty_after_each_outcome() {
    let plan = [Plan::Take, Plan::Take, Plan::Refuse, Plan::Cut];
    let bench = Bench::new(1, &plan);
    for _ in 0..5 {
        report(300);
        assert!(bench.flush(20).await);
        assert_eq!((queues::logs().waiting(), queues::logs().held()), (0, (0, 0)));
        assert_eq!((queues::events().waiting(), queues::events().held()), (0, (0, 0)));
    }
}
