//! rustc reports its own error once, at the user's line.

use skywalking_runtime::local_span;

#[local_span]
fn f() {
    let a = ;
}

fn main() {}
