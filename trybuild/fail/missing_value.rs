//! A key has no value.

use skywalking_runtime::exit_span;

#[exit_span(peer, name =, layer = )]
fn f() {}

fn main() {}
