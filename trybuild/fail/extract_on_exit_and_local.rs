//! `extract` is only supported on an entry span.

use skywalking_runtime::{exit_span, local_span};

#[exit_span(peer = "a", extract = header::<u8, u8>())]
fn f() {}

#[local_span(extract = header)]
fn g() {}

#[local_span(extract_each = headers)]
fn h() {}

fn main() {}
