//! The constant is not an `i32`.

use skywalking_runtime::local_span;

const ID: u32 = 1;

#[local_span(component = ID)]
fn f() {}

fn main() {}
