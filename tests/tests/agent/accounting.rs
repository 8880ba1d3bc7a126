//! Every segment is counted: under load, with full outboxes, with threads that end, with cancelled
//! tasks, and after shutdown.
//!
//! The counts belong to the process.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use skywalking_runtime::{
    Agent, Callsite, Config, callsite,
    config::Reporter,
    entry_span, span,
    stats::{self, Diagnostic, Stats},
    trace_id,
};

use crate::{assert_exact, turn};

static ENTRY: Callsite = callsite!(entry, "/entry");
static PART: Callsite = callsite!(local, "part");

const TIMEOUT: Duration = Duration::from_secs(20);

fn request() {
    span(&ENTRY).run(|| drop(span(&PART).enter()));
}

/// Starts an agent with an unreachable backend, so that nothing leaves the outboxes.
fn without_backend(config: Config) -> Agent {
    config.backend("127.0.0.1:1").start().expect("an agent starts without its backend")
}

fn assert_ordered(stats: &Stats) {
    assert!(
        stats.opened >= stats.finished && stats.finished >= stats.sent + stats.dropped.total(),
        "{stats:?}"
    );
}

/// Runs `work` while another thread reads the counts continuously.
fn watched(work: impl FnOnce()) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                assert_ordered(&stats::read());
            }
        });
        work();
        over.store(true, Ordering::Relaxed);
    });
}

fn on_threads(threads: usize, requests: usize) {
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..requests).for_each(|_| request()));
        }
    });
}

// Feature: visible losses
#[test]
fn full_outboxes_drop_the_newest_and_count_them() {
    let _turn = turn();
    let before = stats::read();
    let agent = without_backend(Config::new("full").max_queue_segments(100));
    watched(|| on_threads(4, 1_000));
    let now = agent.stats();

    assert_exact(&now);
    assert_eq!((now.queued, now.in_flight), (100, 0));
    assert_eq!(now.dropped.queue_full - before.dropped.queue_full, 3_900);

    let report = agent.shutdown(TIMEOUT);
    assert_eq!(
        (report.sent, report.dropped.queue_full, report.dropped.shutdown, report.dropped.total()),
        (0, 3_900, 100, 4_000)
    );
    assert_eq!((report.stats.queued, report.stats.in_flight, report.stats.open), (0, 0, 0));
    assert_exact(&report.stats);
}

// Feature: bounded queue
#[test]
fn queue_is_limited_by_bytes() {
    let _turn = turn();
    let agent = without_backend(Config::new("bytes").max_queue_bytes(10_000));
    let before = stats::read();
    on_threads(1, 1_000);
    let now = stats::read();

    assert_exact(&now);

    let queued = now.queued;
    assert!(queued > 10 && queued < 100, "{queued} segments of some 200 bytes in 10 000");
    assert_eq!(now.dropped.queue_full - before.dropped.queue_full, 1_000 - queued);

    drop(agent);
    assert_exact(&stats::read());
}

#[test]
fn threads_that_end_lose_no_segment() {
    let _turn = turn();
    let before = stats::read();
    let agent = Config::new("threads").reporter(Reporter::Discard).start().expect("a tracer");
    watched(|| (0..8).for_each(|_| on_threads(8, 200)));
    assert!(agent.flush(TIMEOUT));
    let now = agent.stats();
    assert_exact(&now);
    assert_eq!(now.sent - before.sent, 8 * 8 * 200);
    assert_eq!(now.dropped, before.dropped);
    let report = agent.shutdown(TIMEOUT);
    assert_eq!((report.sent, report.dropped.total()), (8 * 8 * 200, 0));
}

#[entry_span(name = "/waits")]
async fn waits() {
    pending::<()>().await;
}

#[test]
fn cancelled_tasks_are_accounted_for() {
    let _turn = turn();
    let before = stats::read();
    let agent = Config::new("cancelled").reporter(Reporter::Discard).start().expect("a tracer");
    watched(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .build()
            .expect("a runtime")
            .block_on(async {
                let tasks: Vec<_> = (0..10_000).map(|_| tokio::spawn(waits())).collect();
                for task in &tasks {
                    task.abort();
                }
                for task in tasks {
                    assert!(task.await.is_err());
                }
            });
    });
    let report = agent.shutdown(TIMEOUT);
    // A task that was aborted before its first poll did not open a span.
    let opened = report.stats.opened - before.opened;
    assert!(opened <= 10_000);
    assert_eq!((report.sent, report.dropped.total(), report.stats.open), (opened, 0, before.open));
    assert_exact(&report.stats);
}

fn polled_once() -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let mut future: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(waits());
    assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    future
}

#[test]
fn open_requests_are_counted_then_cancelled() {
    let _turn = turn();
    let before = stats::read();
    let agent = Config::new("open").reporter(Reporter::Discard).start().expect("a tracer");
    let open: Vec<_> = (0..10_000).map(|_| polled_once()).collect();
    assert_eq!(stats::read().open - before.open, 10_000);
    drop(open);
    let report = agent.shutdown(TIMEOUT);
    assert_eq!((report.sent, report.dropped.total(), report.stats.open), (10_000, 0, before.open));
    assert_exact(&report.stats);
}

#[test]
fn requests_over_the_open_segment_limit_are_not_sampled() {
    let _turn = turn();
    let agent = Config::new("limit")
        .reporter(Reporter::Discard)
        .max_open_segments(10)
        .start()
        .expect("a tracer");
    let before = stats::read();
    let mut open: Vec<_> = (0..15).map(|_| polled_once()).collect();
    let now = stats::read();
    assert_eq!((now.open - before.open, now.opened - before.opened), (10, 10));
    assert_eq!(
        now.count(Diagnostic::UnsampledLiveLimit) - before.count(Diagnostic::UnsampledLiveLimit),
        5
    );
    span(&ENTRY).run(|| assert!(trace_id().is_some()));
    open.clear();
    request();
    let report = agent.shutdown(TIMEOUT);
    assert_eq!(report.stats.opened - before.opened, 11);
    assert_exact(&report.stats);
}

#[test]
fn segment_that_ends_after_shutdown_is_dropped_and_counted() {
    let _turn = turn();
    let agent = Config::new("late").reporter(Reporter::Discard).start().expect("a tracer");
    let (before, open) = (stats::read(), polled_once());
    let report = agent.shutdown(TIMEOUT);
    assert_eq!(report.stats.open - before.open, 1);
    assert_exact(&report.stats);
    request(); // off: opens nothing
    drop(open);
    let now = stats::read();
    assert_eq!(
        (now.opened - before.opened, now.dropped.off - before.dropped.off, now.open),
        (1, 1, before.open)
    );
    assert_exact(&now);
}

#[test]
fn segment_of_an_ended_agent_is_not_sent_by_the_next() {
    let _turn = turn();
    let agent = Config::new("first").reporter(Reporter::Discard).start().expect("a tracer");
    let before = stats::read();
    let open = polled_once();
    let _ = agent.shutdown(TIMEOUT);
    let agent = Config::new("second")
        .reporter(Reporter::Discard)
        .start()
        .expect("starting again after shutdown works");
    drop(open);
    request();
    let report = agent.shutdown(TIMEOUT);
    assert_eq!((report.sent, report.stats.dropped.off - before.dropped.off), (1, 1));
    assert_exact(&report.stats);
}
