//! Futures, streams and closures that continue from a snapshot.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::stream::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::Snapshot;
use crate::observer::{PendingWork, TestId};
use crate::trace::scope;
use crate::trace::traced::{Span, Streamed, Traced};

/// A future, stream or closure that has not started, and where it continues.
#[derive(Debug)]
pub(crate) struct Start {
    snapshot: Snapshot,
    name: &'static str,
    /// A test waits until this drops.
    _pending: PendingWork,
}

impl Start {
    pub(crate) fn new(snapshot: Snapshot, name: &'static str) -> Self {
        let test = snapshot.shared.as_ref().map_or(TestId::NONE, |shared| shared.test);
        Self { snapshot, name, _pending: PendingWork::new(test, name) }
    }

    pub(crate) fn run<R>(self, work: impl FnOnce() -> R) -> R {
        self.snapshot.run(self.name, work)
    }
}

pin_project! {
    /// A future that continues from a [`Snapshot`]. [`Snapshot::future`] and
    /// [`TracedFuture::traced`](crate::TracedFuture::traced) create it.
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Continued<F> {
        polled: bool,
        #[pin]
        future: Traced<Going<F>>,
    }
}

impl<F: Future> Continued<F> {
    pub(super) fn new(snapshot: Snapshot, name: &'static str, future: F) -> Self {
        let start = Some(Start::new(snapshot, name));
        Self { polled: false, future: Traced::new(Going { start, wrapped: future }) }
    }
}

impl<F: Future> Future for Continued<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if !std::mem::replace(this.polled, true)
            && let Some(span) = this.future.as_mut().inner().root()
        {
            this.future.as_mut().adopt(span);
        }
        this.future.poll(cx)
    }
}

pin_project! {
    /// A stream that continues from a [`Snapshot`]. [`Snapshot::stream`] and
    /// [`TracedStream::traced`](crate::TracedStream::traced) create it.
    #[must_use = "streams do nothing unless polled"]
    #[derive(Debug)]
    pub struct ContinuedStream<S> {
        polled: bool,
        #[pin]
        stream: Streamed<Going<S>>,
    }
}

impl<S: Stream> ContinuedStream<S> {
    pub(super) fn new(snapshot: Snapshot, name: &'static str, stream: S) -> Self {
        let start = Some(Start::new(snapshot, name));
        Self { polled: false, stream: Streamed::opening(Going { start, wrapped: stream }) }
    }
}

impl<S: Stream> Stream for ContinuedStream<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if !std::mem::replace(this.polled, true)
            && let Some(span) = this.stream.as_mut().inner().root()
        {
            this.stream.as_mut().adopt(span);
        }
        this.stream.poll_next(cx)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<S: FusedStream> FusedStream for ContinuedStream<S> {
    fn is_terminated(&self) -> bool {
        self.stream.is_terminated()
    }
}

pin_project! {
    /// Opens the child at the first poll, unless a root was opened.
    #[derive(Debug)]
    struct Going<F> {
        start: Option<Start>,
        #[pin]
        wrapped: F,
    }
}

impl<F> Going<F> {
    /// Opens a segment of its own, if one is needed, and returns the span for the wrapper. A child
    /// is opened within the wrapper's poll.
    fn root(self: Pin<&mut Self>) -> Option<Span> {
        let start = self.project().start;
        let (begun, mut segment) =
            start.as_ref().and_then(|start| start.snapshot.root(start.name))?;
        segment.run_as_future();
        *start = None;
        Some(Span::of_root(begun, Some(segment)))
    }

    fn begin_child(start: &mut Option<Start>) {
        if let Some(start) = start.take() {
            scope::begin_for_future(|| start.snapshot.child(start.name).unwrap_or_default());
        }
    }
}

impl<F: Future> Future for Going<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        Self::begin_child(this.start);
        this.wrapped.poll(cx)
    }
}

impl<S: Stream> Stream for Going<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        Self::begin_child(this.start);
        this.wrapped.poll_next(cx)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.wrapped.size_hint()
    }
}

impl<S: FusedStream> FusedStream for Going<S> {
    fn is_terminated(&self) -> bool {
        self.wrapped.is_terminated()
    }
}
