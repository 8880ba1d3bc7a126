//! The wrappers: a span that covers a future or a stream, from its first poll to its end or its drop.
//!
//! The span opens inside the wrapped future (so that arguments are not stored twice) and leaves its numbers for the wrapper. A root
//! owns its segment and swaps it into the slot around each poll; what it displaces stays in the frame of the poll. A child knows its
//! segment's key and its own place: it sets "current" on each poll and restores it. A child that finds another segment or none was
//! moved: it goes on in a segment of its own, with a ref to its own span. No lock, no stack, no allocation in a poll.
//!
//! What is generic here is instantiated for each traced future of a program, so it is kept tiny: one call into [`Frame`] before the
//! wrapped poll, that poll, and one call behind it, which is the frame's drop.

mod covered;
mod frames;
mod span;
mod stream;

use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::task::{Context, Poll};

use frames::{Frame, Outcome};

pub(super) use covered::Covered;
pub(super) use span::Span;
pub use stream::TracedStream;

/// A future that runs as a span.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Traced<F, H = NoHook> {
    /// Its frame of the drop empties it.
    span: ManuallyDrop<Span>,
    hook: H,
    /// Pinned whenever `self` is. Dropped in place by the destructor alone, as the span.
    future: ManuallyDrop<F>,
}

/// Nothing looks at the returned value.
#[derive(Clone, Copy, Debug)]
pub struct NoHook;

/// What looks at the returned value while the span is still current.
pub trait Hook<T> {
    /// False if there is nothing to call.
    const LOOKS: bool;

    /// Looks at it; called at most once.
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
        Self { span: ManuallyDrop::new(Span::NEW), hook: NoHook, future: ManuallyDrop::new(future) }
    }
}

impl<F> Traced<F> {
    /// The wrapped future.
    pub(super) fn inner(self: Pin<&mut Self>) -> Pin<&mut F> {
        // SAFETY: the future is pinned as `self` is: nothing moves it, and it drops in place.
        #[allow(unsafe_code)]
        unsafe {
            self.map_unchecked_mut(|this| &mut *this.future)
        }
    }

    /// Begins as this span instead of waiting for what the wrapped future opens.
    pub(super) fn adopt(self: Pin<&mut Self>, span: Span) {
        // SAFETY: the span is not pinned, and the future is not moved.
        #[allow(unsafe_code)]
        let this = unsafe { self.get_unchecked_mut() };
        *this.span = span;
    }
}

impl<F: Future, H: FnMut(&F::Output)> Traced<F, H> {
    /// The same, with a look at the value that the future returns.
    #[inline]
    pub fn with_return(future: F, hook: H) -> Self {
        Self { span: ManuallyDrop::new(Span::NEW), hook, future: ManuallyDrop::new(future) }
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
        // SAFETY: the future stays where it is, and is not reached but through the pin below; `Traced` is `Unpin` only if it is.
        // `ManuallyDrop` has the layout of what is in it, and a cast is no function that each future would get a copy of.
        #[allow(unsafe_code)]
        #[allow(clippy::ptr_as_ptr, reason = "`cast` is such a function")]
        let (this, future) = unsafe {
            let this = self.get_unchecked_mut();
            let future = &raw mut this.future as *mut F;
            (this, Pin::new_unchecked(&mut *future))
        };
        let mut frame = Frame::of_poll(&mut this.span);
        let polled = future.poll(cx);
        if H::LOOKS
            && frame.traced
            && let Poll::Ready(returned) = &polled
        {
            this.hook.look(returned);
        }
        frame.outcome = if matches!(polled, Poll::Ready(_)) { Outcome::READY } else { Outcome::Pending };
        polled
    }
}

impl<F, H> Drop for Traced<F, H> {
    #[inline]
    fn drop(&mut self) {
        let mut frame = Frame::of_drop(&mut self.span);
        // SAFETY: once, and nobody reaches it afterwards; it drops in place, as pinning asks for.
        #[allow(unsafe_code)]
        unsafe {
            ManuallyDrop::drop(&mut self.future);
        }
        frame.outcome = Outcome::CANCELLED;
    }
}
