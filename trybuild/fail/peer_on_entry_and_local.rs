//! Only what goes out has a peer.

use skywalking_runtime::{entry_span, local_span};

#[entry_span(peer = "a")]
fn f() {}

#[local_span(peer = "a")]
fn g() {}

fn main() {}
