//! What shall not leave the process: a hook that sees every tag, every field of a log, and the
//! names and peers that were computed.
//!
//! It is called on the reporter's thread, while a segment is encoded: the traced program never
//! waits for it. A panic in it costs that segment, which is counted as
//! [`Dropped::hook_panicked`](crate::stats::Dropped::hook_panicked); if it hangs nothing is sent any more,
//! and a shutdown returns in time all the same.

mod pairs;
mod sql;
mod standard;
mod url;

use std::borrow::Cow;
use std::fmt;
use std::slice::SliceIndex;
use std::sync::Arc;

pub use standard::Redaction;

use crate::util::text::{self, NAME_LIMIT, PEER_LIMIT, STACK_LIMIT, TAG_LIMIT};

/// What a text is that is about to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field<'a> {
    /// The value of the tag with this key. A statement is the tag `db.statement`; numbers and bools
    /// come as text.
    Tag(&'a str),
    /// The value of the field with this key in a log. Of an error these are `error.kind`, `message`
    /// and `stack`.
    Log(&'a str),
    /// An operation name that was computed: of a span, or of an endpoint that a reference names.
    Name,
    /// An address that was computed: of a span, or of the one that a reference says was called.
    Peer,
}

/// Decides what leaves the process. [`Redaction::standard`] is one that is ready.
///
/// Names and addresses in the headers of a call were written before, on the calling thread, and go
/// to whom is called as they are.
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
    /// The text that leaves in place of this one, or `None` if it may leave as it is. What is over
    /// a limit is cut, as any other.
    fn redact(&self, field: Field<'_>, text: &str) -> Option<String>;
}

impl<F: Fn(Field<'_>, &str) -> Option<String> + Send + Sync> Redact for F {
    fn redact(&self, field: Field<'_>, text: &str) -> Option<String> {
        self(field, text)
    }
}

/// Returns a part of the text. Where it has no such part the result is empty: redaction never panics,
/// and shows too little rather than too much.
fn part<R: SliceIndex<str, Output = str>>(text: &str, range: R) -> &str {
    text.get(range).unwrap_or_default()
}

/// The hook, if there is one.
#[derive(Clone, Default)]
pub(crate) struct Hook(Option<Arc<dyn Redact>>);

impl Hook {
    pub(crate) fn new(redact: impl Redact + 'static) -> Self {
        Self(Some(Arc::new(redact)))
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// What leaves in place of the text, within the limits of its field.
    pub(crate) fn text<'a>(&self, field: Field<'_>, text: &'a str) -> Cow<'a, str> {
        let Some(new) = self.0.as_ref().and_then(|hook| hook.redact(field, text)) else {
            return Cow::Borrowed(text);
        };
        Cow::Owned(match field {
            Field::Tag(_) => text::cut(&new, TAG_LIMIT).to_owned(),
            Field::Log(_) => text::cut(&new, STACK_LIMIT).to_owned(),
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
