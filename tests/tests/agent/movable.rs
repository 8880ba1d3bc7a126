//! Spans that are entered and left by hand: their segments are counted exactly, and the reporter
//! ends those that nobody enters any more.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use skywalking_runtime::config::Orphans;
use skywalking_runtime::movable::{MovableSpan, SpanFields, leave};
use skywalking_runtime::propagation::capture;
use skywalking_runtime::stats::{self, Diagnostic};
use skywalking_runtime::{Callsite, Config, callsite, span, testing};
use skywalking_tests::random::Random;

use crate::{assert_exact, start};

static SPAN: Callsite = callsite!(local, "span").orphans(Orphans::Trace);
static PART: Callsite = callsite!(local, "part").orphans(Orphans::Trace);

/// The tolerance on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(12);

fn root() -> MovableSpan {
    MovableSpan::root(&SPAN, |_| {}).expect("an agent runs")
}

/// Enters the span, runs `work` and leaves the span.
fn within(span: &mut MovableSpan, work: impl FnOnce()) {
    span.enter(1);
    work();
    leave(1, |_, left| span.park(left));
}

#[test]
fn visit_is_counted_only_with_content() {
    let (agent, _turn) = start(Config::new("visits"));
    let before = stats::read();
    let mut a = root();
    a.enter(1);
    std::thread::scope(|scope| {
        scope.spawn(|| within(&mut a, || {}));
    });
    assert_eq!(stats::read().opened - before.opened, 1);
    std::thread::scope(|scope| {
        scope.spawn(|| within(&mut a, || span(&PART).run(|| {})));
    });
    assert_eq!(stats::read().opened - before.opened, 2);
    leave(1, |_, left| a.park(left));
    a.finish();
    let after = stats::read();
    assert_eq!((after.finished - before.finished, after.open), (2, before.open));
    let report = agent.shutdown(TIMEOUT);
    assert_eq!(report.sent, 2, "{report:?}");
    assert_exact(&stats::read());
}

#[test]
fn change_after_the_segment_was_reported_is_counted() {
    let (agent, _turn) = start(Config::new("late"));
    let late = || stats::read().count(Diagnostic::RecordedTooLate);
    let mut a = None;
    span(&PART).run(|| {
        let mut below = MovableSpan::below(&SPAN, capture(), SpanFields::new()).unwrap();
        within(&mut below, || {});
        a = Some(below);
    });
    let (before, mut a) = (late(), a.unwrap());
    a.tag("too", "late");
    a.fail();
    assert_eq!(late() - before, 2);
    a.finish();
    assert_eq!(late() - before, 2);
    drop(agent);
}

#[test]
fn parked_segment_that_is_too_old_is_sent() {
    let (agent, _turn) = start(Config::new("ageing").max_segment_age(Duration::from_millis(100)));
    let before = stats::read();
    let mut entered = root();
    within(&mut entered, || span(&PART).run(|| {}));
    let fresh = root();
    let began = Instant::now();
    while stats::read().finished - before.finished < 2 {
        assert!(began.elapsed() < TIMEOUT, "the reporter does not end the segments");
        std::thread::yield_now();
    }
    let trees = testing::run(|| within(&mut entered, || span(&PART).run(|| {})));
    assert_eq!(testing::text(&trees), "");
    entered.finish();
    fresh.finish();
    let report = agent.shutdown(TIMEOUT);
    assert_eq!(report.sent, 3, "{report:?}");
    assert_exact(&stats::read());
}

#[test]
fn shutdown_sends_parked_segments() {
    let (agent, _turn) = start(Config::new("parked"));
    let mut spans = [root(), root()];
    within(&mut spans[0], || {});
    let report = agent.shutdown(TIMEOUT);
    assert_eq!(report.sent, 2, "{report:?}");
    let after = stats::read();
    assert_exact(&after);
    let open = after.open;
    within(&mut spans[0], || {});
    for span in spans {
        span.finish();
    }
    assert_eq!(stats::read().open, open);
}

// Threads enter, change, leave and end shared spans at random, each span under its own lock.
#[test]
fn storm_on_four_threads_keeps_exact_counts() {
    let (agent, _turn) = start(Config::new("storm").max_segment_age(Duration::from_millis(200)));
    for seed in 1..=30 {
        let spans: Vec<Mutex<Option<MovableSpan>>> = (0..8).map(|_| Mutex::new(None)).collect();
        let made = AtomicUsize::new(0);
        let lock = |at: usize| spans[at].lock().unwrap_or_else(PoisonError::into_inner);
        std::thread::scope(|scope| {
            for thread in 0..4_u64 {
                let (made, lock) = (&made, &lock);
                scope.spawn(move || storm(seed * 10 + thread, made, lock));
            }
        });
        for span in &spans {
            drop(span.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
        assert!(made.load(Ordering::Relaxed) > 0);
    }
    let report = agent.shutdown(TIMEOUT);
    assert!(report.sent > 0, "{report:?}");
    let after = stats::read();
    assert_exact(&after);
    assert_eq!((after.queued, after.in_flight), (0, 0), "{after:?}");
}

fn storm<'a>(
    seed: u64,
    made: &AtomicUsize,
    lock: &impl Fn(usize) -> std::sync::MutexGuard<'a, Option<MovableSpan>>,
) {
    let mut random = Random::new(seed);
    let mut entered: Vec<usize> = Vec::new();
    for step in 0..300 {
        let at = random.below(8);
        match random.below(8) {
            0 | 1 => {
                let mut place = lock(at);
                if place.is_none() {
                    *place = MovableSpan::below(&SPAN, capture(), SpanFields::new())
                        .or_else(|| MovableSpan::root(&SPAN, |_| {}));
                    made.fetch_add(1, Ordering::Relaxed);
                }
            }
            2 | 3 if entered.len() < 8 => {
                if let Some(span) = lock(at).as_mut() {
                    span.enter(at as u64);
                    entered.push(at);
                }
            }
            4 if !entered.is_empty() => {
                let at = entered.swap_remove(random.below(entered.len()));
                leave_to(at, lock);
            }
            5 => {
                if let Some(span) = lock(at).as_mut() {
                    span.tag("step", step);
                }
            }
            6 => span(&PART).run(|| {}),
            7 if random.below(4) == 0 => drop(lock(at).take()),
            _ => {}
        }
    }
    while let Some(at) = entered.pop() {
        leave_to(at, lock);
    }
    assert!(testing::is_idle());
}

fn leave_to<'a>(
    at: usize,
    lock: &impl Fn(usize) -> std::sync::MutexGuard<'a, Option<MovableSpan>>,
) {
    leave(at as u64, |home, left| match lock(usize::try_from(home).unwrap()).as_mut() {
        Some(span) => span.park(left),
        None => left.finish(),
    });
}
