//! The function has two span attributes.

use skywalking_runtime::{entry_span, local_span};

#[entry_span]
#[local_span]
fn f() {}

fn main() {}
