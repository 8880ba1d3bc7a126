//! The key is unknown: one typing error away from a known key, or further.

use skywalking_runtime::{entry_span, local_span};

#[local_span(nam = "x")]
fn f() {}

#[entry_span(whatever(1, 2), name = "x")]
fn g() {}

fn main() {}
