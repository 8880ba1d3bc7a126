//! `covers = stream`: from the first `poll_next` to the end or the drop, with the number of items.

use std::pin::Pin;

use futures::stream::{self, BoxStream, Stream, StreamExt as _};
use skywalking_runtime::{entry_span, exit_span, local_span};

use crate::wait;
use skywalking_trybuild::{block_on, spans};

#[entry_span(name = "/opaque", extract = headers, tags(n), covers = stream)]
fn opaque(headers: &str, n: u8) -> impl Stream<Item = u8> + use<> {
    stream::iter(0..n).then(item)
}

#[exit_span(peer = format!("users:{n}"), covers = stream)]
fn boxed<'a>(names: &'a [&'a str], n: u8) -> BoxStream<'a, Result<&'a str, u8>> {
    stream::iter(names).map(move |name| if name.is_empty() { Err(n) } else { Ok(*name) }).boxed()
}

#[local_span(covers = stream)]
fn pinned(n: u8) -> Pin<Box<dyn Stream<Item = u8>>> {
    if n == 0 {
        return Box::pin(stream::empty());
    }
    Box::pin(stream::repeat(n))
}

struct Table(Vec<u8>);

impl Table {
    #[local_span(name = "rows", tags("rows" = self.0.len()), covers = stream)]
    fn rows(&self) -> impl Stream<Item = &u8> {
        stream::iter(&self.0)
    }
}

#[local_span]
async fn item(n: u8) -> u8 {
    wait(n).await
}

#[test]
fn span_ends_with_the_stream() {
    spans(|| {
        block_on(async {
            assert_eq!(opaque("", 2).collect::<Vec<_>>().await, [0, 1]);
            assert_eq!(boxed(&["a", ""], 1).collect::<Vec<_>>().await, [Ok("a"), Err(1)]);
            assert_eq!(pinned(0).count().await, 0);
            assert_eq!(Table(vec![1, 2, 3]).rows().count().await, 3);
        });
    })
    .are(
        "
        Entry /opaque {n=2, items=2}
          Local pass::covers_stream::item
          Local pass::covers_stream::item
        Exit pass::covers_stream::boxed peer=users:1 ERROR {items=2} [event=error error.kind=u8 message=1]
        Local pass::covers_stream::pinned {items=0}
        Local rows {rows=3, items=3}
        ",
    );
}

#[test]
fn drop_ends_the_span_and_unpolled_has_none() {
    spans(|| {
        block_on(async {
            assert_eq!(pinned(7).take(2).collect::<Vec<_>>().await, [7, 7]);
            drop(pinned(7));
        });
    })
    .are(
        "
        Local pass::covers_stream::pinned {items=2}
        ",
    );
}

#[test]
fn size_hint_is_forwarded() {
    spans(|| assert_eq!(Table(vec![1, 2]).rows().size_hint(), (2, Some(2)))).are("");
}
