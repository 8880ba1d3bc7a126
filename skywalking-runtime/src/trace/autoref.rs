//! Reads a returned value by [autoref specialization]: the error that is recorded, the cause of an
//! error, and the value that tags are computed from.
//!
//! The default form of `err` does not bound the error's type. Method lookup on [`Returned`] picks
//! the first that applies: an [`Error`], something that dereferences to one, `Display`, `Debug`,
//! else the type's name. Each trait here is a level of that lookup: the more `&` before `Returned`,
//! the earlier it is tried. The forms in parentheses bound the type: see
//! [`error_forms`](crate::trace::error_forms).
//!
//! [autoref specialization]: https://github.com/dtolnay/case-studies/blob/master/autoref-specialization/README.md

mod cause;
mod ignore;
mod value;

pub use cause::{CauseOfError, CauseThroughDeref, KindOfError, KindOfValue, NoCause};
pub use ignore::{IsBoxed, IsBoxedAndSent, IsItself, IsNothing};
pub use value::{OfReturned, ValueOfAny, ValueOfOk};

use std::any::type_name;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::ops::Deref;

use crate::trace::failure::{self, Failure, Severity};

/// Wraps the value that a traced function returned.
#[derive(Debug)]
pub struct Returned<'a, R: ?Sized>(pub &'a R);

// Code that is generic over the error is a branch and a call, since each function has a copy.

pub(super) fn record(
    kind: &'static str,
    message: Option<&dyn Display>,
    source: Option<&failure::Source<'_>>,
    severity: Severity,
) {
    failure::record(&Failure { kind, message, source, severity });
}

#[cold]
#[inline(never)]
fn record_error(kind: &'static str, error: &(dyn Error + '_), severity: Severity) {
    record(kind, Some(&error), Some(&|| error.source()), severity);
}

#[cold]
#[inline(never)]
fn record_shown(kind: &'static str, error: &dyn Display, severity: Severity) {
    record(kind, Some(error), None, severity);
}

#[cold]
#[inline(never)]
pub(super) fn record_debugged(
    kind: &'static str,
    error: &dyn Debug,
    source: Option<&failure::Source<'_>>,
    severity: Severity,
) {
    record(kind, Some(&format_args!("{error:?}")), source, severity);
}

#[cold]
#[inline(never)]
fn record_named(kind: &'static str, severity: Severity) {
    record(kind, None, None, severity);
}

/// Implemented if the returned error is an [`Error`].
pub trait ViaError {
    /// Records an error, if there is one.
    fn __skywalking_note(&self, severity: Severity);
}

impl<T, E: Error> ViaError for &&&&&Returned<'_, Result<T, E>> {
    #[inline]
    fn __skywalking_note(&self, severity: Severity) {
        if let Err(error) = self.0 {
            record_error(type_name::<E>(), error, severity);
        }
    }
}

/// Implemented if the returned error dereferences to an [`Error`]: `Box<dyn Error>`, `Arc`, anyhow.
pub trait ViaDeref {
    /// Records an error, if there is one.
    fn __skywalking_note(&self, severity: Severity);
}

impl<T, E: Deref<Target: Error>> ViaDeref for &&&&Returned<'_, Result<T, E>> {
    #[inline]
    fn __skywalking_note(&self, severity: Severity) {
        if let Err(error) = self.0 {
            record(
                type_name::<E>(),
                Some(&Through(error)),
                Some(&|| error.deref().source()),
                severity,
            );
        }
    }
}

/// Displays what a value dereferences to.
struct Through<'a, E>(&'a E);

impl<E: Deref<Target: Error>> Display for Through<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", &**self.0)
    }
}

/// Implemented if the returned error implements `Display`.
pub trait ViaDisplay {
    /// Records an error, if there is one.
    fn __skywalking_note(&self, severity: Severity);
}

impl<T, E: Display> ViaDisplay for &&&Returned<'_, Result<T, E>> {
    #[inline]
    fn __skywalking_note(&self, severity: Severity) {
        if let Err(error) = self.0 {
            record_shown(type_name::<E>(), error, severity);
        }
    }
}

/// Implemented if the returned error implements `Debug`.
pub trait ViaDebug {
    /// Records an error, if there is one.
    fn __skywalking_note(&self, severity: Severity);
}

impl<T, E: Debug> ViaDebug for &&Returned<'_, Result<T, E>> {
    #[inline]
    fn __skywalking_note(&self, severity: Severity) {
        if let Err(error) = self.0 {
            record_debugged(type_name::<E>(), error, None, severity);
        }
    }
}

/// Implemented for all other errors: only the type's name is recorded.
pub trait ViaName {
    /// Records an error, if there is one.
    fn __skywalking_note(&self, severity: Severity);
}

impl<T, E> ViaName for &Returned<'_, Result<T, E>> {
    #[inline]
    fn __skywalking_note(&self, severity: Severity) {
        if self.0.is_err() {
            record_named(type_name::<E>(), severity);
        }
    }
}

/// Implemented if the returned value is not a `Result`, though its type is called so.
pub trait ViaNothing {
    /// Does nothing.
    fn __skywalking_note(&self, severity: Severity);
}

impl<R: ?Sized> ViaNothing for Returned<'_, R> {
    #[inline]
    fn __skywalking_note(&self, _: Severity) {}
}
