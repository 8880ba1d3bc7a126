//! Where nothing is returned nothing can be asked.

use skywalking_runtime::local_span;

fn failed(_: &()) -> Option<&'static str> {
    None
}

#[local_span(err(failed))]
fn f() {}

fn main() {}
