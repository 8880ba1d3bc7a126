//! The key is an empty string.

use skywalking_runtime::local_span;

#[local_span(tags("" = 1))]
fn f() {}

fn main() {}
