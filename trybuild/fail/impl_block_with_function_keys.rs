//! These keys are only supported on a function.

use skywalking_runtime::{exit_span, local_span};

struct S;

#[local_span(name = "one", ret_tags("k" = |r| r))]
impl S {
    fn f() -> u8 {
        1
    }
}

#[local_span(covers = future)]
impl S {
    fn g() -> impl Future<Output = u8> {
        async { 1 }
    }
}

#[exit_span(name = "three")]
impl S {
    fn h() {}
}

fn main() {}
