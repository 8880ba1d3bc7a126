//! Subscribers, loggers, readers of standard error and samplers that hang or panic.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use skywalking_runtime::Config;
use skywalking_runtime::config::{Sampler, Sampling};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

use crate::{NOBODY, child, requests, watchdog, within};

/// A fault of the program's code when the agent logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    HangsInEvent,
    HangsInEnabled,
    HangsInRegistration,
    Panics,
}

/// A subscriber with this fault in all events of the agent.
struct Faulty(Fault);

fn hang() -> ! {
    loop {
        std::thread::park();
    }
}

impl Faulty {
    fn act(&self, at: Fault, target: &str) {
        if target == "skywalking_runtime" && self.0 == at {
            hang();
        }
    }
}

impl Subscriber for Faulty {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.act(Fault::HangsInRegistration, metadata.target());
        Interest::sometimes()
    }
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.act(Fault::HangsInEnabled, metadata.target());
        true
    }
    fn event(&self, event: &Event<'_>) {
        self.act(Fault::HangsInEvent, event.metadata().target());
        assert_ne!(self.0, Fault::Panics, "as it likes");
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// A logger that hangs.
struct Hanging;

impl log::Log for Hanging {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        hang()
    }
    fn log(&self, _: &log::Record<'_>) {
        hang()
    }
    fn flush(&self) {}
}

const DEADLINE: Duration = Duration::from_millis(500);

/// Starts agents that lose segments and end, one after the other. There are more of them than log
/// lines that may hang.
fn program() {
    watchdog();
    for _ in 0..6 {
        let config = || Config::new("shop").backend(NOBODY).shutdown_timeout(DEADLINE);
        let agent = within(Duration::ZERO, || config().start_or_off());
        assert!(agent.error().is_none(), "{:?}", agent.error());
        requests(3);
        let wrong = within(Duration::ZERO, || config().start_or_off());
        within(Duration::from_secs(1), || drop(wrong));
        within(DEADLINE, || drop(agent));
        let agent = within(Duration::ZERO, || config().start_or_off());
        requests(3);
        assert_eq!(within(DEADLINE, || agent.shutdown(DEADLINE)).dropped.total(), 3);
    }
    // During a panic.
    let unwound = std::panic::catch_unwind(|| {
        let _agent = Config::new("shop").backend(NOBODY).shutdown_timeout(DEADLINE).start_or_off();
        requests(3);
        panic!("the program's");
    });
    assert!(unwound.is_err());
}

fn with(fault: Fault) {
    tracing::subscriber::set_global_default(Faulty(fault)).expect("the first");
    program();
}

#[test]
#[ignore = "the child process of a test"]
fn hangs_in_event() {
    with(Fault::HangsInEvent);
}

#[test]
#[ignore = "the child process of a test"]
fn hangs_in_enabled() {
    with(Fault::HangsInEnabled);
}

#[test]
#[ignore = "the child process of a test"]
fn hangs_in_registration() {
    with(Fault::HangsInRegistration);
}

#[test]
#[ignore = "the child process of a test"]
fn panics() {
    with(Fault::Panics);
}

#[test]
#[ignore = "the child process of a test"]
fn logger_hangs() {
    log::set_logger(&Hanging).expect("the first");
    log::set_max_level(log::LevelFilter::Info);
    program();
}

#[test]
#[ignore = "the child process of a test"]
fn stderr_is_locked() {
    // Writes to standard error block forever.
    std::thread::spawn(|| {
        let _locked = std::io::stderr().lock();
        hang();
    });
    watchdog();
    for _ in 0..6 {
        let agent = Config::new("shop").backend(NOBODY).shutdown_timeout(DEADLINE).start_or_off();
        requests(3);
        within(DEADLINE, || drop(agent));
    }
}

/// A sampler whose destructor never returns.
struct Stuck;

static STUCK: AtomicUsize = AtomicUsize::new(0);

impl Sampler for Stuck {
    fn is_sampled(&self, _: &str) -> bool {
        true
    }
}

impl Drop for Stuck {
    fn drop(&mut self) {
        STUCK.fetch_add(1, Ordering::Relaxed);
        hang();
    }
}

#[test]
#[ignore = "the child process of a test"]
fn sampler_hangs_in_drop() {
    watchdog();
    let start = || {
        let config = Config::new("shop").backend(NOBODY).shutdown_timeout(DEADLINE);
        within(Duration::ZERO, || config.sampling(Sampling::custom(Stuck)).start_or_off())
    };
    for _ in 0..3 {
        let agent = start();
        assert!(agent.error().is_none(), "{:?}", agent.error());
        requests(3);
        within(DEADLINE, || drop(agent));
        let agent = start();
        within(Duration::from_secs(1), || requests(3));
        within(Duration::from_secs(1), || drop(start()));
        assert_eq!(within(DEADLINE, || agent.shutdown(DEADLINE)).dropped.total(), 3);
    }
    // That of the first agent and those of the three agents that were refused. The threads that hang
    // may hold the others.
    while STUCK.load(Ordering::Relaxed) < 4 {
        std::thread::yield_now();
    }
}

#[test]
fn start_and_end_are_in_time_if_a_sampler_hangs_in_drop() {
    child("hostile::sampler_hangs_in_drop", &[]);
}

#[test]
fn start_and_end_are_in_time_with_any_log_target() {
    std::thread::scope(|scope| {
        for name in [
            "hangs_in_event",
            "hangs_in_enabled",
            "hangs_in_registration",
            "panics",
            "logger_hangs",
            "stderr_is_locked",
        ] {
            scope.spawn(move || child(&format!("hostile::{name}"), &[]));
        }
    });
}
