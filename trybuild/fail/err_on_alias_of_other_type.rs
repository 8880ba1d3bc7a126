//! The return type is an alias, but not of a `Result`.

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
