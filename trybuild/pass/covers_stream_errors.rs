//! `covers = stream`: an item that is an `Err` marks the span as a returned one does. The error
//! keys apply to items.

use std::fmt;
use std::pin::Pin;

use futures::stream::{self, BoxStream, Stream, StreamExt as _};
use skywalking_runtime::{entry_span, exit_span, local_span};

use crate::wait;
use skywalking_trybuild::{block_on, spans};

/// An alias of `Result`.
type Row = Result<u8, String>;

/// An alias of a boxed stream.
type Rows<'a> = Pin<Box<dyn Stream<Item = Row> + Send + 'a>>;

#[derive(Debug, PartialEq)]
struct Missing(u8);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is missing", self.0)
    }
}

impl std::error::Error for Missing {}

fn rows(n: u8) -> impl Stream<Item = Row> + Send {
    stream::iter(0..n).then(wait).map(|n| if n % 2 == 1 { Err(format!("row {n}")) } else { Ok(n) })
}

fn missing(n: u8) -> impl Stream<Item = Result<u8, Missing>> + Send {
    stream::iter(0..n).map(|n| if n == 1 { Err(Missing(n)) } else { Ok(n) })
}

#[local_span(name = "opaque", covers = stream)]
fn opaque(n: u8) -> impl Stream<Item = Result<u8, String>> {
    rows(n)
}

#[entry_span(name = "/boxed", covers = stream)]
fn boxed<'a>(n: u8) -> BoxStream<'a, Result<u8, String>> {
    rows(n).boxed()
}

#[exit_span(name = "item alias", peer = "db:1", covers = stream)]
fn item_alias(n: u8) -> impl Stream<Item = Row> {
    rows(n)
}

#[local_span(name = "stream alias", covers = stream)]
fn stream_alias(n: u8) -> Rows<'static> {
    Box::pin(rows(n))
}

#[local_span(name = "by word", covers = stream, err)]
fn by_word(n: u8) -> Rows<'static> {
    Box::pin(rows(n))
}

#[local_span(name = "display", covers = stream, err(Display))]
fn by_display(n: u8) -> impl Stream<Item = Result<u8, Missing>> {
    missing(n)
}

#[local_span(name = "debug", covers = stream, err(Debug))]
fn by_debug(n: u8) -> impl Stream<Item = Result<u8, Missing>> {
    missing(n)
}

fn odd(n: &u8) -> Option<&'static str> {
    (n % 2 == 1).then_some("odd")
}

#[local_span(name = "function", covers = stream, err(odd))]
fn by_function(n: u8) -> BoxStream<'static, u8> {
    stream::iter(0..n).boxed()
}

#[local_span(name = "ignored", covers = stream, err_ignore(Missing))]
fn ignored(n: u8) -> impl Stream<Item = Result<u8, Missing>> {
    missing(n)
}

#[local_span(name = "ignored in a box", covers = stream, err_ignore(Missing))]
fn ignored_boxed(
    n: u8,
) -> BoxStream<'static, Result<u8, Box<dyn std::error::Error + Send + Sync>>> {
    missing(n).map(|row| row.map_err(Into::into)).boxed()
}

#[local_span(name = "unmarked", covers = stream, no_err)]
fn unmarked(n: u8) -> impl Stream<Item = Row> {
    rows(n)
}

#[local_span(name = "plain", covers = stream)]
fn plain(n: u8) -> impl Stream<Item = u8> {
    stream::iter(0..n)
}

#[test]
fn error_item_marks_the_span() {
    spans(|| {
        block_on(async {
            assert_eq!(opaque(3).count().await, 3);
            assert_eq!(boxed(2).count().await, 2);
            assert_eq!(item_alias(2).count().await, 2);
            assert_eq!(stream_alias(2).count().await, 2);
            assert_eq!(by_word(2).count().await, 2);
            assert_eq!(opaque(1).count().await, 1);
            assert_eq!(plain(3).count().await, 3);
        });
    })
    .are(
        "
        Local opaque ERROR {items=3} [event=error error.kind=alloc::string::String message=row 1]
        Entry /boxed ERROR {items=2} [event=error error.kind=alloc::string::String message=row 1]
        Exit item alias peer=db:1 ERROR {items=2} [event=error error.kind=alloc::string::String message=row 1]
        Local stream alias ERROR {items=2} [event=error error.kind=alloc::string::String message=row 1]
        Local by word ERROR {items=2} [event=error error.kind=alloc::string::String message=row 1]
        Local opaque {items=1}
        Local plain {items=3}
        ",
    );
}

#[test]
fn error_keys_apply_to_items() {
    spans(|| {
        block_on(async {
            assert_eq!(by_display(2).count().await, 2);
            assert_eq!(by_debug(2).count().await, 2);
            assert_eq!(by_function(4).count().await, 4);
            assert_eq!(ignored(2).count().await, 2);
            assert_eq!(ignored_boxed(2).count().await, 2);
            assert_eq!(unmarked(2).count().await, 2);
        });
    })
    .are(
        "
        Local display ERROR {items=2} [event=error error.kind=pass::covers_stream_errors::Missing message=1 is missing]
        Local debug ERROR {items=2} [event=error error.kind=pass::covers_stream_errors::Missing message=Missing(1)]
        Local function ERROR {items=4} [event=error error.kind=u8 message=odd] [event=error error.kind=u8 message=odd]
        Local ignored {items=2} [event=error error.kind=pass::covers_stream_errors::Missing message=1 is missing]
        Local ignored in a box {items=2} [event=error error.kind=alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync> message=1 is missing]
        Local unmarked {items=2}
        ",
    );
}

#[test]
fn error_before_the_drop_marks_the_span() {
    spans(|| {
        block_on(async {
            let mut stream = Box::pin(opaque(9));
            while !matches!(stream.next().await, Some(Err(_))) {}
        });
    })
    .are(
        "
        Local opaque ERROR {items=2} [event=error error.kind=alloc::string::String message=row 1]
        ",
    );
}
