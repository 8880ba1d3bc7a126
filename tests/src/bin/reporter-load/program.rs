//! A program that finishes segments of five spans at a given rate.

use std::time::{Duration, Instant};

use skywalking_runtime::{entry_span, local_span};

/// The requests between two looks at the clock.
const STEP: u64 = 50;

/// Finishes this many segments a second.
pub(crate) fn run(rate: u64, time: Duration) {
    let began = Instant::now();
    let mut done = 0;
    while began.elapsed() < time {
        for _ in 0..STEP {
            request(done);
        }
        done += STEP;
        let due = Duration::from_nanos(done * 1_000_000_000 / rate);
        if let Some(early) = due.checked_sub(began.elapsed()) {
            std::thread::sleep(early);
        }
    }
}

#[entry_span(name = "/orders", tags("http.method" = "GET"))]
fn request(number: u64) {
    validate(number);
    load(number);
    price(number);
    store(number);
}

#[local_span]
fn validate(number: u64) -> u64 {
    number
}

#[local_span(tags("order" = number))]
fn load(number: u64) -> u64 {
    number
}

#[local_span]
fn price(number: u64) -> u64 {
    number
}

#[local_span]
fn store(number: u64) -> u64 {
    number
}
