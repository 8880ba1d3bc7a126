//! A traced program that runs one scene with hostile conditions: `hostile <scene> [arguments]`.
//! `tests/process` runs it.
//!
//! A scene prints its results as lines `key=value`, and `panics=0` at the end. The panic hook
//! counts every panic of every thread, even if it is caught, since each would end a program with
//! `panic=abort`.
#![cfg(unix)]
#![allow(unsafe_code, reason = "system calls that the standard library does not have")]

mod forks;
mod limits;
mod os;
mod resources;
mod signals;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use skywalking_runtime::{Callsite, Config, callsite, config::Reporter, span};
use skywalking_tests::polling::poll_until;

static PANICS: AtomicUsize = AtomicUsize::new(0);

static WORK: Callsite = callsite!(entry, "/work");

fn main() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        hook(info);
    }));
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match &arguments[..] {
        ["mask", backend] => signals::mask(backend),
        ["mask-of-writer"] => signals::mask_of_writer(),
        ["waits-for-signals"] => signals::waits(),
        ["broken-stderr"] => signals::broken_stderr(),
        ["broken-connections", protocol, backend] => signals::broken_connections(protocol, backend),
        ["no-threads", protocol, backend] => limits::no_threads(protocol, backend),
        ["few-threads"] => limits::few_threads(),
        ["no-descriptors", protocol, backend] => limits::no_descriptors(protocol, backend),
        ["few-descriptors"] => limits::few_descriptors(),
        ["little-memory"] => limits::little_memory(),
        ["threads-end", ending] => resources::threads_end(ending),
        ["threads-idle"] => resources::threads_idle(),
        ["restarts", protocol, names] => resources::restarts(protocol, names),
        ["gives-up"] => resources::gives_up(),
        ["fork-calls", backend] => forks::calls(backend),
        ["fork-ids", backend] => forks::ids(backend),
        ["fork-open-request", case] => forks::open_request(case),
        ["fork-log", case] => forks::log_lines(case),
        ["fork-in-start", protocol] => forks::in_start(protocol),
        ["fork-futures"] => forks::futures(),
        _ => panic!("unknown scene: {arguments:?}"),
    }
    println!("panics={}", PANICS.load(Ordering::SeqCst));
}

/// Returns the configuration of an agent that reports by the protocol.
fn config(protocol: &str, backend: &str) -> Config {
    let config =
        Config::new("hostile").instance("hostile_1").shutdown_timeout(Duration::from_secs(5));
    match protocol {
        "grpc" => config.backend(backend),
        "http" => config.reporter(Reporter::Http).backend(backend),
        "log" => config.reporter(Reporter::Log),
        "discard" => config.reporter(Reporter::Discard),
        other => panic!("unknown protocol: {other}"),
    }
}

fn requests(count: usize) {
    for _ in 0..count {
        span(&WORK).run(|| ());
    }
}

/// Polls a condition. Returns false on a timeout.
fn wait_for(condition: impl FnMut() -> bool) -> bool {
    poll_until(Duration::from_secs(40), condition)
}

fn request_with(text: &str) {
    span(&WORK).run(|| skywalking_runtime::current().tag("text", text));
}
