//! The function returns a stream, and has no `covers`.

use skywalking_runtime::local_span;

trait Stream {}

impl Stream for () {}

type BoxStream = Box<dyn Stream>;

#[local_span]
fn f() -> impl Stream {}

#[local_span]
fn g() -> BoxStream {
    Box::new(())
}

fn main() {}
