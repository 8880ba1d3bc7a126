//! The function returns no `Result`.

use skywalking_runtime::local_span;

#[local_span(err)]
fn f() {}

#[local_span(err)]
async fn g() -> (u8, u8) {
    (1, 1)
}

fn main() {}
