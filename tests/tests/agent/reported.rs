//! Log records and events of a traced program, end to end, by gRPC and by HTTP.

mod backend;
mod own_threads;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use log::{Level, LevelFilter, Log, Record};
use skywalking_log::Wrapper;
use skywalking_runtime::stats::SignalStats;
use skywalking_runtime::{
    Event, EventType, LogLevel, LogRecord, TracedFn as _, TracedFuture as _, current, entry_span,
    local_span, spawn, spawn_blocking,
};
use tokio::sync::Barrier;

use self::backend::{Backend, Line};
use crate::reporting::backend::{PROTOCOLS, TIMEOUT};
use crate::reporting::program::agent;
use crate::turn;

/// Returns the ids of the current span, as a line must have them.
fn ids() -> String {
    let context = current().context();
    format!(
        "{} {} {}",
        context.trace_id().unwrap_or_default(),
        context.segment_id().unwrap_or_default(),
        context.span_id().unwrap_or_default()
    )
}

/// Reports a line that contains what it must be attributed to.
fn line(endpoint: &str) {
    LogRecord::new(LogLevel::Info, format!("{} {endpoint}", ids())).logger("own").report();
}

/// Does the same by a logger of the `log` crate.
fn line_by_log(logger: &impl Log, endpoint: &str) {
    let ids = ids();
    let mut record = Record::builder();
    record.level(Level::Warn).target("by_log");
    logger.log(&record.args(format_args!("{ids} {endpoint}")).build());
}

/// A logger that writes nothing.
struct Silent;

impl Log for Silent {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        false
    }

    fn log(&self, _: &Record<'_>) {}

    fn flush(&self) {}
}

fn wrapper() -> Wrapper<Silent> {
    Wrapper::new(Silent).report(LevelFilter::Info)
}

/// Checks that a line has the ids and the endpoint that its body names.
#[track_caller]
fn assert_attributed(line: &Line) {
    let (trace, segment, span) = &line.context;
    assert_eq!(line.body, format!("{trace} {segment} {span} {}", line.endpoint), "{line:?}");
}

#[track_caller]
fn assert_exact(counts: &SignalStats) {
    let SignalStats { recorded, queued, in_flight, sent, dropped, .. } = counts;
    assert_eq!(*recorded, sent + dropped.total() + queued + in_flight, "{counts:?}");
}

#[entry_span(name = "/orders")]
async fn order() {
    line("/orders");
    line_by_log(&wrapper(), "/orders");
    step();
    other_step().await;
    spawn("task", async { line("task") }).await.expect("a task");
    spawn_blocking("pool", || line("pool")).await.expect("a task");
    let work = (|| line("thread")).traced("thread");
    std::thread::Builder::new()
        .name("printer".to_owned())
        .spawn(work)
        .expect("a thread")
        .join()
        .expect("it ends");
    // In this task it is a child of the current span.
    async { line("/orders") }.traced("future").await;
}

#[local_span(name = "step")]
fn step() {
    line("/orders");
}

#[local_span(name = "other step")]
async fn other_step() {
    tokio::task::yield_now().await;
    line("/orders");
    line_by_log(&wrapper(), "/orders");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime")
}

#[test]
fn lines_have_the_ids_and_the_endpoint_of_their_span() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let backend = Backend::start(protocol);
        let agent = agent(protocol, backend.address()).start().expect("an agent");
        let before = SystemTime::now();
        runtime().block_on(async { tokio::spawn(order()).await.expect("a task") });
        LogRecord::new(LogLevel::Error, "outside").report();
        assert!(agent.flush(TIMEOUT));

        let lines = backend.lines();
        let (outside, inside): (Vec<_>, Vec<_>) =
            lines.iter().partition(|line| line.body == "outside");
        assert_eq!(inside.len(), 9, "{lines:#?}");
        for line in &inside {
            assert_attributed(line);
        }
        let mut endpoints: Vec<_> = inside.iter().map(|line| line.endpoint.as_str()).collect();
        endpoints.sort_unstable();
        let mut expected = ["/orders"; 9];
        expected[6..].copy_from_slice(&["pool", "task", "thread"]);
        assert_eq!(endpoints, expected);
        for line in &inside {
            assert_eq!((line.service.as_str(), line.instance.as_str()), ("RTS_Test", "RTS_Test_1"));
            assert!(!line.context.0.is_empty() && !line.context.1.is_empty(), "{line:?}");
            let by_log = line.tag("logger") == Some("by_log");
            assert_eq!(line.tag("level"), Some(if by_log { "WARN" } else { "INFO" }));
        }
        let thread = inside.iter().find(|line| line.endpoint == "thread").expect("a line");
        assert_eq!(thread.tag("thread"), Some("printer"));
        let [outside] = outside[..] else { panic!("{lines:#?}") };
        assert_eq!(outside.context, <(String, String, i64)>::default());
        assert_eq!((outside.endpoint.as_str(), outside.tag("level")), ("", Some("ERROR")));
        let now = milliseconds(SystemTime::now());
        assert!(
            lines.iter().all(|line| (milliseconds(before) - 1..=now + 1).contains(&line.time)),
            "{lines:#?}"
        );
        let report = agent.shutdown(TIMEOUT);
        assert_exact(&report.stats.logs);
        assert_exact(&report.stats.events);
    }
}

fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_millis()).expect("few")
}

const REQUESTS: usize = 10_000;

#[entry_span(name = format!("/requests/{}", number % 16))]
async fn request(number: usize, barrier: Arc<Barrier>) {
    let endpoint = format!("/requests/{}", number % 16);
    barrier.wait().await;
    line(&endpoint);
    deeper(&endpoint).await;
    spawn("task", async { line("task") }).await.expect("a task");
    line_by_log(&wrapper(), &endpoint);
}

#[local_span(name = "deeper")]
async fn deeper(endpoint: &str) {
    line(endpoint);
    tokio::task::yield_now().await;
    line(endpoint);
}

#[test]
fn no_line_is_attributed_to_a_neighbour_among_10_000_concurrent_requests() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let backend = Backend::start(protocol);
        let agent = agent(protocol, backend.address())
            .max_log_queue_bytes(256 * 1024 * 1024)
            .start()
            .expect("an agent");
        let before = agent.stats().logs;
        runtime().block_on(async {
            let barrier = Arc::new(Barrier::new(REQUESTS));
            let requests = (0..REQUESTS).map(|n| tokio::spawn(request(n, Arc::clone(&barrier))));
            for request in requests.collect::<Vec<_>>() {
                request.await.expect("a request");
            }
        });
        assert!(agent.flush(TIMEOUT));
        let lines = backend.lines();
        assert_eq!(lines.len(), 5 * REQUESTS);
        lines.iter().for_each(assert_attributed);
        let mut segments: Vec<_> = lines.iter().map(|line| &line.context.1).collect();
        segments.sort_unstable();
        segments.dedup();
        assert_eq!(segments.len(), 2 * REQUESTS, "one of the request and one of its task");
        let now = agent.stats().logs;
        assert_exact(&now);
        assert_eq!(now.sent - before.sent, 5 * REQUESTS as u64);
        assert!(backend.batches() > 1);
        drop(agent);
    }
}

#[test]
fn counts_of_logs_agree_with_the_backend_under_load() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let backend = Backend::start(protocol);
        let agent = agent(protocol, backend.address())
            .max_log_queue_bytes(200_000)
            .start()
            .expect("an agent");
        let before = agent.stats().logs;
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for number in 0..5_000 {
                        LogRecord::new(LogLevel::Debug, "a line of a loop")
                            .tag("n", number)
                            .report();
                        let now = skywalking_runtime::stats::read().logs;
                        assert!(now.recorded >= now.sent + now.dropped.total(), "{now:?}");
                    }
                });
            }
        });
        let report = agent.shutdown(TIMEOUT);
        let logs = report.stats.logs;
        assert_exact(&logs);
        assert_eq!((logs.queued, logs.in_flight), (0, 0));
        assert_eq!(logs.recorded - before.recorded, 20_000);
        assert_eq!(backend.lines().len() as u64, logs.sent - before.sent, "{logs:?}");
    }
}

// Feature: events
#[test]
fn start_shutdown_and_own_events_arrive() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let backend = Backend::start(protocol);
        let agent = agent(protocol, backend.address()).start().expect("an agent");
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        Event::new("Outage")
            .event_type(EventType::Error)
            .message("no answer")
            .start(start)
            .end(start + Duration::from_secs(9))
            .report();
        assert_exact(&agent.shutdown(TIMEOUT).stats.events);
        let events = backend.events();
        let names: Vec<_> = events.iter().map(|event| event.name.as_str()).collect();
        assert_eq!(names, ["Start", "Outage", "Shutdown"], "{events:?}");
        assert!(events.iter().all(|event| event.layer == "GENERAL"));
        assert_eq!((events[1].kind.as_str(), events[1].message.as_str()), ("Error", "no answer"));
        assert_eq!(events[1].times, [1_700_000_000_000, 1_700_000_009_000]);
        assert!(events[0].times[0] > 0 && events[0].times == [events[0].times[0]; 2]);
    }
}

#[test]
fn settings_turn_logs_and_lifecycle_events_off() {
    let _turn = turn();
    let backend = Backend::start(PROTOCOLS[0]);
    let agent = agent(PROTOCOLS[0], backend.address())
        .report_logs(false)
        .lifecycle_events(false)
        .start()
        .expect("an agent");
    let recorded = agent.stats().logs.recorded;
    LogRecord::new(LogLevel::Error, "not reported").report();
    Event::new("Reload").report();
    assert_eq!(agent.shutdown(TIMEOUT).stats.logs.recorded, recorded);
    assert_eq!(backend.lines(), []);
    let events = backend.events();
    assert!(events.len() == 1 && events[0].name == "Reload", "{events:?}");
}
