//! Two fields hold the same headers.

use skywalking_runtime::Carrier;

#[derive(Carrier)]
struct A {
    #[carrier]
    a: String,
    #[carrier]
    b: String,
}

#[derive(Carrier)]
struct B {
    #[carrier]
    a: String,
    #[carrier(header = "sw8")]
    b: String,
}

#[derive(Carrier)]
struct C {
    #[carrier(header = "sw8")]
    a: String,
    #[carrier(header = "sw8")]
    b: String,
}

fn main() {}
