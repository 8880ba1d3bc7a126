//! Spans that the benchmarks open, and the functions that they trace.

use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use skywalking_runtime::{Callsite, callsite, exit_span, local_span, span};

/// The root of each round.
pub static ENTRY: Callsite = callsite!(entry, "/entry");
/// A child by hand.
pub static EXIT: Callsite = callsite!(exit, "/call", peer = "next:8080");

/// Does the work of [`plain`] without a span.
#[inline(never)]
pub fn bare(x: u64) -> u64 {
    black_box(x + 1)
}

/// A local span.
#[local_span(name = "plain")]
#[inline(never)]
pub fn plain(x: u64) -> u64 {
    black_box(x + 1)
}

/// A local span with two literal tags.
#[local_span(name = "literal", tags("kind" = "literal", "version" = 1))]
#[inline(never)]
pub fn literal(x: u64) -> u64 {
    black_box(x + 1)
}

/// A local span with an integer tag.
#[local_span(name = "integer", tags("id" = x))]
#[inline(never)]
pub fn integer(x: u64) -> u64 {
    black_box(x + 1)
}

/// A local span with a text tag.
#[local_span(name = "text", tags("user" = user))]
#[inline(never)]
pub fn text(x: u64, user: &str) -> u64 {
    black_box(x + user.len() as u64)
}

/// A local span with a tag formatted by `Display`.
#[local_span(name = "display", tags("id" = %x))]
#[inline(never)]
pub fn display(x: u64) -> u64 {
    black_box(x + 1)
}

/// An exit span that writes `sw8` into `header`.
#[exit_span(name = "/call", peer = "next:8080", inject = header)]
#[inline(never)]
pub fn call(header: &mut String) -> u64 {
    black_box(header.len() as u64)
}

/// An async local span that is ready at its first poll.
#[local_span(name = "child")]
pub async fn async_child(x: u64) -> u64 {
    black_box(x + 1)
}

/// Pending `left` times, then ready.
pub async fn polls(mut left: u64) {
    poll_fn(|_| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        Poll::Pending
    })
    .await;
}

/// Marks `value` as used.
pub fn consume(value: u64) {
    black_box(value);
}

/// Polls `future` until it is ready, without a runtime.
pub fn drive(future: impl Future) {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    while future.as_mut().poll(&mut cx).is_pending() {}
}

/// Opens an entry with three tagged locals and an exit that writes its header.
#[inline(never)]
pub fn request(x: u64, header: &mut String) {
    span(&ENTRY).run(|| {
        (0..3).for_each(|_| consume(text(x, "somebody")));
        header.clear();
        call(header);
    });
}
