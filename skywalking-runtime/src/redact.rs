//! Redaction of sensitive data before it leaves the process: a hook that sees every tag, every
//! field of a log, reported logs and events, and computed names and peers.
//!
//! The hook runs on the reporter's thread while a segment or a log is encoded, so the traced program
//! never waits for it. If it panics, the segment or log is lost and counted as
//! [`Dropped::hook_panicked`](crate::stats::Dropped::hook_panicked). If it hangs, nothing more is sent,
//! and a shutdown still returns in time.

mod pairs;
mod sql;
mod standard;
mod url;

use std::borrow::Cow;
use std::fmt;
use std::slice::SliceIndex;
use std::sync::Arc;

pub use standard::Redaction;

use crate::util::text::{self, LOG_LIMIT, NAME_LIMIT, PEER_LIMIT, STACK_LIMIT, TAG_LIMIT};

/// The kind of a text that is redacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field<'a> {
    /// The value of the tag with this key. A statement is the tag `db.statement`. Numbers and bools
    /// are converted to text. A tag is left out if the OAP would discard the whole segment because
    /// of its new value: `transmission.latency` must stay an integer, `x-le` a JSON object. It counts as
    /// [`Diagnostic::TagRefused`](crate::stats::Diagnostic::TagRefused).
    Tag(&'a str),
    /// The value of the log field with this key. Those of an error are `error.kind`, `message` and
    /// `stack`.
    Log(&'a str),
    /// The text of a reported log ([`LogRecord`](crate::LogRecord)), or the message of an event.
    Body,
    /// A computed operation name: of a span, or of the endpoint in a reference or a reported log.
    Name,
    /// A computed address: of a span, or the called address in a reference.
    Peer,
}

/// Rewrites sensitive text before it is sent. [`Redaction::standard`] is a ready-made
/// implementation.
///
/// The names and addresses in the headers of a call are not redacted: they are written before, on
/// the calling thread.
///
/// ```
/// use skywalking_runtime::redact::{Field, Redact};
/// use skywalking_runtime::{Callsite, Config, callsite, config::Reporter, current, span, testing};
///
/// static LOGIN: Callsite = callsite!(entry, "/login");
///
/// let no_mail = |field: Field<'_>, text: &str| match field {
///     Field::Tag("user.mail") => Some("***".to_owned()),
///     _ => None,
/// };
/// let _agent = Config::new("web").reporter(Reporter::Discard).redact(no_mail).start()?;
/// let trees = testing::run(|| span(&LOGIN).run(|| {
///     current().tag("user.mail", "you@example.org").tag("user.id", 7);
/// }));
/// assert_eq!(testing::text(&trees), "Entry /login {user.mail=***, user.id=7}\n");
/// # Ok::<(), skywalking_runtime::Error>(())
/// ```
pub trait Redact: Send + Sync {
    /// Returns the replacement of a text, or `None` to keep it. The result is cut to the limits of
    /// the field.
    fn redact(&self, field: Field<'_>, text: &str) -> Option<String>;
}

impl<F: Fn(Field<'_>, &str) -> Option<String> + Send + Sync> Redact for F {
    fn redact(&self, field: Field<'_>, text: &str) -> Option<String> {
        self(field, text)
    }
}

/// Returns a part of the text, or an empty text if the range is invalid: redaction never panics,
/// and rather shows too little than too much.
fn part<R: SliceIndex<str, Output = str>>(text: &str, range: R) -> &str {
    text.get(range).unwrap_or_default()
}

/// The program's redaction, if it is set.
#[derive(Clone, Default)]
pub(crate) struct Hook(Option<Arc<dyn Redact>>);

impl Hook {
    pub(crate) fn new(redact: impl Redact + 'static) -> Self {
        Self(Some(Arc::new(redact)))
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the redacted text, within the limits of its field.
    pub(crate) fn text<'a>(&self, field: Field<'_>, text: &'a str) -> Cow<'a, str> {
        let Some(new) = self.0.as_ref().and_then(|hook| hook.redact(field, text)) else {
            return Cow::Borrowed(text);
        };
        Cow::Owned(match field {
            Field::Tag(_) => text::cut(&new, TAG_LIMIT).to_owned(),
            Field::Log(_) => text::cut(&new, STACK_LIMIT).to_owned(),
            Field::Body => text::cut(&new, LOG_LIMIT).to_owned(),
            Field::Name => text::clean(&new, NAME_LIMIT).into_owned(),
            Field::Peer => text::clean(&new, PEER_LIMIT).into_owned(),
        })
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_set() { "Hook(set)" } else { "Hook(none)" })
    }
}
