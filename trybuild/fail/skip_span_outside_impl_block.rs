//! `#[skip_span]` requires a traced impl block.

use skywalking_runtime::skip_span;

#[skip_span]
fn f() {}

struct S;

impl S {
    #[skip_span]
    fn g() {}
}

fn main() {}
