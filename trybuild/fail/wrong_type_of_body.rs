//! rustc's own error, at the user's line, once, in every shape.

use skywalking_runtime::local_span;

#[local_span]
fn f() -> u8 {
    "a"
}

#[local_span]
async fn g() -> u8 {
    "b"
}

#[local_span]
fn h() -> Result<u8, String> {
    "c"
}

#[local_span]
async fn i() -> Result<u8, String> {
    Ok("d")
}

#[local_span]
async fn j() {
    5
}

fn main() {}
