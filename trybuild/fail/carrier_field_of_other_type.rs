//! The field's type is not a carrier.

use skywalking_runtime::Carrier;

#[derive(Carrier)]
struct A {
    #[carrier]
    a: u8,
}

#[derive(Carrier)]
struct B {
    #[carrier(header = "sw8")]
    a: u8,
}

fn main() {}
