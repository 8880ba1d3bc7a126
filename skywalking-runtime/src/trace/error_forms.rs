//! The forms of `err` that bound the type of the error: `err(Display)`, `err(Debug)` and
//! `err(PATH)`.

use std::any::type_name;
use std::fmt::{Debug, Display};

use crate::trace::autoref::{record, record_debugged};
use crate::trace::failure::{self, Severity};

/// Implemented for the values that an explicit `err` or `err_ignore` accepts.
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

/// Implemented for the errors that `err(Display)` accepts.
#[diagnostic::on_unimplemented(
    message = "`err(Display)` requires an error that implements `Display`, found `{Self}`",
    label = "the error does not implement `Display`",
    note = "write `err(Debug)`, or `err`, which uses what the error implements"
)]
pub trait DisplayError: Display {}

impl<E: Display> DisplayError for E {}

/// Implemented for the errors that `err(Debug)` accepts.
#[diagnostic::on_unimplemented(
    message = "`err(Debug)` requires an error that implements `Debug`, found `{Self}`",
    label = "the error does not implement `Debug`",
    note = "write `err(Display)`, or `err`, which uses what the error implements"
)]
pub trait DebugError: Debug {}

impl<E: Debug> DebugError for E {}

/// Records an error by `err(Display)`.
pub fn note_display<R: AnyResult<Error: DisplayError>>(
    returned: &R,
    source: &failure::Source<'_>,
    severity: Severity,
) {
    if let Some(error) = returned.error() {
        record(type_name::<R::Error>(), Some(&format_args!("{error}")), Some(source), severity);
    }
}

/// Records an error by `err(Debug)`.
pub fn note_debug<R: AnyResult<Error: DebugError>>(
    returned: &R,
    source: &failure::Source<'_>,
    severity: Severity,
) {
    if let Some(error) = returned.error() {
        record_debugged(type_name::<R::Error>(), error, Some(source), severity);
    }
}

/// Implemented for the messages that the function in `err(PATH)` can return.
#[diagnostic::on_unimplemented(
    message = "the function in `err(PATH)` must return `Option<impl Display>`, and `{Self}` does not implement `Display`",
    label = "the returned message does not implement `Display`"
)]
pub trait Message: Display {}

impl<M: Display + ?Sized> Message for M {}

/// Records the message that the function in `err(PATH)` returned.
pub fn note_message<M: Message>(
    message: Option<M>,
    kind: &'static str,
    source: &failure::Source<'_>,
    severity: Severity,
) {
    if let Some(message) = message {
        record(kind, Some(&format_args!("{message}")), Some(source), severity);
    }
}
