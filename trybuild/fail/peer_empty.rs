//! A literal peer that says nothing.

use skywalking_runtime::exit_span;

#[exit_span(peer = "")]
fn f() {}

fn main() {}
