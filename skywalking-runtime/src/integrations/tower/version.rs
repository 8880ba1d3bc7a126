//! Which version of the crate `http` a request is of. A layer says so, since rustc would only say
//! that a service is none.

use ::http::Request;

/// A request of the crate `http` 1, which layers need.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no request of the crate `http` 1, which the tracing layers need",
    label = "expected a `Request` of `http` 1",
    note = "hyper 0.14, axum 0.6, tonic 0.11, warp 0.3 and older ones use `http` 0.2, whose types are others: `cargo tree --invert http@0.2` shows \
            what depends on it; newer versions of these crates use `http` 1",
    note = "to trace a stack on `http` 0.2, annotate its handlers: `#[entry_span(extract = \
            skywalking_runtime::carrier::getter(|name| request.headers().get(name)))]`"
)]
pub trait HttpRequest: sealed::Sealed {
    #[doc(hidden)]
    type Body;
    #[doc(hidden)]
    fn as_request(&self) -> &Request<Self::Body>;
    #[doc(hidden)]
    fn as_request_mut(&mut self) -> &mut Request<Self::Body>;
}

impl<B> HttpRequest for Request<B> {
    type Body = B;

    #[inline]
    fn as_request(&self) -> &Self {
        self
    }

    #[inline]
    fn as_request_mut(&mut self) -> &mut Self {
        self
    }
}

mod sealed {
    pub trait Sealed {}
    impl<B> Sealed for ::http::Request<B> {}
}
