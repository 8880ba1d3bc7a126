//! The pattern has unknown placeholders or unmatched braces.

use skywalking_runtime::local_span;

struct S;

#[local_span(names = "{typ}::{fn}")]
impl S {
    fn f() {}
}

#[local_span(names = "{trait}::{fn}")]
impl S {
    fn g() {}
}

#[local_span(names = 3)]
impl S {
    fn h() {}
}

#[local_span(names = "")]
impl S {
    fn i() {}
}

#[local_span(names = "{type")]
impl S {
    fn j() {}
}

fn main() {}
