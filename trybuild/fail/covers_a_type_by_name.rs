//! What is wrapped must be named by its trait.

use std::future::Ready;

use skywalking_runtime::local_span;

#[local_span(covers = future)]
fn f() -> Ready<u8> {
    std::future::ready(1)
}

fn main() {}
