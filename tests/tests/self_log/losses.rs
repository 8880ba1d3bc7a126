//! Losses are logged while the program runs, and so is their end.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use skywalking_collector::Collector;
use skywalking_runtime::{Callsite, Config, callsite, config::Reporter, span};

use crate::{child, requests, watchdog};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// Signals each new line.
static ADDED: Condvar = Condvar::new();

/// A logger that stores its lines.
struct Storing;

impl log::Log for Storing {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        if record.target() == "skywalking_runtime" {
            LINES.lock().unwrap_or_else(PoisonError::into_inner).push(format!(
                "{} {}",
                record.level(),
                record.args()
            ));
            ADDED.notify_all();
        }
    }
    fn flush(&self) {}
}

/// Waits for a line, and returns the number of lost segments in it.
#[track_caller]
fn line(start: &str) -> Option<u64> {
    let is_it = |line: &&String| line.starts_with(start);
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    let (lines, _) = ADDED
        .wait_timeout_while(lines, Duration::from_secs(40), |lines| {
            !lines.iter().any(|line| is_it(&line))
        })
        .unwrap_or_else(PoisonError::into_inner);
    let line = lines.iter().find(is_it);
    let line = line.unwrap_or_else(|| panic!("{start} is not among {lines:#?}"));
    let lost =
        line.split_once("lost=").map(|(_, rest)| rest.split(';').next().unwrap_or(rest).parse());
    lost.transpose().expect("a number")
}

fn keep_lines() {
    watchdog();
    log::set_logger(&Storing).expect("the first");
    log::set_max_level(log::LevelFilter::Trace);
}

#[test]
#[ignore = "the child process of a test"]
fn outage() {
    keep_lines();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address").to_string();
    drop(free);
    let agent = Config::new("shop")
        .reporter(Reporter::Grpc)
        .backend(&address)
        .max_queue_segments(100)
        .start()
        .expect("it starts");
    requests(1_100);
    assert_eq!(line("INFO the agent runs"), None);
    assert_eq!(line("WARN the backend can't be reached"), None);
    // The agent still runs, without a flush or shutdown.
    assert!(
        line("WARN the queue is full").is_some_and(|lost| (1..=1_000).contains(&lost)),
        "so far"
    );
    let collector = runtime
        .block_on(Collector::builder().grpc_addr(address.as_str()).http_addr("127.0.0.1:0").start())
        .expect("the port");
    assert_eq!(line("WARN recovered: the backend answers again"), Some(1_000));
    assert_eq!(line("WARN recovered: the queue has space again"), Some(1_000));
    assert_eq!(agent.shutdown(Duration::from_secs(10)).sent, 100);
    drop(collector);
}

#[test]
#[ignore = "the child process of a test"]
fn too_many_open_segments() {
    static OUTER: Callsite = callsite!(entry, "/outer");
    keep_lines();
    let _agent = Config::new("shop")
        .reporter(Reporter::Discard)
        .max_open_segments(1)
        .start()
        .expect("it starts");
    span(&OUTER).run(|| {
        std::thread::spawn(|| requests(5)).join().expect("they are made");
        assert!(
            line("WARN too many segments are open").is_some_and(|lost| (1..=5).contains(&lost)),
            "so far"
        );
    });
    assert_eq!(line("WARN recovered: new requests are traced again"), Some(5));
}

#[test]
#[ignore = "the child process of a test"]
fn redaction_that_panics() {
    static TAGGED: Callsite = callsite!(entry, "/tagged");

    keep_lines();
    let hook = |_: skywalking_runtime::redact::Field<'_>, _: &str| -> Option<String> {
        panic!("the program's")
    };
    let _agent =
        Config::new("shop").reporter(Reporter::Discard).redact(hook).start().expect("it starts");
    for _ in 0..3 {
        span(&TAGGED).run(|| skywalking_runtime::current().tag("key", "value"));
    }

    assert!(
        line("WARN the program's redaction panicked").is_some_and(|lost| (1..=3).contains(&lost))
    );
    assert_eq!(line("WARN recovered: the program's redaction works again"), Some(3));
}

#[test]
fn losses_are_logged_when_they_start_and_end() {
    std::thread::scope(|scope| {
        for name in ["outage", "too_many_open_segments", "redaction_that_panics"] {
            scope.spawn(move || child(&format!("losses::{name}"), &[]));
        }
    });
}
