//! The derive requires a struct with named fields.

use skywalking_runtime::Carrier;

#[derive(Carrier)]
enum A {}

#[derive(Carrier)]
union B {
    a: u8,
}

#[derive(Carrier)]
struct C(String);

#[derive(Carrier)]
struct D;

fn main() {}
