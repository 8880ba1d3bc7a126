//! `inject` is only supported on an exit span.

use skywalking_runtime::{entry_span, local_span};

#[entry_span(inject = header)]
fn f() {}

#[local_span(inject = header)]
fn g() {}

fn main() {}
