//! The errors of services. `Box<dyn Error>` does not implement `Error`, so the type of a layer says
//! which of the two its service returns.

use std::error::Error;

use skywalking_runtime::integrations::http::Call;

/// The error of the service implements [`Error`]. The default.
#[derive(Clone, Copy, Debug)]
pub struct TypedErrors;

/// The error of the service is `Box<dyn Error + Send + Sync>`, as with many of tower's middlewares.
#[derive(Clone, Copy, Debug)]
pub struct BoxedErrors;

/// An error that a layer can record. Sealed.
#[diagnostic::on_unimplemented(
    message = "this layer expects the service error to be `{Kind}`, found `{Self}`",
    label = "expected `{Kind}`",
    note = "for `Box<dyn Error + Send + Sync>`, which tower's own middlewares give, write `ServerLayer::new().boxed_errors()` or \
            `ClientLayer::new().boxed_errors()`",
    note = "for a type that implements `std::error::Error` leave `boxed_errors()` out; for any other one, give it an implementation, or use \
            `map_err` below the layer"
)]
pub trait ServiceError<Kind>: sealed::End<Kind> {}

mod sealed {
    use skywalking_runtime::integrations::http::Call;

    pub trait End<Kind> {
        /// Ends the call with this error.
        fn end(&self, call: Call);
    }
}

// Without this attribute rustc reports what a `Box` lacks to be an `Error`, and not the fix.
#[diagnostic::do_not_recommend]
impl<E: Error + 'static> ServiceError<TypedErrors> for E {}

impl ServiceError<BoxedErrors> for Box<dyn Error + Send + Sync> {}

impl<E: Error + 'static> sealed::End<TypedErrors> for E {
    fn end(&self, call: Call) {
        call.fail(self);
    }
}

impl sealed::End<BoxedErrors> for Box<dyn Error + Send + Sync> {
    fn end(&self, call: Call) {
        call.fail(&**self);
    }
}
