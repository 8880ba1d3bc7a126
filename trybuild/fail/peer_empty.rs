//! The peer is an empty string.

use skywalking_runtime::exit_span;

#[exit_span(peer = "")]
fn f() {}

fn main() {}
