//! Keys of other tracing crates get a hint.

use skywalking_runtime::local_span;

#[local_span(skip(_a))]
fn f(_a: u8) {}

#[local_span(skip_all, fields(a = 1, b), level = "debug")]
fn g() {}

#[local_span(name = "x", short_name = true, enter_on_poll = true, properties = { "a": "b" })]
fn h() {}

fn main() {}
