//! One function has one name.

use skywalking_runtime::local_span;

#[local_span(names = "{type}::{fn}")]
fn f() {}

fn main() {}
