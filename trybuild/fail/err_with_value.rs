//! `err` and `no_err` accept no value.

use skywalking_runtime::local_span;

#[local_span(err = true)]
fn f() -> Result<(), String> {
    Ok(())
}

#[local_span(no_err = true)]
fn g() -> Result<(), String> {
    Ok(())
}

#[local_span(no_err(Debug))]
fn h() -> Result<(), String> {
    Ok(())
}

fn main() {}
