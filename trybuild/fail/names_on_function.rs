//! `names` is only supported on an impl block.

use skywalking_runtime::local_span;

#[local_span(names = "{type}::{fn}")]
fn f() {}

fn main() {}
