//! Programs that fork while they are traced on several threads.

use std::fmt::Debug;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use skywalking_runtime::{Agent, Callsite, callsite, current, enabled, span, stats, trace_id};

use super::{config, os, request_with, requests};

static OUTER: Callsite = callsite!(entry, "/outer");
static NAMED: Callsite = callsite!(entry, "/named");

/// Seconds after which a child is killed because it hangs.
const HANGS: u32 = 20;
/// The maximum duration of each call in a child.
const SOON: Duration = Duration::from_secs(2);

/// Forks, runs `work` in the child, and returns the exit status of the child.
fn fork(work: impl FnOnce()) -> i32 {
    // SAFETY: the child calls the agent, allocates and prints. Other threads of this program hold
    // none of these locks over a fork, except the agent's own, which the test is about.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "a fork");
    if child == 0 {
        // SAFETY: the calls have no precondition.
        unsafe { libc::alarm(HANGS) };
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        std::process::exit(if done.is_ok() { 0 } else { 3 });
    }
    let mut status = 0;
    // SAFETY: the pointer is valid for writes.
    unsafe { libc::waitpid(child, &raw mut status, 0) };
    status
}

fn soon<R>(what: &str, work: impl FnOnce() -> R) -> R {
    let began = Instant::now();
    let result = work();
    assert!(began.elapsed() < SOON, "{what} took {:?}", began.elapsed());
    result
}

/// Prints the trace id of a request.
fn named_request(who: &str) {
    let id = span(&NAMED).run(trace_id);
    println!("{who}={}", id.expect("a trace"));
}

/// Calls each function of the inherited agent in a child while the threads of the parent trace.
pub(crate) fn calls(backend: &str) {
    let mut agent = Some(config("grpc", backend).start().expect("an agent"));
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    request_with("some text");
                    let _ = stats::read();
                }
            });
        }
        // A program that starts and ends threads, and waits for the reporter.
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                std::thread::scope(|inner| drop(inner.spawn(|| requests(2))));
            }
        });
        let mut failed = Vec::new();
        for round in 0..120 {
            let status = fork(|| call(round, agent.take().expect("an agent")));
            if status != 0 {
                failed.push((round % CALLS, status));
            }
        }
        over.store(true, Ordering::Relaxed);
        println!("failed={failed:?}");
    });
    let report = agent.take().expect("an agent").shutdown(Duration::from_secs(10));
    println!("parent_sent={}", report.sent > 0);
}

const CALLS: u32 = 8;

fn call(round: u32, agent: Agent) {
    match round % CALLS {
        0 => soon("drop", || drop(agent)),
        1 => {
            let report = soon("shutdown", || agent.shutdown(Duration::from_secs(10)));
            assert_eq!((report.sent, report.dropped.total(), report.stats.opened), (0, 0, 0));
        }
        2 => {
            assert!(soon("flush", || agent.flush(Duration::from_secs(10))));
            assert!(!soon("wait_until_registered", || agent
                .wait_until_registered(Duration::from_secs(10))));
            let waiting = pin!(agent.wait_until_registered_async(Duration::from_secs(10)));
            assert_eq!(waiting.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(false));
            std::mem::forget(agent);
        }
        3 => {
            assert!(!enabled());
            soon("requests", || requests(1_000));
            let counts = agent.stats();
            assert_eq!(
                (counts.opened, counts.finished, counts.queued, counts.open),
                (0, 0, 0, 0),
                "{counts:?}"
            );
            drop(agent);
        }
        4 => {
            soon("requests", || requests(10));
            soon("threads", || std::thread::spawn(|| requests(10)).join().expect("no panic"));
            assert!(!enabled());
            assert_eq!(stats::read().opened, 0);
            std::mem::forget(agent);
        }
        5 => {
            // An agent of the child, in addition to the inherited one.
            let own = soon("start", || {
                config("discard", "").start().expect("the inherited agent does not run here")
            });
            assert!(enabled());
            requests(100);
            drop(agent);
            assert!(own.flush(Duration::from_secs(10)));
            let report = soon("shutdown", || own.shutdown(Duration::from_secs(10)));
            assert_eq!(
                (report.sent, report.stats.opened, report.stats.finished, report.stats.open),
                (100, 100, 100, 0)
            );
        }
        6 => {
            drop(agent);
            // A grandchild whose parent has its own agent.
            let own = config("discard", "").start().expect("an agent");
            requests(10);
            let status = fork(|| {
                requests(10);
                assert!(!enabled());
                let own_too = config("discard", "").start().expect("an agent");
                requests(7);
                assert_eq!(own_too.shutdown(Duration::from_secs(10)).sent, 7);
                assert_eq!(stats::read().opened, 7);
            });
            assert_eq!(status, 0, "the grandchild");
            assert_eq!(own.shutdown(Duration::from_secs(10)).sent, 10);
        }
        _ => {
            let off =
                config("grpc", "127.0.0.1:1").enabled(false).start().expect("an agent that is off");
            drop((agent, off));
            requests(10);
        }
    }
}

/// Prints the trace ids of the parent, of the child, and of the child's own agent. All report to
/// one backend.
pub(crate) fn ids(backend: &str) {
    let agent = config("grpc", backend).start().expect("an agent");
    named_request("parent");
    for _ in 0..3 {
        let status = span(&OUTER).run(|| {
            // The child inherits an open request.
            let status = fork(|| {
                assert_eq!(trace_id(), None, "nothing is open in the child");
                let own = config("grpc", backend).start().expect("an agent");
                for _ in 0..2 {
                    named_request("child");
                }
                std::thread::spawn(|| named_request("child")).join().expect("no panic");
                assert_eq!(own.shutdown(Duration::from_secs(10)).sent, 3);
            });
            named_request("inside");
            status
        });
        assert_eq!(status, 0);
        named_request("parent");
    }
    let report = agent.shutdown(Duration::from_secs(10));
    println!("sent={} open={}", report.sent, report.stats.open);
}

/// Ends an open request in the child, where an agent runs by then.
pub(crate) fn open_request(case: &str) {
    let agent = config("discard", "").start().expect("an agent");
    let mut own = None;
    let mut work = || {
        // SAFETY: as in `fork`. Parent and child both continue.
        let child = unsafe { libc::fork() };
        if child == 0 {
            // SAFETY: the call has no precondition.
            unsafe { libc::alarm(HANGS) };
            own = Some(config("discard", "").start().expect("an agent"));
        }
        requests(2);
        child
    };
    let child = match case {
        "call" => span(&OUTER).run(work),
        "future" => {
            // The future has its segment, and is polled again after the fork.
            let mut polls = 0;
            let mut future = pin!(span(&OUTER).future(poll_fn(|_| {
                polls += 1;
                if polls < 3 { Poll::Pending } else { Poll::Ready(()) }
            })));
            let mut cx = Context::from_waker(Waker::noop());
            assert!(future.as_mut().poll(&mut cx).is_pending());
            let child = work();
            assert!(future.as_mut().poll(&mut cx).is_pending());
            assert!(future.as_mut().poll(&mut cx).is_ready());
            child
        }
        "future-inside" => {
            let mut future = pin!(span(&OUTER).future(async { work() }));
            match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(child) => child,
                Poll::Pending => unreachable!("the future is ready at once"),
            }
        }
        "handle" => {
            let mut handle = span(&OUTER).run(|| current().detach());
            let child = work();
            handle.tag("text", "some text");
            handle.finish();
            child
        }
        other => panic!("unknown case: {other}"),
    };
    let report = own.unwrap_or(agent).shutdown(Duration::from_secs(10));
    let mut status = 0;
    if child != 0 {
        // SAFETY: the pointer is valid for writes.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
    }
    let who = if child == 0 { "child" } else { "parent" };
    println!(
        "{who}=status {status} sent {} opened {} open {}",
        report.sent, report.stats.opened, report.stats.open
    );
    if child == 0 {
        std::process::exit(0);
    }
}

/// Traces in a child in several ways. The test reads what the child logs.
pub(crate) fn log_lines(case: &str) {
    let agent = config("discard", "").start().expect("an agent");
    requests(1);
    let status = fork(|| {
        match case {
            "spans" => requests(10),
            "enabled" => assert!(!enabled() && !enabled()),
            "flush" => assert!(agent.flush(SOON)),
            "threads" => std::thread::spawn(|| requests(10)).join().expect("no panic"),
            "none" => return,
            other => panic!("unknown case: {other}"),
        }
        requests(10);
        // A thread writes the line.
        assert!(super::wait_for(|| os::threads().len() == 1));
    });
    println!("status={status}");
}

/// Awaits futures of the parent's agent in a child: polled before the fork, or not.
pub(crate) fn futures() {
    let agent = config("grpc", "127.0.0.1:1").start().expect("an agent");
    requests(1);
    let long = Duration::from_secs(60);
    for polls in [0, 1] {
        ends_in_child(polls, pin!(agent.flush_async(long)), true);
        ends_in_child(polls, pin!(agent.wait_until_registered_async(long)), false);
    }
    // In the parent it may be ready at its first poll.
    let report = agent.shutdown_async(long);
    ends_in_child(0, pin!(async { report.await.stats.opened }), 0);
}

fn ends_in_child<T: PartialEq + Debug>(
    polls: u32,
    mut future: Pin<&mut impl Future<Output = T>>,
    expected: T,
) {
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        assert!(future.as_mut().poll(&mut cx).is_pending(), "the reporter needs longer");
    }
    let status = fork(|| {
        assert_eq!(future.as_mut().poll(&mut cx), Poll::Ready(expected));
    });
    println!("status={status}");
}

/// The number of processes that start their first agent in the scene `fork-in-start`.
const STARTS: u32 = 100;

/// Forks while another thread is in the first `start` of the process. The child starts its own
/// agent. Each round is a new process, and forks slightly later than the previous one.
pub(crate) fn in_start(protocol: &str) {
    let began = Instant::now();
    let status = fork(|| drop(config(protocol, "127.0.0.1:1").start().expect("an agent")));
    assert_eq!(status, 0, "no thread is in `start` yet");
    // A first start takes less time than this process.
    let step = began.elapsed() / STARTS;
    let mut failed = Vec::new();
    for round in 0..STARTS {
        let status = fork(|| start_and_fork(protocol, step * round));
        if status != 0 {
            failed.push((round, status));
            // A hanging child takes long.
            break;
        }
    }
    println!("failed={failed:?}");
}

fn start_and_fork(protocol: &str, delay: Duration) {
    let start = || config(protocol, "127.0.0.1:1").shutdown_timeout(Duration::ZERO).start();
    let began = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            began.store(true, Ordering::Relaxed);
            drop(start().expect("an agent"));
        });
        while !began.load(Ordering::Relaxed) {
            std::hint::spin_loop();
        }
        let now = Instant::now();
        while now.elapsed() < delay {
            std::hint::spin_loop();
        }
        let status = fork(|| drop(start().expect("an agent in the child")));
        assert_eq!(status, 0, "the child's own start");
    });
}
