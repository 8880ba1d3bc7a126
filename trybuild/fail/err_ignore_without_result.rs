//! The function returns no `Result`, or `no_err` is set.

use std::fmt::Error;

use skywalking_runtime::local_span;

#[local_span(err_ignore(Error))]
fn f() {}

#[local_span(err_ignore(Error))]
async fn g() -> (u8, Error) {
    (1, Error)
}

#[local_span(no_err, err_ignore(Error))]
fn h() -> Result<u8, Error> {
    Ok(1)
}

fn main() {}
