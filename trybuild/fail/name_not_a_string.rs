//! The name and the peer are literals of other types.

use skywalking_runtime::{exit_span, local_span};

#[local_span(name = 3)]
fn f() {}

#[exit_span(peer = 'x')]
fn g() {}

fn main() {}
