//! Marks of spans that did not go well: returned errors, panics, futures that were dropped. How a
//! returned value is found to be an error is for `returned`.

use std::error::Error;
use std::fmt::{self, Display};

use crate::context::current_segment;
use crate::context::quiet::Quiet;
use crate::tracer;
use crate::util::text::{self, STACK_LIMIT, TAG_LIMIT};

/// What an error does to its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The span failed.
    Error,
    /// The error is logged, and the span did not fail.
    Ignored,
}

impl Severity {
    /// Ignored, if `ignored`.
    #[inline]
    pub fn unless(ignored: bool) -> Self {
        if ignored { Self::Ignored } else { Self::Error }
    }
}

/// Causes that a `stack` lists, as in the Java agent.
const CAUSES: usize = 5;

/// An error as a log tells it.
pub(crate) struct Failure<'a, 's> {
    pub(crate) kind: &'a str,
    pub(crate) message: Option<&'a dyn Display>,
    /// Where the chain of causes begins; asked for only when recording.
    pub(crate) source: Option<&'a Source<'s>>,
    pub(crate) severity: Severity,
}

/// Gives an error's source.
pub(crate) type Source<'a> = dyn Fn() -> Option<&'a (dyn Error + 'static)> + 'a;

/// True if what is said of the current span is recorded.
pub fn recording() -> bool {
    tracer::enabled()
        && current_segment::with(|segment| segment.is_current_recorded()) == Some(true)
}

/// Logs the error in the current span, and marks it as failed.
pub(crate) fn record(failure: &Failure<'_, '_>) {
    if !recording() {
        return;
    }
    let mut scratch =
        current_segment::with(crate::segment::Segment::take_scratch).unwrap_or_default();
    let (message, stack) = write_failure(&mut scratch, failure);
    current_segment::with(|segment| {
        segment.with_current_list(|segment, head| {
            segment.log(head);
            segment.field(head, "event", "error");
            segment.field(head, "error.kind", text::cut(failure.kind, TAG_LIMIT));
            if let Some(message) = message.and_then(|length| scratch.get(..length)) {
                segment.field(head, "message", message);
            }
            if let Some(stack) = stack.and_then(|from| scratch.get(from..)) {
                segment.field(head, "stack", stack);
            }
        });
        if failure.severity == Severity::Error {
            segment.fail_current();
        }
        segment.return_scratch(scratch);
    });
}

impl Failure<'_, '_> {
    /// What its log says.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut text = String::new();
        let (message, stack) = write_failure(&mut text, self);
        let mut fields = vec![
            ("event", "error".to_owned()),
            ("error.kind", text::cut(self.kind, TAG_LIMIT).to_owned()),
        ];
        let message = message.and_then(|length| Some(("message", text.get(..length)?.to_owned())));
        let stack = stack.and_then(|from| Some(("stack", text.get(from..)?.to_owned())));
        fields.extend(message);
        fields.extend(stack);
        fields
    }
}

/// Writes message and stack behind each other: the length of the first, and where the second
/// begins.
///
/// Nothing that the error's own code calls is recorded.
fn write_failure(out: &mut String, failure: &Failure<'_, '_>) -> (Option<usize>, Option<usize>) {
    let _quiet = Quiet::begin();
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
struct Causes<'a, 's> {
    top: &'a dyn Display,
    source: &'a Source<'s>,
}

impl Display for Causes<'_, '_> {
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
