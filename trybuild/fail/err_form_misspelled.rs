//! The form of `err` is in lower case.

use skywalking_runtime::local_span;

#[local_span(err(display))]
fn f() -> Result<u8, std::fmt::Error> {
    Ok(1)
}

#[local_span(err(debug))]
async fn g() -> Result<u8, std::fmt::Error> {
    Ok(1)
}

fn main() {}
