//! A `const fn` may run at compile time.

use skywalking_runtime::local_span;

#[local_span]
const fn f() -> u8 {
    1
}

const ONE: u8 = f();

fn main() {}
