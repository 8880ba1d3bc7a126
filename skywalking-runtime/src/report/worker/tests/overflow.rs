//! Tests which segments are dropped when the queue is full.

use std::time::Duration;

use super::bench::Bench;
use super::script::Plan;
use crate::config::settings::Settings;
use crate::queue::{Budget, HandOver};
use crate::report::stats::Stats;

const QUEUE: Budget = Budget { bytes: usize::MAX / 2, segments: 100 };

fn dropping_oldest(queue: Budget) -> Bench {
    let bench = Bench::dropping_oldest(queue);
    bench.script.lock().always = Some(Plan::Absent);
    bench
}

/// Finishes segments, and lets the worker run whenever one of them wakes it. Returns how many were
/// dropped at their end.
async fn finish(bench: &Bench, segments: usize) -> usize {
    let mut full = 0;
    for _ in 0..segments {
        match bench.hand_over(bench.queue()) {
            HandOver::Queued => {}
            HandOver::QueuedAndHalfFull => {
                bench.wake.notify_one();
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            HandOver::Full => full += 1,
            HandOver::Off => panic!("the reporter runs"),
        }
    }
    full
}

#[tokio::test(start_paused = true)]
async fn oldest_are_dropped_while_the_backend_is_absent() {
    let bench = dropping_oldest(QUEUE);
    bench.pass(1).await;
    let before = Stats::read().dropped.queue_full;
    assert_eq!(finish(&bench, 1_000).await, 0, "each new segment finds space");
    let [queued, in_flight] = bench.counts().1;
    let dropped = Stats::read().dropped.queue_full - before;
    assert!((75..=100).contains(&queued) && in_flight == 0, "{queued} {in_flight}");
    assert_eq!(dropped, 1_000 - queued);
    bench.script.lock().always = None;
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([queued, 0, 0, 0], [0, 0]));
    let began = bench.began();
    assert!(began.is_sorted() && began.len() as u64 == queued, "{began:?}");
    // The queue has its space again.
    assert_eq!(finish(&bench, 100).await, 0);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts().0[0], queued + 100);
}

#[tokio::test(start_paused = true)]
async fn oldest_are_dropped_while_batches_get_no_answer() {
    let bench = Bench::dropping_oldest(QUEUE);
    bench.finish(1);
    assert!(bench.flush(10).await);
    bench.script.lock().always = Some(Plan::Stall);
    let before = Stats::read().dropped.queue_full;
    // More than the width of the lane holds, within the deadline of its batches.
    let mut full = 0;
    for _ in 0..20 {
        full += finish(&bench, 100).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(full, 0);
    let ([sent, ..], [queued, in_flight]) = bench.counts();
    let dropped = Stats::read().dropped.queue_full - before;
    assert!(sent == 1 && (75..=100).contains(&queued) && in_flight > 0, "{:?}", bench.counts());
    assert_eq!(dropped + queued + in_flight, 2_000);
}

#[tokio::test(start_paused = true)]
async fn flush_waits_for_segments_that_were_taken_early() {
    let bench = dropping_oldest(Settings::default().queue);
    bench.pass(1).await;
    // More than half of the queue, so that the worker takes them out of the outbox.
    assert_eq!(finish(&bench, 30_000).await, 0);
    bench.script.lock().always = None;
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([30_000, 0, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn shutdown_counts_segments_that_were_taken_early() {
    let bench = dropping_oldest(QUEUE);
    bench.pass(1).await;
    let before = Stats::read().dropped.queue_full;
    assert_eq!(finish(&bench, 500).await, 0);
    assert!(!bench.shutdown(1).await);
    bench.close();
    let ([sent, unconfirmed, refused, shutdown], waiting) = bench.counts();
    assert_eq!((sent, unconfirmed, refused, waiting), (0, 0, 0, [0, 0]));
    assert_eq!(shutdown + Stats::read().dropped.queue_full - before, 500);
}

#[tokio::test(start_paused = true)]
async fn queue_of_one_segment_works() {
    let bench = dropping_oldest(Budget { bytes: usize::MAX / 2, segments: 1 });
    bench.pass(1).await;
    assert_eq!(finish(&bench, 10).await, 9);
    bench.script.lock().always = None;
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([1, 0, 0, 0], [0, 0]));
}
