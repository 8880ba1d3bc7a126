//! The name is an empty string.

use skywalking_runtime::local_span;

#[local_span(name = "")]
fn f() {}

fn main() {}
