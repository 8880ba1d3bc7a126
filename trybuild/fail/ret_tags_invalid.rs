//! A value is not a closure or a path, or a key is invalid.

use skywalking_runtime::local_span;

#[local_span(ret_tags("k" = 1))]
fn f() -> u8 {
    1
}

#[local_span(ret_tags("k" = |a, b| a))]
fn g() -> u8 {
    1
}

#[local_span(ret_tags(k = |r| r))]
fn h() -> u8 {
    1
}

#[local_span(ret_tags("k"))]
fn i() -> u8 {
    1
}

#[local_span(ret_tags)]
fn j() -> u8 {
    1
}

#[local_span(ret_tags("" = |r| r, "k" = |r| r, "k" = |r| r))]
fn k() -> u8 {
    1
}

fn main() {}
