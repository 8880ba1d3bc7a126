//! A future that a function returns, with the arguments of its span. The first poll opens the span.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::future::FusedFuture;
use pin_project_lite::pin_project;

use crate::trace::deferred_span::Prepared;

pin_project! {
    /// A future that opens its span first.
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct DeferredFuture<F> {
        prepared: Option<Prepared>,
        #[pin]
        future: F,
    }
}

impl<F> DeferredFuture<F> {
    #[inline]
    pub(crate) fn new(prepared: Prepared, future: F) -> Self {
        Self { prepared: Some(prepared), future }
    }
}

impl<F: Future> Future for DeferredFuture<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        Prepared::begin(this.prepared);
        this.future.poll(cx)
    }
}

impl<F: FusedFuture> FusedFuture for DeferredFuture<F> {
    fn is_terminated(&self) -> bool {
        self.future.is_terminated()
    }
}
