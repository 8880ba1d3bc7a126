//! Prepares the texts of one segment for sending: redacts them, and replaces characters that the
//! backend's storage rejects.

use std::borrow::Cow;

use skywalking_proto::storage;

use super::Segment;
use crate::redact::{Field, Hook};

/// Prepares the texts of one segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texts<'a> {
    pub(super) hook: &'a Hook,
    /// Whether texts that were recorded at run time are sent unchanged.
    unchanged: bool,
}

impl<'a> Texts<'a> {
    /// Returns true if all texts of a segment are sent unchanged: one check instead of one per
    /// value.
    pub(super) fn are_unchanged(hook: &Hook, segment: Segment<'_>) -> bool {
        !hook.is_set() && storage::is_storable(segment.text)
    }

    pub(super) fn new(hook: &'a Hook, unchanged: bool) -> Self {
        Self { hook, unchanged }
    }

    /// Returns the form in which a text that was recorded at run time is sent.
    #[inline]
    pub(super) fn recorded<'t>(&self, field: Field<'_>, text: &'t str) -> Cow<'t, str> {
        if self.unchanged { Cow::Borrowed(text) } else { self.literal(field, text) }
    }

    /// Returns the form in which any other text is sent.
    pub(super) fn literal<'t>(&self, field: Field<'_>, text: &'t str) -> Cow<'t, str> {
        let text = self.hook.text(field, text);
        if storage::is_storable(&text) {
            text
        } else {
            Cow::Owned(storage::storable(&text).into_owned())
        }
    }
}
