//! There is no comma between two arguments.

use skywalking_runtime::exit_span;

#[exit_span(name = "a" peer = "b")]
fn f() {}

fn main() {}
