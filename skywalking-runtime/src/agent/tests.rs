//! Agents that start, trace and end. Each test holds [`alone`]: one agent runs in a process at a
//! time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use futures::FutureExt as _;

use super::{Agent, alone, start_with};
use crate::config::{Config, Reporter, Sampling, TailSampling};
use crate::error::Error;
use crate::management::ManagementMessage;
use crate::report::stats::Stats;
use crate::report::transport::{Call, Messages, Transport};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::stats::Unhealthy;
use crate::trace::builder::span;
use crate::transports::discard::Discard;

static WORK: Callsite = Callsite::new(SpanKind::Entry, "/work");

const LONG: Duration = Duration::from_secs(30);

fn discarding() -> Agent {
    Config::new("svc").instance("one").reporter(Reporter::Discard).start().unwrap()
}

fn work(times: usize) {
    for _ in 0..times {
        span(&WORK).run(|| {});
    }
}

#[track_caller]
fn assert_exact(stats: &Stats) {
    assert_eq!(stats.opened, stats.finished + stats.open, "{stats:?}");
    assert_eq!(
        stats.finished,
        stats.sent + stats.dropped.total() + stats.queued + stats.in_flight,
        "{stats:?}"
    );
}

#[test]
fn next_agent_can_start_after_the_first_has_ended() {
    let _alone = alone();
    let first = discarding();
    assert_eq!(
        Config::new("other").reporter(Reporter::Discard).start().unwrap_err(),
        Error::AlreadyStarted { service: "other".to_owned() }
    );
    work(1);
    assert_eq!(first.shutdown(LONG).sent, 1);
    let second = discarding();
    work(2);
    assert_eq!(second.shutdown(LONG).sent, 2);
}

#[tokio::test]
async fn failed_start_inside_a_runtime_is_an_error() {
    let _alone = alone();
    let _first = discarding();
    let second = Config::new("other").reporter(Reporter::Discard).start();
    assert!(matches!(second, Err(Error::AlreadyStarted { .. })));
}

#[test]
fn report_counts_only_its_own_agent() {
    let _alone = alone();
    let agent = discarding();
    work(10);
    assert!(agent.flush(LONG));
    let stats = agent.stats();
    assert_exact(&stats);
    assert_eq!((stats.queued, stats.in_flight), (0, 0));
    let report = agent.shutdown(LONG);
    assert_eq!((report.sent, report.dropped.total()), (10, 0));
    assert_exact(&report.stats);
    assert_eq!((report.stats.queued, report.stats.in_flight), (0, 0));
}

#[test]
fn segments_that_end_after_the_agent_are_dropped() {
    let _alone = alone();
    let agent = discarding();
    let before = agent.stats();
    span(&WORK).run(|| {
        let _ = agent.shutdown(LONG);
    });
    let after = Stats::read();
    assert_eq!(after.dropped.off - before.dropped.off, 1);
    assert_exact(&after);
}

#[test]
fn counts_stay_ordered_while_threads_record() {
    let _alone = alone();
    let agent =
        Config::new("svc").reporter(Reporter::Discard).max_queue_segments(64).start().unwrap();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..3).map(|_| scope.spawn(|| work(20_000))).collect();
        let reader = scope.spawn(|| {
            let mut reads = 0_u64;
            while !over.load(Ordering::Relaxed) {
                let stats = agent.stats();
                let gone = stats.sent + stats.dropped.total();
                assert!(stats.opened >= stats.finished && stats.finished >= gone, "{stats:?}");
                assert!(stats.finished >= gone + stats.queued + stats.in_flight, "{stats:?}");
                reads += 1;
            }
            reads
        });
        for worker in workers {
            worker.join().unwrap();
        }
        over.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
    });
    assert!(agent.flush(LONG));
    assert_exact(&agent.stats());
    let report = agent.shutdown(LONG);
    assert_eq!(report.sent + report.dropped.total(), 60_000, "{report:?}");
    assert_exact(&report.stats);
}

#[test]
fn disabled_agent_answers_at_once() {
    let agent = Config::new("svc").enabled(false).start().unwrap();
    let asked = Instant::now();
    assert!(agent.flush(LONG));
    assert!(!agent.wait_until_registered(LONG));
    assert!(!futures::executor::block_on(agent.wait_until_registered_async(LONG)));
    assert_eq!((agent.service(), agent.instance()), ("svc", ""));
    assert_eq!(agent.shutdown(LONG).sent, 0);
    assert!(asked.elapsed() < LONG / 3);
}

#[test]
fn registration_can_be_awaited_on_any_executor() {
    let _alone = alone();
    let agent = discarding();
    assert!(agent.wait_until_registered(LONG));
    assert!(futures::executor::block_on(agent.wait_until_registered_async(LONG)));
    let waiting = agent.wait_until_registered_async(LONG);
    drop(agent);
    // Later calls are answered too.
    futures::executor::block_on(waiting);
}

#[cfg(feature = "report-grpc")]
#[test]
fn shutdown_without_backend_ends_soon_and_counts_losses() {
    let _alone = alone();
    // Nothing listens on port 1 of this machine, so the connection is refused at once.
    let agent = Config::new("svc").backend("127.0.0.1:1").token("s3cret").start().unwrap();
    assert!(!format!("{agent:?}").contains("s3cret"));
    work(5);
    let asked = Instant::now();
    assert!(!agent.wait_until_registered(Duration::from_millis(50)));
    let report = agent.shutdown(LONG);
    assert!(asked.elapsed() < LONG / 3, "{:?}", asked.elapsed());
    assert_eq!((report.sent, report.dropped.shutdown), (0, 5));
    assert_exact(&report.stats);
}

#[cfg(feature = "report-grpc")]
#[test]
fn confirmed_segments_arrived_exactly_once() {
    use std::collections::HashSet;

    use crate::transports::grpc::tests::{Backend, listener};

    let _alone = alone();
    // The backend's own runtime: the agent under test blocks this thread when it waits.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let backend = Backend::default();
    let address = runtime.block_on(async {
        let (listener, address) = listener().await;
        backend.serve(listener);
        address
    });
    let agent = Config::new("svc").instance("one").backend(address.to_string()).start().unwrap();
    assert!(agent.wait_until_registered(LONG));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| work(2_000));
        }
    });
    assert!(agent.flush(LONG));
    work(1);
    let report = agent.shutdown(LONG);
    assert_eq!((report.sent, report.dropped.total()), (4_001, 0));
    assert_exact(&report.stats);
    let seen = backend.seen();
    assert!(
        seen[0].starts_with("properties of one") && seen[1].starts_with("keep-alive of svc"),
        "{:?}",
        &seen[..2]
    );
    let segments: Vec<_> = seen.iter().filter(|line| !line.contains(' ')).collect();
    let different: HashSet<_> = segments.iter().collect();
    assert_eq!((segments.len(), different.len()), (4_001, 4_001));
}

#[test]
fn shutdown_with_zero_timeout_returns_and_counts() {
    let _alone = alone();
    let agent = discarding();
    work(5);
    let report = agent.shutdown(Duration::ZERO);
    assert_eq!(report.sent + report.dropped.total(), 5);
    assert_exact(&report.stats);
    assert_eq!((report.stats.queued, report.stats.in_flight), (0, 0));
}

#[test]
fn async_flush_and_shutdown_run_on_any_executor() {
    let _alone = alone();
    let works = || async {
        let agent = Config::new("svc").reporter(Reporter::Discard).start().unwrap();
        span(&WORK).run(|| {});
        assert!(agent.flush_async(LONG).await);
        let sent = agent.stats().sent;
        span(&WORK).run(|| {});
        let report = agent.shutdown_async(LONG).await;
        assert_eq!((report.sent, report.dropped.total()), (2, 0));
        assert_eq!(report.stats.sent, sent + 1);
        assert!(!crate::enabled());
    };
    futures::executor::block_on(works());
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(works());
}

#[test]
fn async_shutdown_continues_if_its_future_is_dropped() {
    let _alone = alone();
    let agent = Config::new("svc").reporter(Reporter::Discard).start().unwrap();
    drop(agent.shutdown_async(LONG));
    // The shutdown ends on its own thread. Then the next agent can start.
    let start = Instant::now();
    while Config::new("svc").reporter(Reporter::Discard).start().is_err() {
        assert!(start.elapsed() < LONG, "the shutdown ends");
        thread::yield_now();
    }
}

#[test]
fn async_flush_and_shutdown_of_a_disabled_agent_are_ready() {
    let _alone = alone();
    let agent = Config::new("svc").enabled(false).start().unwrap();
    assert_eq!(agent.flush_async(LONG).now_or_never(), Some(true));
    let report = agent.shutdown_async(LONG).now_or_never().unwrap();
    assert_eq!((report.sent, report.dropped.total()), (0, 0));
}

/// A transport that panics in the worker when the first batch is sent.
#[derive(Default)]
struct Panicking {
    has_panicked: bool,
}

impl Transport for Panicking {
    fn addresses(&self) -> usize {
        1
    }

    fn address(&self) -> String {
        "nowhere".to_owned()
    }

    fn next_backend(&mut self) {}

    fn send_management(&mut self, message: ManagementMessage) -> Call {
        Discard.send_management(message)
    }

    fn send(&mut self, messages: Messages) -> Call {
        assert!(std::mem::replace(&mut self.has_panicked, true), "the first batch");
        Discard.send(messages)
    }
}

// Feature: state of the reporter
#[test]
fn reporter_that_panicked_is_seen_and_starts_again() {
    let _alone = alone();
    let config = Config::new("svc").instance("one").reporter(Reporter::Discard).check().unwrap();
    let agent = start_with(config, Panicking::default()).unwrap();
    assert!(agent.wait_until_registered(LONG));
    assert_eq!(agent.health(), Ok(()));
    let handle = span(&WORK).run(|| crate::current().detach());
    work(10);
    // The panic loses the batch. The flush is kept, and the reporter starts again because of it.
    assert!(agent.flush(LONG));
    work(5);
    drop(handle);
    assert!(agent.flush(LONG));
    assert_eq!(agent.health(), Ok(()));
    let report = agent.shutdown(LONG);
    let stats = report.stats;
    assert_exact(&stats);
    assert_eq!((report.sent, report.dropped.reporter_panicked), (6, 10), "{report:?}");
    assert_eq!(report.dropped.total(), 10, "{report:?}");
    assert_eq!(crate::health(), Err(Unhealthy::NotRunning));
}

#[test]
fn agent_that_is_off_has_a_reason() {
    let _alone = alone();
    let disabled = Config::new("svc").enabled(false).start().unwrap();
    let text = disabled.health().unwrap_err().to_string();
    assert_eq!(text, "the tracing agent is off: it is disabled by a setting");
    let invalid = Config::new("svc").backend("no port").start_or_off();
    let problem = invalid.health().unwrap_err();
    assert!(problem.to_string().contains("give host:port"), "{problem}");
    assert_eq!(crate::health(), Err(problem.clone()), "the reason of the last one");
    let running = discarding();
    assert!(running.wait_until_registered(LONG));
    assert_eq!((crate::health(), invalid.health()), (Ok(()), Err(problem)));
    let _ = running.shutdown(LONG);
    assert_eq!(crate::health(), Err(Unhealthy::NotRunning));
}

#[test]
fn ignored_requests_are_counted() {
    let _alone = alone();
    let agent =
        Config::new("svc").reporter(Reporter::Discard).ignore_paths(["/work"]).start().unwrap();
    let before = agent.stats();
    work(3);
    let after = agent.stats();
    assert_eq!((after.ignored - before.ignored, after.opened - before.opened), (3, 0));
    drop(agent);
    let kept = TailSampling::errors();
    let config = Config::new("svc").reporter(Reporter::Discard).sampling(Sampling::rate(0.0));
    let agent = config.clone().tail_sampling(kept).start().unwrap();
    let before = agent.stats();
    work(3);
    let after = agent.stats();
    assert_eq!((after.ignored - before.ignored, after.opened - before.opened), (0, 3), "buffered");
    drop(agent);
    let agent = config.start().unwrap();
    let before = agent.stats();
    std::thread::spawn(|| work(3)).join().unwrap();
    assert_eq!(agent.stats().ignored - before.ignored, 3);
}
