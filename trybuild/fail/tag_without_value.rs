//! A key has no value, or `tags` has no list.

use skywalking_runtime::local_span;

#[local_span(tags("k"))]
fn f() {}

#[local_span(tags("k" =))]
fn g() {}

#[local_span(tags = "k")]
fn h() {}

#[local_span(tags(1))]
fn i() {}

fn main() {}
