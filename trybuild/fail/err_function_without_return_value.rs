//! The traced function returns nothing.

use skywalking_runtime::local_span;

fn failed(_: &()) -> Option<&'static str> {
    None
}

#[local_span(err(failed))]
fn f() {}

fn main() {}
