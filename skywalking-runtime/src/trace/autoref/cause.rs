//! The cause and the kind of a returned error.

use std::any::type_name;
use std::error::Error;
use std::ops::Deref;

use super::Returned;

/// Returns the error's own cause.
pub trait CauseOfError<'a> {
    /// Returns the cause, if there is an error and it has one.
    fn __skywalking_cause(&self) -> Option<&'a (dyn Error + 'static)>;
}

impl<'a, T, E: Error> CauseOfError<'a> for &&Returned<'a, Result<T, E>> {
    fn __skywalking_cause(&self) -> Option<&'a (dyn Error + 'static)> {
        self.0.as_ref().err().and_then(Error::source)
    }
}

/// Returns the cause of what the error dereferences to.
pub trait CauseThroughDeref<'a> {
    /// Returns the cause, if there is an error and it has one.
    fn __skywalking_cause(&self) -> Option<&'a (dyn Error + 'static)>;
}

impl<'a, T, E: Deref<Target: Error>> CauseThroughDeref<'a> for &Returned<'a, Result<T, E>> {
    fn __skywalking_cause(&self) -> Option<&'a (dyn Error + 'static)> {
        self.0.as_ref().err().and_then(|error| error.deref().source())
    }
}

/// Implemented if the cause is unknown.
pub trait NoCause<'a> {
    /// Returns `None`.
    fn __skywalking_cause(&self) -> Option<&'a (dyn Error + 'static)>;
}

impl<'a, R: ?Sized> NoCause<'a> for Returned<'a, R> {
    fn __skywalking_cause(&self) -> Option<&'a (dyn Error + 'static)> {
        None
    }
}

/// Returns the kind of an error that a function of the program reports: the name of the error's
/// type.
pub trait KindOfError {
    /// Returns the name.
    fn __skywalking_kind(&self) -> &'static str;
}

impl<T, E> KindOfError for &Returned<'_, Result<T, E>> {
    fn __skywalking_kind(&self) -> &'static str {
        type_name::<E>()
    }
}

/// Returns the kind of a value that is not a `Result`: the name of its type.
pub trait KindOfValue {
    /// Returns the name.
    fn __skywalking_kind(&self) -> &'static str;
}

impl<R: ?Sized> KindOfValue for Returned<'_, R> {
    fn __skywalking_kind(&self) -> &'static str {
        type_name::<R>()
    }
}
