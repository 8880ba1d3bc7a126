//! The future wrapper: a span that covers a future, from its first poll to its end or its drop.
//!
//! The span opens inside the wrapped future (so that arguments are not stored twice) and leaves its numbers for the wrapper. A root
//! owns its segment and swaps it into the slot around each poll; what it displaces stays in the frame of the poll. A child knows its
//! segment's key and its own place: it sets "current" on each poll and restores it. A child that finds another segment or none was
//! moved: it goes on in a segment of its own, with a ref to its own span. No lock, no stack, no allocation in a poll.

mod frames;
mod span;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pub(super) use span::Span;

pin_project! {
    /// A future that runs as a span.
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Traced<F, H = NoHook> {
        // Before the future, so that what is left of it drops after the span's own fields could still be needed: see `drop`.
        span: Span,
        hook: Option<H>,
        // An option only to be dropped in the span's context; it is never empty while it can be polled.
        #[pin]
        future: Option<F>,
    }

    impl<F, H> PinnedDrop for Traced<F, H> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            this.span.cancel(this.future);
        }
    }
}

/// Nothing looks at the returned value.
#[derive(Clone, Copy, Debug)]
pub struct NoHook;

/// What looks at the returned value while the span is still current.
pub trait Hook<T> {
    /// Looks at it.
    fn look(self, returned: &T);
}

impl<T> Hook<T> for NoHook {
    #[inline]
    fn look(self, _: &T) {}
}

impl<T, H: FnOnce(&T)> Hook<T> for H {
    #[inline]
    fn look(self, returned: &T) {
        self(returned);
    }
}

impl<F: Future> Traced<F> {
    /// Wraps a future that opens its span itself, at its first poll.
    #[inline]
    pub fn new(future: F) -> Self {
        Self { span: Span::default(), hook: Some(NoHook), future: Some(future) }
    }

    /// The wrapped future.
    pub(super) fn inner(self: Pin<&mut Self>) -> Option<Pin<&mut F>> {
        self.project().future.as_pin_mut()
    }

    /// Begins as this span instead of waiting for what the wrapped future opens.
    pub(super) fn adopt(self: Pin<&mut Self>, span: Span) {
        *self.project().span = span;
    }
}

impl<F: Future, H: FnOnce(&F::Output)> Traced<F, H> {
    /// The same, with a look at the value that the future returns.
    #[inline]
    pub fn with_return(future: F, hook: H) -> Self {
        Self { span: Span::default(), hook: Some(hook), future: Some(future) }
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
        let Some(future) = this.future.as_pin_mut() else {
            // Only a destructor empties it.
            return Poll::Pending;
        };
        this.span.poll(future, this.hook, cx)
    }
}

pin_project! {
    /// A future that begins with a call: what opens the span of a future that was made by hand.
    #[derive(Debug)]
    pub(super) struct Begin<B, F> {
        begin: Option<B>,
        #[pin]
        future: F,
    }
}

impl<B: FnOnce(), F: Future> Begin<B, F> {
    pub(super) fn new(begin: B, future: F) -> Self {
        Self { begin: Some(begin), future }
    }
}

impl<B: FnOnce(), F: Future> Future for Begin<B, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if let Some(begin) = this.begin.take() {
            begin();
        }
        this.future.poll(cx)
    }
}
