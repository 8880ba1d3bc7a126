//! The header is not one of the protocol's.

use skywalking_runtime::Carrier;

#[derive(Carrier)]
struct A {
    #[carrier()]
    a: String,
    #[carrier(header = "sw6")]
    b: String,
    #[carrier(header = sw8)]
    c: String,
    #[carrier(header)]
    d: String,
}

fn main() {}
