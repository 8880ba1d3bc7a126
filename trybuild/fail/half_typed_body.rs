//! rustc's own error, at the user's line, once.

use skywalking_runtime::local_span;

#[local_span]
fn f() {
    let a = ;
}

fn main() {}
