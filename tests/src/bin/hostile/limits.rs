//! Programs that may have few threads, few descriptors or little memory.

use std::time::Duration;

use skywalking_runtime::{Config, config::SelfLog};

use super::{os, requests, wait_for};

/// An agent whose own lines take no thread.
fn config(way: &str, backend: &str) -> Config {
    super::config(way, backend).self_log(SelfLog::Off)
}

/// No thread can be made for a while, but for the agent's own.
pub(crate) fn no_threads(way: &str, backend: &str) {
    os::become_nobody();
    // The smallest limit at which the agent has its own thread: there is no other.
    let agent = (1..).find_map(|limit| {
        os::limit(libc::RLIMIT_NPROC, limit);
        config(way, backend).start().ok()
    });
    let agent = agent.expect("an agent");
    requests(10);
    println!("flushed_below={}", agent.flush(Duration::from_secs(2)));
    os::limit(libc::RLIMIT_NPROC, u64::MAX);
    // A flush tries at once.
    println!("flushed_above={}", wait_for(|| agent.flush(Duration::from_secs(2))));
    let stats = agent.stats();
    println!("sent={}", stats.sent);
    let _ = agent.shutdown(Duration::from_secs(2));
}

/// The agent's own thread can't be made.
pub(crate) fn few_threads() {
    os::become_nobody();
    os::limit(libc::RLIMIT_NPROC, 1);
    for way in ["grpc", "http", "log"] {
        let error = config(way, "127.0.0.1:1").start().expect_err("no thread can be made");
        println!("error={error}");
        let agent = config(way, "127.0.0.1:1").start_or_off();
        println!("off={}", agent.error().is_some());
    }
    os::limit(libc::RLIMIT_NPROC, u64::MAX);
    println!("starts={}", config("grpc", "127.0.0.1:1").start().is_ok());
}

/// No descriptor is left for a while after the start: nothing can connect.
pub(crate) fn no_descriptors(way: &str, backend: &str) {
    let agent = config(way, backend).start().expect("an agent");
    os::limit(libc::RLIMIT_NOFILE, 3);
    for _ in 0..5 {
        requests(2);
        agent.flush(Duration::from_millis(50));
    }
    os::limit(libc::RLIMIT_NOFILE, u64::MAX);
    println!("flushed_above={}", wait_for(|| agent.flush(Duration::from_secs(2))));
    let report = agent.shutdown(Duration::from_secs(5));
    println!("sent={} dropped={}", report.sent, report.dropped.total());
}

/// Starts at every small number of descriptors, and reports where that works.
pub(crate) fn few_descriptors() {
    let open = os::descriptors() as u64;
    let (mut failed, mut started) = (0, 0);
    for way in ["grpc", "http", "log"] {
        for spare in 0..20 {
            os::limit(libc::RLIMIT_NOFILE, open + spare);
            let agent = config(way, "127.0.0.1:1").start_or_off();
            if agent.error().is_some() {
                failed += 1;
            } else {
                started += 1;
                requests(3);
                agent.flush(Duration::from_millis(20));
            }
            let _ = agent.shutdown(Duration::from_millis(20));
        }
    }
    os::limit(libc::RLIMIT_NOFILE, open + 100);
    println!("some_failed={} some_started={}", failed > 0, started > 0);
    println!("starts={}", config("grpc", "127.0.0.1:1").start().is_ok());
}

/// Starts at every small amount of memory that is left.
pub(crate) fn little_memory() {
    let used = address_space();
    let (mut failed, mut started) = (0, 0);
    for spare in (0..10 * 1024).step_by(32) {
        os::limit(libc::RLIMIT_AS, used + spare * 1024);
        let agent = config("grpc", "localhost:1").start_or_off();
        if agent.error().is_some() {
            failed += 1;
        } else {
            started += 1;
            requests(3);
            agent.flush(Duration::from_millis(20));
        }
        let _ = agent.shutdown(Duration::from_millis(20));
    }
    os::limit(libc::RLIMIT_AS, u64::MAX);
    println!("some_failed={} some_started={}", failed > 0, started > 0);
    println!("starts={}", config("grpc", "127.0.0.1:1").start().is_ok());
}

/// The size of the address space, in bytes.
fn address_space() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")).expect("a size");
    let kilobytes: u64 = size.trim().trim_end_matches(" kB").parse().expect("a number");
    kilobytes * 1024
}
