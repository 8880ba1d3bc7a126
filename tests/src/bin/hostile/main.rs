//! A traced program under hostile conditions, one a run: `hostile <scene> [arguments]`. Driven by
//! `tests/process`.
//!
//! A scene prints what it saw as lines `key=value`, and at the end `panics=0`: the panic hook
//! counts every panic of every thread, also the caught ones, because with `panic=abort` each of
//! them would end the program.
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
        ["broken-connections", way, backend] => signals::broken_connections(way, backend),
        ["no-threads", way, backend] => limits::no_threads(way, backend),
        ["few-threads"] => limits::few_threads(),
        ["no-descriptors", way, backend] => limits::no_descriptors(way, backend),
        ["few-descriptors"] => limits::few_descriptors(),
        ["little-memory"] => limits::little_memory(),
        ["threads-end", ending] => resources::threads_end(ending),
        ["threads-idle"] => resources::threads_idle(),
        ["restarts", way, names] => resources::restarts(way, names),
        ["gives-up"] => resources::gives_up(),
        ["fork-calls", backend] => forks::calls(backend),
        ["fork-ids", backend] => forks::ids(backend),
        ["fork-open-request", way] => forks::open_request(way),
        ["fork-words", way] => forks::words(way),
        ["fork-in-start", way] => forks::in_start(way),
        _ => panic!("no such scene: {arguments:?}"),
    }
    println!("panics={}", PANICS.load(Ordering::SeqCst));
}

/// An agent that reports one of the ways to a backend.
fn config(way: &str, backend: &str) -> Config {
    let config =
        Config::new("hostile").instance("hostile_1").shutdown_timeout(Duration::from_secs(5));
    match way {
        "grpc" => config.backend(backend),
        "http" => config.reporter(Reporter::Http).backend(backend),
        "log" => config.reporter(Reporter::Log),
        "discard" => config.reporter(Reporter::Discard),
        other => panic!("no such way: {other}"),
    }
}

fn requests(count: usize) {
    for _ in 0..count {
        span(&WORK).run(|| ());
    }
}

/// Polls a condition. False if it does not hold in time.
fn wait_for(condition: impl FnMut() -> bool) -> bool {
    poll_until(Duration::from_secs(40), condition)
}

fn request_with(text: &str) {
    span(&WORK).run(|| skywalking_runtime::current().tag("text", text));
}
