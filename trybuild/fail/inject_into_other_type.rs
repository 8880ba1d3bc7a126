//! The place is not a carrier, or not mutable.

use skywalking_runtime::exit_span;

#[exit_span(peer = "a", inject = n)]
fn f(mut n: u8) {}

#[exit_span(peer = "a", inject = header)]
fn g(header: String) {}

fn main() {}
