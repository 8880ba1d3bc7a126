//! Remembers the location and the message of a panic that unwinds through the spans of a segment.

use crate::segment::Segment;
use crate::segment::text::Range;
use crate::span::record::{Attribute, AttributeKind, Record};
use crate::util::text::{self, TAG_LIMIT};

/// The location and the message of a panic, as text of its segment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PanicText {
    /// The location, then the message. Empty if no panic is remembered.
    whole: Range,
    /// The length of the location.
    location: u32,
}

impl PanicText {
    #[inline]
    pub(super) fn is_some(self) -> bool {
        self.whole.length != 0
    }

    fn location(self) -> Range {
        Range { offset: self.whole.offset, length: self.location }
    }

    fn message(self) -> Range {
        let Range { offset, length } = self.whole;
        Range { offset: offset + self.location, length: length - self.location }
    }
}

impl Segment {
    /// Remembers a panic that is about to unwind through spans of this segment.
    pub(crate) fn remember_panic(&mut self, location: &str, message: &str) {
        let (location, message) = (text::cut(location, TAG_LIMIT), text::cut(message, TAG_LIMIT));
        let whole = self.store_parts(&[location, message], 2 * TAG_LIMIT).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "at most TAG_LIMIT characters")]
        let location = (location.len() as u32).min(whole.length);
        self.panic = PanicText { whole, location };
        let mut at = self.current.index();
        while let Some(record) = self.records.get_mut(usize::from(at)) {
            record.flags &= !Record::PANIC_RECORDED;
            at = record.parent;
        }
    }

    /// Copies the panic to the outer segment, which was not in the slot when the panic began.
    #[cold]
    pub(crate) fn pass_panic_on(&self, outer: &mut Self) {
        if self.panic.is_some() {
            outer.remember_panic(
                self.text_at(self.panic.location()),
                self.text_at(self.panic.message()),
            );
        }
    }

    /// Forgets the panic when a span opens, since it was caught. If the span is opened by a destructor
    /// while the panic unwinds, it is kept.
    #[cold]
    pub(super) fn forget_panic(&mut self) {
        if !std::thread::panicking() {
            self.panic = PanicText::default();
        }
    }

    /// Adds message and location of the panic to the log begun last in the list at `head`.
    pub(super) fn panic_fields(&mut self, head: &mut u32) {
        for (key, Range { offset, length }) in
            [("message", self.panic.message()), (LOCATION, self.panic.location())]
        {
            if length > 0 {
                self.push(head, Attribute::new(key, AttributeKind::Field, offset, length));
            }
        }
    }
}

/// The key of the log field with a panic's file, line and column.
pub(crate) const LOCATION: &str = "location";
