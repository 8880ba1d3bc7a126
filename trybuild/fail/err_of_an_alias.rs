//! `err` on a type that could be a `Result`, and is none.

use skywalking_runtime::local_span;

type Answer = Option<u8>;

#[local_span(err)]
fn f() -> Answer {
    None
}

#[local_span(err)]
async fn g() -> Answer {
    None
}

fn main() {}
