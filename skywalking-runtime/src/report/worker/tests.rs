//! The worker against a scripted other side, with paused time: what it says when, and what it
//! counts.

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

/// What a segment of the bench takes.
const SEGMENT: usize = size_of::<SegmentHeader>() + size_of::<Record>();

// Feature: heartbeat
#[tokio::test(start_paused = true)]
async fn properties_come_first_then_signs_of_life_each_30_s() {
    let bench = Bench::new(1, &[]);
    bench.pass(301).await;
    let mut expected = vec![(0, "Properties".to_owned())];
    expected.extend((0..10).map(|n| (n * 30, "KeepAlive".to_owned())));
    expected.push((300, "Properties".to_owned()));
    assert_eq!(bench.heard(), expected);
}

#[tokio::test(start_paused = true)]
async fn segments_go_out_at_the_next_tick() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    bench.finish(3);
    assert_eq!(bench.counts(), ([0; 4], [3, 0]));
    bench.pass(1).await;
    assert_eq!(bench.counts(), ([3, 0, 0, 0], [0, 0]));
    assert_eq!(bench.words(), ["Properties", "KeepAlive", "batch"]);
}

#[tokio::test(start_paused = true)]
async fn after_a_quiet_minute_the_tick_is_a_second_and_a_wake_up_comes_at_once() {
    let bench = Bench::new(1, &[]);
    bench.pass(70).await;
    bench.finish(1);
    bench.wake.notify_one();
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_eq!(bench.counts(), ([1, 0, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn a_load_of_many_batches_is_sent_in_order_and_counted_once() {
    let bench = Bench::new(1, &[]);
    bench.finish(2_500);
    assert!(bench.flush(5).await);
    assert_eq!(bench.counts(), ([2_500, 0, 0, 0], [0, 0]));
    assert_eq!(bench.words(), ["Properties", "KeepAlive", "batch", "batch", "batch"]);
}

#[tokio::test(start_paused = true)]
async fn with_the_backend_away_nothing_is_drained_and_everything_sent_when_it_comes() {
    let bench = Bench::new(1, &[]);
    bench.script.lock().always = Some(Plan::Absent);
    bench.finish(5);
    bench.pass(40).await;
    assert_eq!(bench.counts(), ([0; 4], [5, 0]), "they wait where the queue's budget holds");
    let tries = bench.heard();
    assert!((10..=60).contains(&tries.len()), "{tries:?}");
    bench.script.lock().always = None;
    bench.pass(61).await;
    assert_eq!(bench.counts(), ([5, 0, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_which_nothing_was_taken_is_sent_again() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Absent]);
    bench.finish(2);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([2, 0, 0, 0], [0, 0]));
    assert_eq!(
        bench.words(),
        ["Properties", "KeepAlive", "batch: Absent", "Properties", "KeepAlive", "batch"]
    );
}

// Feature: retries
#[tokio::test(start_paused = true)]
async fn a_batch_that_was_cut_off_is_never_sent_again() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Cut]);
    bench.finish(2);
    assert!(bench.flush(10).await, "dropped is done");
    bench.pass(10).await;
    assert_eq!(bench.counts(), ([0, 2, 0, 0], [0, 0]));
    assert_eq!(bench.words(), ["Properties", "KeepAlive", "batch: Cut", "Properties", "KeepAlive"]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_answered_before_all_of_it_was_handed_over_is_unconfirmed() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Early]);
    bench.finish(3);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([0, 3, 0, 0], [0, 0]));
    bench.finish(1);
    assert!(bench.flush(10).await);
    assert_eq!(
        bench.counts(),
        ([1, 3, 0, 0], [0, 0]),
        "the backend is there: the next batch goes out"
    );
    assert_eq!(bench.words(), ["Properties", "KeepAlive", "batch: Early", "batch"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_batch_is_counted_and_the_next_one_goes_out() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Refuse]);
    bench.finish(2);
    assert!(bench.flush(10).await);
    bench.finish(1);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([1, 0, 2, 0], [0, 0]));
    assert_eq!(bench.words(), ["Properties", "KeepAlive", "batch: Refuse", "batch"]);
}

#[tokio::test(start_paused = true)]
async fn an_overloaded_backend_gets_a_pause() {
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
async fn a_stalled_batch_is_unconfirmed_after_30_s() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Stall]);
    bench.finish(1);
    bench.pass(29).await;
    assert_eq!(bench.counts(), ([0; 4], [0, 1]));
    bench.pass(2).await;
    assert_eq!(bench.counts(), ([0, 1, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn a_flush_in_the_middle_of_a_pass_waits_for_what_ended_behind_it() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Stall]);
    bench.finish(1_500);
    bench.pass(1).await;
    // The buffer was taken out already; this one is the next pass's.
    bench.finish(1);
    assert!(bench.flush(60).await);
    assert_eq!(bench.counts(), ([501, 1_000, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_the_properties_does_not_keep_segments_back() {
    let bench = Bench::new(1, &[Plan::Refuse]);
    bench.finish(1);
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([1, 0, 0, 0], [0, 0]));
    assert!(!bench.ask(1, |deadline, reply| Command::Registered { deadline, reply }).await);
}

#[tokio::test(start_paused = true)]
async fn each_address_gets_its_turn_before_the_first_pause() {
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
async fn whoever_waits_for_the_registration_is_told_when_it_happened() {
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
async fn a_flush_tries_an_absent_backend_once_more_at_once_and_ends_in_time() {
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
async fn a_shutdown_sends_what_there_is_and_the_rest_is_nothing() {
    let bench = Bench::new(1, &[]);
    bench.finish(1_500);
    assert!(bench.shutdown(5).await);
    bench.ledger.close();
    assert_eq!(bench.counts(), ([1_500, 0, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_with_the_backend_absent_tries_each_address_once_and_counts_the_rest() {
    let bench = Bench::new(2, &[]);
    bench.script.lock().always = Some(Plan::Absent);
    bench.pass(100).await;
    bench.heard();
    bench.finish(4);
    let asked = Instant::now();
    assert!(!bench.shutdown(5).await);
    assert!(
        asked.elapsed() < Duration::from_secs(1),
        "it doesn't wait for the deadline: {:?}",
        asked.elapsed()
    );
    assert_eq!(bench.heard().len(), 2);
    bench.ledger.close();
    assert_eq!(bench.counts(), ([0, 0, 0, 4], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_with_the_backend_stalled_ends_in_time_and_tells_what_may_have_arrived() {
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
async fn what_is_closed_is_not_counted_again_by_a_reporter_that_comes_back() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Stall]);
    bench.finish(3);
    bench.pass(1).await;
    bench.ledger.close();
    assert_eq!(bench.counts(), ([0, 3, 0, 0], [0, 0]));
    bench.pass(40).await;
    assert_eq!(bench.counts(), ([0, 3, 0, 0], [0, 0]));
    // The queue's budget is whole again: a segment that comes now is refused because nobody takes
    // it, not because there is no room.
    assert_eq!(bench.hand_over(Budget { bytes: 1_000, segments: 1 }), HandOver::Off);
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_handles_wakes_nobody_and_of_the_room_that_is_left_the_half_does() {
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
        // Ten of twenty are left.
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
async fn what_waits_for_the_end_of_its_request_wakes_nobody() {
    let keep = TailSampling { max_buffer_segments: 4, ..TailSampling::errors() };
    let bench = Bench::with(1, &[], Budget { bytes: usize::MAX, segments: 20 }, Some(keep));
    let trial = Arc::new(TailDecision::new(1));
    assert_eq!(
        bench.wakes(4, || Attached {
            tail_decision: Some(Arc::clone(&trial)),
            ..Attached::default()
        }),
        0
    );
    bench.pass(1).await;
    assert_eq!(bench.wakes(8, Attached::default), 0);
    assert_eq!(bench.wakes(8, Attached::default), 8);
    // What a reporter held that is gone is no matter of the next.
    drop(bench);
    let bench = Bench::with(1, &[], Budget { bytes: usize::MAX, segments: 20 }, None);
    assert_eq!(bench.wakes(10, Attached::default), 0);
    assert_eq!(bench.wakes(1, Attached::default), 1);
}
