//! A key is set twice.

use skywalking_runtime::local_span;

#[local_span(name = "a", layer = rpc, name = "b")]
fn f() {}

fn main() {}
