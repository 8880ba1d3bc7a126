//! The texts of one segment as they leave: redacted, and without the characters that storage
//! refuses.

use std::borrow::Cow;

use skywalking_proto::storage;

use super::Segment;
use crate::redact::{Field, Hook};

/// Prepares the texts of one segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texts<'a> {
    pub(super) hook: &'a Hook,
    /// Whether texts that were recorded at run time leave as they are.
    unchanged: bool,
}

impl<'a> Texts<'a> {
    /// Whether all text of a segment leaves as it is: one look instead of one at each value.
    pub(super) fn are_unchanged(hook: &Hook, segment: Segment<'_>) -> bool {
        !hook.is_set() && storage::is_storable(segment.text)
    }

    pub(super) fn new(hook: &'a Hook, unchanged: bool) -> Self {
        Self { hook, unchanged }
    }

    /// Returns a text that was recorded at run time as it leaves.
    #[inline]
    pub(super) fn recorded<'t>(&self, field: Field<'_>, text: &'t str) -> Cow<'t, str> {
        if self.unchanged { Cow::Borrowed(text) } else { self.literal(field, text) }
    }

    /// Returns any other text as it leaves.
    pub(super) fn literal<'t>(&self, field: Field<'_>, text: &'t str) -> Cow<'t, str> {
        let text = self.hook.text(field, text);
        if storage::is_storable(&text) {
            text
        } else {
            Cow::Owned(storage::storable(&text).into_owned())
        }
    }
}
