//! Tests flushes, registrations and shutdowns: they are done in time.

use std::time::Duration;

use tokio::time::Instant;

use super::super::Command;
use super::bench::Bench;
use super::script::Plan;
use crate::queue::{Budget, HandOver};

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
    bench.close();
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
    bench.close();
    assert_eq!(bench.counts(), ([0, 0, 0, 4], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn shutdown_during_a_stall_leaves_the_batch_unconfirmed() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Stall]);
    bench.finish(1_200);
    bench.pass(1).await;
    let asked = Instant::now();
    assert!(!bench.shutdown(5).await);
    assert_eq!(asked.elapsed().as_secs(), 5);
    bench.close();
    assert_eq!(bench.counts(), ([0, 1_000, 0, 200], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn closed_ledger_ignores_the_reporter_that_comes_back() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Stall]);
    bench.finish(3);
    bench.pass(1).await;
    bench.close();
    assert_eq!(bench.counts(), ([0, 3, 0, 0], [0, 0]));
    bench.pass(40).await;
    assert_eq!(bench.counts(), ([0, 3, 0, 0], [0, 0]));
    // The queue's budget is released: this segment is refused because no reporter takes it, not
    // because the queue is full.
    assert_eq!(bench.hand_over(Budget { bytes: 1_000, segments: 1 }), HandOver::Off);
}
