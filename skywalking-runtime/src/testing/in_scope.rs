//! A future whose roots belong to a test.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::scope::{Scope, enter};
use crate::observer::TestId;

pin_project! {
    /// A future whose roots are marked, on any thread that polls it.
    pub(super) struct InScope<F> {
        test: TestId,
        #[pin]
        future: F,
    }
}

impl<F> InScope<F> {
    pub(super) fn new(scope: &Scope, future: F) -> Self {
        Self { test: scope.id(), future }
    }
}

impl<F: Future> Future for InScope<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _here = enter(*this.test);
        pin!(this.future).poll(cx)
    }
}
