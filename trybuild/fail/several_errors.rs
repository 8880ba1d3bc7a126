//! All errors are reported, and the function is emitted.

use skywalking_runtime::exit_span;

#[exit_span(name = "", layer = htp, component = "x", nam = 1, tags("" = 1, zz))]
const fn f(a: u8) -> u8 {
    a
}

const ONE: u8 = f(1);

fn main() {}
