//! A place that takes no headers, and one that cannot be changed.

use skywalking_runtime::exit_span;

#[exit_span(peer = "a", inject = n)]
fn f(mut n: u8) {}

#[exit_span(peer = "a", inject = header)]
fn g(header: String) {}

fn main() {}
