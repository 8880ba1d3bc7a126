//! A value that holds no headers.

use skywalking_runtime::entry_span;

#[entry_span(extract = n)]
fn f(n: u8) {}

fn main() {}
