//! The component is neither an integer nor a constant.

use skywalking_runtime::local_span;

#[local_span(component = "tokio")]
fn f() {}

#[local_span(component = 1 + 1)]
fn g() {}

#[local_span(component = 1u8)]
fn h() {}

fn main() {}
