//! The key has no quotes, or is missing.

use skywalking_runtime::local_span;

#[local_span(tags(k = 1))]
fn f() {}

#[local_span(tags(n.len()))]
fn g(_n: &str) {}

fn main() {}
