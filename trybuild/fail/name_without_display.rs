//! The name and the peer do not implement `Display`.

use skywalking_runtime::exit_span;

struct Opaque;

#[exit_span(name = value, peer = value)]
fn f(value: &Opaque) {}

fn main() {}
