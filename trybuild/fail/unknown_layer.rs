//! The layer is unknown, or quoted.

use skywalking_runtime::local_span;

#[local_span(layer = htp)]
fn f() {}

#[local_span(layer = "http")]
fn g() {}

fn main() {}
