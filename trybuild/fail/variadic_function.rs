//! The function is variadic.

use skywalking_runtime::local_span;

#[local_span]
unsafe extern "C" fn f(_n: u8, _: ...) {}

fn main() {}
