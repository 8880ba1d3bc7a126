//! A worker that panics runs again. Its counts stay exact, and no segment is sent twice.

use super::bench::Bench;
use super::faulty::Fault;
use super::script::Plan;
use crate::agent::health;
use crate::report::stats::{ReporterState, Stats};
use crate::stats::Unhealthy;

#[track_caller]
fn assert_exact() {
    let stats = Stats::read();
    assert_eq!(
        stats.finished,
        stats.sent + stats.dropped.total() + stats.queued + stats.in_flight,
        "{stats:?}"
    );
}

// Feature: restart of a dead reporter
#[tokio::test(start_paused = true)]
async fn queued_segments_are_sent_after_a_panic() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    let restarts = bench.reporter().0.restarts;
    bench.panic_at(Fault::Fill, 1);
    bench.finish(3);
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let (reporter, _) = bench.reporter();
    assert!(matches!(reporter.state, ReporterState::Dead { .. }), "{reporter:?}");
    assert_eq!(reporter.restarts, restarts + 1);
    let problem = health().unwrap_err();
    assert!(matches!(&problem, Unhealthy::Dead { .. }), "{problem:?}");
    assert!(problem.to_string().contains("panicked 0 s ago: planned at Fill"), "{problem}");
    assert_eq!(bench.counts(), ([0; 4], [3, 0]));
    assert_exact();
    bench.pass(2).await;
    assert_eq!((bench.counts(), bench.reporter().1), (([3, 0, 0, 0], [0, 0]), 0));
    assert_eq!(health(), Ok(()));
    assert_eq!(bench.began().len(), 3);
    assert_exact();
}

#[tokio::test(start_paused = true)]
async fn flush_during_the_delay_after_a_panic_sends_at_once() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    bench.panic_at(Fault::Fill, 1);
    bench.finish(3);
    bench.pass(0).await;
    let began = tokio::time::Instant::now();
    assert!(bench.flush(10).await, "the worker that panicked has kept its callers");
    assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(bench.counts(), ([3, 0, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn batch_that_the_worker_held_is_lost_by_its_panic() {
    for fault in [Fault::Filled, Fault::Depart] {
        let bench = Bench::new(1, &[]);
        bench.pass(1).await;
        bench.panic_at(fault, 1);
        bench.finish(1_500);
        bench.pass(5).await;
        assert_eq!(
            (bench.counts(), bench.reporter().1),
            (([500, 0, 0, 0], [0, 0]), 1_000),
            "{fault:?}"
        );
        assert_eq!(bench.began().len(), 500, "{fault:?}");
        assert_exact();
        bench.finish(10);
        assert!(bench.flush(5).await);
        assert_eq!(bench.counts(), ([510, 0, 0, 0], [0, 0]), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn batches_that_may_have_left_are_unconfirmed() {
    // The first batch widens the lane, the second one stalls, and the third one is answered.
    let plan = [Plan::Take, Plan::Take, Plan::Take, Plan::Stall, Plan::Take];
    let bench = Bench::new(1, &plan);
    bench.finish(1);
    bench.pass(1).await;
    assert_eq!(bench.counts(), ([1, 0, 0, 0], [0, 0]));
    bench.panic_at(Fault::Arrive, 1);
    bench.finish(1_500);
    bench.pass(1).await;
    assert_eq!(bench.counts(), ([1, 1_500, 0, 0], [0, 0]));
    assert_exact();
    bench.finish(2);
    assert!(bench.flush(5).await);
    assert_eq!((bench.counts(), bench.reporter().1), (([3, 1_500, 0, 0], [0, 0]), 0));
    assert_eq!(bench.began().len(), 1_503, "nothing was sent twice");
}

#[tokio::test(start_paused = true)]
async fn batch_that_did_not_leave_is_sent_after_a_panic() {
    let bench = Bench::new(1, &[Plan::Take, Plan::Take, Plan::Hang]);
    bench.finish(7);
    bench.pass(1).await;
    assert_eq!(bench.counts(), ([0; 4], [0, 7]));
    bench.panic_at(Fault::Pulse, 1);
    bench.pass(5).await;
    assert_eq!((bench.counts(), bench.reporter().1), (([7, 0, 0, 0], [0, 0]), 0));
    assert_eq!(bench.began().len(), 7);
}

#[tokio::test(start_paused = true)]
async fn worker_that_panics_often_ends_and_its_callers_get_a_reply() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    let restarts = bench.reporter().0.restarts;
    bench.finish(3);
    bench.panic_at(Fault::Fill, 100);
    // The delays are 1, 2, 4, 8 and 16 s.
    bench.pass(60).await;
    let (reporter, lost) = bench.reporter();
    assert!(matches!(reporter.state, ReporterState::Dead { .. }), "{reporter:?}");
    assert_eq!((reporter.restarts - restarts, lost), (5, 0));
    assert!(bench.is_over(), "a command fails at once");
    assert_eq!(bench.counts(), ([0; 4], [3, 0]));
    bench.close();
    assert_eq!(bench.counts(), ([0, 0, 0, 3], [0, 0]));
    assert_eq!(health(), Err(Unhealthy::NotRunning));
    assert_exact();
}

#[tokio::test(start_paused = true)]
async fn shutdown_after_a_panic_sends_what_is_left() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    bench.panic_at(Fault::Fill, 1);
    bench.finish(4);
    assert!(bench.shutdown(5).await);
    assert_eq!(bench.counts(), ([4, 0, 0, 0], [0, 0]));
}
