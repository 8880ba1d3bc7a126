//! Marks of spans that did not go well: returned errors, panics, futures that were dropped.
//!
//! The default form of `err` puts no bound on the error's type. Method look-up on [`Returned`] picks the richest of what the type
//! offers: an [`Error`], something that dereferences to one, `Display`, `Debug`, else the type's name.

use std::any::type_name;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::ops::Deref;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use super::clock;
use super::record::{Record, Side, SideKind};
use super::slot;
use super::text::{self, STACK_LIMIT, TAG_LIMIT};
use crate::tracer;

/// What is said of a span that ended another way than by returning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Panicked,
    Cancelled,
}

/// Causes that a `stack` lists, as in the Java agent.
const CAUSES: usize = 5;

/// An error as a log tells it.
pub(super) struct Failure<'a> {
    pub(super) kind: &'a str,
    pub(super) message: Option<&'a dyn Display>,
    /// Where the chain of causes begins; asked for only when recording.
    pub(super) source: Option<&'a Source<'a>>,
}

/// Gives an error's source.
pub(super) type Source<'a> = dyn Fn() -> Option<&'a (dyn Error + 'static)> + 'a;

/// Marks the current span as failed and logs why.
pub(super) fn record(failure: &Failure<'_>) {
    if !tracer::enabled() || slot::with(|segment| segment.is_current_recorded()) != Some(true) {
        return;
    }
    let mut scratch = slot::with(super::segment::Segment::take_scratch).unwrap_or_default();
    // The program's own code formats the error, with the slot as it was: it may open spans.
    let (message, stack) = write_failure(&mut scratch, failure);
    slot::with(|segment| {
        segment.with_current_list(|segment, head| {
            segment.push(head, Side::number("", SideKind::Log, clock::now()));
            segment.field(head, "event", "error");
            segment.field(head, "error.kind", text::cut(failure.kind, TAG_LIMIT));
            if let Some(message) = message.and_then(|length| scratch.get(..length)) {
                segment.field(head, "message", message);
            }
            if let Some(stack) = stack.and_then(|from| scratch.get(from..)) {
                segment.field(head, "stack", stack);
            }
        });
        if let Some(record) = segment.current_record() {
            record.flags |= Record::ERROR;
        }
        segment.return_scratch(scratch);
    });
}

/// Writes message and stack behind each other: the length of the first, and where the second begins.
fn write_failure(out: &mut String, failure: &Failure<'_>) -> (Option<usize>, Option<usize>) {
    let message = failure.message.map(|message| {
        text::format_into(out, format_args!("{message}"), TAG_LIMIT);
        out.len()
    });
    let stack = failure.message.zip(failure.source).and_then(|(top, source)| {
        let from = out.len();
        text::format_into(out, format_args!("{}", Causes { top, source }), STACK_LIMIT);
        (out.len() > from).then_some(from)
    });
    (message, stack)
}

/// The chain of sources, a line each; nothing if there is none.
struct Causes<'a> {
    top: &'a dyn Display,
    source: &'a Source<'a>,
}

impl Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut at = (self.source)();
        if at.is_some() {
            write!(f, "{}", self.top)?;
        }
        for _ in 0..CAUSES {
            let Some(cause) = at else { break };
            write!(f, "\nCaused by: {cause}")?;
            at = cause.source();
        }
        Ok(())
    }
}

/// Sees to it that spans can say with which message a panic went through them. The hook of the program still runs, before or after.
pub(crate) fn install_panic_hook() {
    static INSTALLED: Once = Once::new();
    // A thread that panics may not change hooks; then the messages are missing, and nothing else.
    if std::thread::panicking() {
        return;
    }
    INSTALLED.call_once(|| {
        let program = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            remember(info);
            program(info);
        }));
    });
}

fn remember(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let message = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    slot::with(|segment| segment.remember_panic(message.unwrap_or_default()));
}

/// What a traced function returned.
#[derive(Debug)]
pub struct Returned<'a, R: ?Sized>(pub &'a R);

/// The returned error is an [`Error`].
pub trait ViaError {
    /// Records an error, if there is one.
    fn note(&self);
}

impl<T, E: Error> ViaError for &&&&&Returned<'_, Result<T, E>> {
    #[inline]
    fn note(&self) {
        if let Err(error) = self.0 {
            record(&Failure { kind: type_name::<E>(), message: Some(error), source: Some(&|| error.source()) });
        }
    }
}

/// The returned error dereferences to an [`Error`]: `Box<dyn Error>`, `Arc`, anyhow.
pub trait ViaDeref {
    /// Records an error, if there is one.
    fn note(&self);
}

impl<T, E: Deref<Target: Error>> ViaDeref for &&&&Returned<'_, Result<T, E>> {
    #[inline]
    fn note(&self) {
        if let Err(error) = self.0 {
            record(&Failure { kind: type_name::<E>(), message: Some(&Through(error)), source: Some(&|| error.deref().source()) });
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
    fn note(&self);
}

impl<T, E: Display> ViaDisplay for &&&Returned<'_, Result<T, E>> {
    #[inline]
    fn note(&self) {
        if let Err(error) = self.0 {
            record(&Failure { kind: type_name::<E>(), message: Some(error), source: None });
        }
    }
}

/// The returned error has a `Debug`.
pub trait ViaDebug {
    /// Records an error, if there is one.
    fn note(&self);
}

impl<T, E: Debug> ViaDebug for &&Returned<'_, Result<T, E>> {
    #[inline]
    fn note(&self) {
        if let Err(error) = self.0 {
            record(&Failure { kind: type_name::<E>(), message: Some(&format_args!("{error:?}")), source: None });
        }
    }
}

/// Of the returned error nothing is known but its type.
pub trait ViaName {
    /// Records an error, if there is one.
    fn note(&self);
}

impl<T, E> ViaName for &Returned<'_, Result<T, E>> {
    #[inline]
    fn note(&self) {
        if self.0.is_err() {
            record(&Failure { kind: type_name::<E>(), message: None, source: None });
        }
    }
}

/// What was returned is no `Result`, though its type is called so.
pub trait ViaNothing {
    /// Does nothing.
    fn note(&self);
}

impl<R: ?Sized> ViaNothing for Returned<'_, R> {
    #[inline]
    fn note(&self) {}
}

/// What an explicit `err` needs the function to return.
#[diagnostic::on_unimplemented(
    message = "`err` needs a `Result`",
    label = "this function does not return a `Result`",
    note = "remove `err`, or return a `Result`"
)]
pub trait AnyResult {}

impl<T, E> AnyResult for Result<T, E> {}

/// Compiles only for a `Result`.
#[inline]
pub fn must_be_result<R: AnyResult>(_: &R) {}
