//! rustc reports its own error once, at the user's line.

use skywalking_runtime::local_span;

#[local_span(tags("k" = format!("{n")))]
fn f(n: u8) {}

#[local_span]
async fn g(n: u8) -> String {
    format!("{n")
}

fn main() {}
