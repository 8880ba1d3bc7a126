//! Only the forms in parentheses ask something of the error.

use skywalking_runtime::local_span;

struct Mute;

#[local_span(err(Display))]
fn f() -> Result<u8, Mute> {
    Ok(1)
}

#[local_span(err(Debug))]
async fn g() -> Result<u8, Mute> {
    Ok(1)
}

#[local_span(err(Debug))]
fn h<E>() -> Result<u8, E> {
    Ok(1)
}

fn main() {}
