//! A stream has no single returned value.

use futures::Stream;
use skywalking_runtime::local_span;

#[local_span(covers = stream, ret_tags("k" = |r| r))]
fn f() -> impl Stream<Item = Result<u8, String>> {
    futures::stream::empty()
}

fn main() {}
