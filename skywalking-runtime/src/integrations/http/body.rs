//! The body of a response, which may be the last part of a call.

use std::any::type_name;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use ::http_body::{Body, Frame, SizeHint};
use bytes::Buf;
use pin_project_lite::pin_project;

use super::call::Call;
use super::call_future::CallFuture;
use crate::current;

pin_project! {
    /// A body that ends the call when it ends. Frames, trailers, errors, size hint and end are
    /// those of the inner body.
    ///
    /// The span is current while the body is polled. If the body is dropped before its end, the
    /// span is current during the drop, and the call counts as cancelled.
    #[derive(Debug)]
    pub struct TracedBody<B> {
        // Boxed, since most calls do not wait for their bodies, and all bodies are moved.
        waiting: Option<Box<Waiting>>,
        // `Some` until the drop.
        #[pin]
        body: Option<B>,
    }

    impl<B> PinnedDrop for TracedBody<B> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(waiting) = this.waiting.take() {
                waiting.body_dropped(|| this.body.set(None));
            }
        }
    }
}

/// A call that waits for the end of its body.
#[derive(Debug)]
struct Waiting {
    call: Call,
    /// How many bytes are missing, if the body has announced its length.
    left: Option<u64>,
}

impl Waiting {
    /// Handles a dropped body. A reader that knows the length drops the body after the last byte.
    fn body_dropped(mut self, drop_body: impl FnOnce()) {
        if self.left == Some(0) {
            self.call.run(drop_body);
            self.call.end();
        } else {
            self.call.cancel(drop_body);
        }
    }
}

impl Call {
    /// Wraps the body of the response. Ends the call now, or at the end of the body.
    pub fn body<B: Body>(self, body: B) -> TracedBody<B> {
        TracedBody::ends(body, &mut Some(self))
    }
}

impl<F: Future> CallFuture<F> {
    /// Ends the call with the body of the response, like [`Call::body`].
    #[inline]
    pub fn body<B: Body>(self: Pin<&mut Self>, body: B) -> TracedBody<B> {
        TracedBody::ends(body, self.call())
    }
}

impl<B> TracedBody<B> {
    pub(super) fn untraced(body: B) -> Self {
        Self { waiting: None, body: Some(body) }
    }
}

impl<B: Body> TracedBody<B> {
    /// Takes the call if it waits for the body, else ends it.
    #[inline]
    pub(super) fn ends(body: B, call: &mut Option<Call>) -> Self {
        if !body.is_end_stream()
            && let Some(call) = call.take_if(|call| call.waits_for_body())
        {
            let left = body.size_hint().exact();
            return Self { waiting: Some(Box::new(Waiting { call, left })), body: Some(body) };
        }
        if let Some(call) = call {
            call.end();
        }
        Self::untraced(body)
    }
}

impl<B: Default> Default for TracedBody<B> {
    fn default() -> Self {
        Self::untraced(B::default())
    }
}

impl<B> Body for TracedBody<B>
where
    B: Body,
    B::Error: Display,
{
    type Data = B::Data;
    type Error = B::Error;

    #[inline]
    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let Some(mut body) = this.body.as_pin_mut() else { return Poll::Ready(None) };
        let Some(waiting) = this.waiting else { return body.poll_frame(cx) };
        let polled = waiting.call.run(|| body.as_mut().poll_frame(cx));
        let Poll::Ready(frame) = &polled else { return polled };
        let seen = match frame {
            Some(Ok(frame)) => match (frame.data_ref(), frame.trailers_ref()) {
                (Some(data), _) => {
                    waiting.left = waiting.left.map(|left| {
                        left.saturating_sub(data.remaining().try_into().unwrap_or(u64::MAX))
                    });
                    if body.is_end_stream() { Seen::End } else { Seen::More }
                }
                (_, Some(trailers)) => Seen::Trailers(trailers),
                _ => Seen::More,
            },
            Some(Err(error)) => Seen::Error(error, type_name::<B::Error>()),
            None => Seen::End,
        };
        if let Seen::More = seen {
            return polled;
        }
        seen.ends(&mut waiting.call);
        *this.waiting = None;
        polled
    }

    #[inline]
    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    #[inline]
    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

/// The result of a poll of the body.
enum Seen<'a> {
    More,
    End,
    Trailers(&'a ::http::HeaderMap),
    /// An error, and the name of its type.
    Error(&'a dyn Display, &'static str),
}

impl Seen<'_> {
    fn ends(self, call: &mut Call) {
        match self {
            Self::Trailers(trailers) => call.end_with(trailers),
            Self::Error(error, kind) => {
                call.run(|| {
                    current()
                        .log_fields(&[
                            ("event", &"error"),
                            ("error.kind", &kind),
                            ("message", error),
                        ])
                        .set_error();
                });
                call.close();
            }
            Self::More | Self::End => call.end(),
        }
    }
}
