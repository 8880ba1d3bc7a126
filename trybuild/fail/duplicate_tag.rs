//! A tag key is set twice.

use skywalking_runtime::local_span;

#[local_span(tags("k" = 1, k, "k" = 2))]
fn f(k: u8) -> u8 {
    k
}

fn main() {}
