//! A function of C with any number of arguments.

use skywalking_runtime::local_span;

#[local_span]
unsafe extern "C" fn f(_n: u8, _: ...) {}

fn main() {}
