//! Only what a function returns and runs later can be covered.

use skywalking_runtime::local_span;

#[local_span(covers = future)]
async fn f() {}

#[local_span(covers = call)]
fn g() -> u8 {
    1
}

#[local_span(covers = stream)]
fn h() {}

fn main() {}
