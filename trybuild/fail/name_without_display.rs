//! A name and a peer that cannot be printed.

use skywalking_runtime::exit_span;

struct Mute;

#[exit_span(name = value, peer = value)]
fn f(value: &Mute) {}

fn main() {}
