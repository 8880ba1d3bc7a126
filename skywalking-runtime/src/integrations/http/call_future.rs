//! [`CallFuture`]: a future that runs in a call.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::call::{Call, Step};

impl Call {
    /// Wraps a future: the span is current while the future is polled, and while it is dropped
    /// unfinished. The output is the future's output and the call.
    pub fn future<F: Future>(self, future: F) -> CallFuture<F> {
        CallFuture { call: Some(self), future: Some(future) }
    }
}

pin_project! {
    /// A future that runs in a call, created by [`Call::future`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct CallFuture<F> {
        // Both are `Some` until the future is done.
        call: Option<Call>,
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for CallFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            // The drop of the future may end spans below this one.
            if let Some(call) = this.call.take() {
                call.cancel(|| this.future.set(None));
            }
        }
    }
}

impl<F: Future> CallFuture<F> {
    /// Polls the future while the span is current, and calls `seen` with its output before the span
    /// is left. This is cheaper than a poll and [`Call::record_response`], which enter the span
    /// twice.
    ///
    /// When the output is ready, end the call with [`body`](Self::body) or
    /// [`take_call`](Self::take_call). A call that is not taken counts as cancelled.
    ///
    /// ```
    /// use std::{future::ready, pin::pin, task::{Context, Poll, Waker}};
    /// use http::{Request, Response};
    /// use skywalking_runtime::{integrations::http::Server, testing};
    ///
    /// let trees = testing::run(|| {
    ///     let request = Request::get("/health").body(()).unwrap();
    ///     let call = Server::new().begin(request.method(), request.uri(), request.headers(), request.extensions());
    ///     let mut future = pin!(call.future(ready(Response::new(String::from("well")))));
    ///
    ///     let mut context = Context::from_waker(Waker::noop());
    ///     let polled = future.as_mut().poll_step(&mut context, |response, step| {
    ///         step.record_response(response.status(), response.headers());
    ///     });
    ///     let Poll::Ready(response) = polled else { unreachable!() };
    ///     let _response = response.map(|body| future.body(body));
    /// });
    /// assert_eq!(
    ///     testing::text(&trees),
    ///     "Entry GET:/health layer=Http component=49 {http.method=GET, url=/health, http.status_code=200}\n"
    /// );
    /// ```
    #[inline]
    pub fn poll_step(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        seen: impl FnOnce(&mut F::Output, &mut Step),
    ) -> Poll<F::Output> {
        let mut this = self.project();
        let Some(call) = this.call else { return Poll::Pending };
        call.step(|step| {
            let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
            let mut output = ready!(future.poll(cx));
            this.future.set(None);
            seen(&mut output, step);
            Poll::Ready(output)
        })
    }

    /// Returns the call, if it was not taken.
    #[inline]
    pub(super) fn call(self: Pin<&mut Self>) -> &mut Option<Call> {
        self.project().call
    }

    /// Takes the call. Returns `None` if it was taken before.
    #[inline]
    pub fn take_call(self: Pin<&mut Self>) -> Option<Call> {
        self.call().take()
    }
}

impl<F: Future> Future for CallFuture<F> {
    type Output = (F::Output, Call);

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let output = ready!(self.as_mut().poll_step(cx, |_, _| ()));
        match self.take_call() {
            Some(call) => Poll::Ready((output, call)),
            None => Poll::Pending,
        }
    }
}
