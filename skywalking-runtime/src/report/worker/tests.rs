//! Tests the worker against a scripted transport, with paused time: its messages, their times, and
//! its counts.

mod bench;
mod deadlines;
mod faulty;
#[cfg(feature = "report-grpc")]
mod generator;
mod halves;
#[cfg(feature = "report-grpc")]
mod lanes;
mod meters;
mod outages;
mod overflow;
mod panics;
mod reported;
mod script;
#[cfg(feature = "report-grpc")]
mod simulation;
mod wake_up;
mod width;

use std::time::Duration;

use self::bench::Bench;
use self::script::Plan;

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
async fn batch_is_sent_again_if_no_message_was_taken() {
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
