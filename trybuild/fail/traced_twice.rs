//! Two span attributes on one function.

use skywalking_runtime::{entry_span, local_span};

#[entry_span]
#[local_span]
fn f() {}

fn main() {}
