//! An argument uses `?`, `return` or `.await`.

use skywalking_runtime::{entry_span, exit_span, local_span};

#[local_span(name = text?)]
fn f(text: Option<&str>) -> Option<usize> {
    text.map(str::len)
}

#[local_span(tags("k" = text.parse::<u8>()?, "l" = [1, 2].map(|n: u8| n.checked_add(1)?)))]
fn g(text: &str) -> Result<u8, std::num::ParseIntError> {
    text.parse()
}

#[exit_span(peer = address().await)]
async fn h() {}

#[entry_span(name = "/", extract = if true { return } else { "x" })]
fn i() {}

async fn address() -> String {
    String::new()
}

fn main() {}
