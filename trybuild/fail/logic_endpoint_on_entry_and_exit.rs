//! `logic_endpoint` is only supported on a local span, without a value.

use skywalking_runtime::{entry_span, exit_span, local_span};

#[entry_span(logic_endpoint)]
fn f() {}

#[exit_span(peer = "a:1", logic_endpoint)]
fn g() {}

#[local_span(logic_endpoint = true)]
fn h() {}

#[local_span(logic_endpoint("x"))]
fn i() {}

fn main() {}
