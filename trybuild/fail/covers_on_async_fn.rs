//! The span of an `async fn` ends when the function returns.

use std::future::{Ready, ready};

use futures::stream::{self, Stream};
use skywalking_runtime::local_span;

#[local_span(covers = stream)]
async fn f() -> impl Stream<Item = u8> {
    stream::empty()
}

#[local_span(covers = future)]
async fn g() -> Ready<u8> {
    ready(1)
}

fn main() {}
