//! Work inside the process has no peer.

use skywalking_runtime::local_span;

#[local_span(peer = "a")]
fn f() {}

fn main() {}
