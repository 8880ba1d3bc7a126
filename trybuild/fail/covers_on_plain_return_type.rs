//! The function returns neither a future nor a stream.

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
