//! The error does not implement the trait of the form.

use skywalking_runtime::local_span;

struct Opaque;

#[local_span(err(Display))]
fn f() -> Result<u8, Opaque> {
    Ok(1)
}

#[local_span(err(Debug))]
async fn g() -> Result<u8, Opaque> {
    Ok(1)
}

#[local_span(err(Debug))]
fn h<E>() -> Result<u8, E> {
    Ok(1)
}

fn main() {}
