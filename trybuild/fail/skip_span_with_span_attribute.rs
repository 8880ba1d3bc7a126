//! A function is either traced or skipped.

use skywalking_runtime::{entry_span, local_span, skip_span};

struct S;

#[local_span]
impl S {
    #[skip_span]
    #[entry_span]
    fn f() {}

    #[skip_span(all)]
    fn g() {}
}

fn main() {}
