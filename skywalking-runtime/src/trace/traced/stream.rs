//! The wrapper of a stream: one span over all of its items, from the first poll until it ends or is dropped.
//!
//! Between polls the span is open and nobody's parent: what the consumer does with an item is the consumer's.

use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::frames::{Frame, Outcome};
use super::span::Span;
use crate::trace::current;
use crate::trace::prepared::Prepared;
use crate::trace::tag::Raw;

/// The tag that says how many items a stream gave.
const ITEMS: &str = "items";

/// A stream that runs as a span.
#[must_use = "streams do nothing unless polled"]
#[derive(Debug)]
pub struct TracedStream<S> {
    /// Its frame of the drop empties it.
    span: ManuallyDrop<Span>,
    prepared: Option<Prepared>,
    given: Given,
    /// Pinned whenever `self` is. Dropped in place by the destructor alone, as the span.
    stream: ManuallyDrop<S>,
}

/// What the stream gave until now.
#[derive(Debug)]
struct Given {
    items: u64,
    /// Somebody waits for the next one.
    awaited: bool,
}

impl<S> TracedStream<S> {
    #[inline]
    pub(in crate::trace) fn new(prepared: Prepared, stream: S) -> Self {
        Self {
            span: ManuallyDrop::new(Span::NEW),
            prepared: Some(prepared),
            given: Given { items: 0, awaited: false },
            stream: ManuallyDrop::new(stream),
        }
    }
}

impl Given {
    /// Takes note of what a poll gave, inside of its frame.
    fn note(&mut self, polled: Poll<Option<()>>, mut frame: Frame<'_>) {
        self.awaited = polled.is_pending();
        match polled {
            Poll::Pending => {}
            Poll::Ready(Some(())) => self.items += 1,
            Poll::Ready(None) => self.tag(&frame),
        }
        frame.outcome = if polled == Poll::Ready(None) { Outcome::READY } else { Outcome::Pending };
    }

    fn tag(&self, frame: &Frame<'_>) {
        if frame.traced {
            current::tag(ITEMS, Raw::Uint(self.items));
        }
    }

    /// The stream has been dropped: between two items that is its reader's right, while it waits for one it is cancelled.
    fn end(&self, mut frame: Frame<'_>) {
        self.tag(&frame);
        frame.outcome = if self.awaited { Outcome::CANCELLED } else { Outcome::READY };
    }
}

impl<S: Stream> Stream for TracedStream<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        // SAFETY: the stream stays where it is, and is not reached but through the pin below; `TracedStream` is `Unpin` only if it is.
        #[allow(unsafe_code)]
        let (this, stream) = unsafe {
            let this = self.get_unchecked_mut();
            ((&mut *this.span, &mut this.prepared, &mut this.given), Pin::new_unchecked(&mut *this.stream))
        };
        let (span, prepared, given) = this;
        let frame = Frame::of_poll(span);
        Prepared::begin(prepared);
        let polled = stream.poll_next(cx);
        let gave = match &polled {
            Poll::Pending => Poll::Pending,
            Poll::Ready(item) => Poll::Ready(item.as_ref().map(|_| ())),
        };
        given.note(gave, frame);
        polled
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<S> Drop for TracedStream<S> {
    #[inline]
    fn drop(&mut self) {
        let frame = Frame::of_drop(&mut self.span);
        // SAFETY: once, and nobody reaches it afterwards; it drops in place, as pinning asks for.
        #[allow(unsafe_code)]
        unsafe {
            ManuallyDrop::drop(&mut self.stream);
        }
        self.given.end(frame);
    }
}
