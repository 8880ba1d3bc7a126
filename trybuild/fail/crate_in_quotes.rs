//! The runtime's path as a string.

use skywalking_runtime::local_span;

#[local_span(crate = "skywalking_runtime")]
fn f() {}

fn main() {}
