//! The name has no key.

use skywalking_runtime::local_span;

#[local_span("x")]
fn f() {}

fn main() {}
