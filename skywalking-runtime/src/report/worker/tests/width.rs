//! Tests several batches in flight at the same time.

use std::time::Duration;

use tokio::time::Instant;

use super::bench::Bench;
use super::script::Plan;

/// The segments of one full batch.
const BATCH: usize = 1_000;

/// Sends a batch whose answer allows more of them at the same time.
async fn warm(bench: &Bench, batches: usize) {
    for _ in 0..batches {
        bench.finish(1);
        assert!(bench.flush(10).await);
    }
    bench.heard();
}

#[tokio::test(start_paused = true)]
async fn width_starts_at_1_and_doubles_up_to_the_limit() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    bench.script.lock().always = Some(Plan::Slow);
    bench.script.lock().departed.clear();
    bench.finish(40 * BATCH);
    assert!(bench.flush(60).await);
    // The batches of one round depart at the same time.
    let departed = std::mem::take(&mut bench.script.lock().departed);
    let rounds = departed.chunk_by(|(one, _), (next, _)| one == next);
    let widths: Vec<_> =
        rounds.filter_map(|round| round.iter().map(|(_, flying)| *flying).max()).collect();
    assert_eq!(widths[..5], [1, 2, 4, 8, 8]);
}

#[tokio::test(start_paused = true)]
async fn throughput_does_not_depend_on_the_answer_time() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    warm(&bench, 8).await;
    bench.script.lock().always = Some(Plan::Slow);
    let began = Instant::now();
    bench.finish(40 * BATCH);
    assert!(bench.flush(60).await);
    assert_eq!(bench.counts().0[0], 40_008);
    // 40 batches of 200 ms, 8 at a time.
    assert!(began.elapsed() <= Duration::from_millis(1_100), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn lost_connection_leaves_each_batch_in_flight_unconfirmed() {
    let bench = Bench::new(2, &[]);
    bench.pass(1).await;
    warm(&bench, 8).await;
    bench.script.lock().always = Some(Plan::CutLater);
    bench.finish(8 * BATCH);
    tokio::time::sleep(Duration::from_millis(150)).await;
    bench.script.lock().always = None;
    bench.finish(BATCH);
    bench.pass(2).await;
    assert_eq!(bench.counts(), ([1_008, 8_000, 0, 0], [0, 0]));
    let calls = bench.calls();
    let later = calls.iter().filter(|call| !call.contains("CutLater")).collect::<Vec<_>>();
    // The failures of one link are one failure: the worker changes to the next address once.
    assert_eq!(later, ["Properties to 1", "KeepAlive to 1", "batch to 1"]);
}

#[tokio::test(start_paused = true)]
async fn width_is_1_after_a_failure() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    warm(&bench, 8).await;
    bench.script.lock().always = Some(Plan::Cut);
    bench.finish(1);
    tokio::time::sleep(Duration::from_millis(110)).await;
    bench.script.lock().always = Some(Plan::Slow);
    bench.finish(8 * BATCH);
    bench.script.lock().most = 0;
    // Until the first answers after the recovery.
    while bench.counts().0[0] < 1_008 {
        assert!(bench.script.lock().most <= 1);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn batch_that_was_not_processed_is_sent_again() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    warm(&bench, 1).await;
    bench.script.lock().always = Some(Plan::Unprocess);
    bench.finish(3);
    bench.pass(1).await;
    let (counts, [_, in_flight]) = bench.counts();
    assert_eq!((counts, in_flight), ([1, 0, 0, 0], 3));
    bench.script.lock().always = None;
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([4, 0, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn silent_backend_gets_few_batches() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    warm(&bench, 8).await;
    bench.script.lock().always = Some(Plan::Stall);
    // One segment at a time, so that each tick has a small batch.
    for _ in 0..40 {
        bench.finish(1);
        bench.pass(1).await;
    }
    let ([_, unconfirmed, ..], _) = bench.counts();
    // Those of the first 2 s.
    assert!((1..=3).contains(&unconfirmed), "{unconfirmed}");
}

#[tokio::test(start_paused = true)]
async fn flush_waits_for_every_batch_in_flight() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    warm(&bench, 8).await;
    bench.script.lock().always = Some(Plan::Slow);
    bench.finish(5 * BATCH);
    let asked = Instant::now();
    assert!(bench.flush(10).await);
    assert_eq!(bench.counts(), ([5_008, 0, 0, 0], [0, 0]));
    assert_eq!(asked.elapsed().as_millis(), 200);
}

#[tokio::test(start_paused = true)]
async fn shutdown_counts_batches_in_flight_and_those_behind_them() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    warm(&bench, 4).await;
    bench.script.lock().always = Some(Plan::Stall);
    bench.finish(6 * BATCH);
    let asked = Instant::now();
    assert!(!bench.shutdown(3).await);
    assert_eq!(asked.elapsed().as_secs(), 3);
    bench.close();
    assert_eq!(bench.counts(), ([4, 5_000, 0, 1_000], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn batches_of_a_silent_link_do_not_block_the_next_one() {
    let bench = Bench::new(2, &[]);
    bench.pass(1).await;
    warm(&bench, 8).await;
    bench.pass(24).await;
    bench.script.lock().always = Some(Plan::Stall);
    bench.finish(8 * BATCH);
    // The keep-alive of the 30th second fails in the 40th, and the batches fail in the 55th.
    bench.pass(10).await;
    bench.script.lock().always = None;
    bench.pass(7).await;
    bench.finish(1);
    bench.pass(3).await;
    let calls = bench.heard();
    assert_eq!(bench.counts().0[0], 9, "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn oldest_segments_stay_by_default() {
    use crate::queue::Budget;
    use crate::report::stats::Stats;
    let queue = Budget { bytes: 16 * 1024 * 1024, segments: 100 };
    let bench = Bench::with(1, &[], queue, None);
    bench.pass(1).await;
    warm(&bench, 8).await;
    bench.script.lock().always = Some(Plan::Stall);
    bench.script.lock().departed.clear();
    bench.finish(1);
    while bench.script.lock().departed.is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let departed = bench.script.lock().departed[0].0;
    // Between two ticks, of which the second one is the first without capacity.
    tokio::time::sleep_until(departed + Duration::from_millis(2_050)).await;
    let before = Stats::read().dropped.queue_full;
    bench.finish(90);
    bench.wake.notify_one();
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(Stats::read().dropped.queue_full - before, 0);
}

#[tokio::test(start_paused = true)]
async fn link_stays_up_when_one_call_was_not_processed() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    warm(&bench, 4).await;
    bench.script.lock().always = Some(Plan::UnprocessLater);
    bench.finish(4 * BATCH);
    tokio::time::sleep(Duration::from_millis(150)).await;
    bench.script.lock().always = None;
    assert!(bench.flush(10).await);

    assert_eq!(bench.counts(), ([4_004, 0, 0, 0], [0, 0]));
    let heard = bench.calls();
    assert_eq!(heard.iter().filter(|call| call.contains("UnprocessLater")).count(), 4);
    assert!(!heard.iter().any(|call| call.contains("Properties")), "{heard:?}");

    // A backend that processes nothing is down.
    bench.script.lock().always = Some(Plan::Unprocess);
    bench.finish(1);
    bench.pass(10).await;
    let heard = bench.calls();
    assert_eq!(heard[..2], ["batch: Unprocess"; 2]);
    assert!(heard[2].contains("Properties"), "{heard:?}");
}

#[tokio::test(start_paused = true)]
async fn link_stays_up_when_a_further_connection_fails() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    warm(&bench, 8).await;
    bench.script.lock().always = Some(Plan::Slow);
    bench.finish(BATCH);
    tokio::time::sleep(Duration::from_millis(101)).await;
    bench.script.lock().always = Some(Plan::Absent);
    bench.finish(BATCH);
    tokio::time::sleep(Duration::from_millis(101)).await;
    let heard = bench.calls();
    assert_eq!(heard, ["batch: Slow", "batch: Absent"]);
    bench.script.lock().always = None;
    assert!(bench.flush(10).await);

    assert_eq!(bench.counts(), ([2_008, 0, 0, 0], [0, 0]));
    assert_eq!(bench.calls(), ["batch"]);
}
