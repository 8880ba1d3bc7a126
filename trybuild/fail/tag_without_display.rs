//! The value implements neither `Display` nor `Debug`.

use skywalking_runtime::local_span;

struct Opaque;

#[local_span(tags("k" = value))]
fn f(value: &Opaque) {}

#[local_span(tags(value))]
async fn g(value: Opaque) {}

#[local_span(tags("k" = %value))]
fn h(value: &Opaque) {}

#[local_span(tags("k" = ?value))]
fn i(value: &Opaque) {}

fn main() {}
