//! The value is not a carrier.

use skywalking_runtime::entry_span;

#[entry_span(extract = n)]
fn f(n: u8) {}

fn main() {}
