//! Errors of services. `Box<dyn Error>` is no `Error` itself, so a layer must be told which of the
//! two it will see.

use std::error::Error;

use crate::integrations::http::Call;

/// The service's error is an [`Error`]; what layers suppose.
#[derive(Clone, Copy, Debug)]
pub struct TypedErrors;

/// The service's error is a `Box<dyn Error + Send + Sync>`, as that of many of tower's own
/// middlewares.
#[derive(Clone, Copy, Debug)]
pub struct BoxedErrors;

/// An error that a layer can put into a span.
#[diagnostic::on_unimplemented(
    message = "the tracing layer was told to see `{Kind}`, and the service's error is `{Self}`",
    label = "this error is none of `{Kind}`",
    note = "for `Box<dyn Error + Send + Sync>`, which tower's own middlewares give, write `ServerLayer::new().boxed_errors()` or \
            `ClientLayer::new().boxed_errors()`",
    note = "for a type that implements `std::error::Error` leave `boxed_errors()` out; for any other one, give it an implementation, or use \
            `map_err` below the layer"
)]
pub trait ServiceError<Kind> {
    #[doc(hidden)]
    fn ends(&self, call: Call);
}

// Without the hint rustc blames what a `Box` would need to be an `Error`, and nobody learns of the
// remedy.
#[diagnostic::do_not_recommend]
impl<E: Error + 'static> ServiceError<TypedErrors> for E {
    fn ends(&self, call: Call) {
        call.failed(self);
    }
}

impl ServiceError<BoxedErrors> for Box<dyn Error + Send + Sync> {
    fn ends(&self, call: Call) {
        call.failed(&**self);
    }
}
