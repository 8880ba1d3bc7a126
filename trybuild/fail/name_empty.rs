//! A literal name that says nothing.

use skywalking_runtime::local_span;

#[local_span(name = "")]
fn f() {}

fn main() {}
