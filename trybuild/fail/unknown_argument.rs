//! A key that no attribute has, one typing error away and far away.

use skywalking_runtime::{entry_span, local_span};

#[local_span(nam = "x")]
fn f() {}

#[entry_span(whatever(1, 2), name = "x")]
fn g() {}

fn main() {}
