//! An exit span without the address that it calls.

use skywalking_runtime::exit_span;

#[exit_span]
fn f() {}

fn main() {}
