//! The wrapper of a stream: one span covers all items, from the first poll until the stream ends or
//! is dropped.
//!
//! Between polls the span is open but not current: the consumer's work on an item is not part of
//! it.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::stream::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::span::tag::Raw;
use crate::trace::current;
use crate::trace::deferred_span::Prepared;
use crate::trace::traced::poll_guard::{Outcome, PollGuard};
use crate::trace::traced::span::Span;
use crate::trace::traced::{Hook, NoHook};

/// The tag with the number of items.
const ITEMS: &str = "items";

pin_project! {
    /// A stream that runs as a span.
    #[must_use = "streams do nothing unless polled"]
    #[derive(Debug)]
    pub struct Streamed<S, H = NoHook> {
        hook: H,
        prepared: Option<Prepared>,
        #[pin]
        stream: S,
        // After the stream: it closes when the contents of the stream have been dropped.
        given: Given,
    }

    impl<S, H> PinnedDrop for Streamed<S, H> {
        fn drop(this: Pin<&mut Self>) {
            this.project().given.span.begin_drop();
        }
    }
}

/// The items so far, and the span.
#[derive(Debug)]
struct Given {
    items: u64,
    /// True while a consumer waits for the next item.
    awaited: bool,
    span: Span,
}

impl Given {
    const NEW: Self = Self { items: 0, awaited: false, span: Span::NEW };
}

impl<S, H> Streamed<S, H> {
    /// Wraps a stream whose span opens at the first poll, with a hook on each item.
    #[inline]
    pub(crate) fn new(prepared: Prepared, stream: S, hook: H) -> Self {
        Self { hook, prepared: Some(prepared), stream, given: Given::NEW }
    }
}

impl<S> Streamed<S> {
    /// Wraps a stream that opens its span itself, at its first poll.
    pub(crate) fn opening(stream: S) -> Self {
        Self { hook: NoHook, prepared: None, stream, given: Given::NEW }
    }

    /// Returns the wrapped stream.
    pub(crate) fn inner(self: Pin<&mut Self>) -> Pin<&mut S> {
        self.project().stream
    }

    /// Starts as this span instead of waiting for the one that the wrapped stream opens.
    pub(crate) fn adopt(self: Pin<&mut Self>, span: Span) {
        self.project().given.span = span;
    }
}

impl<S: Stream, H: Hook<S::Item>> Stream for Streamed<S, H> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let Given { items, awaited, span } = this.given;
        let mut frame = PollGuard::of_poll(span);
        Prepared::begin(this.prepared);
        let polled = this.stream.poll_next(cx);
        *awaited = polled.is_pending();
        match &polled {
            Poll::Ready(Some(item)) => {
                *items += 1;
                if H::LOOKS && frame.traced {
                    this.hook.look(item);
                }
            }
            Poll::Ready(None) if frame.traced => tag(*items),
            Poll::Ready(None) | Poll::Pending => {}
        }
        frame.outcome =
            if matches!(polled, Poll::Ready(None)) { Outcome::READY } else { Outcome::Pending };
        polled
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<S: FusedStream, H: Hook<S::Item>> FusedStream for Streamed<S, H> {
    fn is_terminated(&self) -> bool {
        self.stream.is_terminated()
    }
}

fn tag(items: u64) {
    current::tag(ITEMS, Raw::Uint(items));
}

impl Drop for Given {
    fn drop(&mut self) {
        if !self.span.is_dropping() {
            return;
        }
        tag(self.items);
        // Between two items a drop is the consumer's right. While it waits for an item, the stream
        // is cancelled.
        if !self.awaited {
            self.span.ends_by_drop();
        }
    }
}
