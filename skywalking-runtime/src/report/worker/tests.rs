//! Tests the worker against a scripted transport, with paused time: its messages, their times, and
//! its counts.

mod bench;
mod outages;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use self::bench::{Bench, Plan};
use super::Command;
use crate::config::TailSampling;
use crate::queue::{Attached, Budget, HandOver, SegmentHeader};
use crate::sampling::tail_decision::TailDecision;
use crate::span::record::Record;
use crate::trace::detached::cell::Detached;

/// The bytes of one segment of the bench.
const SEGMENT: usize = size_of::<SegmentHeader>() + size_of::<Record>();

// Feature: heartbeat
#[tokio::test(start_paused = true)]
async fn properties_come_first_then_a_heartbeat_each_30_s() {
    let bench = Bench::new(1, &[]);
    bench.pass(301).await;
    let mut expected = vec![(0, "Properties".to_owned())];
    expected.extend((0..10).map(|n| (n * 30, "KeepAlive".to_owned())));
    expected.push((300, "Properties".to_owned()));
    assert_eq!(bench.heard(), expected);
}

#[tokio::test(start_paused = true)]
async fn segments_are_sent_at_the_next_tick() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    bench.finish(3);
    assert_eq!(bench.counts(), ([0; 4], [3, 0]));
    bench.pass(1).await;
    assert_eq!(bench.counts(), ([3, 0, 0, 0], [0, 0]));
    assert_eq!(bench.calls(), ["Properties", "KeepAlive", "batch"]);
}

#[tokio::test(start_paused = true)]
async fn wake_up_is_handled_at_once_after_a_quiet_minute() {
    let bench = Bench::new(1, &[]);
    bench.pass(70).await;
    bench.finish(1);
    bench.wake.notify_one();
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_eq!(bench.counts(), ([1, 0, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn several_batches_are_sent_in_order_and_counted_once() {
    let bench = Bench::new(1, &[]);
    bench.finish(2_500);
    assert!(bench.flush(5).await);
    assert_eq!(bench.counts(), ([2_500, 0, 0, 0], [0, 0]));
    assert_eq!(bench.calls(), ["Properties", "KeepAlive", "batch", "batch", "batch"]);
}

#[tokio::test(start_paused = true)]
async fn segments_wait_in_the_queue_while_the_backend_is_absent() {
    let bench = Bench::new(1, &[]);
    bench.script.lock().always = Some(Plan::Absent);
    bench.finish(5);
    bench.pass(40).await;
    assert_eq!(bench.counts(), ([0; 4], [5, 0]), "they wait within the queue's budget");
    let tries = bench.heard();
    assert!((10..=60).contains(&tries.len()), "{tries:?}");
    bench.script.lock().always = None;
    bench.pass(61).await;
    assert_eq!(bench.counts(), ([5, 0, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn batch_is_sent_again_if_nothing_of_it_was_taken() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Absent]);
    bench.finish(2);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([2, 0, 0, 0], [0, 0]));
    assert_eq!(
        bench.calls(),
        ["Properties", "KeepAlive", "batch: Absent", "Properties", "KeepAlive", "batch"]
    );
}

// Feature: retries
#[tokio::test(start_paused = true)]
async fn batch_that_was_cut_off_is_not_sent_again() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Cut]);
    bench.finish(2);
    assert!(bench.flush(10).await, "a flush is done if segments are dropped");
    bench.pass(10).await;
    assert_eq!(bench.counts(), ([0, 2, 0, 0], [0, 0]));
    assert_eq!(bench.calls(), ["Properties", "KeepAlive", "batch: Cut", "Properties", "KeepAlive"]);
}

#[tokio::test(start_paused = true)]
async fn batch_with_an_early_answer_is_unconfirmed() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Early]);
    bench.finish(3);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([0, 3, 0, 0], [0, 0]));
    bench.finish(1);
    assert!(bench.flush(10).await);
    assert_eq!(
        bench.counts(),
        ([1, 3, 0, 0], [0, 0]),
        "the backend is reachable: the next batch is sent"
    );
    assert_eq!(bench.calls(), ["Properties", "KeepAlive", "batch: Early", "batch"]);
}

#[tokio::test(start_paused = true)]
async fn refused_batch_is_counted_and_the_next_one_is_sent() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Refuse]);
    bench.finish(2);
    assert!(bench.flush(10).await);
    bench.finish(1);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([1, 0, 2, 0], [0, 0]));
    assert_eq!(bench.calls(), ["Properties", "KeepAlive", "batch: Refuse", "batch"]);
}

#[tokio::test(start_paused = true)]
async fn overloaded_backend_gets_a_pause() {
    let bench = Bench::new(2, &[Plan::Take, Plan::Take, Plan::Overload]);
    bench.finish(1);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([0, 0, 1, 0], [0, 0]));
    bench.pass(2).await;
    let heard = bench.heard();
    assert_eq!(heard[2], (0, "batch to 0: Overload".to_owned()));
    let next = &heard[3];
    assert_eq!(next.1, "Properties to 1");
}

// Feature: deadlines
#[tokio::test(start_paused = true)]
async fn stalled_batch_is_unconfirmed_after_30_s() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Stall]);
    bench.finish(1);
    bench.pass(29).await;
    assert_eq!(bench.counts(), ([0; 4], [0, 1]));
    bench.pass(2).await;
    assert_eq!(bench.counts(), ([0, 1, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn flush_during_a_pass_waits_for_segments_after_it() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Stall]);
    bench.finish(1_500);
    bench.pass(1).await;
    // The buffer was taken already, so this segment is part of the next pass.
    bench.finish(1);
    assert!(bench.flush(60).await);
    assert_eq!(bench.counts(), ([501, 1_000, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn refused_properties_do_not_hold_segments_back() {
    let bench = Bench::new(1, &[Plan::Refuse]);
    bench.finish(1);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([1, 0, 0, 0], [0, 0]));
    assert!(!bench.ask(1, |deadline, reply| Command::Registered { deadline, reply }).await);
}

#[tokio::test(start_paused = true)]
async fn each_address_is_tried_before_the_first_pause() {
    let bench = Bench::new(3, &[Plan::Absent, Plan::Absent, Plan::Absent]);
    bench.pass(2).await;
    let heard = bench.heard();
    let first: Vec<_> = heard.iter().take(3).cloned().collect();
    assert_eq!(
        first,
        (0..3).map(|at| (0, format!("Properties to {at}: Absent"))).collect::<Vec<_>>()
    );
    assert_eq!(heard[3].1, "Properties to 0");
}

#[tokio::test(start_paused = true)]
async fn registration_is_reported_when_it_happened() {
    let bench = Bench::new(1, &[Plan::Absent, Plan::Absent]);
    assert!(bench.ask(60, |deadline, reply| Command::Registered { deadline, reply }).await);
    assert!(
        bench.ask(0, |deadline, reply| Command::Registered { deadline, reply }).await,
        "and later at once"
    );
    let bench = {
        drop(bench);
        Bench::new(1, &[])
    };
    bench.script.lock().always = Some(Plan::Absent);
    let asked = Instant::now();
    assert!(!bench.ask(3, |deadline, reply| Command::Registered { deadline, reply }).await);
    assert_eq!(asked.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn flush_tries_an_absent_backend_at_once_and_ends_in_time() {
    let bench = Bench::new(1, &[]);
    bench.script.lock().always = Some(Plan::Absent);
    bench.pass(100).await;
    bench.heard();
    bench.finish(1);
    let asked = Instant::now();
    assert!(!bench.flush(2).await);
    assert_eq!(asked.elapsed().as_secs(), 2);
    assert_eq!(bench.heard().first().map(|(second, _)| *second), Some(100));
}

#[tokio::test(start_paused = true)]
async fn shutdown_sends_the_remaining_segments() {
    let bench = Bench::new(1, &[]);
    bench.finish(1_500);
    assert!(bench.shutdown(5).await);
    bench.ledger.close();
    assert_eq!(bench.counts(), ([1_500, 0, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn shutdown_tries_each_absent_address_once() {
    let bench = Bench::new(2, &[]);
    bench.script.lock().always = Some(Plan::Absent);
    bench.pass(100).await;
    bench.heard();
    bench.finish(4);
    let asked = Instant::now();
    assert!(!bench.shutdown(5).await);
    assert!(
        asked.elapsed() < Duration::from_secs(1),
        "it does not wait for the deadline: {:?}",
        asked.elapsed()
    );
    assert_eq!(bench.heard().len(), 2);
    bench.ledger.close();
    assert_eq!(bench.counts(), ([0, 0, 0, 4], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn shutdown_during_a_stall_ends_in_time_with_unconfirmed_segments() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Stall]);
    bench.finish(1_200);
    bench.pass(1).await;
    let asked = Instant::now();
    assert!(!bench.shutdown(5).await);
    assert_eq!(asked.elapsed().as_secs(), 5);
    bench.ledger.close();
    assert_eq!(bench.counts(), ([0, 1_000, 0, 200], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn closed_ledger_ignores_the_reporter_that_comes_back() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Stall]);
    bench.finish(3);
    bench.pass(1).await;
    bench.ledger.close();
    assert_eq!(bench.counts(), ([0, 3, 0, 0], [0, 0]));
    bench.pass(40).await;
    assert_eq!(bench.counts(), ([0, 3, 0, 0], [0, 0]));
    // The queue's budget is released: this segment is refused because no reporter takes it, not
    // because the queue is full.
    assert_eq!(bench.hand_over(Budget { bytes: 1_000, segments: 1 }), HandOver::Off);
}

#[tokio::test(start_paused = true)]
async fn pending_segments_do_not_count_for_the_wake_up() {
    let by_number = Budget { bytes: usize::MAX, segments: 20 };
    let by_bytes = Budget { bytes: 20 * SEGMENT, segments: usize::MAX };
    for queue in [by_number, by_bytes] {
        let bench = Bench::with(1, &[], queue, None);
        let cells: Vec<_> = (0..10).map(|_| Arc::new(Detached::new(0))).collect();
        for cell in &cells {
            assert_eq!(
                bench.wakes(1, || Attached {
                    detached: vec![Arc::clone(cell)],
                    ..Attached::default()
                }),
                0
            );
        }
        bench.pass(1).await;
        // Ten of twenty remain for other segments.
        assert_eq!(bench.wakes(5, Attached::default), 0);
        assert_eq!(bench.wakes(5, Attached::default), 5);
        for cell in &cells {
            cell.give_up();
        }
        bench.pass(1).await;
        assert_eq!(bench.counts(), ([20, 0, 0, 0], [0, 0]));
        assert_eq!(bench.wakes(10, Attached::default), 0);
        assert_eq!(bench.wakes(1, Attached::default), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn undecided_segments_do_not_wake_the_reporter() {
    let tail_sampling = TailSampling { max_buffer_segments: 4, ..TailSampling::errors() };
    let bench =
        Bench::with(1, &[], Budget { bytes: usize::MAX, segments: 20 }, Some(tail_sampling));
    let decision = Arc::new(TailDecision::new(1));
    assert_eq!(
        bench.wakes(4, || Attached {
            tail_decision: Some(Arc::clone(&decision)),
            ..Attached::default()
        }),
        0
    );
    bench.pass(1).await;
    assert_eq!(bench.wakes(8, Attached::default), 0);
    assert_eq!(bench.wakes(8, Attached::default), 8);
    // Segments of an earlier reporter do not count.
    drop(bench);
    let bench = Bench::with(1, &[], Budget { bytes: usize::MAX, segments: 20 }, None);
    assert_eq!(bench.wakes(10, Attached::default), 0);
    assert_eq!(bench.wakes(1, Attached::default), 1);
}
