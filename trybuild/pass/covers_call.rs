//! `covers = call` times only the call, not the returned future or stream.

use std::pin::Pin;

use futures::stream::{self, Stream, StreamExt as _};
use skywalking_runtime::{exit_span, local_span};

use crate::wait;
use skywalking_trybuild::{block_on, spans};

#[local_span(covers = call, tags(n))]
fn future(n: u8) -> impl Future<Output = u8> {
    prepared();
    async move { wait(n).await }
}

#[exit_span(peer = "a:1", inject = headers, covers = call)]
fn boxed(headers: &mut String, n: u8) -> Pin<Box<dyn Future<Output = u8> + Send>> {
    let written = u8::from(headers.starts_with("sw8:"));
    Box::pin(async move { n + written })
}

#[local_span(covers = call)]
fn stream(n: u8) -> impl Stream<Item = u8> {
    prepared();
    stream::iter(0..n)
}

#[local_span]
fn prepared() {}

#[test]
fn span_ends_with_the_call() {
    spans(|| {
        let (future, boxed) = (future(1), boxed(&mut String::new(), 1));
        assert_eq!((block_on(future), block_on(boxed)), (1, 2));
        assert_eq!(block_on(stream(3).count()), 3);
    })
    .are(
        "
        Local pass::covers_call::future {n=1}
          Local pass::covers_call::prepared
        Exit pass::covers_call::boxed peer=a:1
        Local pass::covers_call::stream
          Local pass::covers_call::prepared
        ",
    );
}
