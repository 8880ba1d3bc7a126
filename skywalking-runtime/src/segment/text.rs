//! The text of a segment, which attributes and the trace id point to.

use crate::segment::Segment;
use crate::span::record::{Attribute, LeftOut};
use crate::util::text;

/// The most bytes of text. More is left out and counted, so that a loop that tags one span forever
/// cannot use unbounded memory.
const TEXT_LIMIT: usize = 1024 * 1024;

/// A range of the segment's text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Range {
    pub(super) offset: u32,
    pub(super) length: u32,
}

impl Segment {
    /// Appends text. Returns `None`, and counts, if the segment has too much.
    pub(super) fn store(&mut self, value: &str) -> Option<Range> {
        if !self.fits_text(value.len()) {
            return None;
        }
        let from = self.text.len();
        self.text.push_str(value);
        Some(self.range(from))
    }

    /// Appends text in parts, cut at `limit` UTF-16 units.
    pub(super) fn store_parts(&mut self, parts: &[&str], limit: usize) -> Option<Range> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        // A character has at least as many bytes as UTF-16 units.
        if length > limit {
            return self.store(text::cut(&parts.concat(), limit));
        }
        if !self.fits_text(length) {
            return None;
        }
        let from = self.text.len();
        self.text.reserve(length);
        for part in parts.iter().filter(|part| !part.is_empty()) {
            self.text.push_str(part);
        }
        Some(self.range(from))
    }

    /// Returns true if so many bytes can be appended. Otherwise they are left out and counted.
    #[inline]
    pub(super) fn fits_text(&mut self, length: usize) -> bool {
        self.text.len() + length <= TEXT_LIMIT / 2 || self.fits_large_text(length)
    }

    /// Beyond half of the limit the segment is split soon, so that nothing has to be left out.
    #[cold]
    fn fits_large_text(&mut self, length: usize) -> bool {
        self.outgrow();
        self.text.len() + length <= TEXT_LIMIT || self.refuse(LeftOut::NOTHING)
    }

    /// Returns the text from `from` on as a range.
    pub(super) fn range(&self, from: usize) -> Range {
        #[expect(clippy::cast_possible_truncation, reason = "at most TEXT_LIMIT and a header")]
        Range { offset: from as u32, length: self.text.len().saturating_sub(from) as u32 }
    }

    /// Returns the text at a range.
    pub(super) fn text_at(&self, range: Range) -> &str {
        let from = range.offset as usize;
        self.text.get(from..from + range.length as usize).unwrap_or_default()
    }

    /// Returns the text that an attribute points to.
    pub(super) fn text_of(&self, side: &Attribute) -> &str {
        self.text_at(Range { offset: side.a, length: side.b })
    }

    /// Lends the buffer for formatting. A second borrower gets an empty one.
    pub(crate) fn take_scratch(&mut self) -> String {
        std::mem::take(&mut self.scratch)
    }

    /// Takes the buffer back, unless it has grown large or the segment has one.
    pub(crate) fn return_scratch(&mut self, mut scratch: String) {
        if self.scratch.capacity() == 0 && scratch.capacity() <= 16 * 1024 {
            scratch.clear();
            self.scratch = scratch;
        }
    }
}
