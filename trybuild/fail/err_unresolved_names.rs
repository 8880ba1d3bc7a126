//! The function or the type in the argument does not exist.

use skywalking_runtime::local_span;

#[local_span(err(missing))]
fn f() -> Result<u8, String> {
    Ok(1)
}

#[local_span(err_ignore(Missing))]
fn g() -> Result<u8, std::fmt::Error> {
    Ok(1)
}

fn main() {}
