//! Resources that an agent keeps for ended threads, for hanging look-ups, and for callers that have
//! given up.

use std::alloc::{GlobalAlloc, Layout, System};
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::Barrier;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::time::Duration;

use super::{config, os, request_with, requests, wait_for};

/// The system allocator, which counts the bytes in use.
struct Counting;

static IN_USE: AtomicIsize = AtomicIsize::new(0);

fn count(size: usize, sign: isize) {
    IN_USE.fetch_add(isize::try_from(size).unwrap_or_default() * sign, Ordering::Relaxed);
}

// SAFETY: every call is passed to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: the caller upholds the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, 1);
        count(layout.size(), -1);
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn in_use() -> isize {
    IN_USE.load(Ordering::Relaxed)
}

const THREADS: usize = 1_000;
/// The memory that ended threads may leave: a few hundred bytes each.
const LITTLE: isize = 1024 * 1024;

/// The memory that idle threads may keep after tracing: a used segment, and the thread data of the
/// standard library.
const IDLE: isize = 3 * 1024 * 1024 + LITTLE / 2;

/// Traces on this number of threads at the same time. Each calls `stay` before it ends.
fn trace_on_threads(stay: impl FnOnce()) {
    let (traced, ends) = (Barrier::new(THREADS + 1), Barrier::new(THREADS + 1));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            let thread = std::thread::Builder::new().stack_size(128 * 1024);
            let thread = thread.spawn_scoped(scope, || {
                for _ in 0..40 {
                    request_with("some text of a request, which is as long as such texts are");
                }
                traced.wait();
                ends.wait();
            });
            thread.expect("a thread");
        }
        traced.wait();
        stay();
        ends.wait();
    });
}

/// Starts threads that trace and end.
pub(crate) fn threads_end(ending: &str) {
    let agent = config("discard", "").start().expect("an agent");
    requests(10);
    agent.flush(Duration::from_secs(10));
    let before = in_use();
    let mut with_threads = 0;
    trace_on_threads(|| with_threads = in_use() - before);
    match ending {
        "runs" => {}
        "shut-down" => drop(agent.shutdown(Duration::from_secs(10)).sent),
        other => panic!("no such ending: {other}"),
    }
    let given_back = wait_for(|| in_use() - before < LITTLE);
    println!("given_back={given_back}");
    println!("bytes in use: {with_threads} with the threads, {} now", in_use() - before);
}

/// Traces once on each of many threads that live on, as in a thread pool.
pub(crate) fn threads_idle() {
    let agent = config("discard", "").start().expect("an agent");
    requests(10);
    agent.flush(Duration::from_secs(10));
    let before = in_use();
    trace_on_threads(|| {
        let with_buffers = in_use() - before;
        println!("given_back={}", wait_for(|| in_use() - before < IDLE));
        println!("bytes in use: {with_buffers} at first, {} now", in_use() - before);
    });
    drop(agent);
}

/// Starts agents repeatedly while look-ups or writes hang.
pub(crate) fn restarts(protocol: &str, names: &str) {
    let before = os::descriptors();
    for round in 0..40 {
        let backend =
            if names == "many" { format!("hangs{round}:11800") } else { "hangs:11800".to_owned() };
        let agent = config(protocol, &backend).start().expect("an agent");
        requests(300);
        agent.flush(Duration::from_millis(20));
        let _ = agent.shutdown(Duration::from_millis(20));
    }
    // The process has one thread of its own. Look-ups share one thread that hangs, and up to five
    // threads of the log hang. tokio opens a pair of descriptors once in a process.
    let most = if protocol == "log" { 6 } else { 2 };
    let few = wait_for(|| os::threads().len() <= most && os::descriptors() <= before + 4);
    println!("few={few}");
    let threads: Vec<_> = os::threads().into_iter().map(|thread| thread.name).collect();
    println!("{threads:?}, {} descriptors more than before", os::descriptors() - before);
    if let Some(aliases) = std::env::var_os("HOSTALIASES") {
        // The resolver reads to the end and continues. A later one reads from a pipe again.
        let none_left = wait_for(|| {
            drop(
                std::fs::OpenOptions::new()
                    .write(true)
                    .custom_flags(libc::O_NONBLOCK)
                    .open(&aliases),
            );
            os::threads().len() == 1
        });
        println!("none_left={none_left}");
    }
}

/// Starts many async waits one after the other, and drops them.
pub(crate) fn gives_up() {
    let agent = config("grpc", "127.0.0.1:1").start().expect("an agent");
    assert!(!agent.flush(Duration::from_millis(50)));
    let before = in_use();
    for round in 0..200_000 {
        drop(agent.wait_until_registered_async(Duration::from_secs(3_600)));
        if round % 500 == 0 {
            // Lets the reporter process them. It takes a thousand at a time.
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    println!("given_back={}", wait_for(|| in_use() - before < 64 * 1024));
    println!("{} bytes more than before", in_use() - before);
}
