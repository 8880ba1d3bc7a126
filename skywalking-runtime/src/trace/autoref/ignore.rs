//! `err_ignore`: compares the type of a returned error.

use std::any::Any;
use std::error::Error;
use std::ops::Deref;

use super::Returned;

/// Implemented if the error is behind a `Box<dyn Error + Send + Sync>`, or a type that dereferences
/// like it.
pub trait IsBoxedAndSent {
    /// Returns true if there is an error of that type.
    fn __skywalking_is<X: Error + 'static>(&self) -> bool;
}

impl<T, E: Deref<Target = dyn Error + Send + Sync + 'static>> IsBoxedAndSent
    for &&&Returned<'_, Result<T, E>>
{
    fn __skywalking_is<X: Error + 'static>(&self) -> bool {
        self.0.as_ref().is_err_and(|error| (**error).is::<X>())
    }
}

/// Implemented if the error is behind a `Box<dyn Error>`, or a type that dereferences like it.
pub trait IsBoxed {
    /// Returns true if there is an error of that type.
    fn __skywalking_is<X: Error + 'static>(&self) -> bool;
}

impl<T, E: Deref<Target = dyn Error + 'static>> IsBoxed for &&Returned<'_, Result<T, E>> {
    fn __skywalking_is<X: Error + 'static>(&self) -> bool {
        self.0.as_ref().is_err_and(|error| (**error).is::<X>())
    }
}

/// Implemented for all other errors.
pub trait IsItself {
    /// Returns true if there is an error of that type.
    fn __skywalking_is<X: 'static>(&self) -> bool;
}

impl<T, E: 'static> IsItself for &Returned<'_, Result<T, E>> {
    fn __skywalking_is<X: 'static>(&self) -> bool {
        self.0.as_ref().is_err_and(|error| (error as &dyn Any).is::<X>())
    }
}

/// Implemented if the error's type is unknown.
pub trait IsNothing {
    /// Returns false.
    fn __skywalking_is<X>(&self) -> bool;
}

impl<R: ?Sized> IsNothing for Returned<'_, R> {
    fn __skywalking_is<X>(&self) -> bool {
        false
    }
}
