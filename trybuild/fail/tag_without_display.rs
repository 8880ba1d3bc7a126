//! A value that can be printed neither way.

use skywalking_runtime::local_span;

struct Mute;

#[local_span(tags("k" = value))]
fn f(value: &Mute) {}

#[local_span(tags(value))]
async fn g(value: Mute) {}

#[local_span(tags("k" = %value))]
fn h(value: &Mute) {}

#[local_span(tags("k" = ?value))]
fn i(value: &Mute) {}

fn main() {}
