//! A trait of the user that is implemented for every type, with the method names that the expansion
//! calls.
#![allow(dead_code, reason = "the methods are there to be in the way")]

use skywalking_runtime::{entry_span, exit_span, local_span};
use skywalking_trybuild::{block_on, spans};

trait LikeOurs {
    fn put(&self) -> u8 {
        2
    }
    fn note(&self) -> u8 {
        3
    }
    fn enter(&self) -> u8 {
        4
    }
    fn open(&self) -> u8 {
        5
    }
    fn begin(&self) {}
    fn inject(&self) {}
    fn extract(&mut self, _: u8) {}
    fn recording(&self) -> u8 {
        6
    }
    fn wants_headers(&self) -> u8 {
        7
    }
    fn tag(&self) {}
    fn tag_display(&self) {}
    fn tag_debug(&self) {}
    fn name(&self) -> u8 {
        8
    }
    fn peer(&self) -> u8 {
        9
    }
    fn component(&self) {}
    fn layer(&self) {}
    fn tags(&self) {}
    fn at(&self) {}
    fn future(&self) {}
    fn stream(&self) {}
    fn future_with_return(&self) {}
    fn extract_each(&self) {}
    fn record(&self) {}
    fn seen(&self) {}
    fn map(&self) {}
    fn is_none(&self) {}
    fn poll(&self) {}
    fn header(&self) {}
}

impl<T: ?Sized> LikeOurs for T {}

/// Implemented for one type.
trait Place {
    fn __skywalking_place(&self) -> u8 {
        1
    }
}

impl Place for u8 {}

#[entry_span(name = n.name(), extract = headers, tags("sum" = n.put() + n.note() + n.__skywalking_place(), n, "debug" = ?n, "shown" = %n, "fixed" = 1), layer = http, component = 2)]
fn entry(headers: &str, n: u8) -> Result<u8, String> {
    Ok(n.enter() + n.open() + headers.len() as u8)
}

#[exit_span(peer = format_args!("a:{}", n.peer()), inject = headers)]
async fn exit(mut headers: String, n: u8) -> Result<u8, u8> {
    let has = u8::from(headers.starts_with("sw8:"));
    headers.clear();
    Err(n.recording() + n.wants_headers() + has)
}

#[entry_span(extract_each = headers, err(Debug), err_ignore(u16), ret_tags("put" = |n| n.put(), "debug" = ?|n| n))]
fn batch(headers: [&str; 1], n: u8) -> Result<u8, u8> {
    Ok(n + headers[0].put())
}

#[local_span(tags("put" = n.put()), ret_tags("note" = |n| n.note(), "shown" = %|n| n), covers = future)]
fn future(n: u8) -> impl Future<Output = Result<u8, u8>> {
    std::future::ready(Ok(n))
}

#[local_span(tags("put" = n.put(), "shown" = %n), covers = stream)]
fn stream(n: u8) -> impl futures::Stream<Item = u8> {
    futures::stream::iter([n])
}

#[local_span(tags("put" = n.put()))]
async fn local(n: u8) -> u8 {
    n.note()
}

#[test]
fn are_not_called_by_the_expansion() {
    spans(|| {
        assert_eq!(entry("", 1), Ok(9));
        assert_eq!(block_on(exit(String::new(), 1)), Err(14));
        assert_eq!(block_on(local(1)), 3);
        assert_eq!(
            (batch([""], 1), block_on(future(2)), block_on(futures::StreamExt::count(stream(3)))),
            (Ok(3), Ok(2), 1)
        );
    })
    .are(
        "
        Entry 8 layer=Http component=2 {fixed=1, sum=6, n=1, debug=1, shown=1}
        Exit pass::blanket_methods::exit peer=a:9 ERROR [event=error error.kind=u8 message=14]
        Local pass::blanket_methods::local {put=2}
        Entry pass::blanket_methods::batch {put=2, debug=3}
        Local pass::blanket_methods::future {put=2, note=3, shown=2}
        Local pass::blanket_methods::stream {put=2, shown=3, items=1}
        ",
    );
}
