//! Functions that return a future or a stream.

use core::pin::Pin;

use futures::stream::{self, BoxStream, Stream, StreamExt as _};
use skywalking_runtime::{entry_span, exit_span, local_span};

/// Covers only the call.
#[local_span(covers = call, tags(n))]
pub fn call(n: u8) -> impl Future<Output = u8> {
    core::future::ready(n)
}

/// Returns a future, with every argument.
///
/// # Errors
///
/// Never.
#[entry_span(name = format_args!("GET:/{n}"), extract = headers, tags(n, "debug" = ?n), ret_tags("ok" = |ok| *ok), covers = future)]
pub fn future(headers: &str, n: u8) -> impl Future<Output = Result<u8, String>> + use<> {
    drop(headers.to_owned());
    async move { Ok(n) }
}

/// Returns a boxed future, without arguments.
#[exit_span(peer = "a:1", covers = future)]
#[must_use]
pub fn boxed(n: &u8) -> Pin<Box<dyn Future<Output = u8> + Send + '_>> {
    if *n == 0 {
        return Box::pin(core::future::ready(0));
    }
    Box::pin(async { *n })
}

/// Returns a stream.
#[local_span(tags(n), covers = stream)]
pub fn opaque(n: u8) -> impl Stream<Item = u8> {
    stream::iter([n])
}

/// Returns a boxed stream.
#[local_span(covers = stream)]
#[must_use]
pub fn boxed_stream<'a>(items: &'a [u8]) -> BoxStream<'a, &'a u8> {
    stream::iter(items).boxed()
}
