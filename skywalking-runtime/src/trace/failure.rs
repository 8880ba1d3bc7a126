//! Marks spans as failed: returned errors, panics, dropped futures.
//! [`autoref`](crate::trace::autoref) finds the error in a returned value.

use std::error::Error;
use std::fmt::{self, Display};

use crate::context::current_segment;
use crate::context::quiet::Quiet;
use crate::tracer;
use crate::util::text::{self, STACK_LIMIT, TAG_LIMIT};

/// The effect of an error on its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The span failed.
    Error,
    /// The error is logged, and the span did not fail.
    Ignored,
}

impl Severity {
    /// Returns `Ignored` if `ignored`.
    #[inline]
    pub fn unless(ignored: bool) -> Self {
        if ignored { Self::Ignored } else { Self::Error }
    }
}

/// The most causes in a `stack`, as in the Java agent.
const CAUSES: usize = 5;

/// The parts of an error that a log contains.
pub(crate) struct Failure<'a, 's> {
    pub(crate) kind: &'a str,
    pub(crate) message: Option<&'a dyn Display>,
    /// The beginning of the chain of causes. Called only when recording.
    pub(crate) source: Option<&'a Source<'s>>,
    pub(crate) severity: Severity,
}

/// Returns an error's source.
pub(crate) type Source<'a> = dyn Fn() -> Option<&'a (dyn Error + 'static)> + 'a;

/// Returns true if the current span is recorded.
pub fn recording() -> bool {
    tracer::enabled()
        && current_segment::with(|segment| segment.is_current_recorded()) == Some(true)
}

/// Logs the error in the current span and marks the span as failed.
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
    /// The parts of its log.
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

/// Writes the stack behind the message. Returns the length of the message and the beginning of the
/// stack.
///
/// Spans that the error's own code opens are not recorded.
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

/// Writes the chain of sources, one line each.
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
