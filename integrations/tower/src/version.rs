//! The version of the crate `http` that a request is of. With a bound of its own the compiler names
//! the version; without it, it only reports that a service is not a `Service`.

use http::Request;

/// A request of version 1 of the crate `http`. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Request` of the crate `http` 1, which the tracing layers need",
    label = "expected a `Request` of `http` 1",
    note = "hyper 0.14, axum 0.6, tonic 0.11, warp 0.3 and older versions use `http` 0.2, whose types are different: `cargo tree --invert http@0.2` \
            shows what depends on it; newer versions of these crates use `http` 1",
    note = "to trace a stack on `http` 0.2, annotate its handlers: `#[entry_span(extract = \
            skywalking_runtime::propagation::getter(|name| request.headers().get(name)))]`"
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
    impl<B> Sealed for http::Request<B> {}
}
