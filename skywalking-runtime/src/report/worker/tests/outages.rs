//! Tests backends that go away and return, and agents that end meanwhile.

use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::bench::Bench;
use super::script::Plan;
use crate::util::clock::WALL_AHEAD;

/// Segments are sent within this after the backend's return.
const RESUMED: Duration = Duration::from_secs(5);

#[tokio::test(start_paused = true)]
async fn reporting_resumes_within_5_s_of_the_backends_return() {
    for addresses in [1, 3] {
        for fault in [Plan::Absent, Plan::Cut] {
            for away in [1, 3, 10, 28, 60, 150, 600, 3_600] {
                let bench = Bench::new(addresses, &[]);
                bench.pass(2).await;
                bench.script.lock().always = Some(fault);
                bench.finish(1);
                bench.pass(away).await;
                bench.script.lock().always = None;
                bench.finish(1);
                let back = Instant::now();
                while bench.counts().1 != [0, 0] {
                    assert!(
                        back.elapsed() < RESUMED,
                        "{addresses} {fault:?} {away}: {:?}",
                        bench.counts()
                    );
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn absent_backend_is_tried_at_random_bounded_delays() {
    let bench = Bench::new(1, &[]);
    bench.script.lock().always = Some(Plan::Absent);
    bench.pass(600).await;
    let tries = bench.heard().len();
    // Random delays of about 2 s once the ceiling is reached.
    assert!((150..=600).contains(&tries), "{tries}");
}

#[tokio::test(start_paused = true)]
async fn shutdown_waits_for_a_backend_that_was_reached_before() {
    for addresses in [1, 2] {
        for fault in [Plan::Absent, Plan::Cut] {
            let bench = Bench::new(addresses, &[]);
            bench.pass(2).await;
            bench.script.lock().always = Some(fault);
            bench.pass(40).await;
            bench.finish(2_500);
            bench.heard();
            let script = bench.script.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(20)).await;
                script.lock().always = None;
            });
            let asked = Instant::now();
            assert!(bench.shutdown(60).await);
            assert!((20..=22).contains(&asked.elapsed().as_secs()), "{:?}", asked.elapsed());
            assert!(bench.heard().len() < 400, "it waits between its tries");
            bench.close();
            let ([sent, unconfirmed, refused, shutdown], _) = bench.counts();
            assert_eq!((sent + unconfirmed, refused, shutdown), (2_500, 0, 0));
            assert!(sent >= 1_500, "{sent}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn shutdown_ends_at_its_deadline_without_the_backend() {
    let bench = Bench::new(1, &[]);
    bench.pass(2).await;
    bench.script.lock().always = Some(Plan::Absent);
    bench.finish(3);
    let asked = Instant::now();
    assert!(!bench.shutdown(60).await);
    assert_eq!(asked.elapsed().as_secs(), 60);
    bench.close();
    assert_eq!(bench.counts(), ([0, 0, 0, 3], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn backend_that_only_refuses_counts_as_reached() {
    let bench = Bench::new(1, &[Plan::Refuse, Plan::Refuse]);
    bench.pass(2).await;
    bench.script.lock().always = Some(Plan::Absent);
    bench.finish(3);
    let asked = Instant::now();
    assert!(!bench.shutdown(10).await);
    assert_eq!(asked.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn overloaded_backend_is_tried_rarely() {
    let bench = Bench::new(1, &[]);
    bench.pass(2).await;
    bench.script.lock().always = Some(Plan::Overload);
    bench.pass(120).await;
    bench.heard();
    bench.pass(600).await;
    // Random delays of about 30 s.
    assert!((8..=60).contains(&bench.heard().len()));
}

#[tokio::test(start_paused = true)]
async fn batch_of_a_dead_link_does_not_delay_the_next_link() {
    let bench = Bench::new(1, &[]);
    bench.pass(29).await;
    bench.script.lock().always = Some(Plan::Stall);
    bench.finish(1);
    // The heartbeat departs after 30 s and ends after 40 s. The batch ends after 59 s.
    bench.pass(10).await;
    bench.script.lock().always = None;
    bench.finish(1);
    bench.pass(3).await;
    assert_eq!(bench.counts(), ([1, 0, 0, 0], [0, 1]));
    bench.pass(30).await;
    assert_eq!(bench.counts(), ([1, 1, 0, 0], [0, 0]));
}

#[tokio::test(start_paused = true)]
async fn heartbeat_of_a_dead_link_does_not_delay_the_next_link() {
    let bench = Bench::new(1, &[]);
    bench.pass(1).await;
    bench.script.lock().always = Some(Plan::Stall);
    bench.finish(1);
    // The heartbeat departs after 30 s, and the batch ends after 31 s.
    bench.pass(30).await;
    bench.script.lock().always = None;
    bench.finish(1);
    bench.pass(2).await;
    assert_eq!(bench.counts(), ([1, 1, 0, 0], [0, 0]));
}

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis())
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn waiting_segments_keep_their_times_when_the_clock_jumps() {
    const NIGHT: u64 = 8 * 3_600;
    const SLACK: i64 = 60_000;
    for fault in [Plan::Absent, Plan::Stall] {
        let bench = Bench::new(1, &[]);
        bench.pass(2).await;
        bench.script.lock().always = Some(fault);
        let from = now();
        bench.finish(3);
        bench.pass(5).await;
        WALL_AHEAD.fetch_add(NIGHT, Ordering::Relaxed);
        bench.pass(40).await;
        bench.finish(2);
        bench.script.lock().always = None;
        bench.began();
        // The stalled batch is lost; the other segments arrive.
        assert!(bench.flush(60).await);
        let began = bench.began();
        let (before, after): (Vec<_>, Vec<_>) =
            began.iter().map(|began| began - from).partition(|late| *late < SLACK);
        WALL_AHEAD.fetch_sub(NIGHT, Ordering::Relaxed);
        assert_eq!(
            before.len(),
            if fault == Plan::Absent { 3 } else { 0 },
            "{began:?} after {from}"
        );
        assert!(before.iter().all(|late| (-1..SLACK).contains(late)), "{before:?}");
        let night = i64::try_from(NIGHT).unwrap() * 1_000;
        assert_eq!(after.len(), 2);
        assert!(after.iter().all(|late| (night - 1..night + SLACK).contains(late)), "{after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn segments_wait_until_wall_clock_is_set() {
    let from = now();
    let bench = Bench::with_unset_clock();
    bench.finish(3);
    bench.pass(30).await;
    assert!(bench.began().is_empty());
    bench.set_clock();
    bench.pass(5).await;
    let began = bench.began();
    assert_eq!(began.len(), 3);
    assert!(began.iter().all(|began| (0..60_000).contains(&(began - from))), "{began:?} {from}");
}

#[tokio::test(start_paused = true)]
async fn wait_for_unset_wall_clock_is_bounded() {
    let _allowed = crate::testing::allow("start-time");
    // By time, by a flush, and by half of the queue.
    for bound in ["time", "flush", "queue"] {
        let bench = Bench::with_unset_clock();
        bench.finish(3);
        match bound {
            "time" => bench.pass(70).await,
            "flush" => assert!(bench.flush(60).await),
            _ => {
                bench.pass(2).await;
                bench.wake.notify_one();
                bench.pass(2).await;
            }
        }
        let began = bench.began();
        assert_eq!(began.len(), 3, "{bound}");
        assert!(began.iter().all(|began| *began < 10_000_000), "{began:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn lost_wall_clock_dates_segments_as_before() {
    let from = now();
    let bench = Bench::new(1, &[]);
    for lost in 1..=2 {
        bench.finish(3);
        bench.pass(2).await;
        bench.unset_clock();
        bench.pass(2).await;
        bench.finish(3);
        bench.pass(2).await;
        let began = bench.began();
        assert_eq!(began.len(), 6, "{lost}");
        assert!(
            began.iter().all(|began| (0..60_000).contains(&(began - from))),
            "{began:?} {from}"
        );
        bench.set_clock();
        bench.pass(2).await;
    }
}

/// The wall clock is set, lost and set again while segments wait.
#[tokio::test(start_paused = true)]
async fn wall_clock_that_comes_and_goes_dates_waiting_segments() {
    let from = now();
    for end in ["time", "flush", "shutdown", "set"] {
        let bench = Bench::with_unset_clock();
        for _ in 0..3 {
            bench.finish(1);
            bench.pass(2).await;
            bench.set_clock();
            bench.pass(2).await;
            bench.unset_clock();
            bench.finish(1);
            bench.pass(2).await;
        }
        match end {
            "time" => bench.pass(70).await,
            "flush" => assert!(bench.flush(60).await),
            "shutdown" => assert!(bench.shutdown(60).await),
            _ => {
                bench.set_clock();
                bench.pass(5).await;
            }
        }
        let began = bench.began();
        assert_eq!(began.len(), 6, "{end}");
        assert!(
            began.iter().all(|began| (0..60_000).contains(&(began - from))),
            "{end}: {began:?} {from}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn shutdown_does_not_wait_for_unset_wall_clock() {
    let _allowed = crate::testing::allow("start-time");
    let bench = Bench::with_unset_clock();
    bench.finish(3);
    bench.pass(2).await;
    let before = Instant::now();
    assert!(bench.shutdown(60).await);
    assert!(before.elapsed() < Duration::from_secs(5));
    assert_eq!((bench.began().len(), bench.counts()), (3, ([3, 0, 0, 0], [0, 0])));
}
