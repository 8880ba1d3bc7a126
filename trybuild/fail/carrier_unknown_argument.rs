//! The argument of `#[carrier]` is unknown, or on the wrong item.

use skywalking_runtime::Carrier;

#[derive(Carrier)]
struct A {
    #[carrier(head = "sw8")]
    a: String,
}

#[derive(Carrier)]
#[carrier(header = "sw8")]
struct B {
    #[carrier(crate = a::b)]
    a: String,
}

#[derive(Carrier)]
#[carrier(crate = "a")]
struct C {
    #[carrier = "sw8"]
    a: String,
}

fn main() {}
