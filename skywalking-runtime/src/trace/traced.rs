//! Wrappers whose span covers a future, a stream or several steps, from the first poll to the end
//! or the drop.
//!
//! The span opens inside the wrapped future, so that arguments are not stored twice, and leaves its
//! numbers for the wrapper. A root owns its segment and swaps it into the slot around each poll.
//! The displaced segment stays in the guard of the poll. A child knows its segment's key and its
//! own position: each poll makes it current, and restores the span that was. A child that finds
//! another segment or none was moved: it continues in a segment of its own, with a reference to its
//! own span. A poll takes no lock and does not allocate.
//!
//! Generic code is instantiated for each traced future of a program, so it is kept small: one call
//! into [`PollGuard`] before the wrapped poll, that poll, and one call after it.

mod boxed;
mod deferred_future;
mod poll_guard;
mod resumable_span;
mod span;
mod stream;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::future::FusedFuture;
use pin_project_lite::pin_project;

use poll_guard::{Outcome, PollGuard};

pub use boxed::{BoxedFuture, BoxedStream};
pub(crate) use deferred_future::DeferredFuture;
pub use resumable_span::ResumableSpan;
pub(crate) use span::Span;
pub use stream::Streamed;

pin_project! {
    /// A future that runs as a span.
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Traced<F, H = NoHook> {
        hook: H,
        #[pin]
        future: F,
        // After the future: it closes when the contents of the future have been dropped.
        span: Span,
    }

    impl<F, H> PinnedDrop for Traced<F, H> {
        fn drop(this: Pin<&mut Self>) {
            this.project().span.begin_drop();
        }
    }
}

/// Ignores the returned value.
#[derive(Clone, Copy, Debug)]
pub struct NoHook;

/// Receives the returned value while the span is still current.
pub trait Hook<T> {
    /// False if there is nothing to call.
    const LOOKS: bool;

    /// Receives a returned value, at most once, or each item of a stream.
    fn look(&mut self, returned: &T);
}

impl<T> Hook<T> for NoHook {
    const LOOKS: bool = false;

    #[inline]
    fn look(&mut self, _: &T) {}
}

impl<T, H: FnMut(&T)> Hook<T> for H {
    const LOOKS: bool = true;

    #[inline]
    fn look(&mut self, returned: &T) {
        self(returned);
    }
}

impl<F: Future> Traced<F> {
    /// Wraps a future that opens its span itself, at its first poll.
    #[inline]
    pub fn new(future: F) -> Self {
        Self { hook: NoHook, future, span: Span::NEW }
    }
}

impl<F> Traced<F> {
    /// Returns the wrapped future.
    pub(crate) fn inner(self: Pin<&mut Self>) -> Pin<&mut F> {
        self.project().future
    }

    /// Starts as this span instead of waiting for the one that the wrapped future opens.
    pub(crate) fn adopt(self: Pin<&mut Self>, span: Span) {
        *self.project().span = span;
    }
}

impl<F: Future, H: FnMut(&F::Output)> Traced<F, H> {
    /// Wraps a future, with a hook on its output.
    #[inline]
    pub fn with_return(future: F, hook: H) -> Self {
        Self::hooked(future, hook)
    }
}

impl<F: Future, H: Hook<F::Output>> Traced<F, H> {
    /// Wraps a future, with any hook.
    #[inline]
    pub(crate) fn hooked(future: F, hook: H) -> Self {
        Self { hook, future, span: Span::NEW }
    }
}

impl<F, H> Future for Traced<F, H>
where
    F: Future,
    H: Hook<F::Output>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut frame = PollGuard::of_poll(this.span);
        let polled = this.future.poll(cx);
        if H::LOOKS
            && frame.traced
            && let Poll::Ready(returned) = &polled
        {
            this.hook.look(returned);
        }
        frame.outcome =
            if matches!(polled, Poll::Ready(_)) { Outcome::READY } else { Outcome::Pending };
        polled
    }
}

impl<F: FusedFuture, H: Hook<F::Output>> FusedFuture for Traced<F, H> {
    fn is_terminated(&self) -> bool {
        self.future.is_terminated()
    }
}
