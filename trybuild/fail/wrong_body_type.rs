//! rustc reports its own error once, at the user's line.

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
