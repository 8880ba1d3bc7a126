//! The runtime's path is a string.

use skywalking_runtime::local_span;

#[local_span(crate = "skywalking_runtime")]
fn f() {}

fn main() {}
