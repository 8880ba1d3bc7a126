//! `covers` says stream for a future, or future for a stream.

use futures::Stream;
use futures::future::BoxFuture;
use skywalking_runtime::local_span;

#[local_span(covers = stream)]
fn f() -> BoxFuture<'static, u8> {
    Box::pin(async { 1 })
}

#[local_span(covers = future)]
fn g() -> impl Stream<Item = u8> {
    futures::stream::empty()
}

fn main() {}
