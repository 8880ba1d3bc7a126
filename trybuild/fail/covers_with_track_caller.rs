//! `covers` hides the caller's location.

use skywalking_runtime::local_span;

#[local_span(covers = future)]
#[track_caller]
fn f() -> impl Future<Output = u8> {
    async { 1 }
}

fn main() {}
