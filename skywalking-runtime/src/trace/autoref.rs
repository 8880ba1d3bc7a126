//! What the attributes see in a returned value: an error, and what tags are computed from.
//!
//! The default form of `err` puts no bound on the error's type. Method look-up on [`Returned`]
//! picks the richest of what the type offers: an [`Error`], something that dereferences to one,
//! `Display`, `Debug`, else the type's name. A trait here is a level of that look-up: the more `&`
//! before `Returned`, the earlier it is tried. The forms in parentheses do ask for a bound.

use std::any::{Any, type_name};
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::ops::Deref;

use crate::context::quiet::Quiet;
use crate::span::tag::{Raw, Recorder, TagDisplay};
use crate::trace::current;
use crate::trace::failure::{self, Failure, Severity};

/// What a traced function returned.
#[derive(Debug)]
pub struct Returned<'a, R: ?Sized>(pub &'a R);

// What is generic over the error is a branch and a call: a thousand functions have it each.

fn record(
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
fn record_debugged(
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

/// The returned error is an [`Error`].
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

/// The returned error dereferences to an [`Error`]: `Box<dyn Error>`, `Arc`, anyhow.
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

/// Shows what a value dereferences to.
struct Through<'a, E>(&'a E);

impl<E: Deref<Target: Error>> Display for Through<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", &**self.0)
    }
}

/// The returned error has a `Display`.
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

/// The returned error has a `Debug`.
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

/// Of the returned error nothing is known but its type.
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

/// What was returned is no `Result`, though its type is called so.
pub trait ViaNothing {
    /// Does nothing.
    fn __skywalking_note(&self, severity: Severity);
}

impl<R: ?Sized> ViaNothing for Returned<'_, R> {
    #[inline]
    fn __skywalking_note(&self, _: Severity) {}
}

/// What an explicit `err` or `err_ignore` needs the function to return.
#[diagnostic::on_unimplemented(
    message = "`err` and `err_ignore` require a `Result`, found `{Self}`",
    label = "expected a `Result`",
    note = "remove the argument, return a `Result`, or write `err(PATH)` with a function from `&{Self}` to `Option<impl Display>`"
)]
pub trait AnyResult {
    #[doc(hidden)]
    type Error;
    #[doc(hidden)]
    fn error(&self) -> Option<&Self::Error>;
}

impl<T, E> AnyResult for Result<T, E> {
    type Error = E;

    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// Compiles only for a `Result`.
#[inline]
pub fn must_be_result<R: AnyResult>(_: &R) {}

/// What `err(Display)` needs the error to have.
#[diagnostic::on_unimplemented(
    message = "`err(Display)` requires an error that implements `Display`, found `{Self}`",
    label = "the error does not implement `Display`",
    note = "write `err(Debug)`, or `err`, which uses what the error implements"
)]
pub trait DisplayError: Display {}

impl<E: Display> DisplayError for E {}

/// What `err(Debug)` needs the error to have.
#[diagnostic::on_unimplemented(
    message = "`err(Debug)` requires an error that implements `Debug`, found `{Self}`",
    label = "the error does not implement `Debug`",
    note = "write `err(Display)`, or `err`, which uses what the error implements"
)]
pub trait DebugError: Debug {}

impl<E: Debug> DebugError for E {}

/// `err(Display)`.
pub fn note_display<R: AnyResult<Error: DisplayError>>(
    returned: &R,
    source: &failure::Source<'_>,
    severity: Severity,
) {
    if let Some(error) = returned.error() {
        record(type_name::<R::Error>(), Some(&format_args!("{error}")), Some(source), severity);
    }
}

/// `err(Debug)`.
pub fn note_debug<R: AnyResult<Error: DebugError>>(
    returned: &R,
    source: &failure::Source<'_>,
    severity: Severity,
) {
    if let Some(error) = returned.error() {
        record_debugged(type_name::<R::Error>(), error, Some(source), severity);
    }
}

/// What the function in `err(PATH)` returns in its `Option`.
#[diagnostic::on_unimplemented(
    message = "the function in `err(PATH)` must return `Option<impl Display>`, and `{Self}` does not implement `Display`",
    label = "the returned message does not implement `Display`"
)]
pub trait Message: Display {}

impl<M: Display + ?Sized> Message for M {}

/// `err(PATH)`: what a function said of the returned value.
pub fn note_message<M: Message>(
    message: Option<M>,
    kind: &'static str,
    source: &failure::Source<'_>,
    severity: Severity,
) {
    if let Some(message) = message {
        failure::record(&Failure {
            kind,
            message: Some(&format_args!("{message}")),
            source: Some(source),
            severity,
        });
    }
}

/// The error's own cause.
pub trait CauseOfError<'a> {
    /// The cause, if there is an error and it has one.
    fn __skywalking_cause(&self) -> Option<&'a (dyn Error + 'static)>;
}

impl<'a, T, E: Error> CauseOfError<'a> for &&Returned<'a, Result<T, E>> {
    fn __skywalking_cause(&self) -> Option<&'a (dyn Error + 'static)> {
        self.0.as_ref().err().and_then(Error::source)
    }
}

/// The cause of what the error dereferences to.
pub trait CauseThroughDeref<'a> {
    /// The cause, if there is an error and it has one.
    fn __skywalking_cause(&self) -> Option<&'a (dyn Error + 'static)>;
}

impl<'a, T, E: Deref<Target: Error>> CauseThroughDeref<'a> for &Returned<'a, Result<T, E>> {
    fn __skywalking_cause(&self) -> Option<&'a (dyn Error + 'static)> {
        self.0.as_ref().err().and_then(|error| error.deref().source())
    }
}

/// No cause is known.
pub trait NoCause<'a> {
    /// None.
    fn __skywalking_cause(&self) -> Option<&'a (dyn Error + 'static)>;
}

impl<'a, R: ?Sized> NoCause<'a> for Returned<'a, R> {
    fn __skywalking_cause(&self) -> Option<&'a (dyn Error + 'static)> {
        None
    }
}

/// The kind of an error by a function of the program: the name of the error's type.
pub trait KindOfError {
    /// The name.
    fn __skywalking_kind(&self) -> &'static str;
}

impl<T, E> KindOfError for &Returned<'_, Result<T, E>> {
    fn __skywalking_kind(&self) -> &'static str {
        type_name::<E>()
    }
}

/// The same of a value that is no `Result`: the name of its type.
pub trait KindOfValue {
    /// The name.
    fn __skywalking_kind(&self) -> &'static str;
}

impl<R: ?Sized> KindOfValue for Returned<'_, R> {
    fn __skywalking_kind(&self) -> &'static str {
        type_name::<R>()
    }
}

/// `err_ignore`: the error is behind a `Box<dyn Error + Send + Sync>`, or something that
/// dereferences as it does.
pub trait IsBoxedAndSent {
    /// Whether there is an error, and it is of that type.
    fn __skywalking_is<X: Error + 'static>(&self) -> bool;
}

impl<T, E: Deref<Target = dyn Error + Send + Sync + 'static>> IsBoxedAndSent
    for &&&Returned<'_, Result<T, E>>
{
    fn __skywalking_is<X: Error + 'static>(&self) -> bool {
        self.0.as_ref().is_err_and(|error| (**error).is::<X>())
    }
}

/// `err_ignore`: the error is behind a `Box<dyn Error>`, or something that dereferences as it does.
pub trait IsBoxed {
    /// Whether there is an error, and it is of that type.
    fn __skywalking_is<X: Error + 'static>(&self) -> bool;
}

impl<T, E: Deref<Target = dyn Error + 'static>> IsBoxed for &&Returned<'_, Result<T, E>> {
    fn __skywalking_is<X: Error + 'static>(&self) -> bool {
        self.0.as_ref().is_err_and(|error| (**error).is::<X>())
    }
}

/// `err_ignore`: the error is what it is.
pub trait IsItself {
    /// Whether there is an error, and it is of that type.
    fn __skywalking_is<X: 'static>(&self) -> bool;
}

impl<T, E: 'static> IsItself for &Returned<'_, Result<T, E>> {
    fn __skywalking_is<X: 'static>(&self) -> bool {
        self.0.as_ref().is_err_and(|error| (error as &dyn Any).is::<X>())
    }
}

/// `err_ignore` where no error can be told.
pub trait IsNothing {
    /// False.
    fn __skywalking_is<X>(&self) -> bool;
}

impl<R: ?Sized> IsNothing for Returned<'_, R> {
    fn __skywalking_is<X>(&self) -> bool {
        false
    }
}

/// What `ret_tags` are computed from: of a `Result` the `Ok`.
pub trait ValueOfOk<'a> {
    /// What is in the `Ok`.
    type Value;
    /// The value, if there is one.
    fn __skywalking_value(&self) -> Option<&'a Self::Value>;
}

impl<'a, T, E> ValueOfOk<'a> for &Returned<'a, Result<T, E>> {
    type Value = T;

    #[inline]
    fn __skywalking_value(&self) -> Option<&'a T> {
        self.0.as_ref().ok()
    }
}

/// The same of any other value: all of it.
pub trait ValueOfAny<'a> {
    /// What was returned.
    type Value: ?Sized;
    /// The value.
    fn __skywalking_value(&self) -> Option<&'a Self::Value>;
}

impl<'a, R: ?Sized> ValueOfAny<'a> for Returned<'a, R> {
    type Value = R;

    #[inline]
    fn __skywalking_value(&self) -> Option<&'a R> {
        Some(self.0)
    }
}

/// Puts tags into the span that is current while the returned value is looked at.
#[derive(Clone, Copy, Debug)]
pub struct OfReturned;

impl OfReturned {
    /// A tag by `Display`.
    pub fn tag_display<T: TagDisplay + ?Sized>(&mut self, key: &'static str, value: &T) {
        current::tag_formatted(key, format_args!("{}", Quietly(format_args!("{value}"))));
    }

    /// A tag by `Debug`.
    pub fn tag_debug<T: Debug + ?Sized>(&mut self, key: &'static str, value: &T) {
        current::tag_formatted(key, format_args!("{}", Quietly(format_args!("{value:?}"))));
    }
}

/// Formats a value without recording the spans that its code opens.
struct Quietly<'a>(fmt::Arguments<'a>);

impl Display for Quietly<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _quiet = Quiet::begin();
        f.write_fmt(self.0)
    }
}

impl Recorder for OfReturned {
    fn tag(&mut self, key: &'static str, value: Raw<'_>) {
        current::tag(key, value);
    }

    fn tag_display<T: Display + ?Sized>(&mut self, key: &'static str, value: &T) {
        Self::tag_display(self, key, value);
    }
}
