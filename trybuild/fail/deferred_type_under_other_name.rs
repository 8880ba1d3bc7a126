//! rustc warns at a return type that is a future or a stream under another name.

#![deny(warnings)]

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use futures::stream::{self, Iter, Stream, StreamExt as _};
use skywalking_runtime::{exit_span, local_span};

type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[local_span]
fn alias<'a>() -> Later<'a, u8> {
    Box::pin(async { 1 })
}

#[local_span]
fn named() -> std::future::Ready<u8> {
    ready(1)
}

#[local_span]
async fn named_later() -> Ready<u8> {
    ready(1)
}

#[local_span]
fn named_stream() -> Iter<std::vec::IntoIter<u8>> {
    stream::iter(vec![1])
}

#[local_span]
async fn opaque_stream() -> impl Stream<Item = u8> {
    stream::iter(0..1).map(|n| n + 1)
}

#[local_span(no_err)]
async fn boxed_later() -> Pin<Box<dyn Future<Output = u8>>> {
    Box::pin(async { 1 })
}

#[local_span]
fn generic<F: Future>(future: F) -> F {
    future
}

#[local_span]
fn boxed_generic<F: Future + Unpin>(future: F) -> Box<F> {
    Box::new(future)
}

struct Work;

impl Future for Work {
    type Output = u8;

    #[local_span]
    fn poll(self: Pin<&mut Self>, _cx: &mut std::task::Context<'_>) -> std::task::Poll<u8> {
        std::task::Poll::Ready(1)
    }
}

#[exit_span(peer = "a:1")]
impl Work {
    fn start() -> Self {
        Self
    }

    // Made elsewhere.
    fn kept(self) -> Self {
        self
    }

    fn pinned(self: Pin<&mut Self>) -> Pin<&mut Self> {
        self
    }
}

// The content of a `Result` or an `Option` is checked.
#[local_span]
fn stream_in_a_result() -> Result<impl Stream<Item = u8>, String> {
    Ok(stream::iter(0..1))
}

#[local_span]
async fn future_in_a_result() -> Result<Pin<Box<dyn Future<Output = u8>>>, String> {
    Ok(Box::pin(async { 1 }))
}

/// Like tokio's.
type JoinHandle<T> = Pin<Box<dyn Future<Output = T>>>;

#[local_span]
fn handle_in_an_option() -> Option<JoinHandle<u8>> {
    None
}

#[local_span]
fn boxed_stream_in_a_result() -> Result<futures::stream::BoxStream<'static, u8>, String> {
    Ok(stream::iter(0..1).boxed())
}

struct ValueStream;

// These return no future and no stream.
#[local_span]
fn plain_in_a_result() -> Result<ValueStream, String> {
    Ok(ValueStream)
}

#[local_span]
fn thread_in_a_result() -> std::io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new().spawn(|| ())
}

#[local_span]
async fn iterator_in_an_option() -> Option<impl Iterator<Item = u8>> {
    Some(0..1)
}

#[local_span(covers = call)]
fn meant_in_a_result() -> Result<impl Stream<Item = u8>, String> {
    Ok(stream::iter(0..1))
}

// `covers` silences the warning.
#[local_span(covers = call)]
fn meant() -> Ready<u8> {
    ready(1)
}

#[local_span(covers = call)]
async fn meant_later() -> impl Stream<Item = u8> {
    stream::iter(0..1)
}

#[local_span(covers = future)]
fn covered() -> Later<'static, u8> {
    Box::pin(async { 1 })
}

// The one `allow` that silences it.
#[allow(deprecated)]
#[local_span]
fn allowed() -> Ready<u8> {
    ready(1)
}

fn main() {
    drop((alias(), named(), named_later(), named_stream(), opaque_stream(), boxed_later(), generic(ready(1)), boxed_generic(ready(1))));
    drop((meant(), meant_later(), covered(), allowed(), Work::start().kept()));
    drop((stream_in_a_result(), future_in_a_result(), handle_in_an_option(), boxed_stream_in_a_result()));
    drop((plain_in_a_result().map(|ValueStream| ()), thread_in_a_result(), iterator_in_an_option(), meant_in_a_result()));
    let _ = Pin::new(&mut Work).pinned();
}
