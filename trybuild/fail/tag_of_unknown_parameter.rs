//! The tag names no parameter.

use skywalking_runtime::local_span;

#[local_span(tags(zz))]
fn f(_a: u8, (_b, _): (u8, u8)) {}

#[local_span(tags(zz))]
fn g() {}

fn main() {}
