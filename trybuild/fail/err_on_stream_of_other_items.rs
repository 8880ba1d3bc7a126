//! The items are not a `Result`, or their error has no `Display`.

use futures::Stream;
use futures::stream::BoxStream;
use skywalking_runtime::local_span;

type Row = Option<u8>;

#[local_span(covers = stream, err)]
fn f() -> impl Stream<Item = Row> {
    futures::stream::empty()
}

#[local_span(covers = stream, err(Display))]
fn g() -> BoxStream<'static, Result<u8, ()>> {
    Box::pin(futures::stream::empty())
}

fn main() {}
