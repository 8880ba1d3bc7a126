//! Programs with low limits of threads, descriptors or memory.

use std::time::Duration;

use skywalking_runtime::{Config, config::SelfLog};

use super::{os, requests, wait_for};

/// Returns a configuration without self-log, so without the thread that writes its lines.
fn config(protocol: &str, backend: &str) -> Config {
    super::config(protocol, backend).self_log(SelfLog::Off)
}

/// Allows no thread but the agent's own for a while.
pub(crate) fn no_threads(protocol: &str, backend: &str) {
    os::become_nobody();
    // The smallest limit at which the agent can start its own thread. No thread is left.
    let agent = (1..).find_map(|limit| {
        os::limit(libc::RLIMIT_NPROC, limit);
        config(protocol, backend).start().ok()
    });
    let agent = agent.expect("an agent");
    requests(10);
    println!("flushed_below={}", agent.flush(Duration::from_secs(2)));
    os::limit(libc::RLIMIT_NPROC, u64::MAX);
    // A flush connects immediately.
    println!("flushed_above={}", wait_for(|| agent.flush(Duration::from_secs(2))));
    let stats = agent.stats();
    println!("sent={}", stats.sent);
    let _ = agent.shutdown(Duration::from_secs(2));
}

/// Allows no thread, not even the agent's own.
pub(crate) fn few_threads() {
    os::become_nobody();
    os::limit(libc::RLIMIT_NPROC, 1);
    for protocol in ["grpc", "http", "log"] {
        let error = config(protocol, "127.0.0.1:1").start().expect_err("no thread can be started");
        println!("error={error}");
        let agent = config(protocol, "127.0.0.1:1").start_or_off();
        println!("off={}", agent.error().is_some());
    }
    os::limit(libc::RLIMIT_NPROC, u64::MAX);
    println!("starts={}", config("grpc", "127.0.0.1:1").start().is_ok());
}

/// Leaves no descriptor for a while after the start, so nothing can connect.
pub(crate) fn no_descriptors(protocol: &str, backend: &str) {
    let agent = config(protocol, backend).start().expect("an agent");
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

/// Starts with each small number of descriptors, and prints where that works.
pub(crate) fn few_descriptors() {
    let open = os::descriptors() as u64;
    let (mut failed, mut started) = (0, 0);
    for protocol in ["grpc", "http", "log"] {
        for spare in 0..20 {
            os::limit(libc::RLIMIT_NOFILE, open + spare);
            let agent = config(protocol, "127.0.0.1:1").start_or_off();
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

/// Starts with each small amount of free memory.
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

/// Returns the size of the address space in bytes.
fn address_space() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")).expect("a size");
    let kilobytes: u64 = size.trim().trim_end_matches(" kB").parse().expect("a number");
    kilobytes * 1024
}
