//! No field has `#[carrier]`.

use skywalking_runtime::Carrier;

#[derive(Carrier)]
struct A {
    header: String,
}

fn main() {}
