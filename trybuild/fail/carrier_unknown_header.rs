//! A header that the protocol does not have.

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
