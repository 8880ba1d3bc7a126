//! The carrier moves into the body before the span starts.

use skywalking_runtime::exit_span;

#[exit_span(peer = "a:1", covers = future, inject = headers)]
fn f(headers: &mut String) -> impl Future<Output = u8> {
    async { 1 }
}

fn main() {}
