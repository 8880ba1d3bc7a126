//! The component id does not fit in `i32`.

use skywalking_runtime::local_span;

#[local_span(component = 99999999999)]
fn f() {}

fn main() {}
