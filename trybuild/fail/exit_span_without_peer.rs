//! An exit span requires a peer.

use skywalking_runtime::exit_span;

#[exit_span]
fn f() {}

fn main() {}
