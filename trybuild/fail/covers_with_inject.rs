//! A body that runs before the span has nothing to inject.

use skywalking_runtime::exit_span;

#[exit_span(peer = "a:1", covers = future, inject = headers)]
fn f(headers: &mut String) -> impl Future<Output = u8> {
    async { 1 }
}

fn main() {}
