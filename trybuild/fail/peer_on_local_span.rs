//! `peer` is not supported on a local span.

use skywalking_runtime::local_span;

#[local_span(peer = "a")]
fn f() {}

fn main() {}
