//! `err_ignore` has no list of types.

use skywalking_runtime::local_span;

#[local_span(err_ignore)]
fn f() -> Result<u8, std::fmt::Error> {
    Ok(1)
}

#[local_span(err_ignore = std::fmt::Error)]
fn g() -> Result<u8, std::fmt::Error> {
    Ok(1)
}

#[local_span(err_ignore())]
fn h() -> Result<u8, std::fmt::Error> {
    Ok(1)
}

#[local_span(err_ignore("Error"))]
fn i() -> Result<u8, std::fmt::Error> {
    Ok(1)
}

fn main() {}
