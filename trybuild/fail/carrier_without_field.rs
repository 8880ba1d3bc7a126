//! No field is marked.

use skywalking_runtime::Carrier;

#[derive(Carrier)]
struct A {
    header: String,
}

fn main() {}
