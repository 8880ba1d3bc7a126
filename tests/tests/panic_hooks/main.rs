//! Panics in annotated functions: the records of the spans under the panic hooks of programs, and
//! the location of the panic.
//!
//! The hook belongs to the process, so these tests run one after the other.

mod caller;

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind, set_hook, take_hook};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use skywalking_runtime::testing::{Log, Tree, run, text};
use skywalking_runtime::{
    Agent, Callsite, Config, callsite, config::Reporter, entry_span, local_span,
    propagation::capture, span,
};
use skywalking_tests::spans;

static ENTRY: Callsite = callsite!(entry, "/entry");
static OTHER: Callsite = callsite!(entry, "/other");
static LOCAL: Callsite = callsite!(local, "local");
/// The number of calls of the program's own hook.
static CALLS: AtomicUsize = AtomicUsize::new(0);

/// Waits until no other test uses the panic hook.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn calls() -> usize {
    CALLS.swap(0, Ordering::SeqCst)
}

fn count(info: &std::panic::PanicHookInfo<'_>) {
    // A failed assertion of this test calls the hook too.
    eprintln!("{info}");
    CALLS.fetch_add(1, Ordering::SeqCst);
}

fn start() -> Agent {
    Config::new("panics").reporter(Reporter::Discard).start().unwrap()
}

#[local_span(name = "sync")]
fn sync() {
    panic!("broken: {}", 7)
}

#[local_span(name = "async")]
async fn asynchronous() {
    std::future::ready(()).await;
    panic!("broken: {}", 7)
}

#[entry_span(name = "/any")]
fn any() {
    panic_any(7_u8)
}

/// Whether the program's hook counts its calls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counted {
    Yes,
    No,
}

fn poll(future: impl Future) {
    let mut future = Box::pin(future);
    let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
}

fn field<'a>(log: &'a Log, key: &str) -> Option<&'a str> {
    log.fields.iter().find(|(known, _)| known == key).map(|(_, value)| &**value)
}

/// Runs `work`, which panics. Checks that each of its spans reports the panic, with this message
/// and a location in this file.
fn panics(work: impl Fn(), message: Option<&str>) -> Vec<Tree> {
    let trees = run(|| assert!(catch_unwind(AssertUnwindSafe(&work)).is_err()));
    for span in spans::all(&trees).into_iter().filter(|span| span.name != "/other") {
        assert_eq!(span.logs.len(), 1, "{}", text(&trees));
        let log = &span.logs[0];
        assert_eq!(
            (field(log, "error.kind"), field(log, "message")),
            (Some("panic"), message),
            "{}",
            text(&trees)
        );
        let location = field(log, "location").unwrap_or_default();
        let (file, place) = location.split_once(".rs:").unwrap_or_default();
        assert!(file.ends_with("panic_hooks/main"), "{location:?}");
        let numbers: Vec<u32> = place.split(':').map(|number| number.parse().unwrap()).collect();
        assert!(numbers.len() == 2 && numbers[0] > 30 && numbers[0] < 70, "{location:?}");
    }
    assert!(
        !text(&trees).contains("location"),
        "text() must not change with each edit of the program"
    );
    trees
}

/// Runs each kind of panic with the current hooks.
fn all_panics(hook: &str, counted: Counted) {
    calls();
    let text_message = Some("broken: 7");
    let trees = panics(sync, text_message);
    assert_eq!(text(&trees), "Local sync ERROR [event=error error.kind=panic message=broken: 7]\n");
    panics(|| poll(asynchronous()), text_message);
    panics(|| span(&ENTRY).run(sync), text_message);
    panics(any, None);
    // The outer segments are not current then.
    let nested = || {
        let elsewhere = span(&OTHER).run(capture);
        span(&ENTRY).run(|| elsewhere.run("again", || poll(asynchronous())));
    };
    assert_eq!(panics(nested, text_message).len(), 2);
    // A panic that is resumed does not call the hook. Its message is unknown, and that of an
    // earlier panic is not reported.
    let trees = run(|| {
        span(&ENTRY).run(|| {
            let payload = catch_unwind(sync).unwrap_err();
            let again = || span(&LOCAL).run(|| resume_unwind(payload));
            assert!(catch_unwind(AssertUnwindSafe(again)).is_err());
        });
    });
    let log = "ERROR [event=error error.kind=panic";
    assert_eq!(
        text(&trees),
        format!("Entry /entry\n  Local sync {log} message=broken: 7]\n  Local local {log}]\n")
    );
    assert_eq!(
        calls(),
        if counted == Counted::Yes { 6 } else { 0 },
        "{hook}: the program's hook runs once for each panic"
    );
}

#[test]
fn panic_reports_message_and_location_under_every_hook() {
    let _turn = turn();
    set_hook(Box::new(count));
    let agent = start();
    all_panics("set before the start", Counted::Yes);
    set_hook(Box::new(count));
    all_panics("set after the start", Counted::Yes);
    set_hook(Box::new(count));
    all_panics("set once more", Counted::Yes);
    let previous = take_hook();
    set_hook(Box::new(move |info| previous(info)));
    all_panics("set so that it calls the previous one", Counted::Yes);
    set_hook(Box::new(count));
    all_panics("set over one that calls ours", Counted::Yes);
    drop(take_hook());
    all_panics("taken away", Counted::No);
    std::thread::spawn(|| set_hook(Box::new(count))).join().unwrap();
    all_panics("set by another thread", Counted::Yes);
    drop(agent);
    set_hook(Box::new(count));
    let _agent = start();
    all_panics("set between two agents", Counted::Yes);
    // Installs our hook again, as it was taken.
    let ours = take_hook();
    set_hook(Box::new(|_| ()));
    drop(catch_unwind(sync));
    set_hook(ours);
    all_panics("put back", Counted::Yes);
}
