//! Functions that return what runs later.

use skywalking_runtime::local_span;

/// The call alone.
#[local_span(covers = call, tags(n))]
pub fn call(n: u8) -> impl Future<Output = u8> {
    core::future::ready(n)
}
