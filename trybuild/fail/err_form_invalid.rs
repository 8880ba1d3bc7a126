//! The form of `err` is invalid.

use skywalking_runtime::local_span;

#[local_span(err())]
fn f() -> Result<u8, String> {
    Ok(1)
}

#[local_span(err(Display, Debug))]
fn h() -> Result<u8, String> {
    Ok(1)
}

#[local_span(err("text"))]
fn i() -> Result<u8, String> {
    Ok(1)
}

#[local_span(no_err(Display))]
fn j() -> Result<u8, String> {
    Ok(1)
}

fn main() {}
