//! All functions of a type at once.

use skywalking_runtime::local_span;

struct A;

#[local_span]
impl A {
    fn f() {}
}

fn main() {}
